"""The exchange's clocks: reminders, expiry, automatic receipt, erasure. Each run does what is due and no more.

Every step is its own transaction that begins with a conditional UPDATE, so several workers, or one that is started again,
do nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import delete, update

from app.domain.drift import Act, Party, State
from app.domain.drift_clock import reminders_due
from app.domain.errors import Refusal
from app.domain.exchange_numbers import DAY, Numbers
from app.extensions import db
from app.libs.clock import Clock, epoch
from app.libs.database import rows_touched
from app.models.drift import Drift, DriftAddress
from app.models.use_case import UseCase
from app.queries.due_drifts import DueDrifts
from app.services.drift_moves import DriftMoves
from app.services.notices import Notices
from app.services.use_cases import UseCases

_USE_CASES_KEPT = 2 * DAY
_REMINDERS = {State.WAITING: "remind_giver", State.MAILED: "remind_requester"}
_ENDS = {State.WAITING: Act.EXPIRE, State.MAILED: Act.RECEIVE}


class DriftClocks:
    """Does what time brings about.

    :param tidy: called after an erasure, to get rid of what the database keeps of erased rows. When it fails, the job
        counts as failed and is tried again within minutes.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        use_cases: UseCases,
        due: DueDrifts,
        moves: DriftMoves,
        notices: Notices,
        numbers: Numbers,
        tidy: Callable[[], None],
    ) -> None:
        self._clock = clock
        self._use_cases = use_cases
        self._due = due
        self._moves = moves
        self._notices = notices
        self._numbers = numbers
        self._tidy = tidy

    def run(self) -> None:
        """Stop and start deadlines, remind, then end what is due."""
        self.stop_deadlines()
        self.remind()
        self.end_due()

    def stop_deadlines(self) -> int:
        """Let a deadline stand still while our letter to whose turn it is could not be delivered; give the number of changes."""
        now = self._now()
        changed = 0
        for drift_id in self._due.list_unreachable():
            changed += self._change(drift_id, Drift.stopped_at.is_(None), stopped_at=now)
        for drift_id, stopped_at in self._due.list_reached_again():
            changed += self._change(
                drift_id,
                Drift.stopped_at == stopped_at,
                stopped_at=None,
                due_at=Drift.due_at + (now - stopped_at),
            )
        return changed

    def remind(self) -> int:
        """Remind those whose turn it is, on the days of the rules; give the number of reminders."""
        sent = 0
        now = self._now()
        for candidate in self._due.list_to_remind():
            count = reminders_due(candidate.state, candidate.started, candidate.due_at, now)
            if count > candidate.reminded:
                sent += self._use_cases.run(lambda c=candidate, n=count: self._remind(c.id, c.state, n))  # type: ignore[misc]
        return sent

    def end_due(self) -> int:
        """Let unanswered requests expire and posted books count as received; give their number."""
        ended = 0
        for drift_id in self._due.list_due(self._now()):
            try:
                ended += self._use_cases.run(lambda number=drift_id: self._end(number))  # type: ignore[misc]
            except Refusal:  # somebody acted between the look and the step
                continue
        return ended

    def erase(self) -> int:
        """Erase addresses, messages, reasons and tracking numbers of drifts that ended long ago; give their number."""
        erased = 0
        limit = self._now() - self._numbers.erase_days * DAY
        for drift_id in self._due.list_to_erase(limit):
            erased += self._use_cases.run(lambda number=drift_id: self._erase(number, limit))  # type: ignore[misc]
        with db.auto_commit() as session:
            session.execute(delete(UseCase).where(UseCase.create_time < self._now() - _USE_CASES_KEPT))
        self._tidy()
        return erased

    def _remind(self, drift_id: int, state: State, count: int) -> int:
        changed = db.session.execute(
            update(Drift)
            .where(Drift.id == drift_id, Drift.state == state.value, Drift.reminded < count)
            .values(reminded=count)
            .execution_options(synchronize_session=False)
        )
        if not rows_touched(changed):
            return 0
        row = self._moves.load(drift_id)
        awaited = row.giver_id if state is State.WAITING else row.requester_id
        self._notices.tell(awaited, _REMINDERS[state], row)
        self._moves.note(row, "reminded", Party.CLOCK)
        return 1

    def _end(self, drift_id: int) -> int:
        row = self._moves.load(drift_id)
        if row.due_at is None or row.due_at > self._now() or row.stopped_at is not None:
            return 0
        self._moves.make(row, _ENDS[State(row.state)], Party.CLOCK)
        return 1

    def _erase(self, drift_id: int, limit: int) -> int:
        changed = db.session.execute(
            update(Drift)
            .where(Drift.id == drift_id, Drift.erased_at.is_(None), Drift.ended_at <= limit)
            .values(message="", reason="", carrier="", tracking="", erased_at=self._now())
            .execution_options(synchronize_session=False)
        )
        db.session.execute(delete(DriftAddress).where(DriftAddress.drift_id == drift_id))
        return rows_touched(changed)

    @staticmethod
    def _change(drift_id: int, unchanged: object, **values: object) -> int:
        with db.auto_commit() as session:
            return rows_touched(
                session.execute(
                    update(Drift)
                    .where(Drift.id == drift_id, unchanged)  # type: ignore[arg-type]
                    .values(**values)
                    .execution_options(synchronize_session=False)
                )
            )

    def _now(self) -> int:
        return epoch(self._clock.now())
