"""Many hands reach for one thing at once: exactly one gets it."""

from __future__ import annotations

import pytest

from app.domain.errors import Refusal
from app.models.gift import Gift
from tests.support.at_once import AT_ONCE, at_once
from tests.support.exchange import AT_HOME, ISBNS, Exchange
from tests.support.rows import count_rows


@pytest.fixture
def exchange(crowded_exchange: Exchange) -> Exchange:
    return crowded_exchange


def test_thirty_two_readers_reach_for_one_gift(exchange):
    copy = exchange.offer(exchange.member("送书的人"))
    readers = [exchange.rich(f"读者{number}") for number in range(AT_ONCE)]
    won, lost = at_once(
        exchange, [lambda reader=reader: exchange.drifts.request(reader, copy, AT_HOME) for reader in readers]
    )
    assert won == 1
    assert [error for error in lost if not isinstance(error, Refusal)] == []
    assert sorted(exchange.balance(reader) for reader in readers) == [0] + [10] * (AT_ONCE - 1)


def test_one_bean_asks_for_one_of_thirty_two_gifts(exchange):
    reader = exchange.rich("只有一豆")
    givers = [exchange.member(f"送者{number}") for number in range(AT_ONCE)]
    copies = [exchange.offer(giver, ISBNS[number % 3]) for number, giver in enumerate(givers)]
    won, lost = at_once(exchange, [lambda copy=copy: exchange.drifts.request(reader, copy, AT_HOME) for copy in copies])
    assert won == 1
    assert [error for error in lost if not isinstance(error, Refusal)] == []
    assert exchange.balance(reader) == 0
    assert count_rows(Gift, state="reserved") == 1


def test_thirty_two_windows_list_one_book_once(exchange):
    giver = exchange.member("手快的人")
    won, lost = at_once(exchange, [lambda: exchange.offer(giver)] * AT_ONCE)
    assert won == 1
    assert [error for error in lost if not isinstance(error, Refusal)] == []
    assert exchange.balance(giver) == 10, "one bonus and one welcome"


def test_thirty_two_taps_on_received_pay_the_giver_once(exchange):
    giver, reader = exchange.member("送书的人"), exchange.rich("收书的人")
    drift = exchange.mailed(giver, reader)
    won, lost = at_once(exchange, [lambda: exchange.drifts.receive(reader, drift)] * AT_ONCE)
    assert won == 1
    assert [error for error in lost if not isinstance(error, Refusal)] == []
    assert exchange.balance(giver) == 20


def test_reject_withdraw_and_post_at_once_end_in_one_state_with_one_bean(exchange):
    giver, reader = exchange.member("送书的人"), exchange.rich("收书的人")
    drift = exchange.drifts.request(reader, exchange.offer(giver), AT_HOME)
    won, lost = at_once(
        exchange,
        [
            lambda: exchange.drifts.reject(giver, drift, reason=""),
            lambda: exchange.drifts.withdraw(reader, drift),
            lambda: exchange.drifts.post(giver, drift),
        ]
        * 5,
    )
    assert won == 1
    assert [error for error in lost if not isinstance(error, Refusal)] == []
    assert exchange.state(drift) in {"rejected", "withdrawn", "mailed"}
