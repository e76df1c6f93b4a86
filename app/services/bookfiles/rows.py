"""services: what a reader of book files hands out, row by row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.book import BookFacts
from app.domain.book_entry import NotABookEntry, book_facts
from app.domain.errors import Refusal

#: No honest row is longer (characters); a longer one is refused without being held in memory whole.
LONGEST_ROW = 1 << 20


@dataclass(frozen=True, slots=True)
class Accepted:
    """Row `number` (from 1, the header not counted) describes a book."""

    number: int
    facts: BookFacts


@dataclass(frozen=True, slots=True)
class Rejected:
    """Row `number` was refused; `cells` are what it said, in the order of the file's header."""

    number: int
    reason: Refusal
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Skipped:
    """Row `number` is about something other than a book (an author, a redirect): neither good nor bad."""

    number: int


Row = Accepted | Rejected | Skipped


class RowTooLong(NotABookEntry):
    """The row is longer than any honest one."""

    zh = "这一行超过 {limit} 个字符"
    en = "row longer than {limit} characters"


def accept(number: int, fields: Mapping[str, Any], cells: Callable[[], tuple[str, ...]], *, source: str) -> Row:
    """Give the row as a book, or as refused with its reason; `cells` is only asked for a refused one."""
    try:
        return Accepted(number, book_facts(fields, source=source))
    except NotABookEntry as reason:
        return Rejected(number, reason, cells())
