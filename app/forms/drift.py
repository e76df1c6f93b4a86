"""Forms of the exchange and of its moderators. The names of the fields are part of the interface: scripts rely on them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, Field, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import DataRequired, Length, Optional, Regexp, StopValidation, ValidationError

from app.domain.characters import skeleton
from app.domain.drift import DriftState
from app.domain.drift_request import ADDRESS_LENGTHS, MESSAGE_LENGTH, NAME_LENGTHS, is_mobile
from app.domain.gift import NOTE_LENGTH, Condition, Postage
from app.domain.moderation import REASON_LENGTH, Stop
from app.domain.wish import WishScope
from app.forms.base import Form

CONDITIONS = {
    Condition.NEW: _("全新"),
    Condition.GOOD: _("保存得好"),
    Condition.READ: _("读过，有痕迹"),
    Condition.WORN: _("旧了，能读"),
}
POSTAGES = {
    Postage.GIVER: _("赠送的人出邮费"),
    Postage.RECEIVER: _("收书的人出邮费（到付）"),
    Postage.MEET: _("只当面交接"),
}
SCOPES = {
    WishScope.LANGUAGE: _("任何版本都行"),
    WishScope.EDITION: _("只要这个版本"),
    WishScope.ANY: _("任何语言的都行"),
}
#: Those that need no family of works.
_IN_ONE_LANGUAGE = (WishScope.LANGUAGE, WishScope.EDITION)
_BOX = 200
_MOBILE_WANTED = _("手机号要 11 位，或以 + 加国家代码开头。")


def one_line(text: str | None) -> str:
    """Drop spaces at both ends and fold the others, line breaks too, into one."""
    return " ".join((text or "").split())


def _digits(text: str | None) -> str:
    return "".join(part for part in (text or "") if part not in " -()")


class OfferForm(Form):
    """Offer a copy."""

    condition = SelectField(
        _("品相"),
        choices=[SelectChoice(value=one.value, label=label) for one, label in CONDITIONS.items()],
        default=Condition.GOOD.value,
    )
    postage = SelectField(
        _("邮费"),
        choices=[SelectChoice(value=one.value, label=label) for one, label in POSTAGES.items()],
        default=Postage.GIVER.value,
    )
    note = StringField(
        _("想说的话"), filters=[one_line], validators=[Length(max=NOTE_LENGTH, message=_("最多 200 个字。"))]
    )


class WishForm(Form):
    """Wish for a book. `works`: what the member was told that any language means, as ids of works."""

    scope = SelectField(
        _("想要哪个版本"), choices=[SelectChoice(value=one.value, label=label) for one, label in SCOPES.items()]
    )
    works = StringField(validators=[Optional(), Regexp(r"[0-9]{1,19}(,[0-9]{1,19})*\Z")])

    def offer(self, scopes: Collection[WishScope]) -> None:
        """Leave out the other scopes: those that make no sense of a book, or that would be refused."""
        self.scope.choices = [
            SelectChoice(value=one.value, label=label) for one, label in SCOPES.items() if one in scopes
        ]

    @property
    def told(self) -> frozenset[int]:
        """The works that the member was told."""
        return frozenset(map(int, filter(None, (self.works.data or "").split(","))))


class WishListForm(Form):
    """Wish for all books of a list."""

    scope = SelectField(
        _("想要哪个版本"),
        choices=[
            SelectChoice(value="", label=_("看书而定：教材、考试书、工具书只要这一版")),
            *(SelectChoice(value=one.value, label=SCOPES[one]) for one in _IN_ONE_LANGUAGE),
        ],
        default="",
    )


class RequestForm(Form):
    """Ask for a copy: by post, or to meet in person."""

    handover = BooleanField(_("当面交接，不用邮寄"))
    recipient_name = StringField(
        _("收件人"), filters=[one_line], validators=[Length(max=NAME_LENGTHS[1], message=_("收件人要 2 到 20 个字。"))]
    )
    mobile = StringField(_("手机"), filters=[_digits], validators=[Length(max=20, message=_MOBILE_WANTED)])
    address = StringField(
        _("地址"),
        filters=[one_line],
        validators=[Length(max=ADDRESS_LENGTHS[1], message=_("地址要 10 到 100 个字，写到门牌号。"))],
    )
    message = TextAreaField(
        _("给对方的话"), filters=[one_line], validators=[Length(max=MESSAGE_LENGTH, message=_("最多 200 个字。"))]
    )
    remember = BooleanField(_("下次还用这个地址（加密保存，只有你能看到）"))

    def validate_recipient_name(self, field: StringField) -> None:
        """Want a name of 2 to 20 characters, unless the two meet."""
        self._ensure_length(field, NAME_LENGTHS, _("收件人要 2 到 20 个字。"))

    def validate_address(self, field: StringField) -> None:
        """Want an address of 10 to 100 characters, unless the two meet."""
        self._ensure_length(field, ADDRESS_LENGTHS, _("地址要 10 到 100 个字，写到门牌号。"))

    def validate_mobile(self, field: StringField) -> None:
        """Want a number that a parcel service can call, unless the two meet."""
        if not self.handover.data and not is_mobile(field.data or ""):
            raise ValidationError(_MOBILE_WANTED)

    def _ensure_length(self, field: StringField, lengths: tuple[int, int], message: Any) -> None:
        shortest, _longest = lengths
        if not self.handover.data and len(field.data or "") < shortest:
            raise ValidationError(message)


class RejectForm(Form):
    """Decline: "not this time"."""

    reason = StringField(_("理由"), filters=[one_line], validators=[Length(max=_BOX, message=_("最多 200 个字。"))])


class MailedForm(Form):
    """Report that a book is on its way."""

    carrier = StringField(_("快递公司"), filters=[one_line], validators=[Length(max=40, message=_("最多 40 个字。"))])
    tracking = StringField(_("运单号"), filters=[one_line], validators=[Length(max=60, message=_("最多 60 个字。"))])


class DelayForm(Form):
    """Report "still on its way"; `seen` is the number of delays that the page showed."""

    seen = IntegerField(validators=[Optional()])


def is_seen(_form: Form, field: Field) -> None:
    """Check that a text has something that can be seen.

    :raises StopValidation: when it has not.
    """
    if not skeleton(field.data):
        raise StopValidation(_("请写下理由。"))


def reason_field(label: str) -> StringField:
    """Make the field of a reason, which every act of a moderator needs."""
    wanted = [DataRequired(_("请写下理由。")), is_seen, Length(max=REASON_LENGTH, message=_("最多 200 个字。"))]
    return StringField(label, filters=[one_line], validators=wanted)


class DecideForm(Form):
    """Decide a disputed drift, as a moderator."""

    decision = SelectField(
        _("决定"),
        choices=[
            SelectChoice(value=DriftState.RECEIVED.value, label=_("收到了，鱼豆给赠送的人")),
            SelectChoice(value=DriftState.LOST.value, label=_("丢失了，鱼豆退还")),
            SelectChoice(value=DriftState.CANCELLED.value, label=_("取消，鱼豆退还")),
        ],
    )
    reason = reason_field(_("理由（双方都会看到）"))


class LiftForm(Form):
    """Lift a stop."""

    stop = SelectField(choices=[SelectChoice(value=stop.value, label=stop.value) for stop in Stop])
    reason = reason_field(_("理由（只有版主看得到）"))
