"""The connection pool: one DBUtils `PooledDB` per app, lent to the ORM and to `SqlHelper` alike.

Who enters: a thread (or greenlet) that holds no connection yet passes a gate with a time limit; once inside it may take up
to `LEASES_PER_THREAD` connections without waiting. The pool has room for all of them, so threads that each hold one
connection never wait for each other's second.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from dbutils.pooled_db import PooledDB

from app.libs.deadline import time_left
from app.libs.locks import FairLock

if TYPE_CHECKING:
    from app.db.dialects import Dialect

LEASES_PER_THREAD = 4


class PoolExhaustedError(Exception):
    """No connection came free within the time limit; the answer is 503, try again."""


class NoTurnToWriteError(PoolExhaustedError):
    """Others wrote for longer than the time limit; the work may be tried again."""


class TooManyLeasesError(RuntimeError):
    """One thread nests more connections than a thread may hold: a mistake in the program."""


class PoolLease:
    """One connection on loan. `connection` is the driver's own object, `release()` gives it back, once or more often."""

    def __init__(self, pool: Pool, owner: int, pooled: Any) -> None:
        self._pool, self._owner, self._pooled = pool, owner, pooled
        self.connection: Any = pooled.cursor().connection

    def begin_read(self) -> None:
        """Open a read-only transaction with one snapshot."""
        self._pooled.begin(self._pool.dialect.READ)

    def begin_write(self) -> None:
        """Open a write transaction."""
        self._pooled.begin(self._pool.dialect.WRITE)

    def commit(self) -> None:
        """Make the transaction durable."""
        self._pooled.commit()

    def release(self) -> None:
        """Roll back what was not committed and give the connection back."""
        pooled, self._pooled = self._pooled, None
        if pooled is None:
            return
        try:
            pooled.rollback()
        except self._pool.dialect.ERRORS:
            pass  # a dead connection has nothing to roll back; DBUtils has put a new one, or tries at the next ping
        finally:
            pooled.close()
            self._pool._left(self._owner)  # noqa: SLF001 - the lease is the pool's own other half


class Pool:
    """Lend connections of one database.

    :param dialect: how to connect and begin.
    :param threads: how many threads may hold connections at the same time.
    :param wait_seconds: how long another one waits before `PoolExhaustedError`.
    """

    def __init__(self, dialect: Dialect, *, threads: int, wait_seconds: float) -> None:
        self.dialect = dialect
        self._wait_seconds = wait_seconds
        self._gate = threading.BoundedSemaphore(threads)
        self._held: dict[int, int] = {}
        self._lock = threading.Lock()
        self._turn = FairLock() if dialect.ONE_WRITER else None
        self._connections = PooledDB(
            dialect.connect, maxshared=0, maxconnections=threads * LEASES_PER_THREAD, reset=False, ping=1
        )

    @property
    def leased(self) -> int:
        """How many connections are out now."""
        with self._lock:
            return sum(self._held.values())

    def held_here(self) -> int:
        """How many connections the calling thread or greenlet holds now."""
        with self._lock:
            return self._held.get(threading.get_ident(), 0)

    def lease(self) -> PoolLease:
        """Lend a connection to the calling thread or greenlet.

        :raises PoolExhaustedError: when all are out for longer than the time limit.
        :raises TooManyLeasesError: when the caller holds `LEASES_PER_THREAD` already.
        """
        owner = threading.get_ident()
        self._enter(owner)
        try:
            return PoolLease(self, owner, self._connections.connection(shareable=False))
        except BaseException:
            self._left(owner)
            raise

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold this process's turn to write, on a database that one connection at a time can write to.

        SQLite lets waiting connections try again and again, and one of them may be unlucky for seconds. In a row each thread
        waits for those before it and no longer, and it holds no connection meanwhile, so that readers have them all.

        :raises NoTurnToWriteError: when it did not come in time.
        """
        if self._turn is None:
            yield
            return
        seconds = time_left(self.dialect.timeout_seconds)
        if not self._turn.acquire(seconds):
            raise NoTurnToWriteError(f"no turn to write came within {seconds:g} s")
        try:
            yield
        finally:
            self._turn.release()

    def close(self) -> None:
        """Close the idle connections."""
        self._connections.close()

    def _enter(self, owner: int) -> None:
        with self._lock:
            held = self._held.get(owner, 0)
        if held >= LEASES_PER_THREAD:
            raise TooManyLeasesError(f"one thread holds {held} database connections; unnest the blocks")
        seconds = time_left(self._wait_seconds)
        if held == 0 and not self._gate.acquire(timeout=seconds):
            raise PoolExhaustedError(f"no database connection came free within {seconds:g} s")
        with self._lock:
            self._held[owner] = held + 1

    def _left(self, owner: int) -> None:
        with self._lock:
            left = self._held[owner] - 1
            if left:
                self._held[owner] = left
            else:
                del self._held[owner]
        if not left:
            self._gate.release()
