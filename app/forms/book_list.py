"""Forms: a list brought from elsewhere, and corrections of its rows."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import FileField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from app.forms.account import trimmed
from app.forms.base import Form


class BringListForm(Form):
    """A file, or pasted text."""

    file = FileField(_("文件"))
    text = TextAreaField(_("或者粘贴在这里"), validators=[Length(max=200_000, message=_("最多 %(max)d 个字。"))])


class CorrectRowForm(Form):
    """What a row should have said."""

    said = StringField(
        _("ISBN 或书名"),
        filters=[trimmed],
        validators=[DataRequired(_("写下 ISBN 或书名。")), Length(max=200, message=_("最多 %(max)d 个字。"))],
    )
