"""Four hundred days in the life of a site: clocks of several workers, members who answer and members who do not."""

from __future__ import annotations

import random
import threading
from collections import Counter
from contextlib import suppress

import pytest

from app.domain.errors import Refusal
from app.models.drift import Drift, DriftAddress, DriftEvent
from app.models.gift import Gift
from tests.soak.scale import scaled
from tests.support.exchange import AT_HOME, ISBNS, Exchange
from tests.support.rows import list_rows

DAYS = scaled(400)
WORKERS = 3


@pytest.mark.slow
@pytest.mark.timeout(scaled(900))
def test_four_hundred_days_with_three_workers_end_with_a_sound_ledger(app):
    with app.app_context():
        exchange = Exchange(app)
        members = [exchange.member(f"书友{number}") for number in range(6)]
        dice = random.Random(400)
        for day in range(DAYS):
            exchange.pass_days(1)
            run_clocks_at_once(exchange)
            live(exchange, members, dice)
            if day % 20 == 0:
                assert exchange.breaches() == []
        exchange.pass_days(60)
        assert exchange.breaches() == []
        for ended in ("expired", "received"):
            by_clock = [event.drift_id for event in list_rows(DriftEvent, party="clock", kind=ended)]
            assert len(by_clock) == len(set(by_clock)) > 0, "no clock ended a drift twice"
        drifts = list_rows(Drift)
        assert [drift for drift in drifts if drift.state in {"waiting", "mailed"}] == []
        assert [drift for drift in drifts if drift.ended_at is not None and drift.erased_at is None] == []
        over = [drift for drift in drifts if drift.state != "disputed"]
        assert {drift.id for drift in over} & {address.drift_id for address in list_rows(DriftAddress)} == set()
        assert {drift.message for drift in over} == {""}
        reminded = Counter(event.drift_id for event in list_rows(DriftEvent, kind="reminded"))
        assert 0 < max(reminded.values()) <= 6, "three while waiting, three once posted"


def test_clocks_that_run_twice_do_nothing_more(any_database_app):
    with any_database_app.app_context():
        exchange = Exchange(any_database_app)
        giver, reader = exchange.member("送书的人"), exchange.rich("收书的人")
        drift = exchange.drifts.request(reader, exchange.offer(giver), AT_HOME)
        exchange.pass_days(8)
        told = exchange.notices(giver)
        assert told.count("remind_giver") == 2, "on days 3 and 7"
        run_clocks_at_once(exchange)
        assert exchange.notices(giver) == told
        exchange.pass_days(7)
        assert (exchange.state(drift), exchange.balance(reader)) == ("expired", 10)
        run_clocks_at_once(exchange)
        assert exchange.balance(reader) == 10
        assert exchange.breaches() == []


def live(exchange: Exchange, members: list[int], dice: random.Random) -> None:
    """Let a day's worth of things happen; a third of what is expected of members they forget."""
    for _act in range(3):
        with suppress(Refusal):
            exchange.offer(dice.choice(members), dice.choice(ISBNS[:4]))
        with suppress(Refusal):
            exchange.wishes.wish_for(dice.choice(members), dice.choice(ISBNS[:4]))
        gifts = sorted(gift.id for state in ("open", "paused") for gift in list_rows(Gift, state=state))
        if gifts:
            with suppress(Refusal):
                exchange.drifts.request(dice.choice(members), dice.choice(gifts), AT_HOME)
            with suppress(Refusal):
                exchange.gifts.resume(dice.choice(members), dice.choice(gifts))
    open_drifts = [drift for state in ("waiting", "mailed") for drift in list_rows(Drift, state=state)]
    for drift in sorted(open_drifts, key=lambda each: each.id):
        if dice.random() < (0.12 if drift.state == "waiting" else 0.03):
            with suppress(Refusal):
                answer(exchange, dice, drift)


def answer(exchange: Exchange, dice: random.Random, asked: Drift) -> None:
    drifts, drift = exchange.drifts, asked.id
    giver, reader = asked.giver_id, asked.requester_id
    if asked.state == "waiting":
        dice.choice(
            [
                lambda: drifts.post(giver, drift, tracking="RR1"),
                lambda: drifts.reject(giver, drift, reason="这次不方便"),
                lambda: drifts.withdraw(reader, drift),
                lambda: drifts.open_address(giver, drift),
            ]
        )()
    else:
        dice.choice(
            [
                *[lambda: drifts.receive(reader, drift)] * 3,
                lambda: drifts.delay(reader, drift),
                lambda: drifts.claim_lost(reader, drift),
                lambda: drifts.take_back(giver, drift),
            ]
        )()


def run_clocks_at_once(exchange: Exchange) -> None:
    """Run the clocks as several workers would at the same moment."""
    failed: list[Exception] = []

    def work() -> None:
        with exchange.app.app_context():
            try:
                exchange.container.exchange.drift_deadlines.run()
                exchange.container.exchange.drift_deadlines.erase()
            except Exception as error:  # noqa: BLE001 - the test wants to see it
                failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
