"""The use cases of gifts, wishes and drifts on a real database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain import gift, wish
from app.domain.beans import COVER, MINT, NotEnoughBeans, RatioTooLow, account_of
from app.domain.drift import DriftNotFound, DriftState, WrongParty, WrongState
from app.domain.drift_deadlines import AddressClosed, NoMoreDelays, WithdrawTooSoon
from app.domain.drift_request import AlreadyAsked, HandoverOnly, OwnGift, SameBookAsked, TooLate
from app.domain.errors import AlreadyDone
from app.extensions import db
from app.models.bean import BeanDebt, BeanTransfer
from app.models.drift import Drift, DriftAddress, DriftEvent
from app.models.gift import OpenListing, Wish
from app.services.exchange.gifts import Offer
from tests.support.exchange import AT_HOME, HOME, IN_PERSON, ISBNS, Exchange
from tests.support.rows import count_rows, get_row, list_rows


@pytest.fixture
def giver(exchange: Exchange) -> int:
    return exchange.member("老舍")


@pytest.fixture
def reader(exchange: Exchange) -> int:
    return exchange.rich("小满")


def test_a_whole_story_moves_one_bean_from_the_reader_to_the_giver(exchange: Exchange, giver: int, reader: int) -> None:
    wished = exchange.wishes.wish_for(reader, ISBNS[0])
    copy = exchange.offer(giver)
    exchange.container.exchange.gift_announcements.run()
    assert (exchange.balance(giver), exchange.balance(reader)) == (10, 10)
    drift = exchange.drifts.request(reader, copy, AT_HOME)
    assert (exchange.balance(giver), exchange.balance(reader), exchange.gift_state(copy)) == (10, 0, "reserved")
    exchange.drifts.post(giver, drift, carrier="邮政", tracking="RR123")
    assert exchange.gift_state(copy) == "launched"
    assert get_row(Wish, wished).state == "fulfilled"
    exchange.drifts.receive(reader, drift)
    assert (exchange.balance(giver), exchange.balance(reader), exchange.state(drift)) == (20, 0, "received")
    assert exchange.notices(giver) == ["drift_requested", "drift_received"]
    assert exchange.notices(reader) == ["gift_listed", "drift_mailed"]


def test_rejecting_gives_the_bean_back_and_opens_the_gift(exchange: Exchange, giver: int, reader: int) -> None:
    copy = exchange.offer(giver)
    drift = exchange.drifts.request(reader, copy, AT_HOME)
    exchange.drifts.reject(giver, drift, reason="这几天出门")
    assert (exchange.balance(reader), exchange.gift_state(copy), exchange.state(drift)) == (10, "open", "rejected")
    assert count_rows(DriftAddress) == 0
    exchange.drifts.request(reader, copy, AT_HOME)


@pytest.mark.parametrize("repeats", [1, 3])
def test_repeats_change_nothing_and_say_so(exchange: Exchange, giver: int, reader: int, repeats: int) -> None:
    drift = exchange.drifts.request(reader, exchange.offer(giver), AT_HOME)
    exchange.drifts.reject(giver, drift, reason="")
    for _ in range(repeats):
        with pytest.raises(AlreadyDone):
            exchange.drifts.reject(giver, drift, reason="")
    assert exchange.balance(reader) == 10


def test_strangers_and_wrong_parties_are_told_apart(exchange: Exchange, giver: int, reader: int) -> None:
    stranger = exchange.member("路人")
    drift = exchange.drifts.request(reader, exchange.offer(giver), AT_HOME)
    for act in (exchange.drifts.post, exchange.drifts.receive, exchange.drifts.withdraw, exchange.drifts.open_address):
        with pytest.raises(DriftNotFound):
            act(stranger, drift)
    with pytest.raises(WrongParty):
        exchange.drifts.post(reader, drift)
    with pytest.raises(WrongState):
        exchange.drifts.receive(reader, drift)
    with pytest.raises(WrongParty):
        exchange.drifts.claim_lost(giver, drift)


def test_refusals_of_a_request_leave_the_bean(exchange: Exchange, giver: int, reader: int) -> None:
    copy, meet = exchange.offer(giver), exchange.offer(giver, ISBNS[1], Offer(postage=gift.Postage.MEET))
    poor = exchange.member("阿贫")
    with pytest.raises(NotEnoughBeans):
        exchange.drifts.request(poor, copy, AT_HOME)
    with pytest.raises(OwnGift):
        exchange.drifts.request(giver, copy, AT_HOME)
    with pytest.raises(gift.GiftNotFound):
        exchange.drifts.request(reader, 999, AT_HOME)
    with pytest.raises(HandoverOnly):
        exchange.drifts.request(reader, meet, AT_HOME)
    exchange.drifts.request(reader, copy, AT_HOME)
    with pytest.raises(AlreadyAsked):
        exchange.drifts.request(reader, copy, AT_HOME)
    other = exchange.rich("小雪")
    with pytest.raises(TooLate):
        exchange.drifts.request(other, copy, AT_HOME)
    assert (exchange.balance(other), exchange.balance(poor), exchange.balance(reader)) == (10, 0, 0)


def test_one_open_request_per_isbn_and_two_received_for_each_sent(exchange: Exchange, giver: int, reader: int) -> None:
    for isbn in ISBNS[:3]:
        exchange.offer(reader, isbn)  # 2.5 beans
    second_giver = exchange.member("老王")
    mine = [exchange.offer(giver, ISBNS[4]), exchange.offer(second_giver, ISBNS[4]), exchange.offer(giver, ISBNS[5])]
    first = exchange.drifts.request(reader, mine[0], AT_HOME)
    with pytest.raises(SameBookAsked):
        exchange.drifts.request(reader, mine[1], AT_HOME)
    second = exchange.drifts.request(reader, mine[2], IN_PERSON)
    exchange.drifts.withdraw(reader, first)
    exchange.drifts.post(giver, second)
    exchange.drifts.receive(reader, second)
    exchange.drifts.request(reader, mine[1], AT_HOME)
    third = exchange.offer(giver, ISBNS[6])
    with pytest.raises((RatioTooLow, NotEnoughBeans)):
        exchange.drifts.request(reader, third, AT_HOME)


def test_listing_pays_four_times_before_the_first_receipt_and_once_a_welcome(exchange: Exchange, giver: int) -> None:
    balances = [exchange.offer(giver, isbn) and exchange.balance(giver) for isbn in ISBNS[:6]]
    assert balances == [10, 15, 20, 25, 25, 25]


def test_offering_returns_what_it_earned_whatever_else_moves_the_balance(exchange: Exchange, giver: int) -> None:
    with db.auto_commit():
        exchange.container.exchange.ledger.owe(giver, MINT, "drift:0")
    earned = [exchange.gifts.offer(giver, isbn, Offer()).earned for isbn in ISBNS[:5]]
    assert earned == [10, 5, 5, 5, 0]
    assert exchange.balance(giver) == 15, "the first of these beans went to a debt"


def test_withdrawing_gives_the_bonus_back_if_it_is_there(exchange: Exchange, giver: int, reader: int) -> None:
    copy = exchange.offer(giver)
    exchange.gifts.withdraw(giver, copy)
    assert exchange.balance(giver) == 5
    with pytest.raises(gift.GiftAlreadyWithdrawn):
        exchange.gifts.withdraw(giver, copy)
    exchange.gifts.resume(giver, copy)
    assert (exchange.balance(giver), exchange.gift_state(copy)) == (10, "open")
    mine = exchange.offer(giver, ISBNS[1])
    exchange.drifts.request(reader, mine, AT_HOME)
    with pytest.raises(gift.GiftInDrift):
        exchange.gifts.withdraw(giver, mine)
    with pytest.raises(gift.GiftNotFound):
        exchange.gifts.withdraw(reader, mine)
    exchange.gifts.withdraw(reader, exchange.offer(reader, ISBNS[2]))
    assert exchange.balance(reader) == 0


def test_one_place_per_member_and_isbn(exchange: Exchange, giver: int) -> None:
    exchange.offer(giver)
    with pytest.raises(gift.AlreadyOffered):
        exchange.offer(giver)
    with pytest.raises(wish.OfferedByYourself):
        exchange.wishes.wish_for(giver, ISBNS[0])
    exchange.wishes.wish_for(giver, ISBNS[1], wish.WishScope.EDITION)
    with pytest.raises(wish.AlreadyWished):
        exchange.wishes.wish_for(giver, ISBNS[1], wish.WishScope.EDITION)
    with pytest.raises(gift.WishedByYourself):
        exchange.offer(giver, ISBNS[1])
    exchange.wishes.withdraw(giver, ISBNS[1])
    with pytest.raises(wish.WishNotFound):
        exchange.wishes.withdraw(giver, ISBNS[1])
    exchange.offer(giver, ISBNS[1])
    with pytest.raises(gift.GiftNotFound):
        exchange.offer(giver, "9787020002207")


def test_an_offer_goes_to_one_wisher_once_a_day_and_one_a_minute(exchange: Exchange, giver: int) -> None:
    wishers = [exchange.member(name) for name in ("甲乙", "丙丁")]
    wishes = [exchange.wishes.wish_for(one, ISBNS[0]) for one in wishers]
    with pytest.raises(wish.NothingToOffer):
        exchange.wishes.offer_to(giver, wishes[0])
    exchange.offer(giver)
    exchange.wishes.offer_to(giver, wishes[0])
    with pytest.raises(wish.OfferedJustNow):
        exchange.wishes.offer_to(giver, wishes[1])
    with pytest.raises(wish.OfferedToday):
        exchange.wishes.offer_to(giver, wishes[0])
    exchange.pass_days(59 / 86_400)
    with pytest.raises(wish.OfferedJustNow):
        exchange.wishes.offer_to(giver, wishes[1])
    exchange.clock.advance(timedelta(seconds=1))
    exchange.wishes.offer_to(giver, wishes[1])
    exchange.clock.advance(timedelta(days=1, seconds=-61))
    with pytest.raises(wish.OfferedToday):
        exchange.wishes.offer_to(giver, wishes[0])
    exchange.clock.advance(timedelta(seconds=1))
    exchange.wishes.offer_to(giver, wishes[0])
    assert exchange.notices(wishers[1]) == ["gift_listed", "wish_offered"]


def test_the_address_is_shown_to_the_giver_recorded_and_gone_afterwards(
    exchange: Exchange, giver: int, reader: int
) -> None:
    drift = exchange.drifts.request(reader, exchange.offer(giver), AT_HOME)
    assert exchange.drifts.open_address(giver, drift) == HOME
    assert exchange.drifts.open_address(giver, drift) == HOME
    assert count_rows(DriftEvent, kind="opened") == 2
    assert exchange.notices(reader) == ["address_opened"]
    with pytest.raises(WithdrawTooSoon):
        exchange.drifts.withdraw(reader, drift)
    exchange.drifts.reject(giver, drift, reason="没货")
    with pytest.raises(AddressClosed):
        exchange.drifts.open_address(giver, drift)


def test_silence_expires_a_request_and_pauses_the_givers_gifts(exchange: Exchange, giver: int, reader: int) -> None:
    copy, other = exchange.offer(giver), exchange.offer(giver, ISBNS[1])
    drift = exchange.drifts.request(reader, copy, AT_HOME)
    exchange.pass_days(15)
    assert (exchange.state(drift), exchange.balance(reader)) == ("expired", 10)
    assert {exchange.gift_state(copy), exchange.gift_state(other)} == {"paused"}
    assert exchange.notices(giver) == ["drift_requested", *["remind_giver"] * 3, "drift_expired"]
    exchange.gifts.resume(giver, other)
    assert {exchange.gift_state(copy), exchange.gift_state(other)} == {"open"}


def test_a_posted_book_counts_as_received_after_thirty_days_and_delays_move_that(
    exchange: Exchange, giver: int, reader: int
) -> None:
    drift = exchange.mailed(giver, reader)
    exchange.drifts.delay(reader, drift)
    exchange.drifts.delay(reader, drift, seen=1)
    with pytest.raises(NoMoreDelays):
        exchange.drifts.delay(reader, drift)
    exchange.pass_days(59)
    assert exchange.state(drift) == "mailed"
    exchange.pass_days(2)
    assert (exchange.state(drift), exchange.balance(giver)) == ("received", 20)
    assert get_row(Drift, drift).confirmed_by_reader == 0


def test_the_first_loss_is_believed_and_covered_and_a_late_book_is_paid_for(
    exchange: Exchange, giver: int, reader: int
) -> None:
    wished = exchange.wishes.wish_for(reader, ISBNS[0])
    drift = exchange.mailed(giver, reader)
    exchange.pass_days(15)
    assert exchange.drifts.claim_lost(reader, drift) is DriftState.LOST
    assert (exchange.balance(reader), exchange.balance(giver)) == (10, 20)
    assert get_row(Wish, wished).state == "open"
    exchange.drifts.receive(reader, drift)
    assert (exchange.balance(reader), exchange.balance(giver)) == (0, 20)
    assert get_row(Wish, wished).state == "fulfilled"
    assert [debt.paid for debt in list_rows(BeanDebt, creditor=COVER)] == [10]


def test_a_late_book_that_nobody_covered_becomes_a_debt_taken_from_the_next_credit(
    exchange: Exchange, giver: int, reader: int
) -> None:
    exchange.offer(reader, ISBNS[4])  # the reader has 1.5 beans
    other = exchange.rich("另一位")
    drifts = {other: exchange.mailed(giver, other, ISBNS[1]), reader: exchange.mailed(giver, reader)}
    exchange.pass_days(15)
    for member, drift in drifts.items():
        exchange.drifts.claim_lost(member, drift)
    assert count_rows(Drift, covered=1) == 1, "the giver's first loss alone"
    had = exchange.balance(giver)
    exchange.drifts.request(reader, exchange.offer(exchange.member("富人"), ISBNS[5]), IN_PERSON)
    assert exchange.balance(reader) == 5
    exchange.drifts.receive(reader, drift)
    assert (exchange.balance(giver), exchange.balance(reader)) == (had + 5, 0)
    assert exchange.container.exchange.ledger_queries.get_owed(reader) == 5
    exchange.offer(reader, ISBNS[6])
    assert (exchange.balance(giver), exchange.balance(reader)) == (had + 10, 0)
    assert exchange.container.exchange.ledger_queries.get_owed(reader) == 0


def test_further_claims_go_to_a_moderator_whose_reason_both_see(exchange: Exchange, giver: int, reader: int) -> None:
    moderator = exchange.member("版主", role="moderator")
    drift = exchange.mailed(giver, reader, tracking="SF1")
    exchange.pass_days(15)
    assert exchange.drifts.claim_lost(reader, drift) is DriftState.DISPUTED
    exchange.pass_days(60)
    assert exchange.state(drift) == "disputed"
    assert exchange.notices(moderator) == ["moderate_drift"]
    exchange.container.exchange.moderation.decide(None, drift, DriftState.CANCELLED, reason="没有寄出")
    assert (exchange.balance(reader), exchange.state(drift)) == (10, "cancelled")
    assert exchange.notices(giver)[-1] == exchange.notices(reader)[-1] == "drift_cancelled"


@pytest.mark.parametrize(("days", "state"), [(364, DriftState.DISPUTED), (365, DriftState.LOST)])
def test_a_second_claim_is_believed_when_the_first_is_a_year_old(
    exchange: Exchange, giver: int, reader: int, days: int, state: DriftState
) -> None:
    first = exchange.mailed(giver, reader)
    exchange.clock.advance(timedelta(days=15))
    assert exchange.drifts.claim_lost(reader, first) is DriftState.LOST
    exchange.clock.advance(timedelta(days=days - 15))
    second = exchange.mailed(giver, reader, ISBNS[1])
    exchange.clock.advance(timedelta(days=15))
    assert exchange.drifts.claim_lost(reader, second) is state


def test_a_parcel_that_came_back_may_be_listed_again(exchange: Exchange, giver: int, reader: int) -> None:
    copy = exchange.offer(giver)
    drift = exchange.drifts.request(reader, copy, AT_HOME)
    exchange.drifts.post(giver, drift)
    exchange.drifts.take_back(giver, drift)
    assert (exchange.balance(reader), exchange.gift_state(copy)) == (10, "withdrawn")
    exchange.gifts.resume(giver, copy)
    assert (exchange.gift_state(copy), exchange.balance(giver)) == ("open", 10)


def test_who_leaves_holds_nothing_and_their_posted_books_run_to_their_end(
    exchange: Exchange, giver: int, reader: int
) -> None:
    posted = exchange.mailed(giver, reader)
    other = exchange.rich("小雪")
    waiting = exchange.drifts.request(other, exchange.offer(giver, ISBNS[1]), AT_HOME)
    exchange.container.exchange.account_closure.close_for(giver)
    assert (exchange.state(waiting), exchange.balance(other), exchange.balance(giver)) == ("rejected", 10, 0)
    shelf = exchange.container.exchange.listings.list_gifts(giver, limit=50, offset=0)
    assert {each.state for each in shelf} & {"open"} == set()
    assert get_row(Drift, posted).giver_name == ""
    assert exchange.state(posted) == "mailed"
    assert count_rows(OpenListing, user_id=giver) == 0


def test_a_book_that_reaches_its_reader_after_the_giver_was_disabled_pays_the_mint(
    exchange: Exchange, giver: int, reader: int
) -> None:
    posted = exchange.mailed(giver, reader)
    exchange.container.members.leaving.disable(f"{'老舍'.encode().hex()}@example.com")
    exchange.drifts.receive(reader, posted)
    assert exchange.balance(giver) == 0
    paid = list_rows(BeanTransfer, source=account_of(giver), target=MINT, subject=f"drift:{posted}")
    assert [transfer.kind for transfer in paid] == ["sweep"]
