"""Generations as SQLite files, one each, next to the site's database.

The files are opened read-only and ``immutable`` on connections of their own, kept here and lent to one query at a time, not
attached to the pool's connections: docs/adr says why. They alone are read through mmap.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from app.db.sql_helper import QueryCursor
from app.search.index.generation import DataRow, GenerationMissing, HeadRow

MMAP_BYTES = 1 << 40
PAGE_BYTES = 8192
ROWS_PER_STATEMENT = 100
SCHEMA = (
    "CREATE TABLE head (term BLOB PRIMARY KEY, n INTEGER NOT NULL, data BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE shard (id INTEGER PRIMARY KEY, data BLOB NOT NULL)",
    "CREATE TABLE doc (block INTEGER PRIMARY KEY, data BLOB NOT NULL)",
    "CREATE TABLE prefix (prefix BLOB PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE word (no INTEGER PRIMARY KEY, term BLOB NOT NULL)",
    "CREATE TABLE typo (bucket INTEGER PRIMARY KEY, data BLOB NOT NULL)",
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID",
)
_NAME = re.compile(r"generation-(\d{6})\.sqlite(\.part|\.packed)?")
#: What SQLite answers of a file that is no generation, or only a part of one: a table that is not there, a broken page, no database.
_DAMAGED = frozenset({sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


class _OpenedFile(NamedTuple):
    """The file that a generation is read from, as it was when it was opened first; `size` in bytes."""

    path: str
    inode: int
    size: int


class SqliteReader:
    """Rows of one file over one connection."""

    read_ahead = 1

    def __init__(self, connection: sqlite3.Connection, number: int) -> None:
        self._connection = connection
        self._number = number

    def heads(self, terms: Sequence[bytes]) -> list[HeadRow]:
        """Return the head rows of these terms."""
        return self._some("SELECT term, n, data FROM head WHERE term", terms)

    def heads_from(self, first: bytes, end: bytes, limit: int) -> list[HeadRow]:
        """Return head rows with first <= term < end, in order."""
        query = "SELECT term, n, data FROM head WHERE term >= ? AND term < ? ORDER BY term LIMIT ?"
        return self._fetch(query, (first, end, limit))

    def shards(self, ids: Sequence[int]) -> list[DataRow]:
        """Return the shards with these ids."""
        return self._some("SELECT id, data FROM shard WHERE id", ids)

    def docs(self, blocks: Sequence[int]) -> list[DataRow]:
        """Return these blocks of the doc map."""
        return self._some("SELECT block, data FROM doc WHERE block", blocks)

    def prefix(self, prefix: bytes) -> bytes | None:
        """Return the ready completions of a prefix, if it has such."""
        return self._value("SELECT data FROM prefix WHERE prefix = ?", prefix)

    def typos(self, buckets: Sequence[int]) -> list[DataRow]:
        """Return these buckets of the deletion table."""
        return self._some("SELECT bucket, data FROM typo WHERE bucket", buckets)

    def words(self, numbers: Sequence[int]) -> list[DataRow]:
        """Return words of the vocabulary by number."""
        return self._some("SELECT no, term FROM word WHERE no", numbers)

    def meta(self, name: str) -> bytes | None:
        """Return a value about the generation."""
        return self._value("SELECT value FROM meta WHERE name = ?", name)

    def _some(self, query: str, keys: Sequence[Any]) -> list[Any]:
        size = 1 << (len(keys) - 1).bit_length()
        padded = (*keys, *(keys[-1],) * (size - len(keys)))
        return self._fetch(f"{query} IN ({'?,' * (size - 1)}?)", padded)

    def _value(self, query: str, key: object) -> bytes | None:
        rows = self._fetch(query, (key,))
        return rows[0][0] if rows else None

    def _fetch(self, query: str, values: Sequence[Any]) -> list[Any]:
        try:
            return self._connection.execute(query, values).fetchall()
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF in _DAMAGED:
                raise GenerationMissing(generation=self._number) from error
            raise


class SqliteWriter:
    """A file being written under another name, safely on disk before it gets its own.

    Rows that come one after the other leave a tenth of their pages empty, so at the end they are packed into another file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._part = path.with_name(path.name + ".part")
        self._packed = path.with_name(path.name + ".packed")
        for old in (self._part, self._packed):
            old.unlink(missing_ok=True)
        self._connection = sqlite3.connect(self._part, isolation_level=None)
        for pragma in (
            f"page_size = {PAGE_BYTES}",
            "journal_mode = OFF",
            "synchronous = OFF",
            "locking_mode = EXCLUSIVE",
        ):
            self._connection.execute(f"PRAGMA {pragma}").close()
        for statement in SCHEMA:
            self._connection.execute(statement)
        self._connection.execute("BEGIN")

    def write(self, table: str, rows: Sequence[tuple[object, ...]]) -> None:
        """Append rows to one of the tables."""
        marks = f"({', '.join('?' * len(rows[0]))})"
        for start in range(0, len(rows), ROWS_PER_STATEMENT):
            some = rows[start : start + ROWS_PER_STATEMENT]
            self._connection.execute(
                f"INSERT INTO {table} VALUES {', '.join([marks] * len(some))}", [*chain.from_iterable(some)]
            )

    def finish(self) -> None:
        """Make it durable and readable."""
        self._connection.execute("COMMIT")
        self._connection.execute("VACUUM INTO ?", (str(self._packed),)).close()
        self._connection.close()
        with self._packed.open("r+b") as file:
            os.fsync(file.fileno())
        self._packed.replace(self._path)
        self._part.unlink()
        if os.name == "posix":
            _sync_folder(self._path.parent)

    def close(self) -> None:
        """Let go of it, finished or not."""
        self._connection.close()
        for left in (self._part, self._packed):
            left.unlink(missing_ok=True)


class SqliteStore:
    """A folder of generation files."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._idle: dict[int, deque[sqlite3.Connection]] = {}
        self._condemned: set[int] = set()
        self._opened: dict[int, _OpenedFile] = {}

    @contextmanager
    def reading(self, number: int, cursor: QueryCursor) -> Iterator[SqliteReader]:  # noqa: ARG002 - the port's signature
        """Lend a reader of a finished generation."""
        idle = self._idle.setdefault(number, deque())
        try:
            connection = idle.pop()
        except IndexError:
            connection = self._connect(number)
        try:
            self._ensure_whole(number)
            yield SqliteReader(connection, number)
        except GenerationMissing:
            self.condemn(number)
            raise
        finally:
            if self._idle.get(number) is idle:
                idle.append(connection)
            else:
                connection.close()

    def condemn(self, number: int) -> None:
        """Take a damaged generation out of use: it can be built from the database, and no process shall read it again."""
        self._condemned.add(number)
        self.drop(number)

    def keep_only(self, number: int) -> None:
        """Close the idle connections to all other generations."""
        for other in [known for known in self._idle if known != number]:
            for connection in self._idle.pop(other, ()):
                connection.close()

    def create(self, number: int) -> SqliteWriter:
        """Begin a generation, removing what a killed builder left under this number."""
        self._directory.mkdir(parents=True, exist_ok=True)
        self.drop(number)
        return SqliteWriter(self._path(number))

    def drop(self, number: int) -> None:
        """Remove a generation, whole or half written."""
        for connection in self._idle.pop(number, ()):
            connection.close()
        whole = self._path(number)
        for path in (whole, *(whole.with_name(f"{whole.name}.{ending}") for ending in ("part", "packed"))):
            with suppress(PermissionError):  # on Windows while another process reads it: the next tidying gets it
                path.unlink(missing_ok=True)

    def numbers(self) -> Iterable[int]:
        """Return the numbers of all generations here, whole or half written."""
        if not self._directory.exists():
            return set()
        found = (_NAME.fullmatch(path.name) for path in self._directory.iterdir())
        return {int(match[1]) for match in found if match} - self._condemned

    def size(self, number: int) -> int:
        """Return the bytes that a generation takes on disk."""
        path = self._path(number)
        return path.stat().st_size if path.exists() else 0

    def _path(self, number: int) -> Path:
        return self._directory / f"generation-{number:06d}.sqlite"

    def _ensure_whole(self, number: int) -> None:
        """Check that nobody cut the file that is open: to read through mmap what is no longer there ends the process (SIGBUS).

        :raises GenerationMissing: when it is shorter than it was. One that was removed or replaced is still there for who has it open.
        """
        opened = self._opened[number]
        try:
            found = os.stat(opened.path)  # noqa: PTH116 - before each query: making a Path takes ten times as long
        except FileNotFoundError:
            return
        if found.st_ino == opened.inode and found.st_size < opened.size:
            raise GenerationMissing(generation=number)

    def _note_size(self, number: int, path: Path) -> None:
        """Remember which file a generation is read from, and how long it was when it was opened first.

        :raises GenerationMissing: when it is not there.
        """
        try:
            found = path.stat()
        except FileNotFoundError as error:
            raise GenerationMissing(generation=number) from error
        known = self._opened.get(number)
        if known is None or known.inode != found.st_ino:
            self._opened[number] = _OpenedFile(str(path), found.st_ino, found.st_size)

    def _connect(self, number: int) -> sqlite3.Connection:
        path = self._path(number)
        if number in self._condemned:
            raise GenerationMissing(generation=number)
        self._note_size(number, path)
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro&immutable=1",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=64,
        )
        connection.execute(f"PRAGMA mmap_size = {MMAP_BYTES}").close()
        return connection


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
