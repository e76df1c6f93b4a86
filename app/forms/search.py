"""What is typed into the search box."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, StringField
from wtforms.validators import DataRequired, Length, Optional, Regexp

from app.forms.base import NumberRange, QueryForm
from app.libs.urls import page_number, with_pluses


def _readable(text: str | None) -> str:
    """Drop what no keyboard types (NUL, lone surrogates, other control characters) and the spaces at both ends."""
    return with_pluses("".join(sign if sign.isprintable() else " " for sign in text or "")).strip()


class PageField(IntegerField):
    """The number of a page; one of any length is behind the last."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number."""
        self.data = page_number(valuelist[0]) if valuelist else None
        if self.data is None:
            super().process_formdata(valuelist)


class SearchForm(QueryForm):
    """One search: the words, which page, in which language, whether only what can be had, to read literally, or to list each edition."""

    q = StringField(
        _l("搜书"),
        filters=[_readable],
        validators=[
            DataRequired(_l("写下书名、作者、拼音或 ISBN，再来搜。")),
            Length(max=10_000, message=_l("最多 %(max)d 个字。")),
        ],
    )
    page = PageField(_l("页码"), default=1, validators=[Optional(), NumberRange(1, message=_l("页码从 1 开始。"))])
    language = StringField(
        _l("语言"),
        validators=[Optional(), Regexp(r"[a-z]{2,3}\Z", message=_l("没有这种语言的书。"))],
    )
    gift = BooleanField(_l("有人在送"))
    exact = BooleanField(_l("只按原文"))
    group = IntegerField(
        _l("合并版本"), default=1, validators=[Optional(), NumberRange(0, 1, message=_l("合并版本只能是 0 或 1。"))]
    )

    def complaints(self) -> list[str]:
        """Return what is wrong, in the site's words, a sentence for each field: the first says why the others follow."""
        return [str(messages[0]) for messages in self.errors.values()]

    def values(self) -> dict[str, Any]:
        """Return what `Search.find` takes, apart from the words."""
        return {
            "page": self.page.data or 1,
            "language": self.language.data or None,
            "offered": bool(self.gift.data),
            "exact": bool(self.exact.data),
            "grouped": self.group.data != 0,
        }
