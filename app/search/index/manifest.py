"""Which generation is live, and who may build the next one: one row of the database, so it holds for all processes."""

from __future__ import annotations

import os
import secrets
import socket
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from app.db.sql_helper import QueryCursor, SqlHelper
from app.libs.clock import Clock, epoch
from app.search.index.port import IndexBusy

LEASE_SECONDS = 60
BEAT_SECONDS = 10
_COLUMNS = "generation, books, switched_at, last_number, lease_owner, lease_for, lease_until, terms_version"


@dataclass(frozen=True, slots=True)
class IndexManifest:
    """The row. Generation 0 means that none was ever finished."""

    generation: int = 0
    books: int = 0
    switched_at: int = 0
    last_number: int = 0
    lease_owner: str = ""
    lease_for: str = ""
    lease_until: int = 0
    terms_version: str = ""


@dataclass(frozen=True, slots=True)
class LiveGeneration:
    """What a query must know: the live generation, and the number of the newest change."""

    generation: int = 0
    newest: int = 0


def read_live(cursor: QueryCursor) -> LiveGeneration:
    """Return, in one statement, what the cursor's snapshot shows."""
    generation, newest = cursor.execute(
        "SELECT (SELECT generation FROM search_pointer WHERE id = 1), (SELECT MAX(seq) FROM search_change)"
    ).fetchone() or (0, 0)
    return LiveGeneration(generation or 0, newest or 0)


def read_manifest(cursor: QueryCursor) -> IndexManifest:
    """Return the row as the cursor's snapshot shows it."""
    row = cursor.execute(f"SELECT {_COLUMNS} FROM search_pointer WHERE id = 1").fetchone()
    return IndexManifest() if row is None else IndexManifest(*row)


class BuildLease:
    """The right to build, for as long as its holder beats. A holder that died on this machine is noticed at once.

    ``with Lease(…) as lease:`` takes it and gives it back.

    :raises IndexBusy: somebody else has it.
    """

    def __init__(self, sql: SqlHelper, clock: Clock, what: str) -> None:
        self._sql = sql
        self._clock = clock
        self._what = what
        self._owner = f"{socket.gethostname()[:60]}/{os.getpid()}/{secrets.token_hex(8)}"
        self._beaten_at = 0

    def __enter__(self) -> Self:
        now = self._now()
        ignore = "INSERT OR IGNORE" if self._sql.dialect == "sqlite" else "INSERT IGNORE"
        with self._sql.transaction() as cursor:
            cursor.execute(f"{ignore} INTO search_pointer (id) VALUES (1)")
            row = cursor.execute(f"SELECT {_COLUMNS} FROM search_pointer WHERE id = 1 {self._for_update}").fetchone()
            held = IndexManifest(*row) if row else IndexManifest()
            if held.lease_until > now and not _has_died(held.lease_owner):
                raise IndexBusy(held.lease_for)
            self._set(cursor, self._owner, now + LEASE_SECONDS, "1 = 1", {})
        self._beaten_at = now
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._sql.transaction() as cursor:
            self._set(cursor, "", 0, "lease_owner = :mine", {"mine": self._owner})

    def beat(self) -> None:
        """Keep the lease; cheap enough to be called often.

        :raises IndexBusy: it ran out and somebody else took it.
        """
        now = self._now()
        if now - self._beaten_at < BEAT_SECONDS:
            return
        with self._sql.transaction() as cursor:
            if not self._set(cursor, self._owner, now + LEASE_SECONDS, "lease_owner = :mine", {"mine": self._owner}):
                raise IndexBusy(self._what)
        self._beaten_at = now

    def confirm(self, cursor: QueryCursor) -> None:
        """Make sure, in the cursor's transaction, that the lease is still held.

        :raises IndexBusy: it ran out and somebody else took it.
        """
        statement = f"SELECT 1 FROM search_pointer WHERE id = 1 AND lease_owner = :mine {self._for_update}"
        if cursor.execute(statement, {"mine": self._owner}).fetchone() is None:
            raise IndexBusy(self._what)

    def next_number(self) -> int:
        """Return a generation number that was never used."""
        with self._sql.transaction() as cursor:
            self._mine(cursor, "last_number = last_number + 1", {})
            return read_manifest(cursor).last_number

    def switch(self, number: int, books: int, terms_version: str) -> None:
        """Make a finished generation the live one.

        :raises IndexBusy: the lease was lost, or a newer build began.
        """
        with self._sql.transaction() as cursor:
            changes = "generation = :number, books = :books, switched_at = :now, terms_version = :version"
            values = {"number": number, "books": books, "now": self._now(), "version": terms_version}
            self._mine(cursor, changes, values, "last_number = :number")

    @property
    def _for_update(self) -> str:
        return "" if self._sql.dialect == "sqlite" else "FOR UPDATE"

    def _mine(self, cursor: QueryCursor, changes: str, params: dict[str, object], condition: str = "1 = 1") -> None:
        statement = f"UPDATE search_pointer SET {changes} WHERE id = 1 AND lease_owner = :mine AND {condition}"
        if not cursor.execute(statement, {"mine": self._owner, **params}).rowcount:
            raise IndexBusy(self._what)

    def _set(self, cursor: QueryCursor, owner: str, until: int, condition: str, params: dict[str, object]) -> bool:
        statement = (
            "UPDATE search_pointer SET lease_owner = :owner, lease_for = :what, lease_until = :until "
            f"WHERE id = 1 AND {condition}"
        )
        values = {"owner": owner, "what": self._what if owner else "", "until": until, **params}
        return bool(cursor.execute(statement, values).rowcount)

    def _now(self) -> int:
        return epoch(self._clock.now())


def _has_died(owner: str) -> bool:
    """Return whether the holder was a process of this machine that is no more. Elsewhere only time can tell."""
    host, _, rest = owner.partition("/")
    pid = rest.partition("/")[0]
    if os.name != "posix" or host != socket.gethostname()[:60] or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
