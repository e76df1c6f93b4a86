"""The names behind the author keys of an Open Library dump, kept in a small database file next to the data.

The authors dump has 13 million rows: too many for memory, so they are looked up by number.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from app.domain.characters import cleaned
from app.libs.batches import batches
from app.services.catalogue.bookfiles.json_rows import NotJson, json_object
from app.services.catalogue.bookfiles.open_library import AuthorNames, no_author_names, unquoted
from app.services.catalogue.bookfiles.streams import fingerprint, open_text

_BATCH = 5_000
_KINDS = ("/type/author\t", "/type/redirect\t")
_COLUMNS = 5
_KEY = re.compile(r"(?:/(?:authors|a)/)?OL([0-9]{1,18})A")
#: A name that was merged into another may have been merged again.
_MOST_REDIRECTS = 5


def write_author_names(lines: Iterable[str], file: Path) -> int:
    """Write the names of an authors dump to `file`, all or nothing; return how many there are.

    Where the dump has redirects, too (the complete one has), an author that was merged into another keeps that one's name.
    """
    draft = file.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with closing(sqlite3.connect(draft, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode=OFF")
        database.execute("PRAGMA synchronous=OFF")
        database.execute("CREATE TABLE author (number INTEGER PRIMARY KEY, name TEXT, merged_into INTEGER)")
        for batch in batches(_authors(lines), _BATCH):
            database.execute("BEGIN")
            database.executemany("INSERT OR REPLACE INTO author VALUES (?, ?, ?)", batch)
            database.execute("COMMIT")
        count = int(database.execute("SELECT count(name) FROM author").fetchone()[0])
    draft.replace(file)
    return count


@contextmanager
def open_author_names(dump: Path | None, folder: Path) -> Iterator[AuthorNames]:
    """Yield the author names of a dump, written to a file in `folder` the first time; without a dump, no names.

    :raises OSError: when the dump cannot be read. :raises FileDamaged: when it was cut short.
    """
    if dump is None:
        yield no_author_names
        return
    file = folder / f"author-names-2-{fingerprint(dump)}.sqlite"
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
        """Return the names of the known authors among `keys`, in that order."""
        return [name for key in keys if (number := author_number(key)) and (name := self._find(number))]

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _find(self, number: int) -> str | None:
        for _ in range(_MOST_REDIRECTS):
            row = self._database.execute("SELECT name, merged_into FROM author WHERE number = ?", (number,)).fetchone()
            name, merged_into = row or (None, None)
            if merged_into is None:
                return name
            number = merged_into
        return None


def author_number(key: str) -> int | None:
    """Return 1 for "/authors/OL1A", None for what is no author's key."""
    found = _KEY.fullmatch(key)
    return int(found[1]) if found else None


def _authors(lines: Iterable[str]) -> Iterator[tuple[int, str | None, int | None]]:
    """Read of each author the number and the name, and of each that was merged into another that one's number."""
    for line in lines:
        columns = line.split("\t", _COLUMNS - 1)
        number = author_number(columns[1]) if line.startswith(_KINDS) and len(columns) == _COLUMNS else None
        if number is None:
            continue
        try:
            said = json_object(unquoted(columns[-1]))
        except NotJson:
            continue
        if line.startswith("/type/redirect"):
            target = author_number(str(said.get("location")))
            if target is not None:
                yield number, None, target
        elif name := _name(said):
            yield number, name, None


def _name(author: Mapping[str, Any]) -> str:
    names = (author.get(key) for key in ("name", "personal_name"))
    return next((text for name in names if isinstance(name, str) and (text := cleaned(name).strip())), "")
