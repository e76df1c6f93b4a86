"""What strangers write about a book (a row of a file, a source's answer, a form) becomes BookFacts, or is refused.

Texts are cleaned (HTML entities decoded once, NFC, nothing that is no character, single spaces) and cut to what a
column holds; a list keeps whole entries only. What cannot be true of a book is refused: no valid ISBN, no title.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from app.domain.book import BookFacts
from app.domain.cells import without_entities
from app.domain.characters import cleaned
from app.domain.errors import Refusal
from app.domain.isbn import canonical, is_valid
from app.domain.isbn_candidates import is_shortened

#: The most characters that the catalogue's columns hold; a list counts as joined by ";".
LENGTHS: Mapping[str, int] = {
    "title": 500, "subtitle": 500, "authors": 1000, "translators": 500, "publisher": 255, "pubdate": 40, "pages": 40,
    "binding": 100, "price": 60, "language": 35, "original_title": 500, "series": 500, "subjects": 1000,
    "summary": 16_000, "cover": 500, "source": 60,
}  # fmt: skip

_DECILE = re.compile("0*[0-9]")
_SEPARATORS = re.compile(r"[;；\n]")
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8}){0,3}")
_WEB_ADDRESS = re.compile(r"https?://[^\s\"'<>\\]+", re.IGNORECASE)
_BARE = re.compile(r"[\W_]+")
_BETWEEN_PEOPLE = re.compile(r"\s*[;；、，/]\s*")
_PLACEHOLDERS = frozenset(
    {
        "untitled",
        "notitle",
        "titleunknown",
        "unknowntitle",
        "unknown",
        "none",
        "null",
        "nan",
        "无题",
        "無題",
        "无标题",
        "未命名",
        "未知",
    }
)
#: Where an object that stands for a text says it: exporters' authors, Open Library's texts.
_NAMES = ("name", "full_name", "personal_name", "fl", "value")
#: Characters that nobody sees and that make equal titles differ: soft hyphen, zero-width space, byte order mark.
_INVISIBLE = re.compile("[\xad\u200b\ufeff]")


class NotABookEntry(Refusal):
    """Refuse what does not describe one book."""

    status = 422


class NoIsbn(NotABookEntry):
    """There is no ISBN."""

    zh = "没有 ISBN"
    en = "no ISBN"


class WrongIsbn(NotABookEntry):
    """What stands where the ISBN should be is none, or its check digit is wrong."""

    zh = "ISBN 不对：{isbn}"
    en = "not a valid ISBN: {isbn}"


class ShortenedIsbn(NotABookEntry):
    """A spreadsheet has shortened the number to its exponent form, and the digits that it left out are lost."""

    zh = "ISBN 被电子表格缩短成了 {isbn}，后面的数字已经丢了。请把这一列设为“文本”格式，再重新导出。"
    en = "a spreadsheet has shortened the ISBN to {isbn}, and its last digits are lost: format the column as text and export it again"


class NoTitle(NotABookEntry):
    """There is no title."""

    zh = "没有书名"
    en = "no title"


class TitleTooLong(NotABookEntry):
    """The title is longer than any book's."""

    zh = "书名超过 {limit} 个字"
    en = "title longer than {limit} characters"


class WrongPopularity(NotABookEntry):
    """The popularity is not a whole number from 0 to 9."""

    zh = "热度应为 0 到 9 的整数"
    en = "popularity must be a whole number from 0 to 9"


def book_facts(fields: Mapping[str, Any], *, source: str, isbn13: str = "") -> BookFacts:
    """Return the facts that these fields state, by the names of BookFacts.

    Values are texts, numbers, objects with a name, or, for the lists, sequences of these (or one text parted by
    semicolons); anything else, and what is missing, counts as empty. Unknown names are ignored. `source` names who said
    it, unless a field does. `isbn13`, where the caller has found it already, is used as it is.

    :raises NotABookEntry: one of its subclasses, when this is not one book.
    """
    return BookFacts(
        isbn13=isbn13 or _isbn13(fields),
        title=_title(fields),
        subtitle=_short(fields, "subtitle"),
        authors=_entries(fields, "authors"),
        translators=_entries(fields, "translators"),
        publisher=_short(fields, "publisher"),
        pubdate=_whole(fields, "pubdate"),
        pages=_whole(fields, "pages"),
        binding=_whole(fields, "binding"),
        price=_whole(fields, "price"),
        language=_language(_one_line(fields.get("language"))),
        original_title=_short(fields, "original_title"),
        series=_short(fields, "series"),
        subjects=_entries(fields, "subjects"),
        summary=_cut(_paragraphs(fields.get("summary")), LENGTHS["summary"]),
        cover=_web_address(_one_line(fields.get("cover"))),
        source=_whole(fields, "source") or source,
        popularity=_popularity(fields.get("popularity")),
    )


def no_valid_isbn(cells: Sequence[str]) -> NotABookEntry:
    """Return why none of these cells, in which an ISBN may stand, holds a valid one."""
    said = next(filter(None, map(str.strip, cells)), "")
    if not said:
        return NoIsbn()
    return (ShortenedIsbn if any(map(is_shortened, cells)) else WrongIsbn)(isbn=_cut(said, 40))


def read_isbn(said: str) -> str:
    """Return the ISBN-13 that somebody gave, in any format.

    :raises NoIsbn: :raises ShortenedIsbn: :raises WrongIsbn: when there is none.
    """
    isbn13 = canonical(said)
    if isbn13 is None:
        raise no_valid_isbn([said])
    return isbn13


def between_people(typed: str) -> str:
    """Return names that a person typed with any sign between them, as `book_facts` reads them."""
    return ";".join(_BETWEEN_PEOPLE.split(typed))


def is_placeholder(title: str) -> bool:
    """Return whether a title says only that there is none; a book may be called so, but no other title gives way to it."""
    return _BARE.sub("", title).casefold() in _PLACEHOLDERS


def _isbn13(fields: Mapping[str, Any]) -> str:
    said = _one_line(fields.get("isbn13"))
    return said if len(said) == 13 and is_valid(said) else read_isbn(said)


def _title(fields: Mapping[str, Any]) -> str:
    title = _one_line(fields.get("title"))
    if not any(character.isalnum() for character in title):
        # "!!!" and "…" are books; "" and "-" are what exporters write when they have no title
        title = title if len(title) > 1 else ""
    if not title:
        raise NoTitle
    if len(title) > LENGTHS["title"]:
        raise TitleTooLong(limit=LENGTHS["title"])
    return title


def _text(value: object) -> str:
    """Return what a value says, decoded and cleaned: a text, the digits of a number, the name of an object."""
    if isinstance(value, str):
        text = without_entities(value) if "&" in value else value
    elif isinstance(value, Mapping):
        named = next((value[name] for name in _NAMES if value.get(name)), "")
        return _text(named) if isinstance(named, (str, int)) else ""
    elif isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
        text = str(value)
    else:
        return ""
    return text if text.isascii() and text.isprintable() else unicodedata.normalize("NFC", cleaned(text))


def _one_line(value: object) -> str:
    return "" if value in (None, "") else _line(_text(value))


def _line(text: str) -> str:
    if text.isprintable() and "  " not in text:  # most are: nothing invisible, no white space but single spaces
        return text.strip()
    return " ".join(_INVISIBLE.sub("", text).split())


def _paragraphs(value: object) -> str:
    return "\n".join(filter(None, map(_line, _text(value).splitlines())))


def _short(fields: Mapping[str, Any], name: str) -> str:
    """Return a text, cut to its column's length with an ellipsis."""
    return _cut(_one_line(fields.get(name)), LENGTHS[name])


def _whole(fields: Mapping[str, Any], name: str) -> str:
    """Return a text that makes sense as a whole alone: half a date or half a price would be wrong, not short."""
    text = _one_line(fields.get(name))
    return text if len(text) <= LENGTHS[name] else ""


def _entries(fields: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = fields.get(name)
    said: Iterable[str] = (
        map(_one_line, value) if isinstance(value, (list, tuple)) else map(_line, _SEPARATORS.split(_text(value)))
    )
    kept: list[str] = []
    length = -1
    for entry in said:
        text = entry.replace(";", ",")
        if not text or text in kept:
            continue
        length += len(text) + 1
        if length > LENGTHS[name]:
            break
        kept.append(text)
    return tuple(kept)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


@lru_cache(maxsize=1_000)
def _language(text: str) -> str:
    if not _LANGUAGE.fullmatch(text):
        return ""
    first, *rest = text.split("-")
    return "-".join([first.lower(), *(_subtag(part) for part in rest)])


def _subtag(part: str) -> str:
    """Write a language's subtag as BCP 47 recommends: Hant, TW."""
    return part.title() if len(part) == 4 else part.upper() if len(part) == 2 else part.lower()


def _web_address(text: str) -> str:
    return text if len(text) <= LENGTHS["cover"] and _WEB_ADDRESS.fullmatch(text) else ""


def _popularity(value: object) -> int:
    said = _one_line(value)
    if not said:
        return 0
    if not _DECILE.fullmatch(said):
        raise WrongPopularity
    return int(said[-1])
