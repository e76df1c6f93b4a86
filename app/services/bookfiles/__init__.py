"""services: files of books, read as a stream: CSV, JSON lines, the Open Library editions dump; gzipped or not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Literal, Protocol

from app.domain.errors import Refusal
from app.services.bookfiles.csv_rows import CsvRows
from app.services.bookfiles.json_rows import JsonRows
from app.services.bookfiles.open_library import AuthorNames, OpenLibraryRows, no_author_names
from app.services.bookfiles.rows import Row
from app.services.bookfiles.streams import TextStream, open_text

Format = Literal["csv", "jsonl", "openlibrary"]
FORMATS: tuple[Format, ...] = ("csv", "jsonl", "openlibrary")


class EmptyFile(Refusal):
    """There is no row in the file."""

    status = 422
    zh = "文件是空的"
    en = "the file is empty"


class BookRows(Protocol):
    """What every reader offers: the names of its columns, and its rows once through."""

    header: tuple[str, ...]

    def rows(self, *, skip: int = 0, source: str = ...) -> Iterator[Row]:
        """Give each row after the first `skip`."""
        ...


@dataclass(frozen=True, slots=True)
class BookFile:
    """An open file of books."""

    format: Format
    content: BookRows
    stream: TextStream


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
        lines = chain([first], stream.lines)
        known = format_ or _tell_format(first)
        yield BookFile(known, _reader(known, lines, author_names), stream)


def _tell_format(first: str) -> Format:
    if first.startswith("/type/"):
        return "openlibrary"
    return "jsonl" if first.lstrip().startswith("{") else "csv"


def _reader(format_: Format, lines: Iterator[str], author_names: AuthorNames) -> BookRows:
    if format_ == "openlibrary":
        return OpenLibraryRows(lines, author_names)
    return JsonRows(lines) if format_ == "jsonl" else CsvRows(lines)
