"""Read what members are told: their notices, and the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.db.row_mapper import RowMapper
from app.db.sql_helper import SqlHelper
from app.libs.clock import epoch


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow:
    """A notice: what happened with which book, by whom; `who` is empty when they have left. `gift_id` leads to a request."""

    id: int
    kind: str
    time: int
    is_read: bool
    title: str
    who: str
    gift_id: int | None


_NOTICE = RowMapper(
    NoticeRow,
    "n",
    time="n.create_time",
    is_read="n.read_at IS NOT NULL",
    title="COALESCE(d.title, b.title, '')",
    who="COALESCE(CASE WHEN d.requester_id = :member THEN d.giver_name ELSE d.requester_name END, u.nickname, '')",
)


class NoticeQueries:
    """Look up notices."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def list_of(self, member_id: int, *, limit: int, offset: int) -> tuple[NoticeRow, ...]:
        """List a member's notices, newest first; one statement."""
        rows = self._sql.fetchall(
            f"SELECT {_NOTICE.columns} FROM notice n LEFT JOIN drift d ON d.id = n.drift_id LEFT JOIN gift g ON g.id = n.gift_id "
            "LEFT JOIN book b ON b.isbn13 = g.isbn13 LEFT JOIN user u ON u.id = g.user_id AND u.status IN (0, 1) "
            "WHERE n.user_id = :member ORDER BY n.id DESC LIMIT :limit OFFSET :offset",
            {"member": member_id, "limit": limit, "offset": offset},
        )
        return _NOTICE.read_all(rows)

    def count_of(self, member_id: int) -> int:
        """Count a member's notices."""
        return self._number("SELECT COUNT(*) FROM notice WHERE user_id = :member", member_id)

    def count_unread(self, member_id: int) -> int:
        """Count the notices that a member has not read."""
        return self._number("SELECT COUNT(*) FROM notice WHERE user_id = :member AND read_at IS NULL", member_id)

    def _number(self, statement: str, member_id: int) -> int:
        return int(self._sql.fetchvalue(statement, {"member": member_id}))


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRow:
    """What a member may know of one mail to them. `state`: queued, sent, failed or dropped; `problem`: one line."""

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
        """List the ids of mails to be sent now, the longest waiting first."""
        rows = self._sql.fetchall(
            "SELECT id FROM outbox_mail WHERE state = 'queued' AND due_at <= :now ORDER BY due_at, id LIMIT :limit",
            {"now": epoch(now), "limit": limit},
        )
        return tuple(number for (number,) in rows)

    def list_to(self, user_id: int, *, limit: int = 50) -> tuple[MailRow, ...]:
        """List the mails to a member, newest first.

        Those to an address that they want to change to are not among them: none goes to an address that is known, and the
        list would tell.
        """
        rows = self._sql.fetchall(
            f"SELECT {_ENTRY.columns} FROM outbox_mail "
            "WHERE user_id = :user_id AND kind <> 'email_change' ORDER BY id DESC LIMIT :limit",
            {"user_id": user_id, "limit": limit},
        )
        return _ENTRY.read_all(rows)
