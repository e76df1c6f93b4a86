"""Holidays on both databases: what rests, what stands still, what ends, and that everything comes back once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from flask import Flask

from app.domain.drift_deadlines import WithdrawTooSoon
from app.domain.drift_request import GiverAway
from app.domain.exchange_policy import DAY
from app.domain.gift import OnHoliday
from app.domain.holiday import Days, HolidayTooLong, NotOnHoliday
from app.libs.clock import epoch
from app.models.drift import Drift, DriftEvent
from app.models.gift import Gift
from app.models.holiday import Holiday
from app.services.exchange import holidays as holidays_module
from app.services.exchange.holidays import Holidays
from tests.support.exchange import AT_HOME, ISBNS, Exchange, away
from tests.support.rows import count_rows, get_row, list_rows


@pytest.fixture
def giver(exchange: Exchange) -> int:
    return exchange.member("老舍")


@pytest.fixture
def reader(exchange: Exchange) -> int:
    return exchange.rich("小满")


@pytest.fixture
def holidays(exchange: Exchange) -> Holidays:
    return exchange.container.exchange.holidays


def pauses(giver: int) -> list[tuple[str, str | None]]:
    return [(gift.state, gift.pause) for gift in list_rows(Gift, user_id=giver)]


def test_books_rest_for_the_holiday_and_come_back_by_themselves(
    exchange: Exchange, holidays: Holidays, giver: int, reader: int
) -> None:
    gift = exchange.offer(giver)
    holidays.take(giver, away(exchange, 6))
    assert pauses(giver) == [("paused", "holiday")]
    assert exchange.offered() == exchange.on_shelf()
    with pytest.raises(GiverAway, match="7 March"):
        exchange.drifts.request(reader, gift, AT_HOME)
    exchange.pass_days(6)
    assert exchange.gift_state(gift) == "paused"
    exchange.pass_days(1)
    assert exchange.gift_state(gift) == "open"
    assert exchange.offered() == exchange.on_shelf() != set()
    exchange.drifts.request(reader, gift, AT_HOME)


def test_a_planned_holiday_begins_on_its_day(exchange: Exchange, holidays: Holidays, giver: int) -> None:
    gift = exchange.offer(giver)
    holidays.take(giver, away(exchange, first=2, last=3))
    for state in ("open", "paused", "paused", "open"):
        exchange.pass_days(1)
        assert exchange.gift_state(gift) == state


def test_a_holiday_is_ended_by_a_tap_and_a_planned_one_dropped(
    exchange: Exchange, holidays: Holidays, giver: int
) -> None:
    gift = exchange.offer(giver)
    holidays.take(giver, away(exchange, 30))
    exchange.pass_days(2)
    holidays.end(giver)
    assert exchange.gift_state(gift) == "open"
    with pytest.raises(NotOnHoliday):
        holidays.end(giver)
    holidays.take(giver, away(exchange, first=5, last=9))
    holidays.end(giver)
    assert [row.until - row.from_at for row in list_rows(Holiday)] == [2 * DAY]
    exchange.pass_days(7)
    assert exchange.gift_state(gift) == "open"


def test_nobody_needs_to_wait_for_the_worker_to_see_that_a_holiday_is_over(
    exchange: Exchange, holidays: Holidays, giver: int, reader: int
) -> None:
    gift = exchange.offer(giver)
    holidays.take(giver, away(exchange, 0))
    exchange.clock.advance(timedelta(days=1))
    assert exchange.gift_state(gift) == "paused"
    exchange.drifts.ensure_may_request(reader, gift)
    exchange.drifts.request(reader, gift, AT_HOME)
    holidays.run()
    assert exchange.gift_state(gift) == "reserved"


def test_nobody_can_ask_for_a_book_of_a_holiday_that_the_worker_has_not_begun(
    exchange: Exchange, holidays: Holidays, giver: int, reader: int
) -> None:
    gift = exchange.offer(giver)
    holidays.take(giver, away(exchange, first=1, last=2))
    exchange.clock.advance(timedelta(days=1))
    assert exchange.gift_state(gift) == "open"
    with pytest.raises(GiverAway):
        exchange.drifts.request(reader, gift, AT_HOME)


def test_a_request_that_waits_stands_still_is_told_and_runs_on(
    exchange: Exchange, holidays: Holidays, giver: int, reader: int
) -> None:
    drift = exchange.drifts.request(reader, exchange.offer(giver), AT_HOME)
    exchange.pass_days(2)
    due = get_row(Drift, drift).due_at
    holidays.take(giver, away(exchange, 9))
    assert get_row(Drift, drift).stopped_for == 2
    assert exchange.notices(reader) == ["giver_away"]
    assert exchange.mails("giver_away") == [reader]
    exchange.pass_days(9)
    assert exchange.notices(giver) == ["drift_requested"], "nobody is reminded of what stands still"
    holidays.end(giver)
    row = get_row(Drift, drift)
    assert (row.stopped_at, row.stopped_for, row.due_at) == (None, 0, due + 9 * DAY)
    exchange.pass_days(11)
    assert exchange.state(drift) == "waiting"
    exchange.pass_days(2)
    assert exchange.state(drift) == "expired"


def test_a_request_may_be_taken_back_at_once_though_the_address_was_opened(
    exchange: Exchange, holidays: Holidays, giver: int, reader: int
) -> None:
    gift = exchange.offer(giver)
    drift = exchange.drifts.request(reader, gift, AT_HOME)
    exchange.drifts.open_address(giver, drift)
    with pytest.raises(WithdrawTooSoon):
        exchange.drifts.withdraw(reader, drift)
    holidays.take(giver, away(exchange, 9))
    exchange.drifts.withdraw(reader, drift)
    assert exchange.balance(reader) == 10
    assert pauses(giver) == [("paused", "holiday")], "the book does not come onto the shelf of somebody who is away"


def test_a_request_ends_after_fourteen_days_of_a_holiday(
    exchange: Exchange, holidays: Holidays, giver: int, reader: int
) -> None:
    gift = exchange.offer(giver)
    drift = exchange.drifts.request(reader, gift, AT_HOME)
    exchange.pass_days(10)
    holidays.take(giver, away(exchange, 40))
    exchange.pass_days(13)
    assert exchange.state(drift) == "waiting"
    exchange.pass_days(1)
    assert exchange.state(drift) == "expired"
    assert exchange.balance(reader) == 10
    assert [event.party for event in list_rows(DriftEvent, kind="expired")] == ["holiday"]
    assert exchange.notices(reader)[-1] == exchange.notices(giver)[-1] == "drift_rested"
    assert pauses(giver) == [("paused", "holiday")], "they were not silent, they are away"
    exchange.pass_days(30)
    assert exchange.gift_state(gift) == "open"


def test_what_is_posted_runs_on_and_a_giver_who_is_away_may_answer(
    exchange: Exchange, holidays: Holidays, giver: int, reader: int
) -> None:
    mailed = exchange.mailed(giver, reader)
    asked = exchange.drifts.request(exchange.rich("另一位"), exchange.offer(giver, ISBNS[1]), AT_HOME)
    holidays.take(giver, away(exchange, 60))
    exchange.drifts.post(giver, asked)
    holidays.take(reader, away(exchange, 60))
    exchange.pass_days(31)
    assert [exchange.state(mailed), exchange.state(asked)] == ["received", "received"]


def test_a_holiday_that_begins_while_mail_does_not_arrive_ends_only_its_own_stop(
    exchange: Exchange, holidays: Holidays, giver: int, reader: int
) -> None:
    drift = exchange.drifts.request(reader, exchange.offer(giver), AT_HOME)
    exchange.fail_mails("drift_requested")
    exchange.pass_days(1)
    holidays.take(giver, away(exchange, 2))
    assert get_row(Drift, drift).stopped_for == 3
    exchange.pass_days(3)
    assert get_row(Drift, drift).stopped_for == 1
    exchange.container.exchange.notices.mark_read(giver, up_to=10**9)
    exchange.pass_days(1)
    row = get_row(Drift, drift)
    assert (row.stopped_for, row.stopped_at, row.due_at) == (0, None, row.create_time + 18 * DAY)


def test_mail_that_arrives_again_does_not_end_the_stop_of_a_holiday(
    exchange: Exchange, holidays: Holidays, giver: int, reader: int
) -> None:
    drift = exchange.drifts.request(reader, exchange.offer(giver), AT_HOME)
    holidays.take(giver, away(exchange, 9))
    exchange.fail_mails("drift_requested")
    exchange.pass_days(1)
    exchange.container.exchange.notices.mark_read(giver, up_to=10**9)
    exchange.pass_days(1)
    assert get_row(Drift, drift).stopped_for == 2


def test_the_deadline_of_a_holiday_that_the_worker_has_not_begun_ends_nothing(
    exchange: Exchange, holidays: Holidays, giver: int, reader: int
) -> None:
    drift = exchange.drifts.request(reader, exchange.offer(giver), AT_HOME)
    holidays.take(giver, away(exchange, first=14, last=20))
    exchange.clock.advance(timedelta(days=14))
    exchange.container.exchange.drift_deadlines.end_due()
    assert exchange.state(drift) == "waiting"


def test_who_is_away_lists_for_later_and_puts_nothing_back(exchange: Exchange, holidays: Holidays, giver: int) -> None:
    withdrawn = exchange.offer(giver, ISBNS[1])
    exchange.gifts.withdraw(giver, withdrawn)
    holidays.take(giver, away(exchange, 3))
    for gift in (withdrawn, exchange.offer(giver)):
        with pytest.raises(OnHoliday):
            exchange.gifts.resume(giver, gift)
    assert pauses(giver) == [("withdrawn", None), ("paused", "holiday")]
    exchange.pass_days(4)
    assert pauses(giver) == [("withdrawn", None), ("open", None)]


def test_a_book_that_rests_for_another_reason_stays_so(exchange: Exchange, holidays: Holidays, giver: int) -> None:
    exchange.drifts.request(exchange.rich("读者"), exchange.offer(giver), AT_HOME)
    exchange.offer(giver, ISBNS[1])
    exchange.pass_days(15)
    assert pauses(giver) == [("paused", "silent"), ("paused", "silent")]
    holidays.take(giver, away(exchange, 2))
    exchange.pass_days(3)
    assert pauses(giver) == [("paused", "silent"), ("paused", "silent")]


def test_who_lost_too_many_meanwhile_comes_back_to_an_empty_shelf(
    exchange: Exchange, holidays: Holidays, giver: int
) -> None:
    drifts = {}
    for number in range(2):
        reader = exchange.rich(f"读者{number}")
        drifts[reader] = exchange.mailed(giver, reader, ISBNS[number])
    exchange.offer(giver, ISBNS[4])
    holidays.take(giver, away(exchange, 20))
    exchange.pass_days(15)
    for reader, drift in drifts.items():
        exchange.drifts.claim_lost(reader, drift)
    exchange.pass_days(6)
    assert pauses(giver)[-1] == ("paused", "losses")


def test_the_last_day_may_be_moved_and_the_days_of_before_count(
    exchange: Exchange, holidays: Holidays, giver: int
) -> None:
    gift = exchange.offer(giver)
    holidays.take(giver, away(exchange, 3))
    exchange.pass_days(2)
    holidays.take(giver, away(exchange, 9))
    exchange.pass_days(5)
    assert exchange.gift_state(gift) == "paused"
    holidays.take(giver, away(exchange, 0))
    exchange.pass_days(1)
    assert exchange.gift_state(gift) == "open"
    assert count_rows(Holiday) == 1
    with pytest.raises(HolidayTooLong, match="make it 98"):
        holidays.take(giver, away(exchange, 89))
    holidays.take(giver, away(exchange, 81))


def test_a_planned_holiday_is_replaced(exchange: Exchange, holidays: Holidays, giver: int) -> None:
    holidays.take(giver, away(exchange, first=10, last=20))
    holidays.take(giver, away(exchange, first=30, last=40))
    current = holidays.find(giver)
    assert current is not None
    assert count_rows(Holiday) == 1
    assert current.until > epoch(exchange.clock.now()) + 40 * DAY


def test_many_books_come_back_in_slices_by_several_workers_and_each_once(
    any_database_app: Flask, exchange: Exchange, holidays: Holidays, giver: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holidays_module, "_SLICE", 2)
    monkeypatch.setattr(holidays_module, "_SLICES_AT_ONCE", 2)
    gifts = [exchange.offer(giver, isbn) for isbn in ISBNS[:7]]
    holidays.take(giver, away(exchange, 0))
    assert [exchange.gift_state(gift) for gift in gifts].count("paused") == 4, "the worker does the rest"

    def work_together() -> None:
        def work() -> None:
            with any_database_app.app_context():
                start.wait()
                for _round in range(3):
                    holidays.run()

        start = threading.Barrier(3)
        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    work_together()
    assert {exchange.gift_state(gift) for gift in gifts} == {"paused"}
    exchange.clock.advance(timedelta(days=1))
    work_together()
    assert {exchange.gift_state(gift) for gift in gifts} == {"open"}
    assert exchange.offered() == exchange.on_shelf()
    assert [(row.stage, row.due_at) for row in list_rows(Holiday)] == [("over", None)]
    assert holidays.run() == 0


def test_who_goes_away_again_before_all_is_back_stays_away(
    exchange: Exchange, holidays: Holidays, giver: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    gifts = [exchange.offer(giver, isbn) for isbn in ISBNS[:6]]
    holidays.take(giver, away(exchange, 5))
    monkeypatch.setattr(holidays_module, "_SLICE", 1)
    monkeypatch.setattr(holidays_module, "_SLICES_AT_ONCE", 2)
    holidays.end(giver)
    assert [exchange.gift_state(gift) for gift in gifts].count("open") == 2
    holidays.take(giver, away(exchange, 5))
    for _run in range(6):
        holidays.run()
    assert {exchange.gift_state(gift) for gift in gifts} == {"paused"}
    assert [row.stage for row in list_rows(Holiday)] == ["over", "begun"]


def test_who_leaves_leaves_no_holiday(exchange: Exchange, holidays: Holidays, giver: int) -> None:
    gift = exchange.offer(giver)
    holidays.take(giver, away(exchange, 5))
    exchange.leave(giver)
    exchange.pass_days(6)
    assert (exchange.gift_state(gift), count_rows(Holiday)) == ("hidden", 0)


def test_the_days_of_a_holiday_are_those_of_the_site(exchange: Exchange, holidays: Holidays, giver: int) -> None:
    exchange.clock.advance(timedelta(hours=6))  # eight hours ahead it is tomorrow already
    tomorrow = away(exchange, 0).first
    holidays.take(giver, Days(tomorrow, tomorrow))
    exchange.clock.advance(timedelta(hours=21))
    holidays.run()
    assert holidays.find(giver) is not None
    exchange.clock.advance(timedelta(hours=1))
    assert holidays.find(giver) is None
