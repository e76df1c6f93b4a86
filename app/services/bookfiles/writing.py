"""services: write books to a file that the readers read again: CSV or JSON lines, gzipped or not."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from app.domain.book import BookFacts
from app.domain.errors import Refusal
from app.queries.book import FACT_COLUMNS

_SUFFIXES = (".csv", ".jsonl")


class UnknownFormat(Refusal):
    """The file's name does not tell the format."""

    status = 422
    zh = "文件名应以 .csv 或 .jsonl 结尾，可以再加 .gz"
    en = "the file's name must end in .csv or .jsonl, with .gz behind it or not"


def write_books(path: Path, books: Iterable[BookFacts]) -> int:
    """Write the books to `path`, whole or not at all, in the format of its suffix; give their number.

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
            for facts in books:
                write(facts)
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


def _csv_writer(out: TextIO) -> Callable[[BookFacts], object]:
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(FACT_COLUMNS)
    return lambda facts: rows.writerow([_cell(getattr(facts, name)) for name in FACT_COLUMNS])


def _json_writer(out: TextIO) -> Callable[[BookFacts], object]:
    def write(facts: BookFacts) -> None:
        said = {name: value for name, value in asdict(facts).items() if value}
        out.write(json.dumps(said, ensure_ascii=False) + "\n")

    return write


def _cell(value: object) -> object:
    return ";".join(value) if isinstance(value, tuple) else value
