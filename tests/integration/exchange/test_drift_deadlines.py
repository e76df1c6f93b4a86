"""Deadlines that stand still, several workers at once, and what an operator does from the command line."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from app.extensions import db
from app.models.drift import Drift
from app.models.message import OutboxMail
from tests.support.exchange import AT_HOME, ISBNS, Exchange


@pytest.fixture
def drift(exchange: Exchange) -> int:
    giver, reader = exchange.member("老舍"), exchange.rich("小满")
    return exchange.drifts.request(reader, exchange.offer(giver), AT_HOME)


def fail_mails(kind: str) -> None:
    with db.auto_commit() as session:
        session.query(OutboxMail).filter(OutboxMail.kind == kind).update({"state": "failed"})


def test_a_deadline_stands_still_while_our_mail_cannot_be_delivered(exchange: Exchange, drift: int) -> None:
    fail_mails("drift_requested")
    exchange.pass_days(20)
    assert exchange.state(drift) == "waiting"
    giver = int(str(exchange.one("SELECT giver_id FROM drift")))
    exchange.container.exchange.notices.mark_read(giver, up_to=10**9)  # they have looked into the site
    exchange.pass_days(13)
    assert exchange.state(drift) == "waiting"
    exchange.pass_days(2)
    assert exchange.state(drift) == "expired"


def test_four_workers_at_once_end_a_drift_and_remind_once(
    any_database_app: Flask, exchange: Exchange, drift: int
) -> None:
    start = threading.Barrier(4)

    def work() -> None:
        with any_database_app.app_context():
            start.wait()
            exchange.container.exchange.drift_deadlines.run()

    for days, kind in ((4, "reminded"), (11, "expired")):
        exchange.clock.advance(timedelta(days=days))
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert exchange.one("SELECT COUNT(*) FROM drift_event WHERE kind = :kind", kind=kind) == 1
    assert exchange.state(drift) == "expired"


def test_an_operator_cancels_a_drift_and_a_repeat_says_so(
    any_database_app: Flask, exchange: Exchange, drift: int
) -> None:
    runner = any_database_app.test_cli_runner()
    cancel = ["drift", "cancel", str(drift), "--reason", "两边都同意"]
    assert runner.invoke(args=cancel).exit_code == 0
    assert (exchange.state(drift), exchange.one("SELECT reason FROM drift")) == ("cancelled", "两边都同意")
    again = runner.invoke(args=cancel)
    assert again.exit_code == 1
    assert "before" in again.output
    assert runner.invoke(args=["drift", "cancel", "99", "--reason", "x"]).exit_code == 1
    drawn = runner.invoke(args=["drift", "diagram"])
    assert "stateDiagram-v2" in drawn.output


def test_the_reason_that_an_operator_gives_keeps_nothing_that_is_no_character(
    any_database_app: Flask, exchange: Exchange, drift: int
) -> None:
    cancel = ["drift", "cancel", str(drift), "--reason", "两边\ufffe都\x1b同意"]
    assert any_database_app.test_cli_runner().invoke(args=cancel).exit_code == 0
    assert exchange.one("SELECT reason FROM drift") == "两边都同意"


def test_newcomers_open_three_addresses_and_the_fourth_waits(exchange: Exchange) -> None:
    giver = exchange.member("新来的")
    drifts = [
        exchange.drifts.request(exchange.rich(f"读者{number}"), exchange.offer(giver, ISBNS[number]), AT_HOME)
        for number in range(4)
    ]
    for one in drifts[:3]:
        exchange.drifts.open_address(giver, one)
    with pytest.raises(Exception, match="3 addresses open"):
        exchange.drifts.open_address(giver, drifts[3])


def test_two_losses_of_three_parcels_stop_the_giver_and_tell_the_moderators(exchange: Exchange) -> None:
    moderator = exchange.member("版主", role="moderator")
    giver = exchange.member("老丢书的")
    for number in range(2):
        drift = exchange.mailed(giver, exchange.rich(f"读者{number}"), ISBNS[number])
        exchange.clock.advance(timedelta(days=15))
        exchange.drifts.claim_lost(int(str(exchange.one("SELECT MAX(requester_id) FROM drift"))), drift)
    assert exchange.notices(moderator) == ["moderate_losses"]
    with pytest.raises(Exception, match="giving is stopped"):
        exchange.offer(giver, ISBNS[3])


def test_a_lost_book_that_arrives_puts_the_givers_books_back_on_the_shelf(exchange: Exchange) -> None:
    giver = exchange.member("老丢书的")
    other = exchange.offer(giver, ISBNS[5])
    lost = {exchange.rich(f"读者{number}"): number for number in range(2)}
    for reader, number in lost.items():
        lost[reader] = exchange.mailed(giver, reader, ISBNS[number])
        exchange.clock.advance(timedelta(days=15))
        exchange.drifts.claim_lost(reader, lost[reader])
    assert exchange.gift_state(other) == "paused"
    reader, drift = lost.popitem()
    exchange.drifts.receive(reader, drift)
    assert exchange.gift_state(other) == "open"


def test_a_deadline_is_over_at_its_second(exchange: Exchange, drift: int) -> None:
    exchange.clock.advance(timedelta(days=14, seconds=-1))
    exchange.container.exchange.drift_deadlines.end_due()
    assert exchange.state(drift) == "waiting"
    exchange.clock.advance(timedelta(seconds=1))
    exchange.container.exchange.drift_deadlines.end_due()
    assert exchange.state(drift) == "expired"


def test_texts_and_addresses_are_erased_thirty_days_after_the_end_and_not_before(exchange: Exchange) -> None:
    giver = exchange.member("老舍")
    over, later = (exchange.mailed(giver, exchange.rich(f"读者{number}"), ISBNS[number]) for number in range(2))
    texts = {"message": "你好", "reason": "没有", "carrier": "顺丰", "tracking": "SF1"}
    with db.auto_commit() as session:
        session.execute(update(Drift).values(texts))
    for drift in (over, later):
        exchange.drifts.receive(
            int(str(exchange.one("SELECT requester_id FROM drift WHERE id = :id", id=drift))), drift
        )
        exchange.clock.advance(timedelta(seconds=1))
    exchange.clock.advance(timedelta(days=30, seconds=-3))

    def erased() -> list[int]:
        exchange.container.exchange.drift_deadlines.erase()
        rows = exchange.container.core.sql.fetchall(
            f"SELECT id, {', '.join(texts)}, erased_at IS NULL,"
            " (SELECT COUNT(*) FROM drift_address a WHERE a.drift_id = d.id) FROM drift d ORDER BY id"
        )
        whole, nothing = (*texts.values(), 1, 1), ("", "", "", "", 0, 0)
        assert all(row[1:] in {whole, nothing} for row in rows), rows
        return [row[0] for row in rows if row[1:] == nothing]

    assert erased() == []
    exchange.clock.advance(timedelta(seconds=1))
    assert erased() == [over]
    exchange.clock.advance(timedelta(seconds=1))
    assert erased() == [over, later]


def test_the_keys_of_use_cases_are_kept_for_two_days(exchange: Exchange, drift: int) -> None:
    made = exchange.one("SELECT create_time FROM drift WHERE id = :id", id=drift)

    def keys() -> int:
        exchange.container.exchange.drift_deadlines.erase()
        return int(str(exchange.one("SELECT COUNT(*) FROM use_case_done WHERE create_time = :made", made=made)))

    exchange.clock.advance(timedelta(days=2))
    assert keys() > 0
    exchange.clock.advance(timedelta(seconds=1))
    assert keys() == 0
