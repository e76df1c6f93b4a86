"""What a reader of book files hands out, row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.book import BookFacts
from app.domain.book_entry import NotABookEntry, book_facts, no_valid_isbn
from app.domain.cells import first_isbn
from app.domain.errors import Refusal
from app.domain.isbn import find_isbns, is_valid, to_isbn13
from app.domain.isbn_candidates import is_shortened

#: No honest row is longer (characters); a longer one is refused without being held in memory whole.
LONGEST_ROW = 1 << 20
#: Returns what a row said, cell by cell in the order of the file's header.
Cells = Callable[[], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Accepted:
    """Row `number` (from 1, the header not counted) describes a book.

    `aliases` are the other numbers that it states; `shortened` tells whether a number in exponent form was passed over.
    """

    number: int
    facts: BookFacts
    cells: Cells
    aliases: tuple[str, ...] = ()
    shortened: bool = False


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


FileRow = Accepted | Rejected | Skipped


class RowTooLong(NotABookEntry):
    """The row is longer than any honest one."""

    zh = "这一行超过 {limit} 个字符"
    en = "row longer than {limit} characters"


@dataclass(frozen=True, slots=True)
class FileNumbers:
    """The cells of a row in which its ISBN may stand: the first valid one is its own, those of `stated` are all the book's."""

    cells: list[str]
    stated: list[str]


def accept(number: int, fields: Mapping[str, Any], numbers: FileNumbers, cells: Cells, *, source: str) -> FileRow:
    """Return the row as a book, or as refused with its reason; `cells` is asked only for a refused one."""
    try:
        isbn13 = _own_isbn(numbers.cells)
        facts = book_facts(fields, source=source, isbn13=isbn13)
    except NotABookEntry as reason:
        return Rejected(number, reason, cells())
    return Accepted(
        number, facts, cells, aliases=_aliases(numbers.stated, isbn13), shortened=_is_shortened(numbers.cells)
    )


def _own_isbn(cells: list[str]) -> str:
    for cell in cells:
        if len(cell) == 13 and is_valid(cell):
            return cell
        if cell:
            break
    found = first_isbn(cells)
    if found and found.is_valid:
        return found.isbn13
    raise no_valid_isbn(cells)


def _aliases(cells: Iterable[str], own: str) -> tuple[str, ...]:
    """Return the other valid numbers, each once. Most rows state one number, in one or two forms."""
    others: dict[str, None] = {}
    for cell in cells:
        if cell == own or not cell:
            continue
        numbers = [to_isbn13(cell)] if is_valid(cell) else [each.isbn13 for each in find_isbns(cell)]
        others.update(dict.fromkeys(isbn for isbn in numbers if isbn != own))
    return tuple(others)


def _is_shortened(cells: Iterable[str]) -> bool:
    return any(("e" in cell or "E" in cell) and is_shortened(cell) for cell in cells)
