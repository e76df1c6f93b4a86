"""Generations as MariaDB tables, a set each, named by their number (``idx_head_7``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from app.db.sql_helper import QueryCursor, SqlHelper, in_list
from app.search.index.generation import TABLES, DataRow, GenerationMissing, HeadRow

_COLUMNS = {
    "head": ("term VARBINARY(64) PRIMARY KEY", "n INT UNSIGNED NOT NULL", "data VARBINARY(1000) NOT NULL"),
    "shard": ("id INT UNSIGNED PRIMARY KEY", "data LONGBLOB NOT NULL"),
    "doc": ("block INT UNSIGNED PRIMARY KEY", "data VARBINARY(1600) NOT NULL"),
    "prefix": ("prefix VARBINARY(64) PRIMARY KEY", "data BLOB NOT NULL"),
    "word": ("no INT UNSIGNED PRIMARY KEY", "term VARBINARY(64) NOT NULL"),
    "typo": ("bucket INT UNSIGNED PRIMARY KEY", "data MEDIUMBLOB NOT NULL"),
    "meta": ("name VARCHAR(20) PRIMARY KEY", "value LONGBLOB NOT NULL"),
}
_NAMES = {table: [column.split(" ", 1)[0] for column in columns] for table, columns in _COLUMNS.items()}


class MariadbReader:
    """Rows of one set of tables over an open cursor; each call is a round trip."""

    read_ahead = 3

    def __init__(self, number: int, cursor: QueryCursor) -> None:
        self._number = number
        self._cursor = cursor

    def heads(self, terms: Sequence[bytes]) -> list[HeadRow]:
        """Return the head rows of these terms."""
        return self._some("head", "term, n, data", terms)

    def heads_from(self, first: bytes, end: bytes, limit: int) -> list[HeadRow]:
        """Return head rows with first <= term < end, in order."""
        query = f"SELECT term, n, data FROM idx_head_{self._number} WHERE term >= :first AND term < :end ORDER BY term LIMIT :limit"
        return self._all(query, {"first": first, "end": end, "limit": limit})

    def shards(self, ids: Sequence[int]) -> list[DataRow]:
        """Return the shards with these ids."""
        return self._some("shard", "id, data", ids)

    def docs(self, blocks: Sequence[int]) -> list[DataRow]:
        """Return these blocks of the doc map."""
        return self._some("doc", "block, data", blocks)

    def prefix(self, prefix: bytes) -> bytes | None:
        """Return the ready completions of a prefix, if it has such."""
        return next((data for _, data in self._some("prefix", "prefix, data", (prefix,))), None)

    def typos(self, buckets: Sequence[int]) -> list[DataRow]:
        """Return these buckets of the deletion table."""
        return self._some("typo", "bucket, data", buckets)

    def words(self, numbers: Sequence[int]) -> list[DataRow]:
        """Return words of the vocabulary by number."""
        return self._some("word", "no, term", numbers)

    def meta(self, name: str) -> bytes | None:
        """Return a value about the generation.

        :raises GenerationMissing: its tables are gone.
        """
        known = self._all(
            "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = :name",
            {"name": f"idx_meta_{self._number}"},
        )
        if not known:
            raise GenerationMissing(generation=self._number)
        return next((value for _, value in self._some("meta", "name, value", (name,))), None)

    def _some(self, table: str, columns: str, keys: Sequence[Any]) -> list[Any]:
        marks, params = in_list("k", keys)
        return self._all(
            f"SELECT {columns} FROM idx_{table}_{self._number} WHERE {_NAMES[table][0]} IN ({marks})", params
        )

    def _all(self, query: str, params: dict[str, Any]) -> list[Any]:
        return self._cursor.execute(query, params).fetchall()


class MariadbWriter:
    """Tables being filled, a short transaction per batch. Nobody reads them before the pointer names them."""

    def __init__(self, sql: SqlHelper, number: int) -> None:
        self._sql = sql
        self._number = number

    def write(self, table: str, rows: Sequence[tuple[object, ...]]) -> None:
        """Append rows to one of the tables."""
        names = _NAMES[table]
        marks = ", ".join(f":{name}" for name in names)
        statement = f"INSERT INTO idx_{table}_{self._number} ({', '.join(names)}) VALUES ({marks})"
        with self._sql.transaction() as cursor:
            cursor.executemany(statement, (dict(zip(names, row, strict=True)) for row in rows))

    def finish(self) -> None:
        """Nothing is left to do: every batch is committed."""

    def close(self) -> None:
        """Nothing is held."""


class MariadbStore:
    """The generations of one database."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    @contextmanager
    def reading(self, number: int, cursor: QueryCursor) -> Iterator[MariadbReader]:
        """Lend a reader of a finished generation on the caller's cursor."""
        yield MariadbReader(number, cursor)

    def keep_only(self, number: int) -> None:
        """Nothing is held open."""

    def create(self, number: int) -> MariadbWriter:
        """Begin a generation, removing what a killed builder left under this number."""
        self.drop(number)
        with self._sql.transaction() as cursor:
            for table in reversed(TABLES):  # meta first: `numbers` goes by it
                columns = ", ".join(_COLUMNS[table])
                cursor.execute(
                    f"CREATE TABLE idx_{table}_{number} ({columns}) ENGINE=InnoDB ROW_FORMAT=DYNAMIC COLLATE utf8mb4_bin"
                )
        return MariadbWriter(self._sql, number)

    def drop(self, number: int) -> None:
        """Remove a generation, whole or half written."""
        with self._sql.transaction() as cursor:
            for table in TABLES:
                cursor.execute(f"DROP TABLE IF EXISTS idx_{table}_{number}")

    def numbers(self) -> Iterable[int]:
        """Return the numbers of all generations here, whole or half written."""
        names = self._sql.fetchcolumn(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name LIKE 'idx\\_meta\\_%'"
        )
        return {int(name.rsplit("_", 1)[1]) for name in names}

    def size(self, number: int) -> int:
        """Return the bytes that a generation takes on disk, as the server last counted them."""
        names = [f"idx_{table}_{number}" for table in TABLES]
        marks, params = in_list("t", names)
        size = self._sql.fetchvalue(
            "SELECT SUM(data_length + index_length) FROM information_schema.tables "
            f"WHERE table_schema = DATABASE() AND table_name IN ({marks})",
            params,
        )
        return int(size or 0)
