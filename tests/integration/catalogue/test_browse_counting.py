"""What can be browsed is counted alike on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from app.container import container
from app.domain.browse import BrowseKind
from app.domain.catalogue_name import NameKind
from app.extensions import db
from app.models.gift import Gift
from app.services.catalogue import name_freshening
from app.services.catalogue.names import WANTED_AFTER
from tests.support.books import FIGHT_CLUB, SANTI, SANTI_TAIWAN, SOLITUDE
from tests.support.exchange import Exchange
from tests.support.rows import list_rows


@pytest.fixture
def app(any_database_app: Flask) -> Iterator[Flask]:
    with any_database_app.app_context():
        yield any_database_app


def test_everything_is_counted_and_counting_twice_changes_nothing(app: Flask):
    exchange = Exchange(app)
    first, second, reader = exchange.member("甲"), exchange.member("乙"), exchange.rich("小满")
    exchange.wishes.wish_for(first, SANTI.isbn13)
    exchange.wishes.wish_for(second, SANTI_TAIWAN.isbn13)
    exchange.drifts.receive(reader, exchange.mailed(first, reader, FIGHT_CLUB.isbn13))
    container.catalogue.search_index.rebuild()
    container.catalogue.name_writing.write_all()
    container.catalogue.browse_counting.run()
    before = container.catalogue.browse.list_counts()
    found = {(row.kind, row.item): row.number for row in before}
    assert found[BrowseKind.WISHED, max(SANTI.isbn13, SANTI_TAIWAN.isbn13)] == 2, "over its editions"
    assert found[BrowseKind.TRAVELLED, FIGHT_CLUB.isbn13] == 1
    assert found[BrowseKind.LANGUAGE, "zh"] == 4
    assert found[BrowseKind.DECADE, "2010"] == 1
    largest = container.catalogue.names.list_largest(NameKind.AUTHOR, 1)
    assert [(row.shown, row.books) for row in largest] == [("刘慈欣", 3)]
    container.catalogue.browse_counting.run()
    assert container.catalogue.browse.list_counts() == before


def test_an_edition_that_was_moved_to_another_work_stands_once(app: Flask):
    """Copies that were sent before keep the work that their book was then."""
    exchange = Exchange(app)
    for giver, reader in (("甲", "小满"), ("乙", "小寒")):
        to = exchange.rich(reader)
        exchange.drifts.receive(to, exchange.mailed(exchange.member(giver), to, SANTI.isbn13))
    first = min(gift.id for gift in list_rows(Gift) if gift.isbn13 == SANTI.isbn13)
    [elsewhere] = container.catalogue.books.find_many([FIGHT_CLUB.isbn13])
    with db.auto_commit():
        Gift.query.filter_by(id=first).update({"work_id": elsewhere.work_id})
    container.catalogue.browse_counting.run()
    travelled = [row for row in container.catalogue.browse.list_counts() if row.kind is BrowseKind.TRAVELLED]
    assert [(row.item, row.number) for row in travelled] == [(SANTI.isbn13, 1)]


def had(kind: NameKind) -> dict[str, int]:
    return {row.shown: row.had for row in container.catalogue.names.list_largest(kind, 50)}


def freshened() -> None:
    container.catalogue.name_freshening.take_turn()


def test_what_can_be_had_by_name_follows_the_shelf_without_a_round(app: Flask, monkeypatch: pytest.MonkeyPatch):
    exchange = Exchange(app)
    container.catalogue.search_index.rebuild()
    container.catalogue.name_writing.write_all()
    freshened()
    monkeypatch.setattr(container.catalogue.name_writing, "_write_next", None)
    giver = exchange.member("老舍")
    gift = exchange.offer(giver, SANTI.isbn13)
    assert had(NameKind.SUBJECT)["科幻"] == 0
    freshened()
    assert had(NameKind.SUBJECT)["科幻"] == 1
    assert had(NameKind.AUTHOR)["刘慈欣"] == 1
    assert had(NameKind.SERIES)["中国科幻基石丛书"] == 1
    container.catalogue.search_index.merge()
    exchange.gifts.withdraw(giver, gift)
    freshened()
    assert had(NameKind.SUBJECT)["科幻"] == 0


def test_a_turn_looks_at_a_bounded_number_of_changes_and_the_next_goes_on(app: Flask, monkeypatch: pytest.MonkeyPatch):
    exchange = Exchange(app)
    container.catalogue.search_index.rebuild()
    container.catalogue.name_writing.write_all()
    freshened()
    monkeypatch.setattr(name_freshening, "CHANGES_AT_ONCE", 1)
    giver = exchange.member("老舍")
    for book in (SANTI, SOLITUDE):
        exchange.offer(giver, book.isbn13)
    freshened()
    assert (had(NameKind.SUBJECT)["科幻"], had(NameKind.PUBLISHER)[SOLITUDE.publisher]) == (1, 0)
    freshened()
    assert had(NameKind.PUBLISHER)[SOLITUDE.publisher] == 1


def test_after_more_changes_than_turns_look_at_a_round_begins_soon(app: Flask, monkeypatch: pytest.MonkeyPatch):
    exchange = Exchange(app)
    container.catalogue.search_index.rebuild()
    container.catalogue.name_writing.write_all()
    freshened()
    monkeypatch.setattr(name_freshening, "MOST_BEHIND", 0)
    exchange.offer(exchange.member("老舍"), SANTI.isbn13)
    freshened()
    container.catalogue.name_writing.take_turn()
    assert had(NameKind.SUBJECT)["科幻"] == 0, "a round has just been"
    exchange.clock.advance(WANTED_AFTER)
    container.catalogue.name_writing.take_turn()
    assert had(NameKind.SUBJECT)["科幻"] == 1
