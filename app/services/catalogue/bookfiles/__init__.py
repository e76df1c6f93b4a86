"""Files of books, read as a stream: CSV, JSON lines, the Open Library editions dump; gzipped or not."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Literal, Protocol

from app.domain.errors import Refusal
from app.services.catalogue.bookfiles.csv_rows import REJECTS_COLUMNS, CsvRows
from app.services.catalogue.bookfiles.json_rows import JsonRows, array_elements
from app.services.catalogue.bookfiles.open_library import AuthorNames, OpenLibraryRows, no_author_names
from app.services.catalogue.bookfiles.rows import LONGEST_ROW, FileRow
from app.services.catalogue.bookfiles.streams import TextStream, open_text

Format = Literal["csv", "jsonl", "openlibrary"]
_JSON = re.compile(r"\s*(?:\[\s*(?:\{|\Z)|\{)")
#: More characters than the header of a rejects file has; the csv module takes no cell of any length.
_LONGEST_HEADER = 100
FORMATS: tuple[Format, ...] = ("csv", "jsonl", "openlibrary")


class EmptyFile(Refusal):
    """There is no row in the file."""

    status = 422
    zh = "文件是空的"
    en = "the file is empty"


class BookRows(Protocol):
    """What every reader offers: the names of its columns, those that it does not use, and its rows once through."""

    header: tuple[str, ...]

    @property
    def unknown(self) -> tuple[str, ...]:
        """The columns that are not used; where each row names its own, those met so far."""

    def rows(self, *, skip: int = 0, source: str = ...) -> Iterator[FileRow]:
        """Return each row after the first `skip`."""
        ...


@dataclass(frozen=True, slots=True)
class BookFile:
    """An open file of books."""

    content: BookRows
    stream: TextStream

    @property
    def encoding(self) -> str:
        """The name of the encoding that the file was read in."""
        return self.stream.encoding.name


@contextmanager
def open_book_file(
    path: Path, *, format_: Format | None = None, author_names: AuthorNames = no_author_names
) -> Iterator[BookFile]:
    """Open a file of books; without a format its first line tells which it is.

    :raises EmptyFile: when there is nothing in it. :raises NoHeader: when a CSV does not name its columns.
    :raises OSError: when it cannot be read.
    """
    with open_text(path) as stream:
        first = next((line for line in stream.lines if line.strip()), "")
        if not first:
            raise EmptyFile
        yield BookFile(_reader(first, stream, format_, author_names), stream)


def _reader(first: str, stream: TextStream, format_: Format | None, author_names: AuthorNames) -> BookRows:
    lines = chain([first], stream.lines)
    columns = tuple(next(csv.reader([first[:_LONGEST_HEADER]])))
    if columns == (*REJECTS_COLUMNS, *OpenLibraryRows.header):
        return OpenLibraryRows(_rejected(stream.lines), author_names)
    if columns == (*REJECTS_COLUMNS, *JsonRows.header):
        return JsonRows(_rejected(stream.lines))
    known = format_ or _tell_format(first)
    if known == "openlibrary":
        return OpenLibraryRows(lines, author_names)
    if known == "csv":
        return CsvRows(lines)
    is_array = first.lstrip().startswith("[")
    return JsonRows(array_elements(chain([first], stream.pieces)) if is_array else lines)


def _tell_format(first: str) -> Format:
    if first.startswith("/type/"):
        return "openlibrary"
    return "jsonl" if _JSON.match(first) else "csv"


def _rejected(lines: Iterator[str]) -> Iterator[str]:
    """Return the refused lines out of a rejects file, each in one cell, which may be longer than the csv module takes by itself."""
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST_ROW))
    return (cells[-1] for cells in csv.reader(lines) if cells)
