"""Meetings in person that one side missed, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.drift import DriftNotFound, WrongState
from app.domain.errors import AlreadyDone
from app.domain.gift import Postage
from app.domain.meeting import MeetingsStopped, TooEarlyToMiss
from app.models.drift import Drift
from app.services.exchange.gifts import Offer
from tests.support.exchange import AT_HOME, IN_PERSON, ISBNS, Exchange
from tests.support.rows import get_row

BY_HAND = Offer(postage=Postage.MEET)


@pytest.fixture
def giver(exchange: Exchange) -> int:
    return exchange.member("老舍")


@pytest.fixture
def reader(exchange: Exchange) -> int:
    return exchange.rich("小满")


def ask(exchange: Exchange, giver: int, reader: int, isbn: str = ISBNS[0]) -> int:
    """Let two agree to meet, and a day pass."""
    drift = exchange.drifts.request(reader, exchange.offer(giver, isbn, BY_HAND), IN_PERSON)
    exchange.clock.advance(timedelta(days=1))
    return drift


def miss(exchange: Exchange, member: int, drift: int) -> bool:
    return exchange.container.exchange.meetings.miss(member, drift)


@pytest.mark.parametrize("by_giver", [True, False])
def test_either_side_says_that_the_other_did_not_come(exchange: Exchange, giver: int, reader: int, *, by_giver: bool):
    drift = ask(exchange, giver, reader)
    teller, other = (giver, reader) if by_giver else (reader, giver)
    assert not miss(exchange, teller, drift)
    row = get_row(Drift, drift)
    assert (row.state, row.requester_missing, row.giver_missing) == ("missed", int(by_giver), int(not by_giver))
    assert (exchange.gift_state(row.gift_id), exchange.balance(reader)) == ("open", 10)
    assert exchange.notices(other)[-1] == "drift_missed"
    assert exchange.mails("drift_missed") == [other]
    with pytest.raises(AlreadyDone):
        miss(exchange, teller, drift)


def test_the_other_side_may_say_that_it_was_not_they(exchange: Exchange, giver: int, reader: int):
    drift = ask(exchange, giver, reader)
    miss(exchange, giver, drift)
    assert miss(exchange, reader, drift)
    row = get_row(Drift, drift)
    assert (row.requester_missing, row.giver_missing) == (1, 1)
    assert exchange.notices(giver)[-1] == "miss_denied"
    assert exchange.container.exchange.facts.list_meetings(reader) == ()
    with pytest.raises(AlreadyDone):
        miss(exchange, reader, drift)


def test_it_is_too_early_on_the_first_day_and_too_late_after_a_week(exchange: Exchange, giver: int, reader: int):
    drift = exchange.drifts.request(reader, exchange.offer(giver, ISBNS[0], BY_HAND), IN_PERSON)
    with pytest.raises(TooEarlyToMiss):
        miss(exchange, giver, drift)
    with pytest.raises(DriftNotFound):
        miss(exchange, exchange.member("路人"), drift)
    exchange.clock.advance(timedelta(days=1))
    miss(exchange, giver, drift)
    exchange.clock.advance(timedelta(days=7))
    with pytest.raises(WrongState):
        miss(exchange, reader, drift)


def test_two_missed_in_a_row_stop_requests_for_meetings_for_thirty_days_and_no_others(
    exchange: Exchange, giver: int, reader: int
):
    for isbn in ISBNS[:2]:
        miss(exchange, giver, ask(exchange, giver, reader, isbn))
    by_hand, by_post = exchange.offer(giver, ISBNS[2], BY_HAND), exchange.offer(giver, ISBNS[3])
    for look in (
        lambda: exchange.drifts.ensure_may_request(reader, by_hand),
        lambda: exchange.drifts.request(reader, by_hand, IN_PERSON),
        lambda: exchange.drifts.request(reader, by_post, IN_PERSON),
    ):
        with pytest.raises(MeetingsStopped):
            look()
    exchange.drifts.withdraw(reader, exchange.drifts.request(reader, by_post, AT_HOME))
    exchange.clock.advance(timedelta(days=30))
    exchange.drifts.request(reader, by_hand, IN_PERSON)


def test_a_meeting_that_was_kept_breaks_the_row_on_either_side(exchange: Exchange, giver: int, reader: int):
    facts = exchange.container.exchange.facts
    miss(exchange, giver, ask(exchange, giver, reader))
    kept = ask(exchange, giver, reader, ISBNS[1])
    exchange.drifts.post(giver, kept)
    assert [meeting.missed for meeting in facts.list_meetings(reader)] == [False, True]
    assert [meeting.missed for meeting in facts.list_meetings(giver)] == [False, False]
