"""Read invitations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.db.row_mapper import RowMapper
from app.db.sql_helper import SqlHelper


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """A code as moderators see it: `used` of `places` accounts were made with it; `maker` is a nickname."""

    id: int
    code: str
    note: str
    places: int
    used: int
    expires: datetime
    maker: str


_INVITATION = RowMapper(InvitationRow, "i", expires="i.expires_at", maker="u.nickname")


class InvitationQueries:
    """Look up invitations."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def has_place(self, code: str, *, now: int) -> bool:
        """Whether a code lets one more in at `now` (epoch seconds)."""
        row = self._sql.fetchone(
            "SELECT 1 FROM invitation WHERE code = :code AND status = 1 AND used < places AND expires_at > :now",
            {"code": code, "now": now},
        )
        return row is not None

    def list_open(self, *, now: int) -> tuple[InvitationRow, ...]:
        """List the codes that are not over or ended, newest first. `now` is in epoch seconds."""
        rows = self._sql.fetchall(
            f"SELECT {_INVITATION.columns} FROM invitation i "
            "JOIN user u ON u.id = i.maker_id AND u.status IN (0, 1) "
            "WHERE i.status = 1 AND i.expires_at > :now ORDER BY i.id DESC LIMIT 200",
            {"now": now},
        )
        return _INVITATION.read_all(rows)
