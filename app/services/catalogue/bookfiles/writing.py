"""Write books to a file that the readers read again, and refused rows, with their reasons, to one that can be corrected and imported again."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from app.domain.book import BookFacts
from app.domain.cells import ENTITY, disarmed, guarded
from app.domain.errors import Refusal
from app.queries.book import FACT_COLUMNS
from app.services.catalogue.bookfiles.csv_rows import REJECTS_COLUMNS
from app.services.catalogue.bookfiles.rows import Rejected

_SUFFIXES = (".csv", ".jsonl")


class UnknownFormat(Refusal):
    """The file's name does not tell the format."""

    status = 422
    zh = "文件名应以 .csv 或 .jsonl 结尾，可以再加 .gz"
    en = "the file's name must end in .csv or .jsonl, with or without .gz at the end"


#: The column of a book's other numbers.
ALIASES = "other_isbns"
#: A book and its other numbers.
Entry = tuple[BookFacts, Sequence[str]]


def write_books(path: Path, books: Iterable[Entry]) -> int:
    """Write the books to `path`, whole or not at all, in the format of its suffix; return how many there are.

    :raises UnknownFormat: for another suffix. :raises OSError: when the file cannot be written.
    """
    plain = path.with_suffix("") if path.suffix == ".gz" else path
    if plain.suffix not in _SUFFIXES:
        raise UnknownFormat
    draft = path.with_name(f".{path.name}.draft")
    try:
        with _open(draft, packed=path.suffix == ".gz") as out:
            write = _csv_writer(out) if plain.suffix == ".csv" else _json_writer(out)
            count = 0
            for entry in books:
                write(entry)
                count += 1
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return count


@contextmanager
def _open(path: Path, *, packed: bool) -> Iterator[TextIO]:
    if packed:
        with gzip.open(path, "wt", compresslevel=6, encoding="utf-8", newline="") as out:
            yield out
    else:
        with path.open("w", encoding="utf-8", newline="") as out:
            yield out


def _csv_writer(out: TextIO) -> Callable[[Entry], object]:
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow((*FACT_COLUMNS, ALIASES))
    return lambda entry: rows.writerow([_cell(value) for value in _named(entry).values()])


def _json_writer(out: TextIO) -> Callable[[Entry], object]:
    def write(entry: Entry) -> None:
        said = {name: _literal(value) for name, value in _named(entry).items() if value}
        out.write(json.dumps(said, ensure_ascii=False) + "\n")

    return write


def _named(entry: Entry) -> dict[str, Any]:
    facts, aliases = entry
    return {name: getattr(facts, name) for name in FACT_COLUMNS} | {ALIASES: tuple(aliases)}


def _cell(value: Any) -> Any:
    said = _literal(";".join(value) if isinstance(value, tuple) else value)
    return guarded(said) if isinstance(said, str) else said


def _literal(value: Any) -> Any:
    """Write an ampersand so that what only looks like an HTML entity is not read as one."""
    if isinstance(value, tuple):
        return tuple(map(_literal, value))
    return ENTITY.sub(lambda found: f"&amp;{found[0][1:]}", value) if isinstance(value, str) and "&" in value else value


class RejectsFile:
    """Refused rows as CSV: `row, reason`, then the refused file's own columns. The readers read it as that file.

    It is opened at a known size: what an interrupted import wrote after its last checkpoint is cut off, so that a
    row is never listed twice.
    """

    def __init__(self, path: Path, header: Sequence[str], *, size: int = 0) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("r+b" if path.exists() else "w+b")
        self._file.truncate(min(size, os.fstat(self._file.fileno()).st_size))
        self._file.seek(0, os.SEEK_END)
        if not self._file.tell():
            self._write([(*REJECTS_COLUMNS, *header)])

    def add(self, rejected: Iterable[Rejected]) -> None:
        """Append the refused rows."""
        self._write([(str(row.number), row.reason.message("en"), *row.cells) for row in rejected])

    def rewind(self, size: int) -> None:
        """Drop what was written after this size, for what it told of was taken back."""
        if self.size() != size:
            self._file.truncate(size)
            self._file.seek(0, os.SEEK_END)

    def size(self) -> int:
        """Return the bytes written so far, all of them handed to the operating system."""
        self._file.flush()
        return self._file.tell()

    def _write(self, rows: Iterable[Sequence[str]]) -> None:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(map(disarmed, row) for row in rows)
        self._file.write(text.getvalue().encode("utf-8", "replace"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
