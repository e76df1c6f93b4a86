"""Read drifts: a member's, with their history, and those that a clock has something to do with."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.db.row_mapper import RowMapper
from app.db.sql_helper import SqlHelper, in_list, one_of
from app.domain.drift import OPEN_STATES, DriftState
from app.domain.drift_deadlines import StopCause
from app.queries.holiday import away_until
from app.queries.member_block import has_blocked


@dataclass(frozen=True, slots=True)
class DriftEventRow:
    """A line of a drift's history: what happened (a state, ``opened``, ``delayed``, ``reminded``), by whom, when."""

    kind: str
    party: str
    time: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftRow:
    """A drift as its page shows it; times are epoch seconds. An empty name is that of a member who has left.

    `away_until`: while it waits for a giver on holiday, the last moment of that. `blocked`: its reader has blocked the other side.
    """

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
    requester_missing: bool
    giver_missing: bool
    away_until: datetime | None
    blocked: bool
    events: tuple[DriftEventRow, ...]


_EVENT = RowMapper(DriftEventRow, time="create_time")
_DRIFT = RowMapper(
    DriftRow,
    "d",
    asked_at="d.create_time",
    away_until=f"CASE WHEN d.state = '{DriftState.WAITING}' THEN {away_until('d.giver_id')} - 1 END",
    blocked=has_blocked(":member", "CASE WHEN d.giver_id = :member THEN d.requester_id ELSE d.giver_id END"),
    events=None,
)


class DriftQueries:
    """Look up drifts; two statements, however many there are. `now` is in epoch seconds."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def list_of(self, member_id: int, *, limit: int, offset: int, now: int) -> tuple[DriftRow, ...]:
        """List a member's drifts on both sides: first those that wait for them, then other open ones, then the newest."""
        return self._list(
            "WHERE d.requester_id = :member OR d.giver_id = :member ORDER BY CASE "
            f"WHEN d.state = '{DriftState.WAITING}' AND d.giver_id = :member THEN 0 "
            f"WHEN d.state = '{DriftState.MAILED}' AND d.requester_id = :member THEN 1 "
            f"WHEN d.state IN {one_of(OPEN_STATES)} THEN 2 ELSE 3 END, d.id DESC LIMIT :limit OFFSET :offset",
            member=member_id,
            limit=limit,
            offset=offset,
            now=now,
        )

    def count_of(self, member_id: int) -> int:
        """Count a member's drifts."""
        counted = "SELECT COUNT(*) FROM drift WHERE requester_id = :member OR giver_id = :member"
        return int(self._sql.fetchvalue(counted, {"member": member_id}))

    def find(self, drift_id: int) -> DriftRow | None:
        """Find a drift, for who may see all."""
        return next(iter(self._list("WHERE d.id = :drift", drift=drift_id, now=0, member=0)), None)

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


_BATCH = 500
#: Of those that stand still a run looks at fewer: most of them wait for long.
_STOPPED_BATCH = 200
_KINDS_ABOUT_TURNS = "('drift_requested', 'drift_mailed', 'remind_giver', 'remind_requester')"
#: Whose turn it is in each state that has a deadline, and since when.
_TURNS = ((DriftState.WAITING, "d.giver_id", "d.create_time"), (DriftState.MAILED, "d.requester_id", "d.mailed_at"))
_WITH_DEADLINE = one_of(state for state, _, _ in _TURNS)
#: A mail about the turn could not be delivered.
_FAILED = "m.state = 'failed' AND m.user_id = {member} AND m.kind IN {kinds} AND m.create_time >= {since}"
#: They have read a notice about the turn.
_READ = (
    "EXISTS (SELECT 1 FROM notice n WHERE n.drift_id = d.id AND n.read_at IS NOT NULL AND n.user_id = {member} "
    "AND n.kind IN {kinds} AND n.create_time >= {since})"
)


def _each_turn(statement: str) -> str:
    """Write a statement for each state that has a deadline, and join them."""
    return " UNION ALL ".join(
        f"SELECT * FROM ({statement.format(state=state, member=member, since=since, kinds=_KINDS_ABOUT_TURNS)}) {state}"
        for state, member, since in _TURNS
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderRow:
    """A drift whose deadline runs: since when, until when, and how many reminders went out."""

    id: int
    state: DriftState
    started: int
    due_at: int
    reminded: int


@dataclass(frozen=True, slots=True)
class StoppedDriftRow:
    """A drift whose deadline stands still, since when, and whether it does so for mail though we have reached whose turn it is by now."""

    id: int
    stopped_at: int
    is_reached: bool


_TO_REMIND = RowMapper(
    ReminderRow, "d", started=f"CASE WHEN d.state = '{DriftState.WAITING}' THEN d.create_time ELSE d.mailed_at END"
)
_STANDING_STILL = RowMapper(StoppedDriftRow, "d", is_reached="d.reached")
#: From the few mails that failed lately to the drifts they were about.
_UNREACHED = _each_turn(
    "SELECT DISTINCT d.id FROM outbox_mail m JOIN drift d ON d.state = '{state}' AND {member} = m.user_id "
    f"WHERE {_FAILED} AND m.due_at >= :lately AND (d.stopped_for & {StopCause.MAIL}) = 0 AND NOT {_READ} LIMIT {_BATCH}"
)
_STOPPED = (
    f"SELECT {_STANDING_STILL.columns} FROM ("
    + _each_turn(
        f"SELECT d.id, d.stopped_at, (d.stopped_for & {StopCause.MAIL}) <> 0 AND ({_READ} "
        f"OR NOT EXISTS (SELECT 1 FROM outbox_mail m WHERE {_FAILED})) AS reached "
        "FROM drift d WHERE d.state = '{state}' AND d.stopped_at >= :stopped AND (d.stopped_at > :stopped OR d.id > :id) "
        f"ORDER BY d.stopped_at, d.id LIMIT {_STOPPED_BATCH}"
    )
    + f") d ORDER BY d.stopped_at, d.id LIMIT {_STOPPED_BATCH}"
)


class DueDriftQueries:
    """Look up what is due. Lists are bounded; what is left comes with the next run."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def list_due(self, now: int) -> list[int]:
        """List drifts whose deadline has passed and does not stand still."""
        return self._ids(
            f"SELECT d.id FROM drift d WHERE d.state IN {_WITH_DEADLINE} AND d.due_at <= :now "
            f"AND d.stopped_at IS NULL ORDER BY d.due_at LIMIT {_BATCH}",
            now=now,
        )

    def list_to_remind(self, now: int) -> list[ReminderRow]:
        """List drifts whose deadline runs and whose next reminder may be due."""
        rows = self._sql.fetchall(
            f"SELECT {_TO_REMIND.columns} FROM drift d WHERE d.state IN {_WITH_DEADLINE} AND d.stopped_at IS NULL "
            f"AND d.remind_at <= :now ORDER BY d.remind_at LIMIT {_BATCH}",
            {"now": now},
        )
        return list(map(_TO_REMIND.read, rows))

    def list_to_erase(self, limit: int) -> list[int]:
        """List drifts that ended by then and still hold texts."""
        return self._ids(
            "SELECT d.id FROM drift d WHERE d.erased_at IS NULL AND d.ended_at <= :until "
            f"ORDER BY d.ended_at LIMIT {_BATCH}",
            until=limit,
        )

    def list_unreachable(self, lately: int) -> list[int]:
        """List drifts whose deadline runs though we could not reach whose turn it is: a mail failed since `lately`."""
        return self._ids(_UNREACHED, lately=lately)

    def list_stopped(self, after: StoppedDriftRow | None = None) -> list[StoppedDriftRow]:
        """List drifts whose deadline stands still, in the order in which they came to that; the first ones, or those behind one."""
        stopped, id_ = (after.stopped_at, after.id) if after is not None else (0, 0)
        rows = self._sql.fetchall(_STOPPED, {"stopped": stopped, "id": id_})
        return list(map(_STANDING_STILL.read, rows))

    def _ids(self, statement: str, **params: int) -> list[int]:
        return self._sql.fetchcolumn(statement, params)
