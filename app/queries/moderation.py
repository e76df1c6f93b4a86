"""What waits for the moderators besides disputed drifts, and what they did."""

from __future__ import annotations

from dataclasses import dataclass

from app.db.row_mapper import RowMapper
from app.db.sql_helper import SqlHelper, one_of
from app.domain.drift import DriftState
from app.domain.gift import too_many_losses
from app.domain.moderation import Sanction, Stop


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppedMemberRow:
    """A member whose gifts or requests are stopped: `losses` out of `parcels` on that side, of all accounts of their person."""

    member_id: int
    nickname: str
    stop: Stop
    losses: int
    parcels: int


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
    """What a moderator decided about a member, as that member reads it; `until` is when it ends, or None."""

    kind: Sanction
    reason: str
    until: int | None
    time: int


#: So many losses are looked at for one page.
LOSSES = 50


_LOST = f"d.state = '{DriftState.LOST}'"


def _side(stop: Stop, column: str) -> str:
    """Write the persons with two losses and more on a side, each with the newest account that they have not left."""
    persons = (
        f"SELECT DISTINCT u.person_id FROM (SELECT {column} FROM drift WHERE state = '{DriftState.LOST}' "
        f"ORDER BY ended_at DESC, id DESC LIMIT {LOSSES} OFFSET :offset) l JOIN user u ON u.id = l.{column} AND u.status IN (0, 1)"
    )
    lost = (
        f"SELECT COUNT(d.id) FROM user o LEFT JOIN drift d ON d.{column} = o.id AND {_LOST} "
        "WHERE o.person_id = p.person_id AND o.status IN (0, 1)"
    )
    lifted = (
        f"SELECT MAX(m.create_time) FROM user k JOIN moderator_act m ON m.member_id = k.id AND m.kind = '{stop.lift}' "
        "WHERE k.person_id = p.person_id AND k.status IN (0, 1)"
    )
    return (
        f"SELECT MAX(CASE WHEN u.status = 1 THEN u.id END) AS member_id, '{stop}' AS stop, "
        f"SUM({_LOST} AND d.ended_at > COALESCE(({lifted}), 0)) AS losses, SUM(d.mailed_at IS NOT NULL) AS parcels "
        f"FROM ({persons}) p JOIN user u ON u.person_id = p.person_id AND u.status IN (0, 1) "
        f"LEFT JOIN drift d ON d.{column} = u.id WHERE ({lost}) > 1 GROUP BY p.person_id HAVING losses > 1"
    )


_STOPPED = RowMapper(StoppedMemberRow, "s", nickname="u.nickname", losses="s.losses", parcels="s.parcels")
_LIST_STOPPED = (
    f"SELECT {_STOPPED.columns} FROM ({_side(Stop.GIVING, 'giver_id')} UNION ALL {_side(Stop.ASKING, 'requester_id')}) s "
    "JOIN user u ON u.id = s.member_id AND u.status = 1 ORDER BY s.member_id, s.stop"
)
_DECISION = RowMapper(DecisionRow, "a", time="a.create_time")
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


class ModerationQueries:
    """Look up what moderators have to see."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def list_stopped(self, *, offset: int = 0) -> tuple[StoppedMemberRow, ...]:
        """List the persons who are stopped for losses and have one among the latest `LOSSES` behind `offset`; one statement."""
        rows = self._sql.fetchall(_LIST_STOPPED, {"offset": offset})
        return tuple(one for one in map(_STOPPED.read, rows) if too_many_losses(one.losses, one.parcels))

    def has_losses(self, *, offset: int) -> bool:
        """Whether there are more losses than `offset`."""
        statement = f"SELECT 1 FROM drift WHERE state = '{DriftState.LOST}' LIMIT 1 OFFSET :offset"
        return self._sql.fetchone(statement, {"offset": offset}) is not None

    def list_deeds(self, *, limit: int) -> tuple[ModeratorActRow, ...]:
        """List what moderators did, newest first; one statement."""
        rows = self._sql.fetchall(
            f"SELECT {_DEED.columns} FROM moderator_act a "
            "LEFT JOIN user m ON m.id = a.moderator_id AND m.status IN (0, 1) "
            "LEFT JOIN user u ON u.id = a.member_id AND u.status IN (0, 1) "
            "LEFT JOIN drift d ON d.id = a.drift_id "
            "LEFT JOIN book b ON b.isbn13 = a.isbn13 LEFT JOIN book o ON o.isbn13 = a.other_isbn13 ORDER BY a.id DESC LIMIT :limit",
            {"limit": limit},
        )
        return _DEED.read_all(rows)

    def list_about(self, member_id: int, *, limit: int) -> tuple[DecisionRow, ...]:
        """List the sanctions against a member, newest first; one statement."""
        rows = self._sql.fetchall(
            f"SELECT {_DECISION.columns} FROM moderator_act a "
            f"WHERE a.member_id = :member AND a.kind IN {one_of(Sanction)} ORDER BY a.id DESC LIMIT :limit",
            {"member": member_id, "limit": limit},
        )
        return _DECISION.read_all(rows)
