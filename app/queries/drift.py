"""Read side: a member's drifts, with their history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.domain.drift import State
from app.libs.sql_helper import Row, SqlHelper

_COLUMNS = (
    "d.id, d.gift_id, d.isbn13, d.title, d.requester_id, d.giver_id, d.requester_name, d.giver_name, d.state, d.handover, "
    "d.message, d.reason, d.carrier, d.tracking, d.due_at, d.create_time, d.mailed_at, d.opened_at, d.ended_at, d.delays, "
    "d.stopped_at, d.covered"
)


@dataclass(frozen=True, slots=True)
class Event:
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
    state: State
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
    events: tuple[Event, ...]


class DriftList:
    """Look up drifts; two statements, however many there are."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def list_of(self, member_id: int, *, limit: int, offset: int) -> tuple[DriftRow, ...]:
        """List a member's drifts on both sides: first those that wait for them, then other open ones, then the newest."""
        return self._list(
            "WHERE d.requester_id = :member OR d.giver_id = :member ORDER BY CASE "
            "WHEN d.state = 'waiting' AND d.giver_id = :member THEN 0 "
            "WHEN d.state = 'mailed' AND d.requester_id = :member THEN 1 "
            "WHEN d.state IN ('waiting', 'mailed', 'disputed') THEN 2 ELSE 3 END, d.id DESC LIMIT :limit OFFSET :offset",
            member=member_id,
            limit=limit,
            offset=offset,
        )

    def count_of(self, member_id: int) -> int:
        """Count a member's drifts."""
        row = self._sql.fetchone(
            "SELECT COUNT(*) FROM drift WHERE requester_id = :member OR giver_id = :member", {"member": member_id}
        )
        return 0 if row is None else int(row[0])

    def list_disputed(self, *, limit: int) -> tuple[DriftRow, ...]:
        """List the drifts that wait for a moderator, the longest waiting first."""
        return self._list("WHERE d.state = 'disputed' ORDER BY d.claimed_at, d.id LIMIT :limit", limit=limit)

    def _list(self, rest: str, **params: Any) -> tuple[DriftRow, ...]:
        with self._sql as cursor:
            rows = cursor.execute(f"SELECT {_COLUMNS} FROM drift d {rest}", params).fetchall()
            marks = {f"d{number}": row[0] for number, row in enumerate(rows)} or {"d0": 0}
            events = cursor.execute(
                "SELECT drift_id, kind, party, create_time FROM drift_event "
                f"WHERE drift_id IN ({', '.join(f':{mark}' for mark in marks)}) ORDER BY id",
                marks,
            ).fetchall()
        histories: dict[int, list[Event]] = {}
        for drift_id, kind, party, time in events:
            histories.setdefault(drift_id, []).append(Event(kind, party, time))
        return tuple(_row_of(row, histories.get(row[0], [])) for row in rows)


def _row_of(row: Row, events: list[Event]) -> DriftRow:
    return DriftRow(
        id=row[0],
        gift_id=row[1],
        isbn13=row[2],
        title=row[3],
        requester_id=row[4],
        giver_id=row[5],
        requester_name=row[6],
        giver_name=row[7],
        state=State(row[8]),
        handover=bool(row[9]),
        message=row[10],
        reason=row[11],
        carrier=row[12],
        tracking=row[13],
        due_at=row[14],
        asked_at=row[15],
        mailed_at=row[16],
        opened_at=row[17],
        ended_at=row[18],
        delays=row[19],
        stopped_at=row[20],
        covered=bool(row[21]),
        events=tuple(events),
    )
