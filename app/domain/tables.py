"""Tables of text, read as a stream: where the header stands, what parts the cells, and which quotes are meant.

Understood are commas, tabs, semicolons, bars and the full-width ones; a first line ``sep=;``; lines above the header;
Markdown's tables; quoted cells with line ends in them. A quote that nothing closes is a sign like any other: it costs
no row.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from app.domain.isbn import find_isbn

#: Characters of the longest record that goes on over several lines.
LONGEST_RECORD = 100_000
#: Characters of the longest one that has a line in it which is a row by itself.
_LONGEST_WITH_ROWS = 10_000
_DELIMITERS = ",\t;|，；、"
_HEADER_LINES = 30
_SEP = re.compile(r'\A\ufeff?"?sep=(?P<delimiter>[^"\s]|\t)"?\s*\Z', re.IGNORECASE)
#: What a line consists of that only draws: Markdown's under the header, those of Org mode and of databases' command lines.
_RULE = frozenset(" \t\r\n|+:=-")
#: A quote that is doubled next to a word, as only within a quoted cell.
_DOUBLED_QUOTE = re.compile(r'\w""|""\w')
_ESCAPED_BAR, _BAR = "\\|", "\x01"
_SENTINEL = "\x00"
_LONGEST_NAME = 60

#: Says how well cells serve as a header: 0 when they are none, more for each column that is known.
HeaderScore = Callable[[Sequence[str]], int]


@dataclass(frozen=True, slots=True)
class _Form:
    """How a table's lines are cut: at what, and whether they have a bar, as Markdown's, before the first and behind the last cell."""

    delimiter: str
    begins_with_bar: bool
    ends_with_bar: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose header was found; `rows` come once, each with the cells that its line has, blank lines left out."""

    header: tuple[str, ...]
    rows: Iterator[list[str]]
    delimiter: str


def read_table(lines: Iterable[str], score: HeaderScore) -> Table | None:
    """Find the header among the first lines and read the rows after it; None when there is no header.

    :param lines: each with or without its line end.
    """
    stream = iter(lines)
    head = list(islice(stream, _HEADER_LINES))
    said = _SEP.match(head[0]) if head else None
    found = _find_header(head[1:] if said else head, said["delimiter"] if said else _DELIMITERS, score)
    if found is None:
        return None
    behind, form, header = found
    rows = _rows(_Records(chain(behind, stream), form, len(header)), form, len(header))
    return Table(tuple(header), rows, form.delimiter)


def _find_header(
    head: Sequence[str], delimiters: Iterable[str], score: HeaderScore
) -> tuple[Sequence[str], _Form, list[str]] | None:
    """Return the lines behind the first that is a header, its form and its cells; where a number stands books begin."""
    for at, line in enumerate(head):
        if find_isbn(line):
            return None
        behind = head[at + 1 :]
        forms = (_form(delimiter, line, behind) for delimiter in delimiters)
        ways = [(form, cells) for form in forms if _may_be_names(cells := _cells(line, form))]
        scores = {way[0]: (score(way[1]), _agreement(behind, way[0], len(way[1]))) for way in ways}
        best = max(ways, key=lambda way: scores[way[0]], default=None)
        if best and scores[best[0]][0]:
            return behind, *best
    return None


def _form(delimiter: str, header: str, behind: Iterable[str]) -> _Form:
    """Return how the lines of a table are cut: a bar at the end of its header and of the line after is no empty cell."""
    rows = (line.strip() for line in behind if not line.isspace() and ("|" in line or not _is_rule(line)))
    first = [header.strip(), *islice(rows, 1)]
    return _Form(
        delimiter,
        begins_with_bar=delimiter == "|" and all(line.startswith("|") for line in first),
        ends_with_bar=delimiter == "|" and all(line.endswith("|") for line in first),
    )


def _may_be_names(cells: Sequence[str]) -> bool:
    return all(len(cell) <= _LONGEST_NAME for cell in cells)


def _agreement(lines: Sequence[str], form: _Form, width: int) -> int:
    """Count the lines that have as many cells as the header."""
    return sum(len(_cells(line, form)) == width for line in lines) if width > 1 else 0


def _cells(line: str, form: _Form) -> list[str]:
    """Parse one line alone; a Markdown row loses the bars at its ends."""
    try:
        cells = next(csv.reader([_without_escapes(_bare(line), form.delimiter)], delimiter=form.delimiter), [])
    except csv.Error:  # a cell longer than the csv module takes
        cells = _literal(line, form.delimiter)
    return _inner(cells, line, form)


def _inner(cells: list[str], line: str, form: _Form) -> list[str]:
    if form.delimiter != "|":
        return cells
    text = line.strip()
    cells = [cell.strip().replace(_BAR, "|") for cell in cells]
    has_last = form.ends_with_bar and text.endswith("|") and len(cells) > 1
    return cells[form.begins_with_bar and text.startswith("|") : len(cells) - has_last]


def _without_escapes(line: str, delimiter: str) -> str:
    """Return a line of a table with bars with another sign for each bar that a backslash makes part of its cell."""
    return line.replace(_ESCAPED_BAR, _BAR) if delimiter == "|" else line


def _is_rule(line: str) -> bool:
    return "-" in line and _RULE.issuperset(line)


def _bare(line: str) -> str:
    return line.rstrip("\r\n").removeprefix("\ufeff")


class _Records:
    """The records of a table, each a text that the csv module parses to exactly one row."""

    def __init__(self, lines: Iterator[str], form: _Form, width: int) -> None:
        self._lines = lines
        self._form = form
        self._delimiter = delimiter = form.delimiter
        self._width = width
        self._waiting: list[str] = []
        self._inner_quote = re.compile(rf'[^"{re.escape(delimiter)}]"[^"{re.escape(delimiter)}\r\n]')
        self.last: str
        """The record that was handed out last."""

    def __iter__(self) -> Iterator[str]:
        while (line := self._next()) is not None:
            if not line or line.isspace():
                continue
            self.last = line
            if '"' in line and self._is_odd(line):
                yield self._whole(line)
            else:
                yield line

    def _is_odd(self, line: str) -> bool:
        """Return whether a line's quotes may be other than pairs around cells."""
        return line.count('"') % 2 == 1 or self._inner_quote.search(line) is not None

    def _whole(self, line: str) -> str:
        """Return a line with odd quotes as a record: with the lines that it goes on in, or with the quotes as plain signs."""
        if _is_open(line, self._delimiter):
            self.last = self._joined(line) or line
            return _quoted(line, self._delimiter) if self.last is line else self.last
        is_plain = len(_literal(line, self._delimiter)) == self._width
        return _quoted(line, self._delimiter) if is_plain else line

    def _next(self) -> str | None:
        if self._waiting:
            return self._waiting.pop()
        line = next(self._lines, None)
        return None if line is None else _without_escapes(line, self._delimiter)

    def _joined(self, line: str) -> str | None:
        """Return the line with those after it up to the one that closes its quote, or None when the quote is lone.

        It is lone when nothing closes it, when the record has then not as many cells as the header, or when each of
        its lines is a row itself.
        """
        taken: list[str] = []
        size, longest = len(line), LONGEST_RECORD
        is_record = False
        while size <= longest and (following := self._next()) is not None:
            taken.append(following)
            size += len(following)
            if '"' not in following:
                longest = _LONGEST_WITH_ROWS if self._is_row(following) else longest
            elif not _is_open(text := _text([line, *taken]), self._delimiter):
                has_rows = longest < LONGEST_RECORD
                is_record = self._is_record(text) and not self._are_rows([line, *taken], has_rows=has_rows)
                break
        if is_record:
            return _text([line, *taken])
        self._waiting += reversed(taken)
        return None

    def _is_record(self, text: str) -> bool:
        try:
            return len(next(csv.reader([text], delimiter=self._delimiter, strict=True))) == self._width
        except csv.Error:
            return False

    def _are_rows(self, lines: Sequence[str], *, has_rows: bool) -> bool:
        """Return whether each line is a row by itself, with a quote in one cell: a program that quotes cells quotes them on both sides.

        Two cells make no row of a line; `has_rows` says that one of the lines has a book's number besides.
        """
        if (self._width < 3 and not has_rows) or any(map(_DOUBLED_QUOTE.search, lines)):
            return False
        rows = [_literal(line, self._delimiter) for line in lines if not line.isspace()]
        return all(len(row) == self._width and sum('"' in cell for cell in row) <= 1 for row in rows)

    def _is_row(self, line: str) -> bool:
        """Return whether a line that a quote has swallowed is a row of the table: as many cells, one of them a book's number."""
        cells = _cells(line, self._form) if self._width > 1 else []
        return len(cells) == self._width and any(map(_is_number, cells))


def _is_number(cell: str) -> bool:
    return len(cell) < 40 and find_isbn(cell) is not None


def _text(lines: Iterable[str]) -> str:
    return "\n".join(line.rstrip("\r\n") for line in lines)


def _is_open(text: str, delimiter: str) -> bool:
    """Return whether a quoted cell goes on behind the end of a text."""
    try:
        return sum(1 for _row in csv.reader([text, _SENTINEL], delimiter=delimiter)) == 1
    except csv.Error:
        return False


def _literal(line: str, delimiter: str) -> list[str]:
    """Cut a line whose quotes are signs like any other."""
    return _bare(line).split(delimiter)


def _quoted(line: str, delimiter: str) -> str:
    return delimiter.join('"' + cell.replace('"', '""') + '"' for cell in _literal(line, delimiter))


def _rows(records: _Records, form: _Form, width: int) -> Iterator[list[str]]:
    """Parse the records; where their quotes make another number of cells than the header has, they may be mere signs."""
    for cells in _parsed(records, form.delimiter):
        if form.delimiter == "|":
            if not _is_rule(records.last):
                yield _inner(cells, records.last, form)
        elif (
            len(cells) != width
            and '"' in records.last
            and len(plain := _literal(records.last, form.delimiter)) == width
        ):
            yield plain
        else:
            yield cells


def _parsed(records: _Records, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(records, delimiter=delimiter)
    while True:
        try:
            yield from reader
        except csv.Error:  # a cell longer than the csv module takes; it goes on with the next record
            yield _literal(records.last, delimiter)
        else:
            return
