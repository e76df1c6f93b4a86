"""services: the names behind the author keys of an Open Library dump, kept in a small database file beside the data.

The authors dump has 13 million rows: too many for memory, so they are looked up by number.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from app.libs.batches import batches
from app.services.bookfiles.json_rows import NotJson, json_object
from app.services.bookfiles.open_library import AuthorNames, no_author_names
from app.services.bookfiles.streams import fingerprint, open_text

_BATCH = 5_000
_AUTHOR = "/type/author\t"
_COLUMNS = 5


def write_author_names(lines: Iterable[str], file: Path) -> int:
    """Write the names of an authors dump to `file`, all or nothing; give their number."""
    draft = file.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with closing(sqlite3.connect(draft, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode=OFF")
        database.execute("PRAGMA synchronous=OFF")
        database.execute("CREATE TABLE author (number INTEGER PRIMARY KEY, name TEXT NOT NULL)")
        for batch in batches(_authors(lines), _BATCH):
            database.execute("BEGIN")
            database.executemany("INSERT OR REPLACE INTO author VALUES (?, ?)", batch)
            database.execute("COMMIT")
        count = int(database.execute("SELECT count(*) FROM author").fetchone()[0])
    draft.replace(file)
    return count


@contextmanager
def open_author_names(dump: Path | None, folder: Path) -> Iterator[AuthorNames]:
    """Give the author names of a dump, written to a file in `folder` the first time; without a dump, no names.

    :raises OSError: when the dump cannot be read. :raises FileDamaged: when it was cut short.
    """
    if dump is None:
        yield no_author_names
        return
    file = folder / f"author-names-{fingerprint(dump)}.sqlite"
    if not file.exists():
        with open_text(dump) as stream:
            write_author_names(stream.lines, file)
    names = StoredAuthorNames(file)
    try:
        yield names
    finally:
        names.close()


class StoredAuthorNames:
    """Author names by key, read from the file that `write_author_names` wrote."""

    def __init__(self, file: Path) -> None:
        self._database = sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)

    def __call__(self, keys: Sequence[str]) -> list[str]:
        """Give the names of the known authors among `keys`, in that order."""
        return [name for key in keys if (number := author_number(key)) and (name := self._find(number))]

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _find(self, number: int) -> str | None:
        row = self._database.execute("SELECT name FROM author WHERE number = ?", (number,)).fetchone()
        return None if row is None else str(row[0])


def author_number(key: str) -> int | None:
    """Give 1 for "/authors/OL1A", None for what is no author's key."""
    digits = key.rpartition("/")[2].removeprefix("OL").removesuffix("A")
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 19 else None


def _authors(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    for line in lines:
        columns = line.split("\t", _COLUMNS - 1)
        number = author_number(columns[1]) if line.startswith(_AUTHOR) and len(columns) == _COLUMNS else None
        if number is None:
            continue
        try:
            name = json_object(columns[-1]).get("name")
        except NotJson:
            continue
        if isinstance(name, str) and name.strip():
            yield number, name.encode(errors="ignore").decode()
