"""Which holidays the rules allow, how long they last, and what the clock does in their course."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.errors import Refusal
from app.domain.exchange_policy import DAY
from app.domain.holiday import (
    Days,
    HolidayBackwards,
    HolidayFarAway,
    HolidayInThePast,
    HolidayStage,
    HolidayTooLong,
    days_of,
    ensure_may_be_away,
    most_days_away,
    next_time,
    span_of,
    stage_due,
)

TODAY = date(2026, 3, 1)


def days(first: int, last: int) -> Days:
    """Return days counted from today."""
    return Days(TODAY + timedelta(days=first), TODAY + timedelta(days=last))


@pytest.mark.parametrize(
    ("wanted", "taken", "refusal"),
    [
        (days(0, 0), [], None),
        (days(0, 89), [], None),
        (days(0, 90), [], HolidayTooLong),
        (days(5, 4), [], HolidayBackwards),
        (days(-1, 4), [], HolidayInThePast),
        (days(365, 370), [], None),
        (days(366, 370), [], HolidayFarAway),
        (days(0, 10**5), [], HolidayTooLong),
        # Sixty days a while ago leave thirty, until they are 180 days away.
        (days(0, 29), [days(-100, -41)], None),
        (days(0, 30), [days(-100, -41)], HolidayTooLong),
        (days(80, 109), [days(-100, -41)], None),
        (days(80, 169), [days(-100, -41)], None),
        (days(79, 168), [days(-100, -41)], None),
        (days(0, 59), [days(-100, -41), days(-200, -180)], HolidayTooLong),
        # A day of two holidays counts once.
        (days(0, 89), [days(0, 0)], None),
        (days(0, 44), [days(-45, 0)], None),
        (days(0, 45), [days(-45, -1)], HolidayTooLong),
    ],
)
def test_at_most_ninety_days_in_any_hundred_and_eighty(
    wanted: Days, taken: list[Days], refusal: type[Refusal] | None
) -> None:
    if refusal is None:
        ensure_may_be_away(wanted, taken, today=TODAY, begun=False)
    else:
        with pytest.raises(refusal):
            ensure_may_be_away(wanted, taken, today=TODAY, begun=False)


def test_a_holiday_that_has_begun_may_get_another_last_day_from_today_on() -> None:
    ensure_may_be_away(days(-20, 0), [], today=TODAY, begun=True)
    ensure_may_be_away(days(-20, 69), [], today=TODAY, begun=True)
    with pytest.raises(HolidayInThePast):
        ensure_may_be_away(days(-20, -1), [], today=TODAY, begun=True)
    with pytest.raises(HolidayTooLong):
        ensure_may_be_away(days(-20, 70), [], today=TODAY, begun=True)


def test_the_window_is_looked_for_everywhere() -> None:
    away = [days(0, 9), days(170, 179), days(180, 189)]
    assert most_days_away(away) == 20
    assert most_days_away([*away, days(300, 340)]) == 61
    assert most_days_away([]) == 0


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Europe/Berlin", "America/New_York"])
def test_a_holiday_lasts_to_the_end_of_its_last_day_where_the_site_is_at_home(zone: str) -> None:
    now = int(datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp())
    today = days_of(now, now, zone).first
    for last in (0, 1, 30, 89):
        wanted = Days(today, today + timedelta(days=last))
        from_at, until = span_of(wanted, now=now, zone=zone)
        assert from_at == now
        assert days_of(from_at, until, zone) == wanted
        assert days_of(until, until, zone).first == wanted.last + timedelta(days=1)
    later = Days(today + timedelta(days=3), today + timedelta(days=60))
    assert days_of(*span_of(later, now=now, zone=zone), zone) == later


def test_who_ends_a_holiday_at_once_was_away_for_a_day() -> None:
    now = int(datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp())
    assert days_of(now, now, "Asia/Shanghai").number == 1


PLANNED, BEGUN, LONG, OVER = HolidayStage


@pytest.mark.parametrize(
    ("stage", "now", "due"),
    [
        (PLANNED, 9, None),
        (PLANNED, 10, BEGUN),
        (PLANNED, 10 + 20 * DAY, OVER),
        (BEGUN, 11, None),
        (BEGUN, 10 + 14 * DAY - 1, None),
        (BEGUN, 10 + 14 * DAY, LONG),
        (BEGUN, 10 + 20 * DAY, OVER),
        (LONG, 10 + 20 * DAY - 1, None),
        (LONG, 10 + 20 * DAY, OVER),
        (OVER, 10 + 20 * DAY, None),
    ],
)
def test_the_clock_brings_a_holiday_from_stage_to_stage(
    stage: HolidayStage, now: int, due: HolidayStage | None
) -> None:
    from_at, until = 10, 10 + 20 * DAY
    assert stage_due(stage, from_at, until, now=now) is due
    at = next_time(stage, from_at, until)
    assert (at is not None and at <= now) == (due is not None), (
        "it is looked at when there is something to do, and not before"
    )
