"""Read who has blocked whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.db.row_mapper import RowMapper
from app.db.sql_helper import SqlHelper
from app.domain.block import MOST_BLOCKS, MetAt
from app.domain.wish import WishState
from app.queries.holiday import STANDS_ON_PAGE


def has_blocked(member: str, other: str) -> str:
    """Write the condition that a member has blocked another: one look by key.

    It is no EXISTS, for which MariaDB would first collect all blocks of one side.
    """
    return f"(SELECT COUNT(*) FROM member_block k WHERE k.member_id = {member} AND k.blocked_id = {other}) = 1"


def are_parted(one: str, other: str) -> str:
    """Write the condition that one of two members has blocked the other: two looks by key, however many blocks there are."""
    return f"({has_blocked(one, other)} OR {has_blocked(other, one)})"


@dataclass(frozen=True, slots=True)
class BlockedMemberRow:
    """Somebody whom a member has blocked, and since when."""

    id: int
    nickname: str
    since: datetime


_BLOCKED = RowMapper(BlockedMemberRow, "u", since="k.create_time")
#: Where a member meets another, and who that is. What is not shown to them is no place to meet.
_MET = {
    MetAt.GIFT: f"SELECT g.user_id FROM gift g WHERE g.id = :id AND {STANDS_ON_PAGE}",
    MetAt.WISH: f"SELECT w.user_id FROM wish w WHERE w.id = :id AND w.state = '{WishState.OPEN}'",
    MetAt.DRIFT: "SELECT CASE WHEN d.giver_id = :member THEN d.requester_id ELSE d.giver_id END FROM drift d "
    "WHERE d.id = :id AND (d.giver_id = :member OR d.requester_id = :member)",
}


class BlockQueries:
    """Look up blocks."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def list_of(self, member_id: int) -> tuple[BlockedMemberRow, ...]:
        """List whom a member has blocked, the latest first."""
        rows = self._sql.fetchall(
            f"SELECT {_BLOCKED.columns} FROM member_block k JOIN user u ON u.id = k.blocked_id AND u.status = 1 "
            f"WHERE k.member_id = :member ORDER BY k.create_time DESC, k.blocked_id DESC LIMIT {MOST_BLOCKS}",
            {"member": member_id},
        )
        return _BLOCKED.read_all(rows)

    def count_of(self, member_id: int) -> int:
        """Count whom a member has blocked."""
        counted = "SELECT COUNT(*) FROM member_block WHERE member_id = :member"
        return int(self._sql.fetchvalue(counted, {"member": member_id}))

    def has_blocked(self, member_id: int, other_id: int) -> bool:
        """Return whether a member has blocked another."""
        return self._is(has_blocked(":one", ":other"), member_id, other_id)

    def are_parted(self, one_id: int, other_id: int) -> bool:
        """Return whether one of two members has blocked the other."""
        return self._is(are_parted(":one", ":other"), one_id, other_id)

    def find_met(self, member_id: int, at: MetAt, id_: int) -> BlockedMemberRow | None:
        """Find whom a member meets at a place, with the time of their account; None where they meet nobody."""
        row = self._sql.fetchone(
            f"SELECT u.id, u.nickname, u.create_time FROM user u WHERE u.id = ({_MET[at]}) "
            "AND u.id <> :member AND u.status = 1",
            {"member": member_id, "id": id_},
        )
        return _BLOCKED.read_optional(row)

    def _is(self, condition: str, one_id: int, other_id: int) -> bool:
        return bool(self._sql.fetchvalue(f"SELECT {condition}", {"one": one_id, "other": other_id}))
