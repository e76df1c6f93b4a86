"""Four hundred days in the life of a site: clocks of several workers, members who answer and members who do not."""

from __future__ import annotations

import random
import threading
from contextlib import suppress

import pytest

from app.domain.errors import Refusal
from tests.soak.scale import scaled
from tests.support.exchange import AT_HOME, ISBNS, Exchange

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
        by_clock = exchange.container.core.sql.fetchall(
            "SELECT kind, COUNT(*), COUNT(DISTINCT drift_id) FROM drift_event "
            "WHERE party = 'clock' AND kind IN ('expired', 'received') GROUP BY kind ORDER BY kind"
        )
        assert [kind for kind, _times, _drifts in by_clock] == ["expired", "received"]
        assert all(times == drifts for _kind, times, drifts in by_clock), "no clock ended a drift twice"
        assert exchange.one("SELECT COUNT(*) FROM drift WHERE state IN ('waiting', 'mailed')") == 0
        assert exchange.one("SELECT COUNT(*) FROM drift WHERE ended_at IS NOT NULL AND erased_at IS NULL") == 0
        assert (
            exchange.one(
                "SELECT COUNT(*) FROM drift_address a JOIN drift d ON d.id = a.drift_id WHERE d.state <> 'disputed'"
            )
            == 0
        )
        assert exchange.one("SELECT COUNT(*) FROM drift WHERE message <> '' AND state <> 'disputed'") == 0
        reminded = exchange.one(
            "SELECT MAX(n) FROM (SELECT COUNT(*) AS n FROM drift_event WHERE kind = 'reminded' GROUP BY drift_id) r"
        )
        assert 0 < reminded <= 6, "three while waiting, three once posted"


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
        gifts = exchange.container.core.sql.fetchall(
            "SELECT id FROM gift WHERE state IN ('open', 'paused') ORDER BY id"
        )
        if gifts:
            with suppress(Refusal):
                exchange.drifts.request(dice.choice(members), dice.choice(gifts)[0], AT_HOME)
            with suppress(Refusal):
                exchange.gifts.resume(dice.choice(members), dice.choice(gifts)[0])
    open_drifts = exchange.container.core.sql.fetchall(
        "SELECT id, state, giver_id, requester_id FROM drift WHERE state IN ('waiting', 'mailed') ORDER BY id"
    )
    for drift, state, giver, reader in open_drifts:
        if dice.random() < (0.12 if state == "waiting" else 0.03):
            with suppress(Refusal):
                answer(exchange, dice, drift, state, parties=(giver, reader))


def answer(exchange: Exchange, dice: random.Random, drift: int, state: str, *, parties: tuple[int, int]) -> None:
    drifts = exchange.drifts
    giver, reader = parties
    if state == "waiting":
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
