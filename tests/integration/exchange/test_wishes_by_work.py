"""Wishes for any edition: which copies fulfil them, what they exclude, and what becomes of them when a book moves to another work."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app.domain import drift_request, gift, wish
from app.domain.book import BookFacts
from app.domain.wish import WishScope, WishState
from app.extensions import db
from app.models.book import Book
from app.models.gift import Gift, GiftAnnouncement, OpenListing, Wish, WishedWork
from app.models.message import Notice
from tests.support.books import FIGHT_CLUB, SANTI, SANTI_2, SANTI_TAIWAN, SOLEDAD, SOLITUDE
from tests.support.exchange import AT_HOME, Exchange
from tests.support.rows import count_rows, get_row, list_rows

ONE, OTHER, SEQUEL = SANTI.isbn13, SANTI_TAIWAN.isbn13, SANTI_2.isbn13


@pytest.fixture
def giver(exchange: Exchange) -> int:
    return exchange.member("老舍")


@pytest.fixture
def reader(exchange: Exchange) -> int:
    return exchange.rich("林小满")


def told(exchange: Exchange) -> list[int]:
    exchange.container.exchange.gift_announcements.run()
    return [notice.user_id for notice in list_rows(Notice, kind="gift_listed")]


def told_of(exchange: Exchange) -> list[tuple[int, int | None]]:
    told(exchange)
    return [(notice.user_id, notice.gift_id) for notice in list_rows(Notice, kind="gift_listed")]


def places(**values: Any) -> set[tuple[int, str, bool]]:
    """Return the places on lists as (member, ISBN, whether it is a work's)."""
    return {(row.user_id, row.isbn13, row.work_id != 0) for row in list_rows(OpenListing, **values)}


def retitle(exchange: Exchange, isbn13: str, title: str, **facts: Any) -> None:
    """Correct a book's title, so that it becomes an edition of another work."""
    book = exchange.container.catalogue.books.find(isbn13)
    exchange.container.catalogue.writer.store([replace(book.facts, title=title, **facts)])


def test_a_copy_of_any_edition_fulfils_the_wish_and_a_sequel_does_not(
    exchange: Exchange, giver: int, reader: int
) -> None:
    made = exchange.wishes.wish_for(reader, ONE)
    exchange.offer(giver, SEQUEL)
    assert told(exchange) == []
    copy = exchange.offer(giver, OTHER)
    assert told(exchange) == [reader]
    listed = exchange.container.exchange.listings.list_wishes(reader, limit=9, offset=0)
    assert [(row.others, row.gift_id, row.scope) for row in listed] == [(1, copy, WishScope.LANGUAGE)]
    assert [row.others for row in exchange.container.exchange.listings.list_gifts(giver, limit=9, offset=0)] == [1, 0]
    drift = exchange.drifts.request(reader, copy, AT_HOME)
    exchange.drifts.post(giver, drift)
    assert (get_row(Wish, made).state, get_row(Wish, made).drift_id) == ("fulfilled", drift)
    assert places(kind="wish") == set()
    exchange.drifts.take_back(giver, drift)
    assert get_row(Wish, made).state == "open"
    assert places(kind="wish") == {(reader, "", True)}


def test_a_wish_for_one_edition_is_not_fulfilled_by_another(exchange: Exchange, giver: int, reader: int) -> None:
    made = exchange.wishes.wish_for(reader, ONE, WishScope.EDITION)
    copy = exchange.offer(giver, OTHER)
    assert told(exchange) == []
    assert [row.others for row in exchange.container.exchange.listings.list_gifts(giver, limit=9, offset=0)] == [0]
    drift = exchange.drifts.request(reader, copy, AT_HOME)
    exchange.drifts.post(giver, drift)
    assert get_row(Wish, made).state == "open"
    listed = exchange.container.exchange.listings.list_wishes(reader, limit=9, offset=0)
    assert [(row.others, row.gift_id) for row in listed] == [(0, None)]
    with pytest.raises(wish.NothingToOffer):
        exchange.wishes.offer_to(giver, made)


def test_a_giver_may_tell_a_wisher_of_any_edition(exchange: Exchange, giver: int, reader: int) -> None:
    made = exchange.wishes.wish_for(reader, ONE)
    copy = exchange.offer(giver, OTHER)
    exchange.wishes.offer_to(giver, made)
    assert [notice.gift_id for notice in list_rows(Notice, kind="wish_offered")] == [copy]


def test_of_two_copies_that_of_the_wished_edition_is_named_first(exchange: Exchange, giver: int, reader: int) -> None:
    made = exchange.wishes.wish_for(reader, ONE)
    exchange.offer(giver, OTHER)
    copy = exchange.offer(giver, ONE)
    assert [row.gift_id for row in exchange.container.exchange.listings.list_wishes(reader, limit=9, offset=0)] == [
        copy
    ]
    exchange.wishes.offer_to(giver, made)
    assert [notice.gift_id for notice in list_rows(Notice, kind="wish_offered")] == [copy]


def test_who_wishes_any_edition_neither_gives_nor_wishes_another(exchange: Exchange, reader: int) -> None:
    exchange.wishes.wish_for(reader, ONE)
    for isbn13 in (ONE, OTHER):
        with pytest.raises(gift.AnyEditionWished):
            exchange.offer(reader, isbn13)
        for scope in WishScope:
            with pytest.raises(wish.AlreadyWished):
                exchange.wishes.wish_for(reader, isbn13, scope)
    exchange.offer(reader, SEQUEL)
    exchange.wishes.withdraw(reader, OTHER)
    assert exchange.offer(reader, ONE)


def test_who_gives_or_wishes_one_edition_may_wish_another_but_not_any(exchange: Exchange, reader: int) -> None:
    exchange.offer(reader, ONE)
    with pytest.raises(wish.OfferedByYourself):
        exchange.wishes.wish_for(reader, ONE)
    with pytest.raises(wish.AnotherEditionOffered):
        exchange.wishes.wish_for(reader, OTHER)
    exchange.wishes.wish_for(reader, OTHER, WishScope.EDITION)
    other = exchange.member("丰子恺")
    exchange.wishes.wish_for(other, ONE, WishScope.EDITION)
    with pytest.raises(wish.AnotherEditionWished):
        exchange.wishes.wish_for(other, OTHER)
    exchange.offer(other, OTHER)


def test_a_withdrawn_copy_comes_back_only_where_no_edition_is_wished(exchange: Exchange, giver: int) -> None:
    copy = exchange.offer(giver, ONE)
    exchange.gifts.withdraw(giver, copy)
    exchange.wishes.wish_for(giver, OTHER)
    with pytest.raises(gift.AnyEditionWished):
        exchange.gifts.resume(giver, copy)
    exchange.wishes.withdraw(giver, OTHER)
    exchange.gifts.resume(giver, copy)
    assert places() == {(giver, ONE, False)}


def test_a_wish_is_widened_and_narrowed_and_keeps_its_place_in_the_row(
    exchange: Exchange, giver: int, reader: int
) -> None:
    first = exchange.wishes.wish_for(reader, ONE, WishScope.EDITION)
    second = exchange.member("丰子恺")
    exchange.wishes.wish_for(second, OTHER)
    exchange.wishes.change_scope(reader, first, WishScope.LANGUAGE)
    assert places(kind="wish") == {(reader, "", True), (second, "", True)}
    exchange.offer(giver, OTHER)
    assert told(exchange) == [reader, second]
    exchange.wishes.change_scope(reader, first, WishScope.EDITION)
    assert places(kind="wish") == {(reader, ONE, False), (second, "", True)}
    assert get_row(Wish, first).scope == "edition"
    exchange.wishes.change_scope(reader, first, WishScope.EDITION)
    with pytest.raises(wish.WishNotFound):
        exchange.wishes.change_scope(second, first, WishScope.LANGUAGE)
    exchange.wishes.wish_for(reader, OTHER, WishScope.EDITION)
    with pytest.raises(wish.AnotherEditionWished):
        exchange.wishes.change_scope(reader, first, WishScope.LANGUAGE)
    assert places(user_id=reader, kind="wish") == {(reader, ONE, False), (reader, OTHER, False)}
    exchange.wishes.withdraw(reader, ONE)
    with pytest.raises(wish.WishNotFound):
        exchange.wishes.change_scope(reader, first, WishScope.LANGUAGE)


def test_one_request_at_a_time_for_copies_of_one_work(exchange: Exchange, giver: int) -> None:
    reader = exchange.member("豆子多")
    for book in (FIGHT_CLUB.isbn13, SEQUEL, "9787544253994"):
        exchange.offer(reader, book)
    one, other = exchange.offer(giver, ONE), exchange.offer(exchange.member("丰子恺"), OTHER)
    drift = exchange.drifts.request(reader, one, AT_HOME)
    with pytest.raises(drift_request.SameBookAsked):
        exchange.drifts.request(reader, other, AT_HOME)
    late = exchange.rich("晚到一步")
    with pytest.raises(drift_request.TooLate) as refused:
        exchange.drifts.request(late, one, AT_HOME)
    assert refused.value.values["others"] == 1
    exchange.drifts.reject(giver, drift, reason="")
    assert exchange.drifts.request(reader, other, AT_HOME)


def test_gifts_and_wishes_follow_a_corrected_book(exchange: Exchange, giver: int, reader: int) -> None:
    made, copy = exchange.wishes.wish_for(reader, ONE), exchange.offer(giver, OTHER)
    work = get_row(Wish, made).work_id
    before = rows()
    retitle(exchange, ONE, "球状闪电")
    moved = exchange.container.catalogue.books.find(ONE).work_id
    assert moved != work
    assert (get_row(Wish, made).work_id, get_row(Gift, copy).work_id) == (moved, work)
    assert [row.others for row in exchange.container.exchange.listings.list_gifts(giver, limit=9, offset=0)] == [0]
    exchange.gifts.withdraw(giver, copy)
    exchange.gifts.resume(giver, copy)
    retitle(exchange, ONE, SANTI.title)
    assert rows() == before


def rows() -> list[Any]:
    """Return wishes and places as they are stored."""
    return [*list_rows(Wish), *list_rows(OpenListing, kind="wish")]


def test_wishes_that_meet_are_joined_to_the_older_and_parted_with_their_works(
    exchange: Exchange, giver: int, reader: int
) -> None:
    retitle(exchange, OTHER, "球状闪电")
    younger_first = exchange.member("先来后到")
    wishes = {
        (reader, ONE): exchange.wishes.wish_for(reader, ONE),
        (reader, OTHER): exchange.wishes.wish_for(reader, OTHER),
        (younger_first, OTHER): exchange.wishes.wish_for(younger_first, OTHER),
        (younger_first, ONE): exchange.wishes.wish_for(younger_first, ONE),
    }
    narrow = exchange.member("只要一版")
    narrow_one = exchange.wishes.wish_for(narrow, ONE, WishScope.EDITION)
    exchange.wishes.wish_for(narrow, OTHER)
    before = rows()
    retitle(exchange, OTHER, SANTI_TAIWAN.title)
    joined = {row.id: row.joined_to for row in list_rows(Wish, state=WishState.JOINED.value)}
    assert joined == {
        wishes[reader, OTHER]: wishes[reader, ONE],
        wishes[younger_first, ONE]: wishes[younger_first, OTHER],
        narrow_one: narrow_one + 1,
    }
    assert places(kind="wish") == {(member, "", True) for member in (reader, younger_first, narrow)}
    exchange.offer(giver, ONE)
    assert told(exchange) == [reader, younger_first, narrow], "each once"
    retitle(exchange, OTHER, "球状闪电")
    assert rows() == before


def test_taking_back_the_wish_that_stands_for_two_takes_back_both(exchange: Exchange, reader: int) -> None:
    retitle(exchange, OTHER, "球状闪电")
    exchange.wishes.wish_for(reader, ONE)
    exchange.wishes.wish_for(reader, OTHER)
    retitle(exchange, OTHER, SANTI_TAIWAN.title)
    exchange.wishes.withdraw(reader, OTHER)
    assert {row.state for row in list_rows(Wish)} == {"withdrawn"}
    retitle(exchange, OTHER, "球状闪电")
    assert {row.state for row in list_rows(Wish)} == {"withdrawn"}
    assert places(kind="wish") == set()


def test_a_fulfilled_wish_lets_the_one_joined_to_it_open_when_their_works_part(
    exchange: Exchange, giver: int, reader: int
) -> None:
    retitle(exchange, OTHER, "球状闪电")
    exchange.wishes.wish_for(reader, ONE)
    joined = exchange.wishes.wish_for(reader, OTHER)
    retitle(exchange, OTHER, SANTI_TAIWAN.title)
    exchange.drifts.post(giver, exchange.drifts.request(reader, exchange.offer(giver, ONE), AT_HOME))
    assert get_row(Wish, joined).state == "fulfilled"
    retitle(exchange, OTHER, "球状闪电")
    assert get_row(Wish, joined).state == "open"


@pytest.fixture
def met(exchange: Exchange, reader: int) -> tuple[int, int]:
    """Return two wishes of which the second was joined to the first when their works turned out to be one."""
    retitle(exchange, OTHER, "球状闪电")
    kept, joined = exchange.wishes.wish_for(reader, ONE), exchange.wishes.wish_for(reader, OTHER)
    retitle(exchange, OTHER, SANTI_TAIWAN.title)
    assert get_row(Wish, joined).joined_to == kept
    return kept, joined


def states(*wishes: int) -> list[tuple[str, str, int | None]]:
    rows = [get_row(Wish, one) for one in wishes]
    return [(row.state, row.scope, row.joined_to) for row in rows]


def receive(exchange: Exchange, giver: int, reader: int, isbn13: str) -> int:
    """Let a reader receive a copy."""
    drift = exchange.mailed(giver, reader, isbn13)
    exchange.drifts.receive(reader, drift)
    return drift


def test_a_copy_for_a_joined_wish_fulfils_that_one_when_the_works_part(
    exchange: Exchange, giver: int, reader: int, met: tuple[int, int]
) -> None:
    kept, joined = met
    drift = receive(exchange, giver, reader, OTHER)
    assert [get_row(Wish, one).drift_id for one in met] == [drift, drift]
    retitle(exchange, OTHER, "球状闪电")
    assert states(kept, joined) == [("open", "language", None), ("fulfilled", "language", None)]
    assert (get_row(Wish, kept).drift_id, get_row(Wish, joined).drift_id) == (None, drift)
    assert places(kind="wish") == {(reader, "", True)}
    exchange.offer(giver, ONE)
    assert told(exchange) == [reader], "who waits for the other one hears of it"


def test_a_copy_for_two_wishes_opens_none_of_somebody_who_has_left(
    exchange: Exchange, giver: int, reader: int, met: tuple[int, int]
) -> None:
    receive(exchange, giver, reader, OTHER)
    exchange.leave(reader)
    retitle(exchange, OTHER, "球状闪电")
    assert {state for state, *_ in states(*met)} == {"fulfilled"}
    assert places(kind="wish") == set()


def test_a_parcel_that_comes_back_opens_the_wish_and_what_it_stood_for_is_joined_again(
    exchange: Exchange, giver: int, reader: int, met: tuple[int, int]
) -> None:
    before = rows()
    drift = exchange.mailed(giver, reader, OTHER)
    assert {state for state, *_ in states(*met)} == {"fulfilled"}
    exchange.drifts.take_back(giver, drift)
    assert rows() == before


def test_a_joined_wish_for_one_edition_opens_when_another_edition_has_come(
    exchange: Exchange, giver: int, reader: int
) -> None:
    retitle(exchange, OTHER, "球状闪电")
    kept = exchange.wishes.wish_for(reader, ONE)
    joined = exchange.wishes.wish_for(reader, OTHER, WishScope.EDITION)
    retitle(exchange, OTHER, SANTI_TAIWAN.title)
    receive(exchange, giver, reader, ONE)
    assert states(kept, joined) == [("fulfilled", "language", None), ("open", "edition", None)]
    assert places(kind="wish") == {(reader, OTHER, False)}


def test_a_narrowed_wish_stands_for_no_other_and_each_is_for_its_own_edition(
    exchange: Exchange, reader: int, met: tuple[int, int]
) -> None:
    exchange.wishes.change_scope(reader, met[0], WishScope.EDITION)
    assert states(*met) == [("open", "edition", None), ("open", "edition", None)]
    assert places(kind="wish") == {(reader, ONE, False), (reader, OTHER, False)}
    exchange.wishes.withdraw(reader, ONE)
    assert [state for state, *_ in states(*met)] == ["withdrawn", "open"]


def test_a_wish_narrowed_to_one_language_lets_go_of_that_for_another(
    exchange: Exchange, reader: int, family: frozenset[int]
) -> None:
    kept = exchange.wishes.wish_for(reader, TRANSLATION, WishScope.ANY, works=family)
    joined = exchange.wishes.wish_for(reader, ONE)
    retitle(exchange, ONE, SOLEDAD.title, authors=SOLEDAD.authors, language="es")
    assert get_row(Wish, joined).joined_to == kept
    exchange.wishes.change_scope(reader, kept, WishScope.LANGUAGE)
    assert states(kept, joined) == [("open", "language", None), ("open", "language", None)]


def test_who_gets_copies_by_a_merge_is_told_of_one_and_once(exchange: Exchange, giver: int, reader: int) -> None:
    early, late, narrow = exchange.member("早来的"), exchange.member("看过这一页的"), exchange.member("只要一版")
    exchange.wishes.wish_for(early, SEQUEL)
    exchange.offer(giver, SEQUEL)
    newest = exchange.offer(exchange.member("丰子恺"), SEQUEL)
    own = exchange.offer(exchange.member("巴金"), ONE)
    exchange.clock.advance(timedelta(minutes=1))
    exchange.wishes.wish_for(late, SEQUEL)
    exchange.wishes.wish_for(reader, ONE)
    exchange.wishes.wish_for(narrow, OTHER, WishScope.EDITION)
    assert told(exchange) == [early, early]
    decisions = exchange.container.catalogue.work_decisions
    decision = decisions.merge(None, ONE, SEQUEL, reason="同一本")
    assert told_of(exchange)[2:] == [(reader, newest), (early, own), (late, own)]
    decisions.undo(None, decision, reason="看错了")
    decisions.merge(None, ONE, SEQUEL, reason="还是同一本")
    assert len(told_of(exchange)) == 5
    assert list_rows(GiftAnnouncement) == []


def test_who_wishes_any_language_is_told_of_what_a_merge_brings(
    exchange: Exchange, giver: int, reader: int, family: frozenset[int]
) -> None:
    exchange.wishes.wish_for(reader, TRANSLATION, WishScope.ANY, works=family)
    catalogue = exchange.container.catalogue
    spanish = replace(SOLEDAD, isbn13=LATER, title="Cien años", authors=("Gabriel García Márquez",))
    catalogue.writer.store([spanish])
    copy = exchange.offer(giver, LATER)
    assert told(exchange) == []
    catalogue.work_decisions.merge(None, LATER, ORIGINAL, reason="同一本")
    assert told_of(exchange) == [(reader, copy)]


def test_an_import_that_moves_a_book_tells_who_waits_of_its_copies(
    exchange: Exchange, giver: int, reader: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.exchange.gift_announcements.GIFTS_AT_ONCE", 2)
    readers = [reader, *(exchange.member(f"读者{number}") for number in range(4))]
    for one in readers:
        exchange.wishes.wish_for(one, ONE)
    retitle(exchange, OTHER, "球状闪电")
    copy = exchange.offer(giver, OTHER)
    assert told(exchange) == []
    retitle(exchange, OTHER, SANTI_TAIWAN.title)
    assert told_of(exchange) == [(one, copy) for one in readers]


def test_of_a_copy_that_is_being_told_of_everybody_hears(exchange: Exchange, giver: int, reader: int) -> None:
    exchange.wishes.wish_for(reader, ONE)
    retitle(exchange, OTHER, "球状闪电")
    other = exchange.member("丰子恺")
    exchange.wishes.wish_for(other, OTHER)
    copy = exchange.offer(giver, OTHER)
    retitle(exchange, OTHER, SANTI_TAIWAN.title)
    assert told_of(exchange) == [(reader, copy), (other, copy)]


def test_places_are_as_old_as_their_wish_whatever_moves_it(exchange: Exchange, reader: int) -> None:
    made = exchange.wishes.wish_for(reader, ONE, WishScope.EDITION)
    exchange.clock.advance(timedelta(days=3))
    exchange.wishes.change_scope(reader, made, WishScope.LANGUAGE)
    before = rows()
    decisions = exchange.container.catalogue.work_decisions
    decision = decisions.put(None, ONE, SEQUEL, reason="试试")
    assert [place.create_time for place in list_rows(OpenListing, kind="wish")] == [get_row(Wish, made).create_time]
    decisions.undo(None, decision, reason="不对")
    assert rows() == before


def test_a_wish_that_was_let_go_is_its_owners_when_the_parcel_comes_back(
    exchange: Exchange, giver: int, reader: int
) -> None:
    retitle(exchange, OTHER, "球状闪电")
    exchange.wishes.wish_for(reader, ONE)
    joined = exchange.wishes.wish_for(reader, OTHER, WishScope.EDITION)
    retitle(exchange, OTHER, SANTI_TAIWAN.title)
    drift = exchange.mailed(giver, reader, ONE)
    assert get_row(Wish, joined).state == "open"
    exchange.wishes.withdraw(reader, OTHER)
    again = exchange.wishes.wish_for(reader, OTHER, WishScope.EDITION)
    exchange.drifts.take_back(giver, drift)
    assert places(kind="wish") == {(reader, "", True), (reader, OTHER, False)}
    assert get_row(Wish, again).state == "open"


def test_who_leaves_keeps_no_joined_wish(exchange: Exchange, reader: int) -> None:
    retitle(exchange, OTHER, "球状闪电")
    exchange.wishes.wish_for(reader, ONE)
    exchange.wishes.wish_for(reader, OTHER)
    retitle(exchange, OTHER, SANTI_TAIWAN.title)
    exchange.leave(reader)
    assert {row.state for row in list_rows(Wish)} == {"withdrawn"}
    assert count_rows(OpenListing, kind="wish") == 0


def test_a_book_without_a_work_gets_it_when_it_is_wished_or_given(exchange: Exchange, giver: int, reader: int) -> None:
    with db.auto_commit() as session:
        session.execute(update(Book).values(work_id=0))
    made = exchange.wishes.wish_for(reader, ONE)
    assert get_row(Wish, made).work_id == exchange.container.catalogue.books.find(ONE).work_id != 0
    copy = exchange.offer(giver, OTHER)
    assert get_row(Gift, copy).work_id == get_row(Wish, made).work_id
    assert told(exchange) == [reader]


def test_gifts_of_before_get_their_work_with_their_book(exchange: Exchange, giver: int) -> None:
    copy = exchange.offer(giver, ONE)
    with db.auto_commit() as session:
        session.execute(update(Book).values(work_id=0))
        session.execute(update(Gift).values(work_id=0))
    exchange.container.catalogue.works.assign_all()
    assert get_row(Gift, copy).work_id == exchange.container.catalogue.books.find(ONE).work_id != 0


def test_the_shelf_counts_for_the_edition_and_for_the_work(exchange: Exchange, giver: int, reader: int) -> None:
    exchange.offer(giver, ONE)
    exchange.offer(exchange.member("丰子恺"), OTHER)
    exchange.wishes.wish_for(reader, OTHER)
    narrow = exchange.member("只要一版")
    exchange.wishes.wish_for(narrow, ONE, WishScope.EDITION)
    books, listings = exchange.container.catalogue.books, exchange.container.exchange.shelf
    shelf = listings.get_shelf(books.find(OTHER), member_id=reader, now=0)
    assert (shelf.giver_count, shelf.work_giver_count) == (1, 2)
    assert (shelf.wisher_count, shelf.work_wisher_count) == (1, 2)
    assert [(row.member_id, row.scope) for row in shelf.wishers] == [(reader, WishScope.LANGUAGE)]
    assert (shelf.own, shelf.own_scope) == ("wish", WishScope.LANGUAGE)
    shelf = listings.get_shelf(books.find(ONE), member_id=giver, now=0)
    assert (shelf.wisher_count, shelf.work_wisher_count, shelf.own) == (2, 2, "gift")
    assert [row.member_id for row in shelf.wishers] == [reader, narrow]
    shelf = listings.get_shelf(books.find(ONE), member_id=reader, now=0)
    assert (shelf.own, shelf.own_scope) == ("wish", WishScope.LANGUAGE)


ORIGINAL, TRANSLATION = SOLEDAD.isbn13, SOLITUDE.isbn13


@pytest.fixture
def family(exchange: Exchange) -> frozenset[int]:
    """Link a translation with its original, and return the two works."""
    exchange.container.catalogue.families.link_all()
    books = exchange.container.catalogue.books
    return frozenset(books.find(isbn).work_id for isbn in (ORIGINAL, TRANSLATION))


def test_a_translation_and_its_original_are_one_family(exchange: Exchange, family: frozenset[int]) -> None:
    works = exchange.container.catalogue.work_queries
    books = exchange.container.catalogue.books
    for one, other in ((ORIGINAL, TRANSLATION), (TRANSLATION, ORIGINAL)):
        assert [row.book.facts.isbn13 for row in works.list_relatives(books.find(one).work_id, 9)] == [other]
    assert works.list_relatives(books.find(ONE).work_id, 9) == works.list_relatives(0, 9) == ()
    assert set(exchange.container.exchange.facts.list_works(min(family), WishScope.ANY)) == family


def test_a_wish_for_any_language_is_fulfilled_by_the_works_that_were_told(
    exchange: Exchange, giver: int, reader: int, family: frozenset[int]
) -> None:
    for works in ((), {min(family)}, {*family, 999}):
        with pytest.raises(wish.OtherWorksMeant):
            exchange.wishes.wish_for(reader, TRANSLATION, WishScope.ANY, works=works)
    made = exchange.wishes.wish_for(reader, TRANSLATION, WishScope.ANY, works=family)
    for isbn13 in (ORIGINAL, TRANSLATION):
        with pytest.raises(gift.AnyEditionWished):
            exchange.offer(reader, isbn13)
        with pytest.raises(wish.AlreadyWished):
            exchange.wishes.wish_for(reader, isbn13)
    copy = exchange.offer(giver, ORIGINAL)
    assert told(exchange) == [reader]
    listings = exchange.container.exchange.listings
    assert [(row.others, row.gift_id) for row in listings.list_wishes(reader, limit=9, offset=0)] == [(1, copy)]
    exchange.wishes.offer_to(giver, made)
    drift = exchange.drifts.request(reader, copy, AT_HOME)
    exchange.drifts.post(giver, drift)
    assert (get_row(Wish, made).state, places(kind="wish")) == ("fulfilled", set())
    exchange.drifts.take_back(giver, drift)
    assert get_row(Wish, made).state == "open"
    assert {row.work_id for row in list_rows(OpenListing, kind="wish")} == family
    exchange.wishes.withdraw(reader, ORIGINAL)
    assert places(kind="wish") == set()


def test_any_language_is_refused_to_who_wishes_or_gives_one_of_them(
    exchange: Exchange, giver: int, reader: int, family: frozenset[int]
) -> None:
    exchange.wishes.wish_for(reader, ORIGINAL)
    with pytest.raises(wish.AnotherEditionWished):
        exchange.wishes.wish_for(reader, TRANSLATION, WishScope.ANY, works=family)
    exchange.offer(giver, ORIGINAL)
    with pytest.raises(wish.AnotherEditionOffered):
        exchange.wishes.wish_for(giver, TRANSLATION, WishScope.ANY, works=family)
    assert exchange.wishes.wish_for(giver, TRANSLATION)


def test_a_wish_is_widened_to_any_language_and_narrowed_again(
    exchange: Exchange, reader: int, family: frozenset[int]
) -> None:
    made = exchange.wishes.wish_for(reader, TRANSLATION)
    with pytest.raises(wish.OtherWorksMeant):
        exchange.wishes.change_scope(reader, made, WishScope.ANY)
    assert len(places(kind="wish")) == 1
    exchange.wishes.change_scope(reader, made, WishScope.ANY, works=family)
    assert {row.work_id for row in list_rows(OpenListing, kind="wish")} == family
    exchange.wishes.change_scope(reader, made, WishScope.EDITION)
    assert places(kind="wish") == {(reader, TRANSLATION, False)}


def test_a_wish_for_any_language_stays_when_it_meets_a_narrower_one_and_they_part_again(
    exchange: Exchange, reader: int, family: frozenset[int]
) -> None:
    narrower = exchange.wishes.wish_for(reader, ONE)
    wider = exchange.wishes.wish_for(reader, TRANSLATION, WishScope.ANY, works=family)
    older = exchange.member("先来后到")
    exchange.wishes.wish_for(older, TRANSLATION)
    exchange.wishes.wish_for(older, ONE)
    before = rows()
    books, authors = exchange.container.catalogue, SANTI.authors
    retitle(exchange, ONE, "百年孤独", authors=SOLITUDE.authors)
    assert (get_row(Wish, narrower).state, get_row(Wish, narrower).joined_to) == ("joined", wider)
    assert {row.work_id for row in list_rows(OpenListing, user_id=reader, kind="wish")} == family
    retitle(exchange, ONE, SANTI.title, authors=authors)
    assert rows() == before
    # and the other way: what moves is the wish for any language
    retitle(exchange, TRANSLATION, SANTI.title, authors=authors)
    assert get_row(Wish, narrower).joined_to == wider
    moved = books.books.find(TRANSLATION).work_id
    assert {row.work_id for row in list_rows(OpenListing, user_id=reader, kind="wish")} == {
        moved,
        books.books.find(ORIGINAL).work_id,
    }
    retitle(exchange, TRANSLATION, SOLITUDE.title, authors=SOLITUDE.authors)
    assert rows() == before


HUNGER = BookFacts(isbn13="9780374525286", title="Hunger", authors=("Knut Hamsun",), language="en")
HUNGRY = BookFacts(isbn13="9787020002207", title="饥饿", authors=("汉姆生",), language="zh", original_title="Hunger")
LATER = "9780060883287"


def test_a_wish_for_any_language_takes_all_its_places_again_when_it_parts_from_another(
    exchange: Exchange, reader: int, family: frozenset[int]
) -> None:
    catalogue = exchange.container.catalogue
    catalogue.writer.store([HUNGER, HUNGRY])
    catalogue.families.link_all()
    others = exchange.container.exchange.facts.list_works(catalogue.books.find(HUNGER.isbn13).work_id, WishScope.ANY)
    older = exchange.wishes.wish_for(reader, HUNGRY.isbn13, WishScope.ANY, works=others)
    younger = exchange.wishes.wish_for(reader, TRANSLATION, WishScope.ANY, works=family)
    before = rows()
    retitle(exchange, TRANSLATION, HUNGRY.title, authors=HUNGRY.authors)
    assert (get_row(Wish, younger).state, get_row(Wish, younger).joined_to) == ("joined", older)
    assert {row.work_id for row in list_rows(OpenListing, kind="wish")} == set(others)
    retitle(exchange, TRANSLATION, SOLITUDE.title, authors=SOLITUDE.authors)
    assert rows() == before


def link_later(exchange: Exchange) -> int:
    """Link one more translation with the family of the original, and return its work."""
    english = replace(HUNGER, isbn13=LATER, title="One Hundred Years of Solitude", authors=("Gabriel García Márquez",))
    catalogue = exchange.container.catalogue
    catalogue.writer.store([replace(english, original_title="Cien años de soledad")])
    catalogue.families.link_all()
    return int(catalogue.books.find(LATER).work_id)


@pytest.mark.parametrize("how", ["moved and back", "joined and parted", "returned"])
def test_a_work_that_joins_the_family_later_is_no_place_of_a_wish_whose_owner_was_not_shown_it(
    exchange: Exchange, giver: int, reader: int, family: frozenset[int], how: str
) -> None:
    made = exchange.wishes.wish_for(reader, TRANSLATION, WishScope.ANY, works=family)
    if how == "joined and parted":
        exchange.container.catalogue.writer.store([HUNGER, HUNGRY])
        exchange.container.catalogue.families.link_all()
        hungry = exchange.container.catalogue.books.find(HUNGRY.isbn13).work_id
        others = exchange.container.exchange.facts.list_works(hungry, WishScope.ANY)
        exchange.wishes.wish_for(reader, HUNGRY.isbn13, WishScope.ANY, works=others)
    if how == "returned":
        drift = exchange.drifts.request(reader, exchange.offer(giver, TRANSLATION), AT_HOME)
        exchange.drifts.post(giver, drift)
    later = link_later(exchange)
    assert later in exchange.container.exchange.facts.list_works(min(family), WishScope.ANY)
    if how == "returned":
        exchange.drifts.take_back(giver, drift)
    else:
        retitle(exchange, TRANSLATION, HUNGRY.title, authors=HUNGRY.authors)
        retitle(exchange, TRANSLATION, SOLITUDE.title, authors=SOLITUDE.authors)
    assert get_row(Wish, made).state == "open"
    assert {row.work_id for row in list_rows(OpenListing, kind="wish", listing_id=made)} == family
    assert exchange.offer(reader, LATER), "it is none of the works that the wish means"


def test_a_narrowed_wish_forgets_which_works_it_meant(exchange: Exchange, reader: int, family: frozenset[int]) -> None:
    made = exchange.wishes.wish_for(reader, TRANSLATION, WishScope.ANY, works=family)
    assert count_rows(WishedWork) == 1
    exchange.wishes.change_scope(reader, made, WishScope.LANGUAGE)
    assert count_rows(WishedWork) == 0


def test_who_leaves_leaves_no_works_that_a_wish_meant(exchange: Exchange, reader: int, family: frozenset[int]) -> None:
    exchange.wishes.wish_for(reader, TRANSLATION, WishScope.ANY, works=family)
    exchange.leave(reader)
    assert count_rows(WishedWork) == 0


def test_a_wish_for_any_language_keeps_one_place_where_two_of_its_works_become_one(
    exchange: Exchange, reader: int, family: frozenset[int]
) -> None:
    exchange.wishes.wish_for(reader, TRANSLATION, WishScope.ANY, works=family)
    retitle(exchange, TRANSLATION, SOLEDAD.title, authors=SOLEDAD.authors, language="es")
    kept = exchange.container.catalogue.books.find(ORIGINAL).work_id
    assert [row.work_id for row in list_rows(OpenListing, kind="wish")] == [kept]


def test_of_three_wishes_that_meet_one_after_the_other_the_oldest_stands_for_all(
    exchange: Exchange, reader: int
) -> None:
    retitle(exchange, OTHER, "球状闪电")
    first, second, third = (exchange.wishes.wish_for(reader, isbn) for isbn in (SEQUEL, ONE, OTHER))
    before = rows()
    retitle(exchange, OTHER, SANTI_TAIWAN.title)
    assert get_row(Wish, third).joined_to == second
    retitle(exchange, ONE, SANTI_2.title)  # the third is parted from it, and stands alone
    assert (get_row(Wish, second).joined_to, get_row(Wish, third).state) == (first, "open")
    retitle(exchange, OTHER, SANTI_2.title)
    assert get_row(Wish, third).joined_to == first
    retitle(exchange, ONE, SANTI.title)
    retitle(exchange, OTHER, "球状闪电")
    assert rows() == before


def test_two_wishes_that_are_parted_from_a_third_are_joined_where_they_are_for_one_work(
    exchange: Exchange, reader: int
) -> None:
    retitle(exchange, OTHER, "球状闪电")
    first, narrow, third = (
        exchange.wishes.wish_for(reader, isbn, scope)
        for isbn, scope in ((SEQUEL, WishScope.LANGUAGE), (ONE, WishScope.EDITION), (OTHER, WishScope.LANGUAGE))
    )
    before = rows()
    retitle(exchange, OTHER, SANTI_TAIWAN.title)
    assert get_row(Wish, narrow).joined_to == third
    together = rows()
    retitle(exchange, SEQUEL, SANTI.title)
    assert (get_row(Wish, narrow).joined_to, get_row(Wish, third).joined_to) == (first, first)
    retitle(exchange, SEQUEL, SANTI_2.title)
    assert rows() == together
    retitle(exchange, OTHER, "球状闪电")
    assert rows() == before


def test_a_work_that_takes_the_place_of_another_takes_its_family_and_its_wishers(
    exchange: Exchange, giver: int, reader: int, family: frozenset[int]
) -> None:
    catalogue = exchange.container.catalogue
    exchange.wishes.wish_for(reader, TRANSLATION, WishScope.ANY, works=family)
    retitle(exchange, ORIGINAL, "Cien años de soledad: edición crítica", authors=("Otro",))
    moved = catalogue.books.find(ORIGINAL).work_id
    assert moved not in family
    for one, other in ((ORIGINAL, TRANSLATION), (TRANSLATION, ORIGINAL)):
        relatives = catalogue.work_queries.list_relatives(catalogue.books.find(one).work_id, 9)
        assert [row.book.facts.isbn13 for row in relatives] == [other]
    exchange.offer(giver, ORIGINAL)
    assert told(exchange) == [reader]
    retitle(exchange, TRANSLATION, "孤独百年", authors=("某人",))
    relatives = catalogue.work_queries.list_relatives(moved, 9)
    assert [row.book.facts.isbn13 for row in relatives] == [TRANSLATION]
