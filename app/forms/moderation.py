"""Forms of reports, of appeals, and of moderators who decide; what kinds, reasons and decisions are called. The names of the fields are part of the interface."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from app.domain.book_entry import LENGTHS
from app.domain.moderation import SUSPENSION_DAYS
from app.domain.report import DECISIONS, REASONS, REPORT_LENGTH, CaseKind, Decision, Reason
from app.forms.account import trimmed
from app.forms.base import Form, NumberRange
from app.forms.drift import one_line, reason_field

KIND_NAMES = {
    CaseKind.GIFT: _("送出的书"),
    CaseKind.MEMBER: _("书友"),
    CaseKind.FACTS: _("书的资料"),
    CaseKind.MESSAGE: _("请求时的留言"),
    CaseKind.EDITIONS: _("不是同一本书？"),
    CaseKind.DISPUTE: _("说法不一的鱼漂"),
    CaseKind.LOSSES: _("因丢失而暂停"),
    CaseKind.APPEAL: _("申诉"),
}
REASON_NAMES = {
    Reason.THREAT: _("威胁或骚扰"),
    Reason.UNLAWFUL: _("违法的内容，或盗版书"),
    Reason.FRAUD: _("骗人：空包裹、要钱、冒充"),
    Reason.RUDE: _("辱骂或令人不适的话"),
    Reason.SELLING: _("卖书、广告，要求另外付钱"),
    Reason.NAME: _("昵称不合适"),
    Reason.NONSENSE: _("根本不是一本书"),
    Reason.NOT_HAD: _("手里并没有这本书"),
    Reason.OTHER_COPY: _("书或品相和说的不一样"),
    Reason.WRONG: _("书名、作者等写错了"),
    Reason.NOT_SAME: _("被当成同一本书"),
    Reason.DISPUTE: _("双方说法不一"),
    Reason.LOSSES: _("丢失偏多"),
    Reason.APPEAL: _("对决定不服"),
    Reason.OTHER: _("其他"),
}
_DECISION_NAMES = {
    Decision.HIDE: _("隐藏它"),
    Decision.WARN: _("提醒这位书友"),
    Decision.SUSPEND: _("暂停几天，不能发起新的"),
    Decision.DISABLE: _("停用账号"),
    Decision.REVERSE: _("申诉有理，撤销原来的决定"),
    Decision.DISMISS: _("不用处理"),
}
#: What a dismissal is called of some kinds.
_DISMISSALS = {
    CaseKind.LOSSES: _("继续暂停"),
    CaseKind.APPEAL: _("维持原来的决定"),
}
_WORDS = Length(max=REPORT_LENGTH, message=_("最多 200 个字。"))


class SubjectReportForm(Form):
    """Report something."""

    reason = RadioField(_("哪里不对"), choices=[], validators=[DataRequired(_("请选一个理由。"))])
    note = TextAreaField(_("说说看"), filters=[one_line], validators=[_WORDS])

    def offer(self, kind: CaseKind) -> None:
        """Fill the list of reasons."""
        self.reason.choices = [SelectChoice(value=one.value, label=REASON_NAMES[one]) for one in REASONS[kind]]


class AppealForm(Form):
    """Appeal against a decision."""

    note = TextAreaField(_("为什么不对"), filters=[one_line], validators=[DataRequired(_("请写下为什么。")), _WORDS])


class CaseForm(Form):
    """Decide a case. `part` is the ISBN of the edition that is taken out; `from_list` holds the other decisions, as (value, name)."""

    from_list: Sequence[tuple[str, Any]] = ()

    decision = SelectField(_("决定"), choices=[])
    days = IntegerField(
        _("暂停几天"),
        default=7,
        validators=[
            Optional(),
            NumberRange(*SUSPENSION_DAYS, message=_("暂停的天数要在 1 到 90 之间。")),
        ],
    )
    hide = BooleanField(_("同时隐藏它"))
    part = StringField(filters=[trimmed], validators=[Length(max=13)])
    reason = reason_field(_("理由（对方会看到）"))

    def offer(self, kind: CaseKind) -> None:
        """Fill the list of decisions."""
        names = {one: _name_of(kind, one) for one in DECISIONS[kind] if one is not Decision.MEND}
        self.decision.choices = [SelectChoice(value=one.value, label=name) for one, name in names.items()]
        self.from_list = [(one.value, name) for one, name in names.items() if one is not Decision.PART]
        if self.part.data:
            self.decision.data = Decision.PART.value

    def validate_decision(self, field: SelectField) -> None:
        """Want a number of days where the decision needs one."""
        if field.data == Decision.SUSPEND.value and self.days.data is None:
            raise ValidationError(_("暂停的天数要在 1 到 90 之间。"))


def _name_of(kind: CaseKind, decision: Decision) -> Any:
    dismissal = _DISMISSALS.get(kind) if decision is Decision.DISMISS else None
    return dismissal or _DECISION_NAMES.get(decision, decision.value)


def _fact(label: str, column: str, *validators: Any) -> StringField:
    bound = Length(max=LENGTHS[column], message=_("最多 %(max)d 个字。"))
    return StringField(label, filters=[trimmed], validators=[*validators, bound])


class MendForm(Form):
    """Correct what is known of a book; what is left empty stays as it is."""

    title = _fact(_("书名"), "title", DataRequired(_("请写下书名。")))
    subtitle = _fact(_("副标题"), "subtitle")
    authors = _fact(_("作者"), "authors")
    translators = _fact(_("译者"), "translators")
    publisher = _fact(_("出版社"), "publisher")
    pubdate = _fact(_("出版时间"), "pubdate")
    series = _fact(_("丛书"), "series")
    original_title = _fact(_("原作名"), "original_title")
    language = _fact(_("语言（代码，如 zh、en）"), "language")
    reason = reason_field(_("理由（只有版主看得到）"))
