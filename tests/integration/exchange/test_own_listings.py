"""What a member has themselves is never offered to them: not their copy for their wish, nor their wish for their copy.

A moderator's merge lets a gift and a wish of one member, made while they were two books, stand for one.
"""

from __future__ import annotations

import pytest

from app.domain import gift, wish
from app.domain.wish import WishScope
from app.models.gift import Gift, OpenListing, Wish
from app.models.message import Notice
from app.queries.listings import ListedBookRow
from app.queries.shelf import BookShelf
from tests.support.books import SANTI, SANTI_2, SANTI_TAIWAN, SOLEDAD, SOLITUDE
from tests.support.exchange import AT_HOME, Exchange
from tests.support.rows import get_row, list_rows

ONE, OTHER, SEQUEL = SANTI.isbn13, SANTI_TAIWAN.isbn13, SANTI_2.isbn13


@pytest.fixture
def member(exchange: Exchange) -> int:
    return exchange.rich("两头都有")


@pytest.fixture
def other(exchange: Exchange) -> int:
    return exchange.rich("另一位")


def merge(exchange: Exchange) -> int:
    """Decide that the sequel is the same book."""
    return exchange.container.catalogue.work_decisions.merge(None, ONE, SEQUEL, reason="同一本")


def wished(exchange: Exchange, member: int) -> ListedBookRow:
    return exchange.container.exchange.listings.list_wishes(member, limit=9, offset=0)[0]


def given(exchange: Exchange, member: int) -> ListedBookRow:
    return exchange.container.exchange.listings.list_gifts(member, limit=9, offset=0)[0]


def shelf(exchange: Exchange, isbn13: str, member: int | None) -> BookShelf:
    book = exchange.container.catalogue.books.find(isbn13)
    assert book is not None
    return exchange.container.exchange.shelf.get_shelf(book, member_id=member, now=0)


def givers_of_sisters(exchange: Exchange, isbn13: str, member: int | None) -> set[int]:
    book = exchange.container.catalogue.books.find(isbn13)
    assert book is not None
    return {row.givers for row in exchange.container.exchange.shelf.list_sisters(book, 9, member_id=member)}


def rows() -> list[object]:
    return [row for model in (Gift, Wish, OpenListing) for row in list_rows(model)]


def test_after_a_merge_own_rows_are_no_match_and_others_are(exchange: Exchange, member: int, other: int) -> None:
    mine = exchange.offer(member, ONE)
    made = exchange.wishes.wish_for(member, SEQUEL)
    before = rows()
    decision = merge(exchange)
    assert (wished(exchange, member).others, wished(exchange, member).gift_id) == (0, None)
    assert given(exchange, member).others == 0
    assert [(row.wish_id, row.is_own) for row in shelf(exchange, ONE, member).wishers] == [(made, True)]
    assert [(row.gift_id, row.is_own) for row in shelf(exchange, ONE, member).givers] == [(mine, True)]
    assert givers_of_sisters(exchange, SEQUEL, member) == {0}
    assert givers_of_sisters(exchange, SEQUEL, other) == givers_of_sisters(exchange, SEQUEL, None) == {0, 1}
    with pytest.raises(wish.WishNotFound):
        exchange.wishes.offer_to(member, made)
    exchange.container.exchange.gift_announcements.run()
    assert list_rows(Notice, kind="gift_listed") == []
    theirs = exchange.offer(other, OTHER)
    assert (wished(exchange, member).others, wished(exchange, member).gift_id) == (1, theirs)
    narrow = exchange.wishes.wish_for(exchange.member("只要一版"), ONE, WishScope.EDITION)
    assert given(exchange, member).others == 1
    exchange.wishes.offer_to(member, narrow)
    exchange.gifts.withdraw(other, theirs)
    exchange.wishes.withdraw(list_rows(Wish)[-1].user_id, ONE)
    exchange.container.catalogue.work_decisions.undo(None, decision, reason="看错了")
    assert [row for row in before if row not in rows()] == []


def test_what_a_merge_joined_stays_until_the_member_decides(exchange: Exchange, member: int) -> None:
    mine = exchange.offer(member, ONE)
    made = exchange.wishes.wish_for(member, SEQUEL)
    merge(exchange)
    assert (get_row(Gift, mine).state, get_row(Wish, made).state) == ("open", "open")
    assert shelf(exchange, SEQUEL, member).scopes == {WishScope.EDITION}
    exchange.wishes.change_scope(member, made, WishScope.EDITION)
    assert wished(exchange, member).is_barred
    with pytest.raises(wish.AnotherEditionOffered):
        exchange.wishes.change_scope(member, made, WishScope.LANGUAGE)
    exchange.gifts.withdraw(member, mine)
    assert not wished(exchange, member).is_barred
    assert not given(exchange, member).is_barred
    exchange.wishes.change_scope(member, made, WishScope.LANGUAGE)
    assert given(exchange, member).is_barred
    with pytest.raises(gift.AnyEditionWished):
        exchange.gifts.resume(member, mine)


def test_a_copy_of_the_same_person_s_other_account_is_no_match(exchange: Exchange) -> None:
    other = exchange.join("从前的", "reader@example.cn")
    exchange.move(other, "elsewhere@example.cn")
    member = exchange.join("现在的", "reader@example.cn")
    exchange.offer(other, OTHER)
    made = exchange.wishes.wish_for(member, ONE)
    assert wished(exchange, member).others == given(exchange, other).others == 0
    assert [row.is_own for row in shelf(exchange, OTHER, member).givers] == [True]
    with pytest.raises(wish.WishNotFound):
        exchange.wishes.offer_to(other, made)
    exchange.container.exchange.gift_announcements.run()
    assert list_rows(Notice, kind="gift_listed") == []


def test_the_page_offers_those_scopes_that_would_not_be_refused(exchange: Exchange, member: int, other: int) -> None:
    exchange.container.catalogue.families.link_all()
    assert shelf(exchange, OTHER, member).scopes == shelf(exchange, OTHER, None).scopes == set(WishScope)
    exchange.offer(member, ONE)
    assert shelf(exchange, OTHER, member).scopes == {WishScope.EDITION}
    exchange.offer(member, SOLEDAD.isbn13)
    assert shelf(exchange, SOLITUDE.isbn13, member).scopes == {WishScope.EDITION, WishScope.LANGUAGE}
    exchange.wishes.wish_for(other, ONE, WishScope.EDITION)
    assert shelf(exchange, ONE, other).scopes == set(WishScope)
    assert shelf(exchange, OTHER, other).scopes == {WishScope.EDITION}
    exchange.wishes.wish_for(other, OTHER, WishScope.EDITION)
    assert shelf(exchange, ONE, other).scopes == {WishScope.EDITION}
    assert wished(exchange, other).is_barred


def test_who_asks_for_a_copy_is_shown_no_second_one(exchange: Exchange, member: int, other: int) -> None:
    exchange.wishes.wish_for(member, ONE)
    first = exchange.offer(other, OTHER)
    exchange.offer(exchange.member("第三位"), ONE)
    assert not shelf(exchange, ONE, member).is_asked
    exchange.drifts.request(member, first, AT_HOME)
    assert shelf(exchange, ONE, member).is_asked
    assert not shelf(exchange, SEQUEL, member).is_asked
    assert (wished(exchange, member).others, wished(exchange, member).gift_id) == (1, None)


def test_a_copy_that_comes_back_is_barred_by_a_second_one(exchange: Exchange, member: int) -> None:
    first = exchange.offer(member, ONE)
    exchange.gifts.withdraw(member, first)
    assert not given(exchange, member).is_barred
    exchange.offer(member, ONE)
    listed = exchange.container.exchange.listings.list_gifts(member, limit=9, offset=0)
    assert [(row.id, row.is_barred) for row in listed if row.id == first] == [(first, True)]
    with pytest.raises(gift.AlreadyOffered):
        exchange.gifts.resume(member, first)


def test_only_a_copy_on_the_shelf_is_offered_to_wishers(exchange: Exchange, member: int, other: int) -> None:
    mine = exchange.offer(member, ONE)
    assert shelf(exchange, ONE, member).may_offer
    assert not shelf(exchange, ONE, other).may_offer
    exchange.drifts.request(other, mine, AT_HOME)
    assert not shelf(exchange, ONE, member).may_offer
