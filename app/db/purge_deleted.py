"""Leave nothing of deleted rows behind: in SQLite's write-ahead log, in the pages of MariaDB's tables."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pymysql

from app.db.pool import Pool, PoolLease
from app.libs.deadline import waiting_at_most

#: How often it is tried, and how many seconds pass in between, in which nothing is held.
_TRIES = 50
_PAUSE_SECONDS = 0.2


class DeletedRowsKeptError(Exception):
    """Somebody always read or wrote: what was deleted may still stand in the database's files. To be tried again later."""


def purge_deleted(
    pool: Pool, tables: Sequence[str], *, tries: int = _TRIES, pause_seconds: float = _PAUSE_SECONDS
) -> None:
    """Clear what the database keeps of rows that were deleted from these tables. Nobody waits for it: it is tried between others.

    SQLite overwrites them itself (`secure_delete`); its log is moved into the file and cut to nothing. MariaDB leaves them in
    a page until something else is written there, and a copy wherever a page was split; so the tables, which must be small,
    are written anew.

    :raises DeletedRowsKeptError: when there was no gap between others.
    """
    clear = _truncate_log if pool.dialect.NAME == "sqlite" else _write_anew
    left = list(tables)
    lease = pool.lease()
    try:
        for _ in range(tries):
            left = clear(lease, left)
            if not left:
                return
            time.sleep(pause_seconds)
    finally:
        lease.release()
    raise DeletedRowsKeptError(f"others were busy at each of {tries} tries: {', '.join(left)}")


def _truncate_log(lease: PoolLease, tables: list[str]) -> list[str]:
    """Cut SQLite's log, unless somebody reads from it. Waiting for them would make everybody who writes wait, too."""
    with waiting_at_most(0):
        lease.connection.keep_to_time_left()
        (is_busy, *_pages) = lease.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return tables if is_busy else []


def _write_anew(lease: PoolLease, tables: list[str]) -> list[str]:
    """Write MariaDB's tables anew, and return those that somebody uses. A statement that waits keeps out whoever comes after it."""
    left = []
    with lease.connection.cursor() as cursor:
        for table in tables:
            try:
                cursor.execute(f"SET STATEMENT lock_wait_timeout=0 FOR ALTER TABLE {table} FORCE")
            except pymysql.err.OperationalError:
                left.append(table)
    return left
