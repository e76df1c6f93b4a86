"""Deadlines that stand still, several workers at once, and what an operator does from the command line."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from app.domain.drift import DriftState
from app.domain.exchange_policy import DAY
from app.extensions import db
from app.libs.clock import epoch
from app.models.drift import Drift, DriftAddress, DriftEvent
from app.models.operation import UseCaseDone
from tests.support.exchange import AT_HOME, ISBNS, Exchange
from tests.support.rows import count_rows, get_row, list_rows


@pytest.fixture
def drift(exchange: Exchange) -> int:
    giver, reader = exchange.member("老舍"), exchange.rich("小满")
    return exchange.drifts.request(reader, exchange.offer(giver), AT_HOME)


def test_a_deadline_stands_still_while_our_mail_cannot_be_delivered(exchange: Exchange, drift: int) -> None:
    exchange.fail_mails("drift_requested")
    exchange.pass_days(20)
    assert exchange.state(drift) == "waiting"
    exchange.container.exchange.notices.mark_read(
        get_row(Drift, drift).giver_id, up_to=10**9
    )  # they have looked into the site
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
        assert count_rows(DriftEvent, kind=kind) == 1
    assert exchange.state(drift) == "expired"


def test_an_operator_cancels_a_drift_and_a_repeat_says_so(
    any_database_app: Flask, exchange: Exchange, drift: int
) -> None:
    runner = any_database_app.test_cli_runner()
    cancel = ["drift", "cancel", str(drift), "--reason", "两边都同意"]
    assert runner.invoke(args=cancel).exit_code == 0
    cancelled = get_row(Drift, drift)
    assert (cancelled.state, cancelled.reason) == ("cancelled", "两边都同意")
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
    assert get_row(Drift, drift).reason == "两边都同意"


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
        reader = exchange.rich(f"读者{number}")
        drift = exchange.mailed(giver, reader, ISBNS[number])
        exchange.clock.advance(timedelta(days=15))
        exchange.drifts.claim_lost(reader, drift)
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
    readers = [exchange.rich(f"读者{number}") for number in range(2)]
    over, later = (exchange.mailed(giver, reader, ISBNS[number]) for number, reader in enumerate(readers))
    texts = {"message": "你好", "reason": "没有", "carrier": "顺丰", "tracking": "SF1"}
    with db.auto_commit():
        Drift.query.update(texts)
    for reader, drift in zip(readers, (over, later), strict=True):
        exchange.drifts.receive(reader, drift)
        exchange.clock.advance(timedelta(seconds=1))
    exchange.clock.advance(timedelta(days=30, seconds=-3))

    def erased() -> list[int]:
        exchange.container.exchange.drift_deadlines.erase()
        left = {
            drift.id: (
                *(getattr(drift, name) for name in texts),
                drift.erased_at is None,
                count_rows(DriftAddress, drift_id=drift.id),
            )
            for drift in list_rows(Drift)
        }
        whole, nothing = (*texts.values(), True, 1), ("", "", "", "", False, 0)
        assert set(left.values()) <= {whole, nothing}, left
        return [drift for drift, what in left.items() if what == nothing]

    assert erased() == []
    exchange.clock.advance(timedelta(seconds=1))
    assert erased() == [over]
    exchange.clock.advance(timedelta(seconds=1))
    assert erased() == [over, later]


def test_the_keys_of_use_cases_are_kept_for_two_days(exchange: Exchange, drift: int) -> None:
    made = get_row(Drift, drift).create_time

    def keys() -> int:
        exchange.container.exchange.drift_deadlines.erase()
        return count_rows(UseCaseDone, create_time=made)

    exchange.clock.advance(timedelta(days=2))
    assert keys() > 0
    exchange.clock.advance(timedelta(seconds=1))
    assert keys() == 0


@pytest.mark.parametrize(("seconds", "stands_still"), [(0, True), (1, False)])
def test_a_mail_is_looked_at_for_two_days_after_it_was_due(
    exchange: Exchange, drift: int, seconds: int, *, stands_still: bool
) -> None:
    exchange.clock.advance(timedelta(days=2, seconds=seconds))
    exchange.fail_mails("drift_requested")
    exchange.container.exchange.drift_deadlines.stop_deadlines()
    assert exchange.one("SELECT stopped_at IS NOT NULL FROM drift") == stands_still


@pytest.fixture
def look(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function by which the clock looks a list up now: its next run acts on what it saw, as that of a slow worker does."""

    def look(name: str, *args: int) -> None:
        due = exchange.container.exchange.drift_deadlines._due
        seen = getattr(due, name)(*args)
        assert len(seen) == 1
        monkeypatch.setattr(due, name, lambda *_args: seen)

    return look


def times(exchange: Exchange) -> tuple[object, ...]:
    row = exchange.container.core.sql.fetchone(
        "SELECT due_at, remind_at, reminded, stopped_at, erased_at, (SELECT COUNT(*) FROM drift_event), "
        "(SELECT COUNT(*) FROM notice) FROM drift"
    )
    assert row is not None
    return row


def test_a_worker_that_looked_before_another_had_reminded_reminds_no_more(
    exchange: Exchange, drift: int, look: Callable[..., None]
) -> None:
    exchange.clock.advance(timedelta(days=4))
    look("list_to_remind", epoch(exchange.clock.now()))
    for _worker in range(2):
        exchange.container.exchange.drift_deadlines.remind()
        giver = int(str(exchange.one("SELECT giver_id FROM drift")))
        assert exchange.notices(giver) == ["drift_requested", "remind_giver"]
        assert exchange.one("SELECT COUNT(*) FROM drift_event WHERE kind = 'reminded'") == 1


def post(exchange: Exchange, drift: int) -> None:
    exchange.drifts.post(int(str(exchange.one("SELECT giver_id FROM drift"))), drift)


def decline(exchange: Exchange, drift: int) -> None:
    exchange.drifts.reject(int(str(exchange.one("SELECT giver_id FROM drift"))), drift, reason="")


def stop(_exchange: Exchange, _drift: int) -> None:
    with db.auto_commit():
        Drift.query.update({"stopped_at": 1, "stopped_for": 1})


@pytest.mark.parametrize(("act", "state"), [(post, "mailed"), (decline, "rejected"), (stop, "waiting")])
def test_a_worker_that_looked_before_somebody_acted_ends_nothing(
    exchange: Exchange, drift: int, look: Callable[..., None], act: Callable[[Exchange, int], None], state: str
) -> None:
    exchange.clock.advance(timedelta(days=14))
    look("list_due", epoch(exchange.clock.now()))
    act(exchange, drift)
    before = times(exchange)
    exchange.container.exchange.drift_deadlines.end_due()
    assert (exchange.state(drift), times(exchange)) == (state, before)


def test_a_worker_that_looked_before_another_changes_no_deadline_again(
    exchange: Exchange, drift: int, look: Callable[..., None]
) -> None:
    clocks = exchange.container.exchange.drift_deadlines
    exchange.fail_mails("drift_requested")
    look("list_unreachable", epoch(exchange.clock.now()))
    clocks.stop_deadlines()
    stopped = times(exchange)
    exchange.clock.advance(timedelta(days=1))
    clocks.stop_deadlines()
    assert times(exchange) == stopped


def test_a_worker_that_looked_before_another_starts_no_deadline_again(
    exchange: Exchange, drift: int, look: Callable[..., None]
) -> None:
    clocks = exchange.container.exchange.drift_deadlines
    due = exchange.one("SELECT due_at FROM drift")
    stop(exchange, drift)
    now = epoch(exchange.clock.now())
    look("list_stopped")
    for _worker in range(2):
        clocks.stop_deadlines()
        assert times(exchange)[0] == due + now - 1
        assert times(exchange)[3] is None


def test_a_worker_that_looked_before_another_erases_nothing_again(
    exchange: Exchange, drift: int, look: Callable[..., None]
) -> None:
    decline(exchange, drift)
    exchange.clock.advance(timedelta(days=30))
    look("list_to_erase", epoch(exchange.clock.now()) - 30 * DAY)
    exchange.container.exchange.drift_deadlines.erase()
    erased = times(exchange)
    assert erased[4] == epoch(exchange.clock.now())
    exchange.clock.advance(timedelta(days=1))
    exchange.container.exchange.drift_deadlines.erase()
    assert times(exchange) == erased


def lose(exchange: Exchange, giver: int, reader: int, isbn: str) -> int:
    drift = exchange.mailed(giver, reader, isbn)
    exchange.clock.advance(timedelta(days=15))
    exchange.drifts.claim_lost(reader, drift)
    return drift


def test_one_loss_stops_nobody_and_tells_no_moderator(exchange: Exchange) -> None:
    moderator, giver = exchange.member("版主", role="moderator"), exchange.member("送书人")
    other = exchange.offer(giver, ISBNS[5])
    lose(exchange, giver, exchange.rich("读者"), ISBNS[0])
    assert exchange.gift_state(other) == "open"
    assert exchange.notices(moderator) == []


def test_a_stop_for_losses_lasts_while_they_are_too_many(exchange: Exchange) -> None:
    giver = exchange.member("老丢书的")
    other = exchange.offer(giver, ISBNS[5])
    readers = [exchange.rich(f"读者{number}") for number in range(3)]
    drifts = [exchange.mailed(giver, reader, isbn) for reader, isbn in zip(readers, ISBNS, strict=False)]
    exchange.clock.advance(timedelta(days=15))
    for reader, drift in zip(readers, drifts, strict=True):
        exchange.drifts.claim_lost(reader, drift)
    states = []
    for reader, drift in zip(readers, drifts, strict=True):
        exchange.drifts.receive(reader, drift)
        states.append(exchange.gift_state(other))
    assert states == ["paused", "open", "open"], "two of three are too many, one is not"


def test_a_request_declined_by_a_giver_whose_books_are_stopped_leaves_that_one_off_the_shelf(
    exchange: Exchange,
) -> None:
    giver = exchange.member("老丢书的")
    copy = exchange.offer(giver, ISBNS[5])
    for number in range(2):
        lose(exchange, giver, exchange.rich(f"读者{number}"), ISBNS[number])
        if not number:
            waiting = exchange.drifts.request(exchange.rich("还在等的"), copy, AT_HOME)
    assert exchange.gift_state(copy) == "reserved"
    exchange.drifts.reject(giver, waiting, reason="")
    assert exchange.gift_state(copy) == "paused"
    assert exchange.one("SELECT pause FROM gift WHERE id = :id", id=copy) == "losses"


def test_a_reader_who_loses_too_many_is_told_of_and_their_givers_books_stay(exchange: Exchange) -> None:
    moderator, reader = exchange.member("版主", role="moderator"), exchange.rich("读者")
    exchange.offer(reader, ISBNS[6])
    givers = [exchange.member(name) for name in ("甲送书", "乙送书")]
    others = [exchange.offer(giver, ISBNS[5]) for giver in givers]
    for giver, isbn in zip(givers, ISBNS, strict=False):
        drift = lose(exchange, giver, reader, isbn)
    exchange.container.exchange.moderation.decide(moderator, drift, DriftState.LOST, reason="查无下落")
    assert exchange.notices(moderator) == ["moderate_drift", "moderate_losses"]
    assert [exchange.gift_state(other) for other in others] == ["open", "open"]


def test_a_loss_is_counted_while_the_person_of_its_giver_is_held(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = exchange.join("旧号", "one@example.com")
    exchange.move(older, "away@example.com")
    giver = exchange.join("新号", "one@example.com")
    reader = exchange.rich("读者")
    drift = exchange.mailed(giver, reader)
    exchange.clock.advance(timedelta(days=15))
    ledger, facts = exchange.container.exchange.ledger, exchange.container.exchange.facts
    held: list[int] = []
    lock, count = ledger.lock, facts.count_covered

    def counted(member: int) -> int:
        assert {older, giver, reader} <= set(held)
        held.append(0)
        return count(member)

    monkeypatch.setattr(ledger, "lock", lambda member: held.append(member) or lock(member))
    monkeypatch.setattr(facts, "count_covered", counted)
    exchange.drifts.claim_lost(reader, drift)
    assert 0 in held


def test_a_giver_who_has_left_is_not_covered(exchange: Exchange, drift: int) -> None:
    giver, reader = (int(str(exchange.one(f"SELECT {side}_id FROM drift"))) for side in ("giver", "requester"))
    exchange.drifts.post(giver, drift)
    exchange.leave(giver)
    exchange.clock.advance(timedelta(days=15))
    exchange.drifts.claim_lost(reader, drift)
    assert (exchange.state(drift), exchange.balance(reader)) == ("lost", 10)
    assert exchange.one("SELECT covered FROM drift") == 0
    assert exchange.one("SELECT COUNT(*) FROM bean_transfer WHERE source = 'cover'") == 0
