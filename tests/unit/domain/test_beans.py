"""Amounts, bonuses, covers and debts."""

from dataclasses import replace
from pathlib import Path

import pytest

import config
from app.domain.beans import (
    Debt,
    EntryKind,
    Listings,
    Transfer,
    account_of,
    bonus_of,
    may_cover,
    member_of,
    plural,
    settlements,
    shown,
    welcome_of,
    witnesses_needed,
)
from app.domain.exchange_policy import Policy
from app.domain.gift import too_many_losses


def listings(*, paid: int = 0, proven: bool = False, known: bool = True, welcomed: bool = False) -> Listings:
    return Listings(paid=paid, proven=proven, known=known, welcomed=welcomed)


@pytest.mark.parametrize(("tenths", "text"), [(0, "0"), (5, "0.5"), (10, "1"), (25, "2.5"), (-5, "-0.5"), (100, "10")])
def test_amounts_are_shown_in_beans(tenths: int, text: str) -> None:
    assert shown(tenths) == text


@pytest.mark.parametrize(("tenths", "number"), [(0, 0), (5, 2), (10, 1), (15, 2), (20, 2), (35, 3)])
def test_only_a_whole_single_bean_is_singular(tenths: int, number: int) -> None:
    assert plural(tenths) == number


@pytest.mark.parametrize(
    ("paid", "proven", "bonus"),
    [(0, False, 5), (3, False, 5), (4, False, 0), (4, True, 5), (9, True, 5), (10, True, 0)],
)
def test_four_listings_pay_before_the_first_receipt_and_ten_in_a_life(paid: int, bonus: int, *, proven: bool) -> None:
    assert bonus_of(listings(paid=paid, proven=proven), Policy()) == bonus


def test_the_numbers_follow_the_settings_in_which_the_bonus_is_given_in_beans() -> None:
    numbers = Policy.of(
        {
            "OPEN_DRIFTS": 6,
            "DRIFT_ANSWER_DAYS": 15,
            "DRIFT_RECEIPT_DAYS": 31,
            "DRIFT_ERASE_DAYS": 32,
            "BEANS_UPLOAD_ONE_BOOK": 0.3,
            "BONUS_BOOKS": 2,
            "TIME_ZONE": "Europe/Berlin",
        }
    )
    said = Policy(open_drifts=6, answer_days=15, receipt_days=31, erase_days=32, bonus=3, bonus_books=2)
    assert numbers == replace(said, time_zone="Europe/Berlin")
    assert bonus_of(listings(paid=1), numbers) == 3
    assert bonus_of(listings(paid=2, proven=True), numbers) == 0


def test_without_settings_the_numbers_are_those_of_the_rule_book(tmp_path: Path) -> None:
    settings = config.load({"YUSHU_DATA_DIR": str(tmp_path)})
    assert Policy.of(settings) == Policy()
    for beans, tenths in ((0.5, 5), (0.3, 3), (1.0, 10), (2.5, 25), (0.0, 0)):
        assert Policy.of(settings | {"BEANS_UPLOAD_ONE_BOOK": beans}).bonus == tenths


@pytest.mark.parametrize(
    ("known", "proven", "welcomed", "bonus", "welcome"),
    [
        pytest.param(True, False, False, 5, 5, id="a first listing"),
        pytest.param(True, False, True, 5, 0, id="by another account they had the welcome"),
        pytest.param(False, False, False, 0, 0, id="who came by a code gives a book first"),
        pytest.param(False, True, False, 5, 5, id="and is paid from then on"),
    ],
)
def test_a_listing_pays_whom_we_know(bonus: int, welcome: int, *, known: bool, proven: bool, welcomed: bool) -> None:
    so_far = listings(proven=proven, known=known, welcomed=welcomed)
    assert (bonus_of(so_far, Policy()), welcome_of(so_far, Policy())) == (bonus, welcome)


@pytest.mark.parametrize(
    ("covered", "witnesses", "both_ways", "allowed"),
    [
        pytest.param(0, 0, False, True, id="the first loss is free"),
        pytest.param(0, 0, True, True, id="also between two who trade both ways"),
        pytest.param(1, 2, False, False, id="the second needs three readers"),
        pytest.param(1, 3, False, True, id="three readers earn the second"),
        pytest.param(2, 5, False, False, id="five do not earn a third"),
        pytest.param(1, 50, True, False, id="no second one between two who trade both ways"),
    ],
)
def test_cover_pays_a_giver(covered: int, witnesses: int, *, both_ways: bool, allowed: bool) -> None:
    assert may_cover(covered=covered, witnesses=witnesses, both_ways=both_ways) is allowed


def test_the_first_cover_needs_no_reader_and_each_further_one_three_more() -> None:
    assert [witnesses_needed(covered) for covered in range(4)] == [0, 3, 6, 9]


@pytest.mark.parametrize(
    ("losses", "parcels", "stop"), [(1, 1, False), (2, 5, True), (2, 6, False), (3, 9, False), (3, 8, True)]
)
def test_two_losses_that_are_more_than_a_third_stop_a_member(losses: int, parcels: int, *, stop: bool) -> None:
    assert too_many_losses(losses, parcels) is stop


def test_a_debt_is_settled_as_far_as_the_balance_goes() -> None:
    debts = [
        Debt(id=1, debtor_id=7, creditor="cover", amount=10, paid=4),
        Debt(id=2, debtor_id=7, creditor="member:3", amount=10, paid=0),
    ]
    paid = [transfer for _, transfer in settlements(7, 8, debts)]
    assert paid == [
        Transfer("member:7", "cover", 6, EntryKind.DEBT, "debt:1", "from 4"),
        Transfer("member:7", "member:3", 2, EntryKind.DEBT, "debt:2", "from 0"),
    ]
    assert list(settlements(7, 0, debts)) == []


def test_a_transfer_moves_something_from_one_account_to_another() -> None:
    for source, target, amount in (("mint", "mint", 1), ("mint", "cover", 0), ("mint", "cover", -5)):
        with pytest.raises(ValueError):
            Transfer(source, target, amount, EntryKind.DEBT, "x", "y")


def test_accounts_name_their_member() -> None:
    assert member_of(account_of(12)) == 12
    assert member_of("escrow") is None
