"""Blocks on both databases: what they part, that they part both, and what runs on."""

from __future__ import annotations

import threading

import pytest
from flask import Flask

from app.domain.block import MOST_BLOCKS, AlreadyBlocked, MetAt, NobodyToBlock, NotBlocked, TooManyBlocks
from app.domain.drift_request import AlreadyAsked, TooLate
from app.domain.gift import GiftNotFound
from app.domain.wish import WishNotFound
from app.extensions import db
from app.models.drift import Drift
from app.models.member_block import MemberBlock
from app.models.user import User
from app.queries.shelf import BookShelf
from app.services.exchange.blocks import Blocks
from tests.support.exchange import AT_HOME, ISBNS, Exchange
from tests.support.rows import add_row, count_rows, get_row, list_rows, make_row


@pytest.fixture
def blocks(exchange: Exchange) -> Blocks:
    return exchange.container.exchange.blocks


@pytest.fixture
def giver(exchange: Exchange) -> int:
    return exchange.member("老舍")


@pytest.fixture
def reader(exchange: Exchange) -> int:
    return exchange.rich("小满")


def shelf(exchange: Exchange, viewer: int | None, isbn: str = ISBNS[0]) -> BookShelf:
    book = exchange.container.catalogue.books.find(isbn)
    assert book is not None
    return exchange.container.exchange.shelf.get_shelf(book, member_id=viewer, now=0)


@pytest.mark.parametrize("giver_blocks", [True, False])
def test_neither_asks_sees_or_is_told_of_the_other_whoever_blocked(
    exchange: Exchange, blocks: Blocks, giver: int, reader: int, *, giver_blocks: bool
) -> None:
    wish = exchange.wishes.wish_for(reader, ISBNS[0])
    gift = exchange.offer(giver)
    listings = exchange.container.exchange.listings
    assert [row.gift_id for row in listings.list_wishes(reader, limit=9, offset=0)] == [gift]
    blocks.block(giver, MetAt.WISH, wish) if giver_blocks else blocks.block(reader, MetAt.GIFT, gift)
    with pytest.raises(GiftNotFound):
        exchange.drifts.request(reader, gift, AT_HOME)
    with pytest.raises(WishNotFound):
        exchange.wishes.offer_to(giver, wish)
    assert (shelf(exchange, reader).givers, shelf(exchange, reader).giver_count) == ((), 0)
    assert (shelf(exchange, giver).wishers, shelf(exchange, giver).wisher_count) == ((), 0)
    assert shelf(exchange, None).giver_count == shelf(exchange, None).wisher_count == 1
    assert listings.count_open([ISBNS[0]], reader) == {}
    assert listings.count_open([ISBNS[0]]) == {ISBNS[0]: 1}
    assert ISBNS[0] not in {row.book.facts.isbn13 for row in listings.list_recent(9, reader)}
    assert ISBNS[0] in {row.book.facts.isbn13 for row in listings.list_recent(9)}
    (mine,) = listings.list_wishes(reader, limit=9, offset=0)
    assert (mine.others, mine.gift_id) == (0, None)
    assert [row.others for row in listings.list_gifts(giver, limit=9, offset=0)] == [0]
    exchange.pass_days(1)
    assert exchange.notices(reader) == []


def test_others_of_the_same_book_are_seen_and_counted(
    exchange: Exchange, blocks: Blocks, giver: int, reader: int
) -> None:
    gift, other = exchange.offer(giver), exchange.offer(exchange.member("巴金"))
    blocks.block(reader, MetAt.GIFT, gift)
    assert [row.gift_id for row in shelf(exchange, reader).givers] == [other]
    exchange.drifts.request(exchange.rich("先来的"), other, AT_HOME)
    with pytest.raises(TooLate) as late:
        exchange.drifts.ensure_may_request(reader, other)
    assert late.value.values["others"] == 0, "a copy that one cannot ask for is none"


def test_a_drift_that_is_open_runs_to_its_end_without_words(
    exchange: Exchange, blocks: Blocks, giver: int, reader: int
) -> None:
    gift = exchange.offer(giver)
    drift = exchange.drifts.request(reader, gift, AT_HOME)
    blocks.block(giver, MetAt.DRIFT, drift)
    with pytest.raises(AlreadyAsked):
        exchange.drifts.ensure_may_request(reader, gift)
    other = exchange.drifts.request(exchange.rich("第三位"), exchange.offer(reader, ISBNS[1]), AT_HOME)
    exchange.drifts.reject(giver, drift, reason="走开")
    assert (exchange.state(drift), get_row(Drift, drift).reason, exchange.balance(reader)) == ("rejected", "", 15)
    exchange.drifts.reject(reader, other, reason="对不起")
    assert get_row(Drift, other).reason == "对不起"


def test_a_posted_book_arrives_though_the_two_have_parted(
    exchange: Exchange, blocks: Blocks, giver: int, reader: int
) -> None:
    drift = exchange.mailed(giver, reader)
    blocks.block(reader, MetAt.DRIFT, drift)
    exchange.drifts.receive(reader, drift)
    assert exchange.balance(giver) == 20


def test_a_block_is_taken_back_and_all_is_as_before(
    exchange: Exchange, blocks: Blocks, giver: int, reader: int
) -> None:
    gift = exchange.offer(giver)
    assert blocks.block(reader, MetAt.GIFT, gift) == "老舍"
    with pytest.raises(AlreadyBlocked):
        blocks.block(reader, MetAt.GIFT, gift)
    assert [(row.id, row.nickname) for row in exchange.container.exchange.block_queries.list_of(reader)] == [
        (giver, "老舍")
    ]
    blocks.unblock(reader, giver)
    with pytest.raises(NotBlocked):
        blocks.unblock(reader, giver)
    exchange.drifts.request(reader, gift, AT_HOME)


def test_a_block_of_the_other_side_stays_when_one_is_taken_back(
    exchange: Exchange, blocks: Blocks, giver: int, reader: int
) -> None:
    drift = exchange.mailed(giver, reader)
    gift = exchange.offer(giver, ISBNS[1])
    for one in (giver, reader):
        blocks.block(one, MetAt.DRIFT, drift)
    blocks.unblock(reader, giver)
    with pytest.raises(GiftNotFound):
        exchange.drifts.ensure_may_request(reader, gift)


def test_nobody_is_met_where_one_sees_nobody(exchange: Exchange, blocks: Blocks, giver: int, reader: int) -> None:
    gift, wish = exchange.offer(giver), exchange.wishes.wish_for(giver, ISBNS[1])
    drift = exchange.mailed(giver, exchange.rich("别人"), ISBNS[2])
    exchange.gifts.withdraw(giver, gift)
    exchange.wishes.withdraw(giver, ISBNS[1])
    for at, thing in ((MetAt.GIFT, gift), (MetAt.WISH, wish), (MetAt.DRIFT, drift), (MetAt.GIFT, 999)):
        with pytest.raises(NobodyToBlock):
            blocks.block(reader, at, thing)
    with pytest.raises(NobodyToBlock):
        blocks.block(giver, MetAt.GIFT, exchange.offer(giver, ISBNS[3]))
    assert count_rows(MemberBlock) == 0


def test_two_hundred_are_blocked_and_no_more_by_many_hands_at_once(
    any_database_app: Flask, exchange: Exchange, blocks: Blocks, reader: int
) -> None:
    gifts = [exchange.offer(exchange.member(f"送书人{number}"), ISBNS[0]) for number in range(4)]
    with db.auto_commit():
        for number in range(MOST_BLOCKS - 1):
            other = make_row(User, nickname=f"某人{number}")
            other.person_id = other.id
            add_row(MemberBlock, member_id=reader, blocked_id=other.id)
    start, refused = threading.Barrier(4), []

    def block(gift: int) -> None:
        with any_database_app.app_context():
            start.wait()
            try:
                blocks.block(reader, MetAt.GIFT, gift)
            except TooManyBlocks:
                refused.append(gift)

    threads = [threading.Thread(target=block, args=(gift,)) for gift in gifts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (count_rows(MemberBlock, member_id=reader), len(refused)) == (MOST_BLOCKS, 3)


def test_who_leaves_is_on_nobodys_list(exchange: Exchange, blocks: Blocks, giver: int, reader: int) -> None:
    drift = exchange.mailed(giver, reader)
    for one in (giver, reader):
        blocks.block(one, MetAt.DRIFT, drift)
    exchange.leave(giver)
    assert list_rows(MemberBlock) == []
