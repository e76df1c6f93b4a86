"""The index knows which books can be had, from the commit that offers one to the commit that takes the last one away."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import pytest

from app.domain.drift import DriftState
from app.domain.gift import Pause
from app.extensions import db
from app.services.unit_of_work import UseCases
from tests.support.apps import close, make_app
from tests.support.books import SANTI, SANTI_2, SANTI_TAIWAN, SHELF
from tests.support.exchange import AT_HOME, ISBNS, Exchange


@pytest.fixture
def exchange(any_database_url, data_dir) -> Iterator[Exchange]:
    app = make_app(data_dir, any_database_url, THREADS=16, POOL_WAIT_SECONDS=60.0, DATABASE_TIMEOUT_SECONDS=60.0)
    with app.app_context():
        exchange = Exchange(app)
        exchange.container.catalogue.search_index.rebuild()
        yield exchange
        assert exchange.offered() == exchange.on_shelf()
    close(app)


def test_an_offer_a_request_and_an_answer_show_at_once(exchange):
    giver, reader = exchange.member("送书的人"), exchange.rich("想读的人")
    gift = exchange.offer(giver)
    assert ISBNS[0] in exchange.offered()
    drift = exchange.drifts.request(reader, gift, AT_HOME)
    assert ISBNS[0] not in exchange.offered()
    exchange.drifts.reject(giver, drift, reason="这次不行")
    assert ISBNS[0] in exchange.offered()
    drift = exchange.drifts.request(reader, gift, AT_HOME)
    exchange.drifts.post(giver, drift)
    exchange.drifts.receive(reader, drift)
    assert ISBNS[0] not in exchange.offered()


def test_a_book_stays_offered_while_one_of_its_copies_is(exchange):
    first, second = exchange.member("甲一"), exchange.member("乙二")
    gift = exchange.offer(first)
    exchange.offer(second)
    exchange.gifts.withdraw(first, gift)
    assert exchange.offered() == {ISBNS[0]}
    exchange.gifts.resume(first, gift)
    assert exchange.offered() == {ISBNS[0]}


def test_silence_pauses_all_gifts_of_a_giver_and_an_answer_brings_them_back(exchange):
    giver, reader = exchange.member("不说话的人"), exchange.rich("想读的人")
    gifts = [exchange.offer(giver, isbn) for isbn in ISBNS[:4]]
    exchange.drifts.request(reader, gifts[0], AT_HOME)
    exchange.pass_days(30)
    assert exchange.gift_state(gifts[1]) == "paused"
    assert exchange.offered() == {ISBNS[-1]}
    exchange.gifts.resume(giver, gifts[0])
    assert exchange.offered() == {*ISBNS[:4], ISBNS[-1]}


def test_who_leaves_takes_the_gifts_along(exchange):
    giver = exchange.member("要走的人")
    for isbn in ISBNS[:3]:
        exchange.offer(giver, isbn)
    exchange.leave(giver)
    assert exchange.offered() == set()


def test_a_moderator_who_cancels_puts_the_book_back(exchange):
    giver, reader = exchange.member("送书的人"), exchange.rich("想读的人")
    drift = exchange.drifts.request(reader, exchange.offer(giver), AT_HOME)
    exchange.container.exchange.moderation.decide(None, drift, DriftState.CANCELLED, reason="误会")
    assert ISBNS[0] in exchange.offered()


def test_a_use_case_that_fails_changes_nothing_in_the_index(exchange):
    giver = exchange.member("送书的人")
    exchange.offer(giver)

    def fail() -> None:
        with db.auto_commit():
            exchange.container.exchange.gift_states.pause_all(giver, Pause.LOSSES)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert exchange.offered() == {ISBNS[0]}


def test_merges_and_rebuilds_keep_what_can_be_had_in_front(exchange):
    giver = exchange.member("送书的人")
    exchange.offer(giver, SANTI_2.isbn13)
    search, index = exchange.container.catalogue.search, exchange.container.catalogue.search_index
    for build in (index.merge, index.rebuild, index.merge):
        build()
        assert exchange.offered() == {SANTI_2.isbn13}
        assert [book.facts.isbn13 for book in search.find("刘慈欣").rows] == [
            SANTI_2.isbn13,
            SANTI.isbn13,
            SANTI_TAIWAN.isbn13,
        ]
    page = search.find("刘慈欣", offered=True)
    assert ([book.facts.isbn13 for book in page.rows], page.total, page.gifts.value) == ([SANTI_2.isbn13], 1, 1)
    assert search.find("刘慈欣").gifts.value == 1


def test_facts_that_change_while_a_gift_is_open_leave_it_open(exchange):
    exchange.offer(exchange.member("送书的人"), SANTI_2.isbn13)
    exchange.container.catalogue.writer.store([replace(SANTI_2, pages="470")])
    assert exchange.offered() == {SANTI_2.isbn13}


def test_many_givers_of_the_same_books_at_once(exchange):
    """They list and hide the same books in opposite orders, while the books' facts change and the index is merged."""
    givers = [exchange.member(f"送者{number}") for number in range(6)]
    errors: list[Exception] = []

    def giving(giver: int, isbns: list[str]) -> None:
        gifts = [exchange.offer(giver, isbn) for isbn in isbns]
        for _ in range(3):
            UseCases(exchange.container.core.clock).run(
                lambda: exchange.container.exchange.gift_states.pause_all(giver, Pause.SILENT) or 0
            )
            exchange.gifts.resume(giver, gifts[0])
        for gift in gifts[1:]:
            exchange.gifts.withdraw(giver, gift)

    def storing() -> None:
        for number in range(10):
            UseCases(exchange.container.core.clock).run(lambda n=number: _store_all(exchange, pages=str(n + 1)))

    def go(work: Callable[[], None]) -> None:
        with exchange.app.app_context():
            try:
                work()
            except Exception as error:  # noqa: BLE001 - the test wants to see it
                errors.append(error)

    shelf = list(ISBNS[:5])
    works = [partial(giving, giver, shelf if number % 2 else shelf[::-1]) for number, giver in enumerate(givers)]
    threads = [threading.Thread(target=go, args=(work,)) for work in (*works, storing)]
    for thread in threads:
        thread.start()
    exchange.container.catalogue.search_index.merge()
    for thread in threads:
        thread.join(120)
    assert errors == []
    assert exchange.offered() == {shelf[0], shelf[-1]}


def _store_all(exchange: Exchange, *, pages: str) -> int:
    exchange.container.catalogue.writer.store([replace(book, pages=pages) for book in SHELF[:5]])
    return 0
