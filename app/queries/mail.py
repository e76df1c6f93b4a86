"""Read the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.db.row_mapper import RowMapper
from app.db.sql_helper import SqlHelper
from app.libs.clock import epoch


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRow:
    """What a member may know of one letter to them. `state`: queued, sent, failed or dropped; `problem`: one line."""

    id: int
    kind: str
    subject: str
    address: str
    state: str
    attempts: int
    problem: str
    posted_at: datetime
    ended_at: datetime | None


_ENTRY = RowMapper(MailRow, posted_at="create_time")


class MailQueries:
    """Ask what is due, and what became of a member's mail."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def list_due(self, now: datetime, *, limit: int) -> tuple[int, ...]:
        """List the ids of letters to be sent now, the longest waiting first."""
        rows = self._sql.fetchall(
            "SELECT id FROM outbox_mail WHERE state = 'queued' AND due_at <= :now ORDER BY due_at, id LIMIT :limit",
            {"now": epoch(now), "limit": limit},
        )
        return tuple(number for (number,) in rows)

    def list_to(self, user_id: int, *, limit: int = 50) -> tuple[MailRow, ...]:
        """List the letters to a member, newest first.

        Those to an address that they want to change to are not among them: none goes to an address that is known, and the
        list would tell.
        """
        rows = self._sql.fetchall(
            f"SELECT {_ENTRY.columns} FROM outbox_mail "
            "WHERE user_id = :user_id AND kind <> 'email_change' ORDER BY id DESC LIMIT :limit",
            {"user_id": user_id, "limit": limit},
        )
        return _ENTRY.read_all(rows)
