"""Holidays: be away for some days, come back sooner, and what the clock does in between.

Whether somebody is away is read off the holiday's times. What follows from it is brought about in slices, each a transaction that
holds the holiday's row and begins where the one before it came to, so that several workers, or one that is started again, do nothing twice.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, select

from app import events
from app.domain.drift import Act, Party
from app.domain.drift_deadlines import STOPPED_BY, StopCause
from app.domain.exchange_policy import DAY
from app.domain.gift import Pause
from app.domain.holiday import (
    HOLIDAY_WINDOW,
    Days,
    HolidayStage,
    NotOnHoliday,
    day_of,
    days_of,
    ensure_may_be_away,
    next_time,
    span_of,
    stage_due,
)
from app.extensions import db
from app.libs.clock import epoch
from app.models.drift import Drift
from app.models.holiday import Holiday
from app.queries.holiday import HolidayQueries, HolidayRow
from app.services.exchange.drift_transitions import DriftTransitions
from app.services.exchange.gift_states import GiftStates
from app.services.exchange.tools import ExchangeTools
from app.services.unit_of_work import use_case

#: So many gifts, and as many drifts, are seen to in one transaction; and so many slices at once, the worker does the rest.
_SLICE = 20
_SLICES_AT_ONCE = 5


class Holidays:
    """The use cases of a holiday."""

    def __init__(
        self, tools: ExchangeTools, *, states: GiftStates, transitions: DriftTransitions, holidays: HolidayQueries
    ) -> None:
        self._tools = tools
        self._clock = tools.clock
        self._states = states
        self._transitions = transitions
        self._holidays = holidays

    def find(self, member_id: int) -> HolidayRow | None:
        """Find the holiday on which a member is, or the one that they have planned."""
        return self._holidays.find(member_id, now=self._now())

    def take(self, member_id: int, days: Days) -> None:
        """Be away for some days, instead of those planned before; of a holiday under way only the last day changes.

        :raises HolidayBackwards: :raises HolidayInThePast: :raises HolidayFarAway: :raises HolidayTooLong: as the rules say.
        """
        self._advance(self._take(member_id, days))

    def end(self, member_id: int) -> None:
        """Be back now, or drop a holiday that has not begun.

        :raises NotOnHoliday: when there is nothing to end.
        """
        self._advance(self._end(member_id))

    def run(self) -> int:
        """Bring about what is due, and return the number of slices that it took."""
        return sum(self._advance(holiday_id) for holiday_id in self._holidays.list_due(self._now()))

    @use_case
    def _take(self, member_id: int, days: Days) -> int:
        self._tools.ledger.lock(member_id)  # of two that are taken at once, the second replaces the first
        now, zone = self._now(), self._tools.policy.time_zone
        row = self._find_row(member_id, now) or Holiday(member_id=member_id, create_time=now)
        begun = row.from_at is not None and row.from_at <= now
        if begun:
            days = days._replace(first=day_of(row.from_at, zone))
        taken = self._holidays.list_taken(member_id, since=(row.from_at if begun else now) - (HOLIDAY_WINDOW + 1) * DAY)
        others = (days_of(other.from_at, other.until, zone) for other in taken if other.id != row.id)
        ensure_may_be_away(days, others, today=day_of(now, zone), begun=begun)
        from_at, until = span_of(days, now=now, zone=zone)
        if not begun:
            row.from_at, row.stage = from_at, HolidayStage.PLANNED.value
        row.until = until
        self._wind(row)
        db.session.add(row)
        db.session.flush()
        events.holiday_taken.publish(member=member_id)
        return row.id

    @use_case
    def _end(self, member_id: int) -> int:
        self._tools.ledger.lock(member_id)
        now = self._now()
        row = self._find_row(member_id, now)
        if row is None:
            raise NotOnHoliday
        if row.from_at <= now:
            row.until = now
            self._wind(row)
        else:
            db.session.delete(row)
        events.holiday_ended.publish(member=member_id)
        return row.id

    def _advance(self, holiday_id: int) -> int:
        """Bring about what is due of a holiday, in so many slices at most, and return their number."""
        slices = 0
        while slices < _SLICES_AT_ONCE and self._take_slice(holiday_id):
            slices += 1
        return slices

    @use_case
    def _take_slice(self, holiday_id: int) -> bool:
        """Do the next slice, and tell whether there may be another."""
        row = db.session.execute(_held(Holiday.id == holiday_id)).scalar_one_or_none()
        if row is None:
            return False
        due = stage_due(HolidayStage(row.stage), row.from_at, row.until, now=self._now())
        if due is None:
            return False
        steps = {HolidayStage.BEGUN: self._begin, HolidayStage.LONG: self._end_waiting, HolidayStage.OVER: self._finish}
        if steps[due](row):
            return True
        row.stage = due.value
        self._wind(row)
        return stage_due(due, row.from_at, row.until, now=self._now()) is not None

    def _begin(self, row: Holiday) -> bool:
        """Pause some gifts, and stop the deadlines of some requests, whose requesters are told; tell whether there were any."""
        paused = self._states.pause_some(row.member_id, Pause.HOLIDAY, limit=_SLICE)
        waiting = self._list_drifts(row.member_id, stopped=False)
        for drift in waiting:
            self._transitions.stop_clock(drift, StopCause.HOLIDAY)
            self._tools.notices.tell(drift.requester_id, "giver_away", drift, until=row.until - 1)
        return bool(paused or waiting)

    def _end_waiting(self, row: Holiday) -> bool:
        """End some of the requests that have waited for too long."""
        waiting = self._list_drifts(row.member_id, stopped=True)
        for drift in waiting:
            self._transitions.apply(drift, Act.EXPIRE, Party.HOLIDAY)
        return bool(waiting)

    def _finish(self, row: Holiday) -> bool:
        """Put some gifts back, and let the deadlines of some requests run on; nothing of this if another holiday has begun."""
        if self._holidays.list_away({row.member_id}, now=self._now()):
            return False
        standing = self._tools.facts.get_standing(row.member_id)
        but = Pause.LOSSES if standing.giving_stopped else None
        back = self._states.resume_some(row.member_id, Pause.HOLIDAY, limit=_SLICE, but=but)
        waiting = self._list_drifts(row.member_id, stopped=True)
        for drift in waiting:
            self._transitions.start_clock(drift, StopCause.HOLIDAY)
        return bool(back or waiting)

    def _list_drifts(self, giver_id: int, *, stopped: bool) -> list[Drift]:
        """Return some of the requests whose deadline a holiday of their giver stops, or should."""
        is_stopped = Drift.stopped_for.bitwise_and(StopCause.HOLIDAY.value) != 0
        of_giver = select(Drift.id).where(
            Drift.giver_id == giver_id,
            Drift.state.in_([state.value for state in STOPPED_BY[StopCause.HOLIDAY]]),
            is_stopped if stopped else ~is_stopped,
        )
        ids = db.session.execute(of_giver.order_by(Drift.id).limit(_SLICE)).scalars().all()
        return [self._transitions.load(drift_id) for drift_id in ids]

    @staticmethod
    def _find_row(member_id: int, now: int) -> Holiday | None:
        under_way = _held(Holiday.member_id == member_id, Holiday.until > now)
        return db.session.execute(under_way.order_by(Holiday.until).limit(1)).scalar_one_or_none()

    @staticmethod
    def _wind(row: Holiday) -> None:
        row.due_at = next_time(HolidayStage(row.stage), row.from_at, row.until)

    def _now(self) -> int:
        return epoch(self._clock.now())


def _held(*which: ColumnElement[bool]) -> Select[Holiday]:
    """Select holidays, whose rows are held until the transaction ends."""
    return select(Holiday).where(*which).with_for_update().execution_options(populate_existing=True)
