"""Those who wish a book are told of a new copy in small transactions: each once, in order, no matter what happens to a worker."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.extensions import db
from app.models.gift import GiftAnnouncement
from app.models.message import Notice
from app.services.exchange import gift_announcements
from tests.support.exchange import AT_HOME, ISBNS, Exchange
from tests.support.rows import count_rows, list_rows

BATCH = 3


@pytest.fixture
def app(any_database_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setattr(gift_announcements, "GIFTS_AT_ONCE", BATCH)
    return any_database_app


@pytest.fixture
def exchange(app: Flask) -> Iterator[Exchange]:
    with app.app_context():
        yield Exchange(app)


@pytest.fixture
def wishers(exchange: Exchange) -> list[int]:
    members = [exchange.member(f"书友{number:02}") for number in range(8)]
    for member in reversed(members):
        exchange.wishes.wish_for(member, ISBNS[0])
    return members[::-1]


def told() -> list[int]:
    """Return who was told in the site, the first first."""
    return [notice.user_id for notice in list_rows(Notice, kind="gift_listed")]


def test_listing_tells_nobody_itself_and_the_worker_tells_all_the_longest_waiting_first(
    exchange: Exchange, wishers: list[int]
) -> None:
    exchange.offer(exchange.member("老舍"))
    assert told() == []
    before = db.commits
    assert exchange.container.exchange.gift_announcements.run() == len(wishers)
    assert db.commits - before == 4, "three, three, two, and one to end it"
    assert told() == exchange.mails("gift_listed") == wishers
    assert exchange.container.exchange.gift_announcements.run() == 0
    assert count_rows(GiftAnnouncement) == 0


def test_the_job_is_one_of_the_workers(exchange: Exchange, wishers: list[int]) -> None:
    exchange.offer(exchange.member("老舍"))
    exchange.container.operations.scheduler.run_due()
    assert told() == wishers


def test_a_worker_that_dies_between_two_mails_loses_and_doubles_none(
    exchange: Exchange, wishers: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange.offer(exchange.member("老舍"))
    outbox = exchange.container.mail.outbox
    post, posted = outbox.post_to_member, []

    def dies_at_the_fifth(member_id: int, *rest: Any) -> int | None:
        posted.append(member_id)
        if len(posted) == 5:
            raise SystemExit
        return post(member_id, *rest)

    monkeypatch.setattr(outbox, "post_to_member", dies_at_the_fifth)
    with pytest.raises(SystemExit):
        exchange.container.exchange.gift_announcements.run()
    assert told() == exchange.mails("gift_listed") == wishers[:BATCH]
    exchange.container.exchange.gift_announcements.run()
    assert told() == exchange.mails("gift_listed") == wishers


def test_four_workers_at_once_tell_each_member_once(app: Flask, exchange: Exchange, wishers: list[int]) -> None:
    for name in ("老舍", "巴金"):
        exchange.offer(exchange.member(name))
    start, counts = threading.Barrier(4), []

    def work() -> None:
        with app.app_context():
            start.wait()
            counts.append(exchange.container.exchange.gift_announcements.run())

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 2 * len(wishers)
    assert sorted(told()) == sorted(2 * wishers)


def test_who_wishes_later_saw_the_gift_and_is_not_told(exchange: Exchange, wishers: list[int]) -> None:
    exchange.offer(exchange.member("老舍"))
    exchange.clock.advance(timedelta(seconds=1))
    late = exchange.member("后来的")
    exchange.wishes.wish_for(late, ISBNS[0])
    exchange.container.exchange.gift_announcements.run()
    assert late not in told()


def test_a_gift_that_is_asked_for_waits_and_one_that_is_gone_is_forgotten(
    exchange: Exchange, wishers: list[int]
) -> None:
    giver, reader = exchange.member("老舍"), exchange.rich("小满")
    copy = exchange.offer(giver)
    drift = exchange.drifts.request(reader, copy, AT_HOME)
    exchange.container.exchange.gift_announcements.run()
    assert told() == []
    exchange.drifts.reject(giver, drift, reason="")
    exchange.container.exchange.gift_announcements.run()
    assert told() == wishers
    again = exchange.offer(giver, ISBNS[1])
    exchange.gifts.withdraw(giver, again)
    exchange.container.exchange.gift_announcements.run()
    assert count_rows(GiftAnnouncement) == 0
