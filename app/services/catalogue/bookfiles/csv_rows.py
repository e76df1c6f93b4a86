"""Tables of books (CSV, TSV and the like), and what their columns mean in the words of each program that wrote them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields

from app.domain.book import BookFacts
from app.domain.book_entry import NotABookEntry
from app.domain.cells import isbn_columns, unwrapped
from app.domain.errors import Refusal
from app.domain.tables import read_table
from app.services.catalogue.bookfiles.rows import LONGEST_ROW, FileNumbers, FileRow, Rejected, RowTooLong, accept

FACTS = frozenset(field.name for field in fields(BookFacts)) - {"isbn13"}
#: Other names that exporters give to our columns, folded.
_ALIASES: Mapping[str, str] = {
    "book_title": "title", "书名": "title", "題名": "title", "题名": "title", "標題": "title", "标题": "title", "書名": "title",
    "副标题": "subtitle", "副標題": "subtitle",
    "author": "authors", "primary_author": "authors", "作者": "authors",
    "translator": "translators", "译者": "translators", "譯者": "translators",
    "publishers": "publisher", "出版社": "publisher", "出版者": "publisher",
    "date": "pubdate", "publish_date": "pubdate", "publication_date": "pubdate", "published": "pubdate",
    "year_published": "pubdate", "出版时间": "pubdate", "出版日期": "pubdate", "出版年": "pubdate", "出版年月": "pubdate",
    "number_of_pages": "pages", "page_count": "pages", "页数": "pages", "頁數": "pages",
    "format": "binding", "装帧": "binding", "裝幀": "binding",
    "定价": "price", "价格": "price", "定價": "price",
    "languages": "language", "语言": "language", "語言": "language",
    "原作名": "original_title", "丛书": "series", "叢書": "series",
    "tags": "subjects", "标签": "subjects",
    "description": "summary", "内容简介": "summary",
    "cover_url": "cover", "image": "cover",
}  # fmt: skip
#: Columns that a rejects file has before those of the refused file.
REJECTS_COLUMNS = ("row", "reason")


class Columns:
    """The columns of one file: where each fact and each number stands, and which columns are not used."""

    def __init__(self, header: Sequence[str]) -> None:
        names = [field_of(cell) for cell in header]
        self.isbns = tuple(isbn_columns(header))
        #: Columns whose every number is the book's; among identifiers are the numbers of other things.
        self.stated = tuple(place for place in self.isbns if "isbn" in header[place].lower())
        known = [(name, place) for place, name in enumerate(names) if name in FACTS and place not in self.isbns]
        #: The last column of a meaning first, so that in a dict the first one that is filled stays.
        self.facts = tuple(reversed(known))
        used = {place for _name, place in known} | {*self.isbns}
        self.unknown = tuple(cell.strip() for place, cell in enumerate(header) if place not in used and cell.strip())

    @property
    def name_books(self) -> bool:
        """Whether the columns say of a row which book it is."""
        return bool(self.isbns) and any(name == "title" for name, _place in self.facts)


def field_of(column: str) -> str:
    """Return the fact that a column of this name holds; the folded name itself where it is none of ours."""
    name = column.strip().lower().replace(" ", "_").replace("-", "_")
    return _ALIASES.get(name, name)


def header_score(cells: Iterable[str]) -> int:
    """Return how many columns of a header are known; 0 where it does not name books."""
    columns = Columns(tuple(cells))
    return len(columns.facts) + len(columns.isbns) if columns.name_books else 0


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

    def rows(self, *, skip: int = 0, source: str = "file") -> Iterator[FileRow]:
        """Return each row after the first `skip`; blank lines are no rows."""
        for number, cells in enumerate(self._table.rows, start=1):
            if number > skip:
                yield self._row(number, cells[self._offset :], source)

    def _row(self, number: int, cells: list[str], source: str) -> FileRow:
        if sum(map(len, cells)) + len(cells) > LONGEST_ROW:
            return Rejected(number, RowTooLong(limit=LONGEST_ROW), ())
        if len(cells) != len(self.header):
            return Rejected(number, WrongCellCount(found=len(cells), wanted=len(self.header)), tuple(cells))
        said = [unwrapped(cell) if cell.startswith(_WRAPPED) else cell for cell in cells]
        columns = self._columns
        fields = {name: cell for name, place in columns.facts if (cell := said[place]) and not cell.isspace()}
        numbers = FileNumbers([said[place] for place in columns.isbns], [said[place] for place in columns.stated])
        return accept(number, fields, numbers, lambda: tuple(cells), source=source)
