"""services: tables of books (CSV, TSV and the like) with a header of the book's columns."""

from __future__ import annotations

from collections.abc import Iterator

from app.domain.book_entry import NotABookEntry
from app.domain.cells import unwrapped
from app.domain.errors import Refusal
from app.domain.tables import read_table
from app.services.catalogue.bookfiles.columns import REJECTS_COLUMNS, Columns, header_score
from app.services.catalogue.bookfiles.rows import LONGEST_ROW, FileNumbers, Rejected, Row, RowTooLong, accept

_WRAPPED = tuple("='")


class NoHeader(Refusal):
    """No line at the top names the columns."""

    status = 422
    zh = "第一行应写明列名，至少要有 isbn13 和 title"
    en = "the first line must name the columns, at least isbn13 and title"


class WrongCellCount(NotABookEntry):
    """The row has more or fewer cells than the header."""

    zh = "这一行有 {found} 格，表头有 {wanted} 格"
    en = "{found} cells where the header has {wanted}"


class CsvRows:
    """The rows of one table; reading the header happens at once. A rejects file is read as the file that it came from.

    :raises NoHeader: when no line at the top has an ISBN and a title column.
    """

    def __init__(self, lines: Iterator[str]) -> None:
        table = read_table(lines, header_score)
        if table is None:
            raise NoHeader
        self._offset = len(REJECTS_COLUMNS) if table.header[: len(REJECTS_COLUMNS)] == REJECTS_COLUMNS else 0
        self._table = table
        self.header = table.header[self._offset :]
        self._columns = Columns(self.header)
        self.unknown = self._columns.unknown

    def rows(self, *, skip: int = 0, source: str = "file") -> Iterator[Row]:
        """Return each row after the first `skip`; blank lines are no rows."""
        for number, cells in enumerate(self._table.rows, start=1):
            if number > skip:
                yield self._row(number, cells[self._offset :], source)

    def _row(self, number: int, cells: list[str], source: str) -> Row:
        if sum(map(len, cells)) + len(cells) > LONGEST_ROW:
            return Rejected(number, RowTooLong(limit=LONGEST_ROW), ())
        if len(cells) != len(self.header):
            return Rejected(number, WrongCellCount(found=len(cells), wanted=len(self.header)), tuple(cells))
        said = [unwrapped(cell) if cell.startswith(_WRAPPED) else cell for cell in cells]
        columns = self._columns
        fields = {name: cell for name, place in columns.facts if (cell := said[place]) and not cell.isspace()}
        numbers = FileNumbers([said[place] for place in columns.isbns], [said[place] for place in columns.stated])
        return accept(number, fields, numbers, lambda: tuple(cells), source=source)
