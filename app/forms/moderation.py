"""Forms of the moderators."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import DataRequired, Length

from app.domain.moderation import Stop
from app.forms.base import Form
from app.forms.drift import one_line

REASON_LENGTH = 200


def _reason(label: str) -> StringField:
    """Make the field of a reason, which every act of a moderator needs."""
    wanted = [DataRequired(_("请写下理由。")), Length(max=REASON_LENGTH, message=_("最多 200 个字。"))]
    return StringField(label, filters=[one_line], validators=wanted)


class DecideForm(Form):
    """Decide a disputed drift, as a moderator."""

    decision = SelectField(
        _("决定"),
        choices=[
            SelectChoice(value="received", label=_("收到了，鱼豆给赠送的人")),
            SelectChoice(value="lost", label=_("丢失了，鱼豆退还")),
            SelectChoice(value="cancelled", label=_("取消，鱼豆退还")),
        ],
    )
    reason = _reason(_("理由（双方都会看到）"))


class LiftForm(Form):
    """Lift a stop."""

    stop = SelectField(choices=[SelectChoice(value=stop.value, label=stop.value) for stop in Stop])
    reason = _reason(_("理由（只有版主看得到）"))
