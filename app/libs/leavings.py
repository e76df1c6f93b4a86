"""Leave nothing of deleted rows behind: in SQLite's write-ahead log, in the pages of MariaDB's tables."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import pymysql

from app.libs.pool import Pool

#: Seconds to wait for everybody to be done with a table; whoever comes meanwhile waits, too.
_LOCK_WAIT = 2


def clear_leavings(pool: Pool, tables: Sequence[str]) -> None:
    """Clear what the database keeps of rows that were deleted from these tables; readers may prevent it, then the next call does it.

    SQLite overwrites them itself (`secure_delete`); its log is moved into the file and cut to nothing. MariaDB leaves them in
    a page until something else is written there, and a copy wherever a page was split; so the tables, which must be small,
    are written anew.
    """
    lease = pool.lease()
    try:
        if pool.dialect.NAME == "sqlite":
            lease.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            return
        with lease.connection.cursor() as cursor, suppress(pymysql.err.OperationalError):
            for table in tables:
                cursor.execute(f"SET STATEMENT lock_wait_timeout={_LOCK_WAIT} FOR ALTER TABLE {table} FORCE")
    finally:
        lease.release()
