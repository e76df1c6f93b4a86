"""A list of books that somebody kept elsewhere, read row by row, by any program.

Understood are tables that name a column for the title or the ISBN, and bare lists and sentences with ISBNs in them. A row is
never dropped: what names no book is a row all the same, with its own verdict.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from app.domain.cells import cell_text, disarmed, isbn_cell
from app.domain.characters import cleaned
from app.domain.errors import Refusal
from app.domain.isbn import find_isbn, find_isbns
from app.domain.list_columns import LINE, find_columns, score_header
from app.domain.tables import Table, read_table
from app.domain.text_encoding import NotText, decode_text

MOST_ROWS = 10_000
CELL_LENGTH = 500
_ROW_LENGTH = 4_000


class Verdict(StrEnum):
    """What a row is found to be; `PENDING` until it has been looked up. `LOOK`: its number is that of another title."""

    PENDING = "pending"
    MATCHED = "matched"
    FOUND = "found"
    LOOK = "look"
    AMBIGUOUS = "ambiguous"
    UNKNOWN = "unknown"
    NO_BOOK = "no_book"


class Outcome(StrEnum):
    """What has become of a row; `WAITING` until it is offered or wished for."""

    WAITING = "waiting"
    LISTED = "listed"
    ALREADY = "already"
    REFUSED = "refused"
    UNDONE = "undone"


#: Verdicts that name one book.
KNOWN = frozenset({Verdict.MATCHED, Verdict.FOUND})
#: Verdicts on which the owner has to decide.
UNSETTLED = frozenset(Verdict) - KNOWN - {Verdict.PENDING}


class ListRefused(Refusal):
    """Refuse what is no list of books."""

    status = 422


class ListEmpty(ListRefused):
    """There is no row."""

    zh = "里面一行也没有。选一个文件，或者把 ISBN 粘贴进来，一行一个。"
    en = "There is nothing in it. Choose a file, or paste ISBNs, one on each line."


class ListTooLong(ListRefused):
    """There are more rows than one list may have."""

    zh = "一次最多 {limit} 行，请分几次来。"
    en = "At most {limit} rows at a time; please split the list."


class ListUnreadable(ListRefused):
    """It is not text."""

    zh = NotText.zh
    en = NotText.en


class ListNotFound(Refusal):
    """There is no such list, or it is somebody else's."""

    status = 404
    zh = "没有这份书单，或者它已经过期删除了。"
    en = "There is no such list, or it has been deleted since."


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row: `number` from 1, the header not counted; `cells` as they came; what it says of a book, "" where nothing."""

    number: int
    cells: tuple[str, ...]
    isbn: str = ""
    title: str = ""
    author: str = ""


@dataclass(frozen=True, slots=True)
class ReadingList:
    """A whole list; `header` names the cells, `encoding` is what it came in."""

    header: tuple[str, ...]
    rows: tuple[ListRow, ...]
    encoding: str


_SPLIT = re.compile(r"[,;，；、\t]+")
_SERIES = re.compile(r"\s*[(（][^()（）]*#\s*\d[^()（）]*[)）]\s*$")


def read_list(data: bytes) -> ReadingList:
    """Read a list from a file's bytes or from pasted text.

    :raises ListUnreadable: when it is not text. :raises ListEmpty: :raises ListTooLong: for no row, or too many.
    """
    try:
        decoded = decode_text(data)
    except NotText:
        raise ListUnreadable from None
    table = read_table(_lines(decoded.text), score_header)
    found = _bare_rows(_lines(decoded.text)) if table is None else _table_rows(table)
    rows = tuple(islice(found, MOST_ROWS + 1))
    if not rows:
        raise ListEmpty
    if len(rows) > MOST_ROWS:
        raise ListTooLong(limit=MOST_ROWS)
    header = (LINE,) if table is None else tuple(map(cleaned, table.header))
    return ReadingList(header, rows, decoded.encoding.name)


def to_csv(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Write rows so that a spreadsheet shows them and calculates nothing; `read_list` reads them again."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in (header, *rows):
        writer.writerow(map(disarmed, row))
    return out.getvalue()


def bare_title(title: str) -> str:
    """Return a title without the series that Goodreads appends: "Gilead (Gilead, #1)" → "Gilead"."""
    return _SERIES.sub("", title)


def _lines(text: str) -> io.StringIO:
    return io.StringIO(text, newline=None)


def _table_rows(table: Table) -> Iterator[ListRow]:
    places = find_columns(table.header)
    if not places or (len(table.header) == 1 and "isbn" in places):
        yield from _bare_rows(row[0] if places == {} else " , ".join(row) for row in table.rows if row)
        return
    filled = (cells for cells in table.rows if any(cells))
    for number, cells in enumerate(filled, start=1):
        said = {
            role: [cell_text(cells[place]) for place in where if place < len(cells)] for role, where in places.items()
        }
        yield ListRow(
            number,
            _bounded(cells),
            isbn=isbn_cell(said.get("isbn", ()))[:CELL_LENGTH],
            title=_first_filled(said, "title"),
            author=_first_filled(said, "author"),
        )


def _first_filled(said: Mapping[str, list[str]], role: str) -> str:
    return next(filter(None, said.get(role, ())), "")[:CELL_LENGTH]


def _bare_rows(lines: Iterable[str]) -> Iterator[ListRow]:
    """Yield a row for each number of a line, and one for a line without any, which may be a title."""
    plain = (cleaned(line).replace("\n", " ").strip() for line in lines)
    entries = (entry for line in plain if line for entry in _entries(line))
    for number, entry in enumerate(entries, start=1):
        text = cell_text(entry)[:CELL_LENGTH]
        yield ListRow(number, _bounded((entry,)), isbn=text, title="" if find_isbn(text) else text)


def _entries(line: str) -> list[str]:
    """Cut a line where it names several books: at its commas if there is one number in each part, else number by number."""
    numbers = find_isbns(line, with_wrong=True)
    if len(numbers) < 2:
        return [line]
    parts = [part.strip() for part in _SPLIT.split(line) if part.strip()]
    if len(parts) == len(numbers) and all(map(find_isbn, parts)):
        return parts
    return [typed.number for typed in numbers]


def _bounded(cells: Iterable[str]) -> tuple[str, ...]:
    """Keep of a row's cells what is text, as much of it as is stored."""
    kept: list[str] = []
    left = _ROW_LENGTH
    for cell in map(cleaned, cells):
        kept.append(cell[:left])
        left -= len(kept[-1])
    return tuple(kept)
