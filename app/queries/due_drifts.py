"""Which drifts a clock has something to do with."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.drift import State
from app.libs.sql_helper import SqlHelper

_BATCH = 500
_MAX_REMINDERS = 3
#: Letters of the exchange that could not be delivered to whose turn it is, since it is; they have not read the notice either.
_UNREACHED = (
    "EXISTS (SELECT 1 FROM outbox_mail m WHERE m.state = 'failed' "
    "AND m.user_id = CASE WHEN d.state = 'waiting' THEN d.giver_id ELSE d.requester_id END "
    "AND m.kind IN ('drift_requested', 'drift_mailed', 'remind_giver', 'remind_requester') "
    "AND m.create_time >= CASE WHEN d.state = 'waiting' THEN d.create_time ELSE d.mailed_at END) "
    "AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.drift_id = d.id AND n.read_at IS NOT NULL "
    "AND n.user_id = CASE WHEN d.state = 'waiting' THEN d.giver_id ELSE d.requester_id END "
    "AND n.kind IN ('drift_requested', 'drift_mailed', 'remind_giver', 'remind_requester') "
    "AND n.create_time >= CASE WHEN d.state = 'waiting' THEN d.create_time ELSE d.mailed_at END)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToRemind:
    """A drift whose deadline runs: since when, until when, and how many reminders went out."""

    id: int
    state: State
    started: int
    due_at: int
    reminded: int


class DueDrifts:
    """Look up what is due. Lists are bounded; what is left comes with the next run."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def list_due(self, now: int) -> list[int]:
        """List drifts whose deadline has passed and does not stand still."""
        return self._ids(
            "SELECT d.id FROM drift d WHERE d.state IN ('waiting', 'mailed') AND d.due_at <= :now "
            f"AND d.stopped_at IS NULL ORDER BY d.due_at LIMIT {_BATCH}",
            now=now,
        )

    def list_to_remind(self) -> list[ToRemind]:
        """List drifts whose deadline runs and that have reminders left."""
        rows = self._sql.fetchall(
            "SELECT d.id, d.state, CASE WHEN d.state = 'waiting' THEN d.create_time ELSE d.mailed_at END, "
            "d.due_at, d.reminded FROM drift d WHERE d.state IN ('waiting', 'mailed') AND d.stopped_at IS NULL "
            f"AND d.reminded < {_MAX_REMINDERS} ORDER BY d.due_at"
        )
        return [
            ToRemind(id=row[0], state=State(row[1]), started=row[2], due_at=row[3], reminded=row[4]) for row in rows
        ]

    def list_to_erase(self, limit: int) -> list[int]:
        """List drifts that ended by then and still hold texts."""
        return self._ids(
            "SELECT d.id FROM drift d WHERE d.erased_at IS NULL AND d.ended_at <= :until "
            f"ORDER BY d.ended_at LIMIT {_BATCH}",
            until=limit,
        )

    def list_unreachable(self) -> list[int]:
        """List drifts whose deadline runs though we could not reach whose turn it is."""
        return self._ids(
            f"SELECT d.id FROM drift d WHERE d.state IN ('waiting', 'mailed') AND d.stopped_at IS NULL AND {_UNREACHED}"
        )

    def list_reached_again(self) -> list[tuple[int, int]]:
        """List drifts whose deadline stands still though we have reached them: (id, since when it stands)."""
        rows = self._sql.fetchall(
            "SELECT d.id, d.stopped_at FROM drift d WHERE d.state IN ('waiting', 'mailed') "
            f"AND d.stopped_at IS NOT NULL AND NOT ({_UNREACHED})"
        )
        return [(row[0], row[1]) for row in rows]

    def _ids(self, statement: str, **params: int) -> list[int]:
        return [row[0] for row in self._sql.fetchall(statement, params)]
