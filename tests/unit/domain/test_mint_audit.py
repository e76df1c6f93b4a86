"""The independent count of what the mint may have paid."""

from __future__ import annotations

import pytest

from app.domain.exchange_policy import Policy
from app.domain.mint_audit import Joined, MintAudit, Minted, Receipt


def bonus(number: int, account: int, *, at: int | None = None, back: bool = False) -> Minted:
    return Minted(number if at is None else at, number, account, f"gift:{number}", back)


def welcome(number: int, account: int) -> Minted:
    return Minted(number, number, account, "welcome", back=False)


def overpaid(*events: Joined | Receipt | Minted, since: int | None = 0) -> list[int]:
    return [payment.id for payment in MintAudit(Policy(), since=since).run(events)]


def test_four_bonuses_before_a_receipt_and_ten_in_a_life() -> None:
    listed = [bonus(number, 1) for number in range(10, 24)]
    assert overpaid(Joined(5, 1, 1), *listed) == [14, 15, 16, 17, 18, 19, 20, 21, 22, 23]
    assert overpaid(Joined(5, 1, 1), *listed, Receipt(14, 1, 2)) == [20, 21, 22, 23]
    assert overpaid(Joined(5, 1, 1), *listed[:5], bonus(12, 1, at=13, back=True)) == []


def test_all_accounts_of_a_mark_are_counted_together_from_when_they_shared_it() -> None:
    first = [Joined(5, 1, 1), welcome(6, 1), *(bonus(number, 1) for number in range(10, 14))]
    again = [Joined(20, 2, 1), welcome(21, 2), bonus(22, 2)]
    assert overpaid(*first, *again) == [21, 22]
    before = [Joined(5, 2, 2), welcome(7, 2), bonus(8, 2)]
    assert overpaid(*first, *before, Joined(30, 2, 1), bonus(31, 2)) == [31]


def test_an_unknown_account_is_paid_after_a_receipt_by_another_person() -> None:
    assert overpaid(bonus(10, 1)) == [10]
    assert overpaid(Receipt(9, 1, 2), bonus(10, 1), welcome(11, 1)) == []
    own = [Joined(5, 1, 1), Joined(5, 2, 1)]
    assert overpaid(*own, Receipt(9, 1, 2), *(bonus(number, 1) for number in range(10, 15))) == [14]


def test_what_was_paid_before_there_were_marks_is_counted_by_account() -> None:
    assert overpaid(bonus(10, 1), bonus(10, 2), welcome(11, 2), welcome(12, 2), since=20) == []
    assert overpaid(*(bonus(number, 1) for number in range(10, 16)), since=20) == [14, 15]


def test_persons_are_counted_from_the_second_after_there_were_marks() -> None:
    assert overpaid(bonus(10, 1), bonus(11, 1), since=10) == [11]
    assert overpaid(welcome(10, 1), welcome(11, 1), since=10) == [11]
    assert overpaid(*(bonus(number, 1) for number in range(10, 15)), welcome(15, 1), welcome(16, 1), since=None) == [14]


def test_a_bonus_given_back_makes_room_for_one() -> None:
    known, listed = Joined(5, 1, 1), [bonus(number, 1) for number in range(10, 14)]
    back, again = bonus(14, 1, back=True), [bonus(number, 1) for number in (15, 16)]
    assert overpaid(known, *listed, back, *again) == [16]


@pytest.mark.parametrize("giver", [1, 2])
def test_a_person_is_proven_by_what_any_of_their_accounts_gave(giver: int) -> None:
    listed = [bonus(number, account) for number, account in zip(range(20, 32), [1, 2] * 6, strict=True)]
    assert overpaid(Receipt(9, giver, 3), Joined(5, 1, 1), Joined(10, 2, 1), *listed) == [30, 31]


def test_of_one_second_the_kinder_order_is_taken() -> None:
    joined = [Joined(9, 1, 1), Joined(9, 2, 1)]
    assert overpaid(*joined, welcome(9, 1), welcome(9, 2)) == []
    assert overpaid(bonus(9, 1), Receipt(9, 1, 3)) == []
    assert overpaid(welcome(9, 1), Joined(9, 1, 1)) == []


def test_payments_of_one_second_were_made_in_the_order_of_their_numbers() -> None:
    listed = [bonus(number, 1, at=9) for number in (14, 12, 10, 13, 11)]
    assert overpaid(Joined(5, 1, 1), *listed) == [14]


def test_the_oldest_account_stands_for_the_person() -> None:
    audit = MintAudit(Policy(), since=0)
    assert list(audit.run([Joined(1, 7, 1), Joined(2, 3, 2), Joined(3, 7, 2)])) == []
    assert [audit.find_first_account(account) for account in (3, 7, 8)] == [3, 3, 8]
