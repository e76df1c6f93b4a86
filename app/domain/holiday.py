"""A holiday: for which days a member may be away, and what the clock brings about in its course."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from app.domain.errors import AlreadyDone, Refusal
from app.domain.exchange_policy import DAY

#: So many days a member may be away in any `HOLIDAY_WINDOW` days; a holiday begins so many days from now at the latest.
HOLIDAY_DAYS: Final = 90
HOLIDAY_WINDOW: Final = 180
HOLIDAY_AHEAD: Final = 365
#: After so many days of a holiday the requests that wait for the giver end.
WAITING_ENDS_AFTER: Final = 14


class HolidayStage(StrEnum):
    """How far the clock has come with a holiday: nothing yet, gifts are paused and deadlines stopped, requests are ended, all is back."""

    PLANNED = "planned"
    BEGUN = "begun"
    LONG = "long"
    OVER = "over"


class HolidayBackwards(Refusal):
    """The last day lies before the first."""

    zh = "最后一天不能早于第一天。"
    en = "The last day cannot be before the first."


class HolidayInThePast(Refusal):
    """A holiday begins today at the earliest."""

    zh = "假期最早从今天开始。"
    en = "A holiday can begin today at the earliest."


class HolidayFarAway(Refusal):
    """A holiday that begins in more than a year."""

    zh = "假期最晚从一年之内开始。"
    en = "A holiday has to begin within a year."


class HolidayTooLong(Refusal):
    """More days away than the rules allow."""

    zh = "任何 {window} 天里最多休假 {most} 天；这样算起来有 {days} 天。"
    en = "In any {window} days you can be away for {most} at most; this would make it {days}."


class NotOnHoliday(AlreadyDone):
    """There is no holiday to end, or it was ended before."""

    zh = "你现在没有假期，什么都没有改变。"
    en = "You have no holiday now; nothing has changed."


class Days(NamedTuple):
    """The days of a holiday, the last one included, where the site is at home."""

    first: date
    last: date

    @property
    def number(self) -> int:
        """How many days these are."""
        return (self.last - self.first).days + 1


def day_of(moment: int, zone: str) -> date:
    """Return the day on which a moment (epoch seconds) lies."""
    return datetime.fromtimestamp(moment, UTC).astimezone(ZoneInfo(zone)).date()


def days_of(from_at: int, until: int, zone: str) -> Days:
    """Return the days that a stored holiday touches."""
    return Days(day_of(from_at, zone), day_of(max(from_at, until - 1), zone))


def span_of(days: Days, *, now: int, zone: str) -> tuple[int, int]:
    """Return from when until when a holiday lasts, in epoch seconds: from now if it begins today, to the end of its last day."""
    home = ZoneInfo(zone)
    first, behind = (
        int(datetime.combine(day, time(), home).timestamp()) for day in (days.first, days.last + timedelta(days=1))
    )
    return max(first, now), behind


def ensure_may_be_away(days: Days, taken: Iterable[Days], *, today: date, begun: bool) -> None:
    """Check that a member may be away for these days.

    :param taken: their other holidays. :param begun: these have begun already, and only the last one is new.
    :raises HolidayBackwards: :raises HolidayInThePast: :raises HolidayFarAway: :raises HolidayTooLong: as they say.
    """
    if days.last < days.first:
        raise HolidayBackwards
    if days.last < today or (days.first < today and not begun):
        raise HolidayInThePast
    if days.first > today + timedelta(days=HOLIDAY_AHEAD):
        raise HolidayFarAway
    if days.number > HOLIDAY_DAYS:
        raise HolidayTooLong(window=HOLIDAY_WINDOW, most=HOLIDAY_DAYS, days=days.number)
    most = most_days_away([days, *taken])
    if most > HOLIDAY_DAYS:
        raise HolidayTooLong(window=HOLIDAY_WINDOW, most=HOLIDAY_DAYS, days=most)


def most_days_away(holidays: Iterable[Days]) -> int:
    """Return the most days of these holidays that lie within one window of the rules; a day of two holidays counts once."""
    away = sorted({days.first.toordinal() + day for days in holidays for day in range(days.number)})
    most, first = 0, 0
    for place, day in enumerate(away):
        while away[first] <= day - HOLIDAY_WINDOW:
            first += 1
        most = max(most, place - first + 1)
    return most


def stage_due(stage: HolidayStage, from_at: int, until: int, *, now: int) -> HolidayStage | None:
    """Return the stage to which the clock has to bring a holiday now, None if it is there."""
    if stage is HolidayStage.OVER:
        return None
    if until <= now:
        return HolidayStage.OVER
    if stage is HolidayStage.PLANNED and from_at <= now:
        return HolidayStage.BEGUN
    if stage is HolidayStage.BEGUN and from_at + WAITING_ENDS_AFTER * DAY <= now:
        return HolidayStage.LONG
    return None


def next_time(stage: HolidayStage, from_at: int, until: int) -> int | None:
    """Return when the clock has to look at a holiday next, None when it never has to."""
    return {
        HolidayStage.PLANNED: min(from_at, until),
        HolidayStage.BEGUN: min(from_at + WAITING_ENDS_AFTER * DAY, until),
        HolidayStage.LONG: until,
        HolidayStage.OVER: None,
    }[stage]
