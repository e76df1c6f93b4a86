"""Read members."""

from __future__ import annotations

from app.domain.account import Member
from app.libs.sql_helper import SqlHelper


class Members:
    """Look up members by their session."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def find_by_session(self, token_hash: str, *, seen_after: int, opened_after: int) -> Member | None:
        """Give the member of a live session, or None: ended, too old, idle too long, disabled or deleted.

        :param seen_after, opened_after: epoch seconds; older sessions are over.
        """
        row = self._sql.fetchone(
            "SELECT u.id, u.email, u.nickname, u.role, u.language, u.wants_mail, u.confirmed_at, s.id "
            "FROM user_session s JOIN user u ON u.id = s.user_id "
            "WHERE s.token_hash = :token AND s.seen_time > :seen AND s.create_time > :opened "
            "AND u.status = 1 AND u.disabled_at IS NULL",
            {"token": token_hash, "seen": seen_after, "opened": opened_after},
        )
        if row is None:
            return None
        return Member(
            id=row[0],
            email=row[1],
            nickname=row[2],
            role=row[3],
            language=row[4],
            wants_mail=bool(row[5]),
            is_confirmed=row[6] is not None,
            session_id=row[7],
        )
