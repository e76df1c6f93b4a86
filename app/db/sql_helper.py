"""The read door: hand-written SQL on pooled connections, with `with`.

``with sql as cursor:`` lends a connection and always gives it back. Blocks nest: each has a connection of its
own, kept on a stack per thread and greenlet, so an inner block never ends the outer one's snapshot.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, repeat
from types import TracebackType
from typing import Any, Self

from werkzeug.local import LocalStack

from app.db.dialects import Params
from app.db.pool import Pool, PoolLease

Row = tuple[Any, ...]


def in_list(name: str, values: Sequence[Any]) -> tuple[str, dict[str, Any]]:
    """Write ``:name0, :name1 …`` for ``IN (…)`` and give the parameters with it.

    The last value is repeated up to the next power of two, so that few different statements are prepared.
    """
    size = 1 << (len(values) - 1).bit_length()
    names, marks = _list_of_names(name, size)
    return marks, dict(zip(names, chain(values, repeat(values[-1])), strict=False))


@lru_cache(maxsize=256)
def _list_of_names(name: str, size: int) -> tuple[tuple[str, ...], str]:
    names = tuple(f"{name}{number}" for number in range(size))
    return names, ", ".join(f":{each}" for each in names)


def one_of(values: Iterable[str]) -> str:
    """Write ``('a', 'b')`` for ``IN`` of constants, such as states."""
    return f"({', '.join(sorted(map(repr, map(str, values))))})"


class QueryCursor:
    """A driver's cursor that takes ``:name`` parameters on every database and gives rows as tuples."""

    def __init__(self, cursor: Any, write: Callable[[str, Params], tuple[str, Any]]) -> None:
        self._cursor = cursor
        self._write = write

    def execute(self, statement: str, params: Params | None = None) -> Self:
        """Run one statement and give the cursor itself."""
        self._cursor.execute(*self._write(statement, params or {}))
        return self

    def executemany(self, statement: str, rows: Iterable[Params]) -> None:
        """Run one statement for each row; an INSERT … VALUES is sent in batches on MariaDB."""
        text, _ = self._write(statement, {})
        self._cursor.executemany(text, list(rows))

    def fetchone(self) -> Row | None:
        """Return the next row, or None."""
        row: Row | None = self._cursor.fetchone()
        return row

    def fetchall(self) -> list[Row]:
        """Return the rows that are left."""
        return list(self._cursor.fetchall())

    def fetchvalue(self) -> Any:
        """Return the only column of the next row, or None where there is no row."""
        row = self.fetchone()
        if row is None:
            return None
        (value,) = row
        return value

    def fetchcolumn(self) -> list[Any]:
        """Return the only column of the rows that are left."""
        return [value for (value,) in self._cursor.fetchall()]

    def __iter__(self) -> Iterator[Row]:
        return iter(self._cursor)

    @property
    def rowcount(self) -> int:
        """How many rows the last statement matched."""
        return int(self._cursor.rowcount)

    def close(self) -> None:
        """Free what the cursor holds."""
        self._cursor.close()


@dataclass(frozen=True, slots=True)
class _Frame:
    """One open block: its cursor, its lease (None when it joined the ORM), and who opened it."""

    owner: int
    cursor: QueryCursor
    lease: PoolLease | None
    writable: bool


class NotInTransactionError(RuntimeError):
    """A write outside `SqlHelper.transaction` and `auto_commit`: a mistake in the program."""


class SqlHelper:
    """Hand-written SQL on one pool.

    :param pool: where connections come from.
    :param joined: gives the driver's connection of the write transaction that is open in this context, or None.
    """

    def __init__(self, pool: Pool, joined: Callable[[], Any | None] = lambda: None) -> None:
        self._pool = pool
        self._joined = joined
        self._frames: LocalStack[_Frame] = LocalStack()

    @property
    def dialect(self) -> str:
        """The database's kind: "sqlite" or "mysql"."""
        return self._pool.dialect.NAME

    def __enter__(self) -> QueryCursor:
        """Open a block. The first level inside a write transaction joins it; every other block reads its own snapshot.

        :raises PoolExhaustedError: when no connection comes free in time.
        """
        connection = self._joined() if self._top() is None else None
        if connection is not None:
            return self._push(connection, lease=None, writable=True)
        lease = self._pool.lease()
        try:
            lease.begin_read()
            return self._push(lease.connection, lease=lease, writable=False)
        except BaseException:
            lease.release()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pop()

    @contextmanager
    def transaction(self) -> Iterator[QueryCursor]:
        """Open a write transaction of its own: commit at the end, roll back on any exception.

        For the importer and the index alone; members' business goes through `auto_commit`.
        """
        if self._top() is not None or self._joined() is not None:
            raise RuntimeError("a transaction cannot begin inside another block")
        with self._pool.writing():
            lease = self._pool.lease()
            try:
                lease.begin_write()
                cursor = self._push(lease.connection, lease=lease, writable=True)
                yield cursor
                lease.commit()
            finally:
                if self._top() is not None:
                    self._pop()
                else:
                    lease.release()

    def fetchone(self, statement: str, params: Params | None = None) -> Row | None:
        """Return the first row, or None; on the open block's connection when there is one."""
        with self.reading() as cursor:
            return cursor.execute(statement, params).fetchone()

    def fetchvalue(self, statement: str, params: Params | None = None) -> Any:
        """Return the only column of the first row, or None where there is no row."""
        with self.reading() as cursor:
            return cursor.execute(statement, params).fetchvalue()

    def fetchcolumn(self, statement: str, params: Params | None = None) -> list[Any]:
        """Return the only column of all rows."""
        with self.reading() as cursor:
            return cursor.execute(statement, params).fetchcolumn()

    def fetchall(self, statement: str, params: Params | None = None) -> list[Row]:
        """Return all rows; on the open block's connection when there is one."""
        with self.reading() as cursor:
            return cursor.execute(statement, params).fetchall()

    def execute_many(self, statement: str, rows: Sequence[Params]) -> None:
        """Run a write for each row in the open transaction.

        :raises NotInTransactionError: outside `transaction()` and `auto_commit`.
        """
        top = self._top()
        if top is not None and not top.writable:
            raise NotInTransactionError("execute_many inside a block for reading")
        if top is None and self._joined() is None:
            raise NotInTransactionError("execute_many outside a transaction")
        if not rows:
            return
        with self.reading() as cursor:
            cursor.executemany(statement, rows)

    @property
    def is_writing(self) -> bool:
        """Return whether the open block may see what is not committed yet."""
        top = self._top()
        return top is not None and top.writable

    def reading(self) -> AbstractContextManager[QueryCursor]:
        """Use the open block's connection and snapshot when there is one, else open a block: for work of several calls."""
        top = self._top()
        return self if top is None else nullcontext(top.cursor)

    def _top(self) -> _Frame | None:
        """Return the innermost open block of this very thread or greenlet (contexts may be copied into others)."""
        frame = self._frames.top
        return frame if frame is not None and frame.owner == threading.get_ident() else None

    def _push(self, connection: Any, *, lease: PoolLease | None, writable: bool) -> QueryCursor:
        cursor = QueryCursor(connection.cursor(), self._pool.dialect.statement)
        self._frames.push(_Frame(threading.get_ident(), cursor, lease, writable))
        return cursor

    def _pop(self) -> None:
        frame = self._frames.pop()
        if frame is None:  # pragma: no cover - a block is always there when its exit runs
            return
        try:
            frame.cursor.close()
        finally:
            if frame.lease is not None:
                frame.lease.release()
