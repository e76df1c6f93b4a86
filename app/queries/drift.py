"""Read side: a member's drifts, with their history."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from app.db.row_mapper import RowMapper
from app.db.sql_helper import SqlHelper, in_list, one_of
from app.domain.drift import OPEN_STATES, DriftState


@dataclass(frozen=True, slots=True)
class DriftEventRow:
    """A line of a drift's history: what happened (a state, ``opened``, ``delayed``, ``reminded``), by whom, when."""

    kind: str
    party: str
    time: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftRow:
    """A drift as its page shows it; times are epoch seconds. An empty name is that of a member who has left."""

    id: int
    gift_id: int
    isbn13: str
    title: str
    requester_id: int
    giver_id: int
    requester_name: str
    giver_name: str
    state: DriftState
    handover: bool
    message: str
    reason: str
    carrier: str
    tracking: str
    due_at: int | None
    asked_at: int
    mailed_at: int | None
    opened_at: int | None
    ended_at: int | None
    delays: int
    stopped_at: int | None
    covered: bool
    events: tuple[DriftEventRow, ...]


_EVENT = RowMapper(DriftEventRow, time="create_time")
_DRIFT = RowMapper(DriftRow, "d", asked_at="d.create_time", events=None)


class DriftQueries:
    """Look up drifts; two statements, however many there are."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def list_of(self, member_id: int, *, limit: int, offset: int) -> tuple[DriftRow, ...]:
        """List a member's drifts on both sides: first those that wait for them, then other open ones, then the newest."""
        return self._list(
            "WHERE d.requester_id = :member OR d.giver_id = :member ORDER BY CASE "
            f"WHEN d.state = '{DriftState.WAITING}' AND d.giver_id = :member THEN 0 "
            f"WHEN d.state = '{DriftState.MAILED}' AND d.requester_id = :member THEN 1 "
            f"WHEN d.state IN {one_of(OPEN_STATES)} THEN 2 ELSE 3 END, d.id DESC LIMIT :limit OFFSET :offset",
            member=member_id,
            limit=limit,
            offset=offset,
        )

    def count_of(self, member_id: int) -> int:
        """Count a member's drifts."""
        counted = "SELECT COUNT(*) FROM drift WHERE requester_id = :member OR giver_id = :member"
        return int(self._sql.fetchvalue(counted, {"member": member_id}))

    def list_disputed(self, *, limit: int) -> tuple[DriftRow, ...]:
        """List the drifts that wait for a moderator, the longest waiting first."""
        return self._list(
            f"WHERE d.state = '{DriftState.DISPUTED}' ORDER BY d.claimed_at, d.id LIMIT :limit", limit=limit
        )

    def _list(self, rest: str, **params: Any) -> tuple[DriftRow, ...]:
        with self._sql as cursor:
            rows = cursor.execute(f"SELECT {_DRIFT.columns} FROM drift d {rest}", params).fetchall()
            ids = [id_ for id_, *_ in rows]
            marks, named = in_list("drift", ids or [0])
            events = cursor.execute(
                f"SELECT drift_id, {_EVENT.columns} FROM drift_event WHERE drift_id IN ({marks}) ORDER BY id", named
            ).fetchall()
        histories: defaultdict[int, list[DriftEventRow]] = defaultdict(list)
        for drift_id, *event in events:
            histories[drift_id].append(_EVENT.read(event))
        return tuple(_DRIFT.read(row, events=tuple(histories[id_])) for id_, row in zip(ids, rows, strict=True))


class SavedAddressQueries:
    """Look up saved addresses. What comes back is sealed."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def find_sealed(self, member_id: int) -> str | None:
        """Return a member's address, or None where there is none."""
        sealed: str | None = self._sql.fetchvalue(
            "SELECT sealed FROM saved_address WHERE user_id = :member", {"member": member_id}
        )
        return sealed
