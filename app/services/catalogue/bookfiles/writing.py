"""services: write books to a file that the readers read again: CSV or JSON lines, gzipped or not."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from app.domain.book import BookFacts
from app.domain.cells import ENTITY, guarded
from app.domain.errors import Refusal
from app.queries.book import FACT_COLUMNS

_SUFFIXES = (".csv", ".jsonl")


class UnknownFormat(Refusal):
    """The file's name does not tell the format."""

    status = 422
    zh = "文件名应以 .csv 或 .jsonl 结尾，可以再加 .gz"
    en = "the file's name must end in .csv or .jsonl, with .gz behind it or not"


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
