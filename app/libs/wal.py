"""Leave nothing of deleted rows behind in SQLite's write-ahead log."""

from __future__ import annotations

from app.libs.pool import Pool


def truncate_wal(pool: Pool) -> None:
    """Move the log into the file and cut it to nothing; readers may prevent it, then the next call does it. Else nothing."""
    if pool.dialect.NAME != "sqlite":
        return
    lease = pool.lease()
    try:
        lease.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        lease.release()
