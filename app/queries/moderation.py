"""What moderators did, for themselves and for those whom it is about."""

from __future__ import annotations

from dataclasses import dataclass

from app.db.row_mapper import RowMapper
from app.db.sql_helper import SqlHelper, one_of
from app.domain.moderation import Sanction
from app.domain.report import CaseKind
from app.queries.member import MATES


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeratorActRow:
    """An act of a moderator; an empty name is the operator's, or a member's who has left. `title` is a drift's book, or that of an
    act on works, which may have another book, too.
    """

    time: int
    moderator: str
    kind: str
    title: str
    other_title: str
    member: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """What a moderator decided about a member, as that member reads it: `title` is the book that it is about, `until` when it ends, or None."""

    id: int
    kind: Sanction
    title: str
    reason: str
    until: int | None
    time: int
    is_appealed: bool


_DECISION = RowMapper(
    DecisionRow,
    "a",
    time="a.create_time",
    title="COALESCE(b.title, '')",
    is_appealed=f"EXISTS (SELECT 1 FROM moderation_case c WHERE c.kind = '{CaseKind.APPEAL}' AND c.subject_id = a.id)",
)
_DEED = RowMapper(
    ModeratorActRow,
    "a",
    time="a.create_time",
    moderator="COALESCE(m.nickname, '')",
    title="COALESCE(d.title, b.title, '')",
    other_title="COALESCE(o.title, '')",
    member="COALESCE(u.nickname, '')",
    reason="COALESCE(NULLIF(a.reason, ''), d.reason, '')",
)


_ACCOUNTS = f"SELECT mate.id FROM {MATES}"
_NAMED = (
    "LEFT JOIN user m ON m.id = a.moderator_id AND m.status IN (0, 1) "
    "LEFT JOIN user u ON u.id = a.member_id AND u.status IN (0, 1) "
    "LEFT JOIN drift d ON d.id = a.drift_id "
    "LEFT JOIN book b ON b.isbn13 = a.isbn13 LEFT JOIN book o ON o.isbn13 = a.other_isbn13"
)


class ModerationQueries:
    """Look up what moderators have to see."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def list_deeds(self, *, limit: int, about: int | None = None) -> tuple[ModeratorActRow, ...]:
        """List what moderators did, or did about a member's person, newest first; one statement."""
        persons = f"JOIN ({_ACCOUNTS}) p ON p.id = a.member_id " if about else ""
        rows = self._sql.fetchall(
            f"SELECT {_DEED.columns} FROM moderator_act a {persons}{_NAMED} ORDER BY a.id DESC LIMIT :limit",
            {"limit": limit, "member": about},
        )
        return _DEED.read_all(rows)

    def find_deed(self, act_id: int) -> ModeratorActRow | None:
        """Find what a moderator did."""
        row = self._sql.fetchone(
            f"SELECT {_DEED.columns} FROM moderator_act a {_NAMED} WHERE a.id = :act", {"act": act_id}
        )
        return _DEED.read_optional(row)

    def list_about(self, member_id: int, *, limit: int) -> tuple[DecisionRow, ...]:
        """List the sanctions against a member, newest first; one statement."""
        rows = self._sql.fetchall(
            f"SELECT {_DECISION.columns} FROM moderator_act a LEFT JOIN book b ON b.isbn13 = a.isbn13 "
            f"WHERE a.member_id = :member AND a.kind IN {one_of(Sanction)} ORDER BY a.id DESC LIMIT :limit",
            {"member": member_id, "limit": limit},
        )
        return _DECISION.read_all(rows)
