"""services: CSV (or TSV) files with a header of the book's columns."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping

from app.domain.book_entry import NotABookEntry
from app.domain.errors import Refusal
from app.services.bookfiles.rows import LONGEST_ROW, Rejected, Row, RowTooLong, accept

#: Other names that exporters give to our columns.
ALIASES: Mapping[str, str] = {
    "isbn": "isbn13",
    "isbn_13": "isbn13",
    "author": "authors",
    "translator": "translators",
    "date": "pubdate",
    "publish_date": "pubdate",
    "tags": "subjects",
}


class NoHeader(Refusal):
    """The first line does not name the columns."""

    status = 422
    zh = "第一行应写明列名，至少要有 isbn13 和 title"
    en = "the first line must name the columns, at least isbn13 and title"


class WrongCellCount(NotABookEntry):
    """The row has more or fewer cells than the header."""

    zh = "这一行有 {found} 格，表头有 {wanted} 格"
    en = "{found} cells where the header has {wanted}"


class CellTooLong(NotABookEntry):
    """A quote was never closed, or a cell is far longer than a book's facts."""

    zh = "引号没有闭合，或者内容过长"
    en = "a quote is not closed, or a cell is too long"


class CsvRows:
    """The rows of one CSV file; reading the header happens at once.

    :raises NoHeader: when the first line has no isbn and title column.
    """

    def __init__(self, lines: Iterator[str]) -> None:
        first = next(lines, "")
        self._cells = csv.reader(lines, delimiter=_delimiter(first))
        self.header = tuple(next(csv.reader([first], delimiter=_delimiter(first)), ()))
        self._names = [column_name(cell) for cell in self.header]
        if not {"isbn13", "title"} <= set(self._names):
            raise NoHeader

    def rows(self, *, skip: int = 0, source: str = "file") -> Iterator[Row]:
        """Give each row after the first `skip`; blank lines are no rows."""
        number = 0
        while True:
            try:
                cells = next(self._cells)
            except StopIteration:
                return
            except csv.Error:
                cells = None
            if cells == []:
                continue
            number += 1
            if number > skip:
                yield self._row(number, cells, source)

    def _row(self, number: int, cells: list[str] | None, source: str) -> Row:
        if cells is None:
            return Rejected(number, CellTooLong(), ())
        if sum(map(len, cells)) > LONGEST_ROW:
            return Rejected(number, RowTooLong(limit=LONGEST_ROW), ())
        if len(cells) != len(self._names):
            return Rejected(number, WrongCellCount(found=len(cells), wanted=len(self._names)), tuple(cells))
        fields = dict(zip(self._names, cells, strict=True))
        return accept(number, fields, lambda: tuple(cells), source=source)


def column_name(cell: str) -> str:
    """Fold a header's cell to the name of our column, if it is one."""
    name = cell.strip().lower().replace(" ", "_").replace("-", "_")
    return ALIASES.get(name, name)


def _delimiter(header: str) -> str:
    """Find what parts the header's cells: the comma unless tabs or semicolons are more frequent."""
    return max(",\t;", key=header.count)
