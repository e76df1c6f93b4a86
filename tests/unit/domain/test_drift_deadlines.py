"""Deadlines, reminders and what the time allows."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations

import pytest

from app.domain.drift import Act, DriftFacts, DriftState, Party, WrongParty, WrongState
from app.domain.drift_deadlines import (
    STOPPED_BY,
    AddressClosed,
    DriftClock,
    NoAddress,
    NoMoreDelays,
    StopCause,
    TooManyOpened,
    WithdrawTooSoon,
    act_of_claim,
    answer_due,
    due_after_delay,
    due_after_opening,
    ensure_may_open_address,
    ensure_may_take_back,
    next_reminder,
    receipt_due,
    reminder_times,
    reminders_due,
)
from app.domain.errors import AlreadyDone
from app.domain.exchange_policy import DAY, Policy
from tests.support.drift_facts import drift_facts

NUMBERS = Policy()
WAITING = drift_facts(due_at=14 * DAY)
MAILED = replace(WAITING, state=DriftState.MAILED, mailed_at=0, due_at=30 * DAY)


def test_deadlines_are_fourteen_and_thirty_days_and_follow_the_settings() -> None:
    assert (answer_due(5, NUMBERS), receipt_due(5, NUMBERS)) == (5 + 14 * DAY, 5 + 30 * DAY)
    assert answer_due(0, Policy(answer_days=2)) == 2 * 24 * 60 * 60


def test_the_first_opening_of_the_address_moves_the_deadline_a_week_and_the_second_does_not() -> None:
    assert due_after_opening(WAITING) == 21 * DAY
    assert due_after_opening(replace(WAITING, opened_at=DAY)) == 14 * DAY
    assert due_after_opening(MAILED) == 30 * DAY
    assert due_after_opening(replace(WAITING, due_at=None)) is None


def test_still_on_its_way_gives_fifteen_days_twice() -> None:
    once = due_after_delay(MAILED, Party.REQUESTER, seen=None)
    twice = due_after_delay(replace(MAILED, due_at=once, delays=1), Party.REQUESTER, seen=1)
    assert (once, twice) == (45 * DAY, 60 * DAY)
    with pytest.raises(NoMoreDelays):
        due_after_delay(replace(MAILED, delays=2), Party.REQUESTER, seen=None)


def test_the_same_button_pressed_twice_delays_once() -> None:
    with pytest.raises(AlreadyDone):
        due_after_delay(replace(MAILED, delays=1), Party.REQUESTER, seen=0)


def test_only_the_requester_of_a_posted_book_may_delay() -> None:
    with pytest.raises(WrongParty):
        due_after_delay(MAILED, Party.GIVER, seen=None)
    for drift in (WAITING, replace(MAILED, due_at=None)):
        with pytest.raises(WrongState):
            due_after_delay(drift, Party.REQUESTER, seen=None)


def test_reminders_come_on_the_days_of_the_rule_book() -> None:
    assert reminder_times(DriftState.WAITING, 0, 14 * DAY) == (3 * DAY, 7 * DAY, 12 * DAY)
    assert reminder_times(DriftState.MAILED, 0, 30 * DAY) == (14 * DAY, 21 * DAY, 26 * DAY)


def test_the_last_reminder_moves_with_the_deadline_and_short_deadlines_have_fewer() -> None:
    assert reminder_times(DriftState.MAILED, 0, 45 * DAY) == (14 * DAY, 21 * DAY, 41 * DAY)
    assert reminder_times(DriftState.WAITING, 0, 5 * DAY) == (3 * DAY,)
    assert reminder_times(DriftState.WAITING, 0, 3 * DAY) == (1 * DAY,), "none at the deadline itself"
    assert reminder_times(DriftState.WAITING, 0, 2 * DAY) == (), "nor at the very beginning"
    assert reminder_times(DriftState.WAITING, 0, 1 * DAY) == ()


@pytest.mark.parametrize(("day", "count"), [(2, 0), (3, 1), (7, 2), (11, 2), (12, 3), (40, 3)])
def test_due_reminders_are_counted(day: int, count: int) -> None:
    assert reminders_due(DriftState.WAITING, 0, 14 * DAY, day * DAY) == count


def test_the_next_reminder_is_the_first_that_has_not_gone_out() -> None:
    began, due = 100, 100 + 14 * DAY
    days = [next_reminder(DriftState.WAITING, began, due, reminded) for reminded in range(4)]
    assert days == [began + 3 * DAY, began + 7 * DAY, began + 12 * DAY, None]


def test_a_request_may_be_taken_back_at_once_but_not_for_a_week_after_the_address_was_opened() -> None:
    ensure_may_take_back(WAITING, 0, away=False)
    opened = replace(WAITING, opened_at=DAY)
    for seconds, days in ((0, 7), (1, 7), (DAY, 6), (DAY + 1, 6), (7 * DAY - 1, 1)):
        with pytest.raises(WithdrawTooSoon) as refusal:
            ensure_may_take_back(opened, DAY + seconds, away=False)
        assert refusal.value.values == {"days": days}
    ensure_may_take_back(opened, 8 * DAY, away=False)
    ensure_may_take_back(opened, DAY, away=True)


@pytest.mark.parametrize(
    ("drift", "day", "claims", "act"),
    [
        pytest.param(MAILED, 14, 0, Act.LOSE, id="first claim from day 14"),
        pytest.param(MAILED, 13, 0, Act.DISPUTE, id="too early"),
        pytest.param(MAILED, 20, 1, Act.DISPUTE, id="second claim in a year"),
        pytest.param(replace(MAILED, tracked=True), 20, 0, Act.DISPUTE, id="has a tracking number"),
        pytest.param(replace(MAILED, handover=True), 20, 0, Act.DISPUTE, id="met in person"),
    ],
)
def test_a_claim_is_believed_once_a_year_and_otherwise_looked_at(
    drift: DriftFacts, day: int, claims: int, act: Act
) -> None:
    assert act_of_claim(drift, day * DAY, recent_claims=claims) is act


@pytest.mark.parametrize(
    ("mailed_at", "now", "act"),
    [
        (5 * DAY, 19 * DAY - 1, Act.DISPUTE),
        (5 * DAY, 19 * DAY, Act.LOSE),
        (5 * DAY, 9 * DAY, Act.DISPUTE),
        (None, 99 * DAY, Act.DISPUTE),
    ],
)
def test_the_fourteen_days_of_a_claim_begin_when_the_book_was_posted(mailed_at: int | None, now: int, act: Act) -> None:
    assert act_of_claim(replace(MAILED, mailed_at=mailed_at), now, recent_claims=0) is act


def test_newcomers_open_three_addresses_at_once_and_others_ten() -> None:
    ensure_may_open_address(WAITING, Party.GIVER, opened_now=2, newcomer=True)
    ensure_may_open_address(WAITING, Party.GIVER, opened_now=9, newcomer=False)
    for opened, newcomer in ((3, True), (10, False)):
        with pytest.raises(TooManyOpened):
            ensure_may_open_address(WAITING, Party.GIVER, opened_now=opened, newcomer=newcomer)


def test_an_opened_address_may_be_looked_at_again_and_the_requester_always_sees_their_own() -> None:
    ensure_may_open_address(replace(WAITING, opened_at=1), Party.GIVER, opened_now=99, newcomer=True)
    ensure_may_open_address(WAITING, Party.REQUESTER, opened_now=99, newcomer=True)


@pytest.mark.parametrize("state", sorted(set(DriftState) - {DriftState.WAITING, DriftState.MAILED}))
def test_no_address_is_shown_once_the_drift_is_over_or_disputed(state: DriftState) -> None:
    for party in (Party.GIVER, Party.REQUESTER):
        with pytest.raises(AddressClosed):
            ensure_may_open_address(replace(MAILED, state=state, opened_at=1), party, opened_now=0, newcomer=False)


def test_there_is_no_address_when_the_two_meet() -> None:
    with pytest.raises(NoAddress):
        ensure_may_open_address(replace(WAITING, handover=True), Party.GIVER, opened_now=0, newcomer=False)


#: For each state, whose cause stops its clock: the rules, row by row.
STOPS = {
    (StopCause.MAIL, DriftState.WAITING): Party.GIVER,
    (StopCause.MAIL, DriftState.MAILED): Party.REQUESTER,
    (StopCause.HOLIDAY, DriftState.WAITING): Party.GIVER,
    (StopCause.SUSPENDED, DriftState.WAITING): Party.GIVER,
}


def test_the_table_says_which_cause_stops_which_clock() -> None:
    assert {(cause, state): side for cause, of in STOPPED_BY.items() for state, side in of.items()} == STOPS


def orders(causes: list[StopCause]) -> Iterator[tuple[tuple[StopCause, bool], ...]]:
    """Yield every order in which these causes can begin (True) and end, each beginning before it ends."""
    steps = [(cause, begins) for cause in causes for begins in (True, False)]
    for order in permutations(steps):
        if all(order.index((cause, True)) < order.index((cause, False)) for cause in causes):
            yield order


@pytest.mark.parametrize("order", [*orders(list(StopCause)), *orders([StopCause.MAIL, StopCause.HOLIDAY])])
def test_a_clock_stands_from_the_first_cause_to_the_last_in_whatever_order_they_come(
    order: tuple[tuple[StopCause, bool], ...],
) -> None:
    clock, going, stood = DriftClock(1000, None, StopCause(0)), set[StopCause](), 0
    for moment, (cause, begins) in enumerate(order):
        stood += bool(going)
        clock = clock.stop(cause, moment) if begins else clock.start(cause, moment)
        going ^= {cause}
        assert set(clock.stopped_for) == going
        assert (clock.stopped_at is None) == (not going)
        if not going:
            assert clock.due_at == 1000 + stood


def test_a_cause_that_begins_or_ends_twice_counts_once() -> None:
    running = DriftClock(1000, None, StopCause(0))
    stopped = running.stop(StopCause.HOLIDAY, 10)
    assert stopped.stop(StopCause.HOLIDAY, 20) == stopped
    assert running.start(StopCause.HOLIDAY, 5) == running
    assert stopped.start(StopCause.MAIL, 30) == stopped
    started = stopped.start(StopCause.HOLIDAY, 40)
    assert started == DriftClock(1030, None, StopCause(0))
    assert started.start(StopCause.HOLIDAY, 50) == started


def test_a_drift_without_a_deadline_gets_none_by_standing_still() -> None:
    clock = DriftClock(None, None, StopCause(0)).stop(StopCause.MAIL, 3)
    assert clock.start(StopCause.MAIL, 9) == DriftClock(None, None, StopCause(0))
