"""The form of a holiday."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import DateField
from wtforms.validators import DataRequired, InputRequired

from app.forms.base import Form

_DAY_WANTED = _("请选一天。")


class HolidayForm(Form):
    """Be away from one day to another, both included."""

    first = DateField(_("从哪天"), validators=[DataRequired(_DAY_WANTED)])
    #: Also wanted where nothing at all is sent, when what the page proposed would pass for it.
    last = DateField(_("到哪天（包括这一天）"), validators=[InputRequired(_DAY_WANTED), DataRequired(_DAY_WANTED)])
