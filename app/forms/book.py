"""Forms of books: one written down by hand, and a list brought from elsewhere with corrections of its rows. The lengths are those that the catalogue keeps."""

from __future__ import annotations

from flask import g
from flask_babel import lazy_gettext as _
from wtforms import FileField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import DataRequired, Length, ValidationError

from app.domain.book_entry import LENGTHS, ShortenedIsbn
from app.domain.isbn import canonical
from app.domain.isbn_candidates import is_shortened_alone
from app.forms.account import trimmed
from app.forms.base import Form

BOOK_LANGUAGES = ("zh", "zh-Hant", "en", "ja", "fr", "de", "es", "ru", "ko", "")


class AnIsbn:
    """Accept an ISBN in any format, if its check digit is right."""

    def __call__(self, _form: Form, field: StringField) -> None:
        """Refuse what is no ISBN."""
        said = field.data or ""
        if is_shortened_alone(said):
            raise ValidationError(ShortenedIsbn(isbn=said).message(g.language))
        if canonical(said) is None:
            raise ValidationError(_("这个 ISBN 不对，请对照封底再写一遍。"))


def _text(label: str, column: str) -> StringField:
    return StringField(
        label, filters=[trimmed], validators=[Length(max=LENGTHS[column], message=_("最多 %(max)d 个字。"))]
    )


class AddBookForm(Form):
    """The facts of one book, as they stand on its title page; number, title and author are enough."""

    isbn = StringField(
        "ISBN",
        filters=[trimmed],
        validators=[
            DataRequired(_("请写下封底的 ISBN。")),
            Length(max=100, message=_("最多 %(max)d 个字。")),
            AnIsbn(),
        ],
    )
    title = StringField(
        _("书名"),
        filters=[trimmed],
        validators=[
            DataRequired(_("请写下书名。")),
            Length(max=LENGTHS["title"], message=_("最多 %(max)d 个字。")),
        ],
    )
    authors = StringField(
        _("作者"),
        filters=[trimmed],
        validators=[
            DataRequired(_("请写下作者；没有署名的，写“佚名”就好。")),
            Length(max=LENGTHS["authors"], message=_("最多 %(max)d 个字。")),
        ],
    )
    translators = _text(_("译者"), "translators")
    publisher = _text(_("出版社"), "publisher")
    pubdate = _text(_("出版时间"), "pubdate")
    language = SelectField(_("语言"), choices=[], default="zh")

    def offer_languages(self, names: dict[str, str]) -> None:
        """Fill the list of languages: {BCP 47 tag: name}."""
        self.language.choices = [SelectChoice(tag, name) for tag, name in names.items()]


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
