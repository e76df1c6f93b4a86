"""Forms about works: a member's report of two editions, and what moderators decide. The names of the fields are part of the interface."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import DataRequired, Length

from app.domain.report import REPORT_LENGTH
from app.domain.work_decision import DecisionKind
from app.forms.account import trimmed
from app.forms.base import Form
from app.forms.book import AnIsbn
from app.forms.drift import one_line, reason_field

_ISBN = [DataRequired(_("请写下封底的 ISBN。")), Length(max=100, message=_("最多 %(max)d 个字。")), AnIsbn()]


class ReportForm(Form):
    """Report that two editions are not the same book."""

    note = TextAreaField(
        _("哪里不同"),
        filters=[one_line],
        validators=[Length(max=REPORT_LENGTH, message=_("最多 200 个字。"))],
    )


class ReasonForm(Form):
    """Decide something about works, and tell why."""

    reason = reason_field(_("理由（只有版主看得到）"))


class WorksForm(ReasonForm):
    """Merge the works of two books, or put the one into the work of the other."""

    kind = SelectField(
        _("怎么办"),
        choices=[
            SelectChoice(value=DecisionKind.MERGE.value, label=_("合并：两边的所有版本都算同一本书")),
            SelectChoice(value=DecisionKind.PUT.value, label=_("归入：只把第一个版本归到第二本书")),
        ],
    )
    isbn = StringField(_("这个版本的 ISBN"), filters=[trimmed], validators=_ISBN)
    other = StringField(_("另一个版本的 ISBN"), filters=[trimmed], validators=_ISBN)
