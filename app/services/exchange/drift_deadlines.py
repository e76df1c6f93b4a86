"""The exchange's clocks: reminders, expiry, automatic receipt, erasure. Each run does what is due and no more.

Every step is its own transaction that begins with a conditional UPDATE, so several workers, or one that is started again,
do nothing twice.
"""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import delete, update

from app.db.database import rows_touched
from app.domain.drift import Act, DriftState, Party
from app.domain.drift_deadlines import StopCause, next_reminder, reminders_due
from app.domain.errors import Refusal
from app.domain.exchange_policy import DAY
from app.extensions import db
from app.libs.clock import epoch
from app.models.drift import Drift, DriftAddress
from app.models.operation import UseCaseDone
from app.queries.drift import DueDriftQueries, ReminderRow, StoppedDriftRow
from app.queries.holiday import HolidayQueries
from app.services.exchange.drift_transitions import DriftTransitions
from app.services.exchange.tools import ExchangeTools
from app.services.operations.purging import sweep
from app.services.unit_of_work import use_case

_USE_CASES_KEPT = 2 * DAY
#: Mails that failed are looked at for so long; it is done every few minutes, by the worker that sends them.
_FAILED_LATELY = 2 * DAY
_REMINDERS = {DriftState.WAITING: "remind_giver", DriftState.MAILED: "remind_requester"}
_ENDS = {DriftState.WAITING: Act.EXPIRE, DriftState.MAILED: Act.RECEIVE}


class DriftDeadlines:
    """Does what time brings about."""

    def __init__(
        self,
        tools: ExchangeTools,
        *,
        due: DueDriftQueries,
        transitions: DriftTransitions,
        holidays: HolidayQueries,
    ) -> None:
        self._tools = tools
        self._holidays = holidays
        self._clock = tools.clock
        self._due = due
        self._transitions = transitions
        self._looked_at: StoppedDriftRow | None = None

    def run(self) -> None:
        """Stop and start deadlines, remind, then end what is due."""
        self.stop_deadlines()
        self.remind()
        self.end_due()

    def stop_deadlines(self) -> None:
        """Let a deadline stand still while our mail to whose turn it is could not be delivered."""
        for drift_id in self._due.list_unreachable(self._now() - _FAILED_LATELY):
            self._stop(drift_id)
        for stopped in self._next_stopped():
            if stopped.is_reached:
                self._start(stopped)

    def _next_stopped(self) -> list[StoppedDriftRow]:
        """Return the next of the deadlines that stand still; behind the last one, the first ones come again."""
        stopped = self._due.list_stopped(self._looked_at) or self._due.list_stopped()
        self._looked_at = stopped[-1] if stopped else None
        return stopped

    def remind(self) -> None:
        """Remind those whose turn it is, on the days of the rules."""
        now = self._now()
        for candidate in self._due.list_to_remind(now):
            self._remind(candidate, reminders_due(candidate.state, candidate.started, candidate.due_at, now))

    def end_due(self) -> None:
        """Let unanswered requests expire and posted books count as received."""
        for drift_id in self._due.list_due(self._now()):
            with suppress(Refusal):  # somebody acted between the look and the step
                self._end(drift_id)

    def erase(self) -> None:
        """Erase addresses, messages, reasons and tracking numbers of drifts that ended long ago."""
        limit = self._now() - self._tools.policy.erase_days * DAY
        for drift_id in self._due.list_to_erase(limit):
            self._erase(drift_id, limit)
        sweep(self._clock, UseCaseDone, UseCaseDone.create_time < self._now() - _USE_CASES_KEPT)

    @use_case
    def _remind(self, seen: ReminderRow, count: int) -> None:
        """Remind of a drift that is still as it was seen, unless that is done: deadlines that moved have reminders that are not due."""
        reminded = max(count, seen.reminded)
        changed = db.session.execute(
            update(Drift)
            .where(
                Drift.id == seen.id,
                Drift.state == seen.state.value,
                Drift.reminded == seen.reminded,
                Drift.due_at == seen.due_at,
            )
            .values(reminded=reminded, remind_at=next_reminder(seen.state, seen.started, seen.due_at, reminded))
        )
        if not rows_touched(changed) or reminded == seen.reminded:
            return
        row = self._transitions.load(seen.id)
        awaited = row.giver_id if seen.state is DriftState.WAITING else row.requester_id
        self._tools.notices.tell(awaited, _REMINDERS[seen.state], row)
        self._transitions.note(row, "reminded", Party.CLOCK)

    @use_case
    def _end(self, drift_id: int) -> None:
        row = self._transitions.load(drift_id)
        now = self._now()
        if row.due_at is None or row.due_at > now or row.stopped_at is not None:
            return
        if row.state == DriftState.WAITING and self._holidays.list_away({row.giver_id}, now=now):
            return  # their holiday has begun just now; it will stop the deadline
        self._transitions.apply(row, _ENDS[DriftState(row.state)], Party.CLOCK)

    @use_case
    def _erase(self, drift_id: int, limit: int) -> None:
        db.session.execute(
            update(Drift)
            .where(Drift.id == drift_id, Drift.erased_at.is_(None), Drift.ended_at <= limit)
            .values(message="", reason="", carrier="", tracking="", erased_at=self._now())
        )
        db.session.execute(delete(DriftAddress).where(DriftAddress.drift_id == drift_id))

    @use_case
    def _stop(self, drift_id: int) -> None:
        self._transitions.stop_clock(self._transitions.load(drift_id), StopCause.MAIL)

    @use_case
    def _start(self, seen: StoppedDriftRow) -> None:
        row = self._transitions.load(seen.id)
        if row.stopped_at == seen.stopped_at:
            self._transitions.start_clock(row, StopCause.MAIL)

    def _now(self) -> int:
        return epoch(self._clock.now())
