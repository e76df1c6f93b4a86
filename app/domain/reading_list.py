"""domain: a list of books that somebody kept elsewhere, read row by row, whatever program wrote it.

Understood are CSV files (Goodreads, the common exporters of Douban, our own) in UTF-8, UTF-16 or GB 18030, and bare lists with
an ISBN on each line. A row is never dropped: what names no book is a row all the same, with its own verdict.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.domain.errors import Refusal
from app.domain.isbn import find_isbn

MOST_ROWS = 10_000
CELL_LENGTH = 500
_ROW_LENGTH = 4_000


class Verdict(StrEnum):
    """What a row is found to be; `PENDING` until it has been looked up."""

    PENDING = "pending"
    MATCHED = "matched"
    FOUND = "found"
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

    zh = "这不像是文字：请把表格另存为 CSV，再选它。"
    en = "This does not look like text: save the spreadsheet as CSV and choose that file."


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
    """A whole list; `header` names the cells."""

    header: tuple[str, ...]
    rows: tuple[ListRow, ...]


#: Our names of the columns, by what the exporters call them, folded; earlier ones win.
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "isbn": ("isbn13", "isbn_13", "isbn-13", "isbn/uid", "isbn", "isbn10", "isbn-10", "书号", "条码", "条形码"),
    "title": ("title", "book title", "书名", "标题", "名称", "题名", "書名"),
    "author": ("author", "authors", "作者", "primary author", "简介"),
}
_EXCEL_TEXT = re.compile(r'="(.*)"')
_FORMULA = "=+-@\t\r"
_SPLIT = re.compile(r"[,;，；、\t]+")
_SERIES = re.compile(r"\s*[(（][^()（）]*#\s*\d[^()（）]*[)）]\s*$")


def read_list(data: bytes) -> ReadingList:
    """Read a list from a file's bytes or from pasted text.

    :raises ListUnreadable: when it is not text. :raises ListEmpty: :raises ListTooLong: for no row, or too many.
    """
    text = _decode(data)
    header, *lines = _table(text) or [()]
    places = _places(header)
    rows = _csv_rows(places, lines) if places else _bare_rows(text)
    if not rows:
        raise ListEmpty
    if len(rows) > MOST_ROWS:
        raise ListTooLong(limit=MOST_ROWS)
    return ReadingList(tuple(header) if places else ("line",), tuple(rows))


def to_csv(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Write rows so that a spreadsheet shows them and calculates nothing; `read_list` reads them again."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in (header, *rows):
        writer.writerow([f"'{cell}" if cell[:1] and cell[0] in _FORMULA else cell for cell in row])
    return out.getvalue()


def bare_title(title: str) -> str:
    """Give a title without the series that Goodreads writes behind it: "Gilead (Gilead, #1)" → "Gilead"."""
    return _SERIES.sub("", title)


def _decode(data: bytes) -> str:
    encodings = ("utf-16",) if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise ListUnreadable


def _table(text: str) -> list[tuple[str, ...]]:
    """Parse as CSV; the delimiter is what the first line has most of. What is no CSV gives no table."""
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(",\t;", key=first.count)
    try:
        return [tuple(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if any(row)]
    except csv.Error:
        return []


def _places(header: Iterable[str]) -> dict[str, list[int]]:
    """Find where the header names our columns; empty when it is no header. A header names an ISBN or a title."""
    folded = [cell.strip().lower() for cell in header]
    places = {ours: [folded.index(name) for name in names if name in folded] for ours, names in _COLUMNS.items()}
    found = {ours: where for ours, where in places.items() if where}
    return found if "isbn" in found or "title" in found else {}


def _csv_rows(places: Mapping[str, list[int]], lines: Iterable[tuple[str, ...]]) -> list[ListRow]:
    rows = []
    for number, cells in enumerate(lines, start=1):
        said = {
            ours: next((clean for place in where if place < len(cells) and (clean := _clean(cells[place]))), "")
            for ours, where in places.items()
        }
        rows.append(ListRow(number, _bounded(cells), **said))
    return rows


def _bare_rows(text: str) -> list[ListRow]:
    """Give a row for each line, and for each number of a line that is made of numbers alone."""
    entries: list[str] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        parts = [part.strip() for part in _SPLIT.split(line) if part.strip()]
        entries += parts if len(parts) > 1 and all(map(find_isbn, parts)) else [line]
    return [ListRow(number, _bounded((entry,)), isbn=_clean(entry)) for number, entry in enumerate(entries, start=1)]


def _clean(cell: str) -> str:
    """Undo what spreadsheets wrap around a cell: ="0306406152", and the apostrophe that keeps it text."""
    text = cell.strip()
    if len(text) > 1 and text[0] == "'" and text[1] in _FORMULA:
        text = text[1:]
    wrapped = _EXCEL_TEXT.fullmatch(text)
    return " ".join((wrapped[1] if wrapped else text).split())[:CELL_LENGTH]


def _bounded(cells: Iterable[str]) -> tuple[str, ...]:
    """Keep a row's cells within what is stored."""
    kept: list[str] = []
    left = _ROW_LENGTH
    for cell in cells:
        kept.append(cell[:left])
        left -= len(kept[-1])
    return tuple(kept)
