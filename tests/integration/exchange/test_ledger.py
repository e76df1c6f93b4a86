"""The ledger by itself: what a transfer writes and moves, what it refuses, and who gets what was owed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from app.domain.beans import COVER, MINT, EntryKind, NotEnoughBeans, Transfer, account_of
from app.extensions import db
from app.libs.clock import epoch
from app.models.user import User
from app.services.exchange.ledger import EnteredTwiceError, Ledger
from app.services.unit_of_work import RaceLostError
from tests.support.exchange import Exchange

ADDRESS = "xiao.man@example.com"


@pytest.fixture
def exchange(any_database_app: Flask) -> Iterator[Exchange]:
    """Yield an exchange whose ledger need not be sound at the end: here it is told to move what the rules would not."""
    with any_database_app.app_context():
        yield Exchange(any_database_app)


@pytest.fixture
def ledger(exchange: Exchange) -> Ledger:
    return exchange.container.exchange.ledger


@pytest.fixture
def member(exchange: Exchange) -> int:
    return exchange.member("小满")


def enter(ledger: Ledger, source: str, target: str, amount: int, reason: str = "for a test") -> None:
    with db.auto_commit():
        ledger.enter(Transfer(source, target, amount, EntryKind.COVER, "test", reason))


def pay(ledger: Ledger, member: int, amount: int, reason: str = "pay") -> None:
    enter(ledger, MINT, account_of(member), amount, reason)


def entries(exchange: Exchange) -> list[tuple[Any, ...]]:
    return exchange.container.core.sql.fetchall(
        "SELECT source, target, amount, kind, subject, reason FROM bean_transfer WHERE reason <> 'pay' ORDER BY id"
    )


def debts(exchange: Exchange) -> list[tuple[Any, ...]]:
    return exchange.container.core.sql.fetchall("SELECT debtor_id, creditor, amount, paid FROM bean_debt ORDER BY id")


def test_a_transfer_is_written_with_all_that_it_says_and_moves_its_amount(
    exchange: Exchange, ledger: Ledger, member: int
) -> None:
    other = exchange.member("老舍")
    pay(ledger, member, 15)
    enter(ledger, account_of(member), account_of(other), 4)
    assert entries(exchange) == [(account_of(member), account_of(other), 4, "cover", "test", "for a test")]
    assert (exchange.balance(member), exchange.balance(other)) == (11, 4)
    now = epoch(exchange.clock.now())
    times = "SELECT create_time FROM bean_transfer UNION SELECT create_time FROM bean_balance"
    assert exchange.container.core.sql.fetchcolumn(times) == [now]


@pytest.mark.parametrize(("amount", "left"), [(9, 1), (10, 0), (11, None), (25, None)])
def test_a_balance_covers_what_it_holds_and_not_a_tenth_more(
    exchange: Exchange, ledger: Ledger, member: int, amount: int, left: int | None
) -> None:
    pay(ledger, member, 10)
    if left is not None:
        enter(ledger, account_of(member), COVER, amount)
        assert exchange.balance(member) == left
        return
    with pytest.raises(NotEnoughBeans) as refused:
        enter(ledger, account_of(member), COVER, amount)
    short = {11: "0.1", 25: "1.5"}[amount]
    assert refused.value.values == {"short": short, "balance": "1", "bonus": "0.5"}
    assert (exchange.balance(member), entries(exchange)) == (10, [])


def test_a_cause_is_entered_once(exchange: Exchange, ledger: Ledger, member: int) -> None:
    transfer = Transfer(MINT, account_of(member), 10, EntryKind.COVER, "a cause", "its reason")
    with db.auto_commit():
        assert ledger.enter_once(transfer) is True
    with db.auto_commit():
        assert ledger.enter_once(transfer) is False
    with pytest.raises(EnteredTwiceError, match="a cause / its reason"), db.auto_commit():
        ledger.enter(transfer)
    assert exchange.balance(member) == 10


@pytest.mark.parametrize(("balance", "paid"), [(0, 0), (4, 4), (10, 10), (14, 10)])
def test_a_debt_is_one_bean_of_which_the_balance_pays_what_it_can_at_once(
    exchange: Exchange, ledger: Ledger, member: int, balance: int, paid: int
) -> None:
    creditor = exchange.member("老舍")
    if balance:
        pay(ledger, member, balance)
    with db.auto_commit():
        ledger.owe(member, account_of(creditor), "drift:7")
    assert debts(exchange) == [(member, account_of(creditor), 10, paid)]
    assert exchange.container.core.sql.fetchall("SELECT subject, create_time FROM bean_debt") == [
        ("drift:7", epoch(exchange.clock.now()))
    ]
    assert (exchange.balance(member), exchange.balance(creditor)) == (balance - paid, paid)


def test_what_comes_in_pays_the_oldest_debt_first_and_each_once(
    exchange: Exchange, ledger: Ledger, member: int
) -> None:
    one, two = (exchange.member(name) for name in ("债主一", "债主二"))
    with db.auto_commit():
        ledger.owe(member, account_of(one), "drift:1")
        ledger.owe(member, account_of(two), "drift:2")
    left = []
    for place, amount in enumerate((4, 9, 5, 6, 3)):
        with db.auto_commit():
            ledger.enter(Transfer(MINT, account_of(member), amount, EntryKind.COVER, f"in {place}", "pay"))
        left.append((*(paid for _, _, _, paid in debts(exchange)), exchange.balance(member)))
    assert left == [(4, 0, 0), (10, 3, 0), (10, 8, 0), (10, 10, 4), (10, 10, 7)]
    assert (exchange.balance(one), exchange.balance(two)) == (10, 10)
    mine = account_of(member)
    assert entries(exchange) == [
        (mine, account_of(one), 4, "debt", "debt:1", "from 0"),
        (mine, account_of(one), 6, "debt", "debt:1", "from 4"),
        (mine, account_of(two), 3, "debt", "debt:2", "from 0"),
        (mine, account_of(two), 5, "debt", "debt:2", "from 3"),
        (mine, account_of(two), 2, "debt", "debt:2", "from 8"),
    ]


def test_nobody_pays_a_debt_to_themselves_and_the_others_are_paid_all_the_same(
    exchange: Exchange, ledger: Ledger, member: int
) -> None:
    with db.auto_commit():
        ledger.owe(member, account_of(member), "drift:1")
        ledger.owe(member, COVER, "drift:2")
    pay(ledger, member, 15)
    assert [paid for _, _, _, paid in debts(exchange)] == [0, 10]
    assert exchange.balance(member) == 5


@pytest.mark.parametrize("column", [None, "disabled_at", "deleted_at"])
def test_what_a_member_gets_who_has_left_goes_to_the_mint(
    exchange: Exchange, ledger: Ledger, member: int, column: str | None
) -> None:
    exchange.member("还在的")
    if column:
        with db.auto_commit() as session:
            session.execute(update(User).where(User.id == member).values({column: 7}))
    enter(ledger, COVER, account_of(member), 10)
    assert exchange.balance(member) == (0 if column else 10)
    swept = [(account_of(member), MINT, 10, "sweep", "test", "for a test, left")]
    assert entries(exchange)[1:] == (swept if column else [])


@pytest.mark.parametrize("balance", [0, 1, 17])
def test_a_sweep_moves_the_whole_balance_to_the_mint_and_writes_nothing_of_nothing(
    exchange: Exchange, ledger: Ledger, member: int, balance: int
) -> None:
    if balance:
        pay(ledger, member, balance)
    with db.auto_commit():
        ledger.sweep(member, subject="it is over", reason="left")
    assert exchange.balance(member) == 0
    swept = [(account_of(member), MINT, balance, "sweep", "it is over", "left")]
    assert entries(exchange) == (swept if balance else [])


@pytest.fixture
def pair(exchange: Exchange) -> tuple[int, int]:
    """Make two accounts of one person, the older one first; neither has had a bean."""
    older = exchange.join("旧号", ADDRESS)
    exchange.move(older, "away@example.com")
    newer = exchange.join("新号", ADDRESS)
    with db.auto_commit() as session:
        session.execute(db.text("DELETE FROM bean_balance"))
    return older, newer


def held(exchange: Exchange) -> list[tuple[int, int]]:
    return exchange.container.core.sql.fetchall("SELECT user_id, balance FROM bean_balance ORDER BY user_id")


def test_to_hold_a_member_s_balance_makes_it_and_tells_how_much_it_is(
    exchange: Exchange, ledger: Ledger, member: int
) -> None:
    exchange.member("另一位")
    with db.auto_commit() as session:
        session.execute(db.text("DELETE FROM bean_balance"))
    with db.auto_commit():
        assert ledger.lock(member) == 0
    assert held(exchange) == [(member, 0)]
    pay(ledger, member, 7)
    with db.auto_commit():
        assert ledger.lock(member) == 7


def test_to_hold_a_person_holds_the_oldest_account_and_the_member_s_own(
    exchange: Exchange, ledger: Ledger, pair: tuple[int, int]
) -> None:
    exchange.member("另一位")
    with db.auto_commit():
        ledger.lock_person(pair[1])
    assert held(exchange)[:2] == [(pair[0], 0), (pair[1], 0)]


def test_the_persons_of_some_accounts_are_held_and_listed_once_each(
    exchange: Exchange, ledger: Ledger, pair: tuple[int, int], member: int
) -> None:
    with db.auto_commit():
        assert ledger.lock_persons(User.id.in_([member, *pair])) == [pair[0], member]
    assert [user for user, _ in held(exchange)] == [pair[0], member]


def test_an_account_that_became_another_person_s_meanwhile_is_a_lost_race(
    exchange: Exchange, ledger: Ledger, pair: tuple[int, int], member: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = ledger.lock

    def lock_after_a_move(person: int) -> int:
        db.session.execute(update(User).where(User.id == pair[1]).values(person_id=member))
        return lock(person)

    monkeypatch.setattr(ledger, "lock", lock_after_a_move)
    with pytest.raises(RaceLostError), db.auto_commit():
        ledger.lock_persons(User.id == pair[1])
