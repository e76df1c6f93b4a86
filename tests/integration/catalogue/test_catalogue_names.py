"""The names by which books are listed are written from the index, slice by slice, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from app.container import container
from app.domain.book import BookFacts
from app.domain.catalogue_name import NameKind
from app.models.book import CatalogueName
from app.search.analyzer import listed_term
from app.search.index.port import IndexUnavailable, TermUse
from app.search.index.posting_index import PostingIndex
from app.services.catalogue import names
from tests.support.books import SANTI, SANTI_2, SANTI_TAIWAN, outdate_index
from tests.support.exchange import Exchange
from tests.support.rows import list_rows

Written = dict[tuple[str, str], tuple[int, int]]


@pytest.fixture
def app(any_database_app: Flask) -> Iterator[Flask]:
    with any_database_app.app_context():
        yield any_database_app


@pytest.fixture
def exchange(app: Flask) -> Exchange:
    """Return a site whose shelf is in a generation of the index."""
    made = Exchange(app)
    container.catalogue.search_index.rebuild()
    return made


def written() -> Written:
    """Return by kind and spelling how many books have each name, and how many of these can be had."""
    return {(row.kind, row.shown): (row.books, row.had) for row in list_rows(CatalogueName)}


def write() -> int:
    return container.catalogue.name_writing.write_all()


def turn() -> None:
    container.catalogue.name_writing.take_turn()


def many(count: int) -> list[BookFacts]:
    """Return books with a subject each that no other book has."""
    return [
        BookFacts(isbn13=f"{9780000100000 + number}", title=f"Book {number}", subjects=(f"Subject {number}",))
        for number in range(count)
    ]


def test_all_names_are_written_but_those_of_authors_with_one_book(exchange: Exchange):
    exchange.offer(exchange.member("老舍"), SANTI.isbn13)
    write()
    found = written()
    assert found["author", "刘慈欣"] == (3, 1), "in both scripts one author"
    assert found["publisher", "重庆出版社"] == (2, 1)
    assert found["series", "中国科幻基石丛书"] == (1, 1)
    assert found["subject", "科幻"] == (1, 1)
    assert {kind for kind, _ in found} == set(NameKind)
    assert ("author", "Chuck Palahniuk") not in found, "one book leads to one book"


def test_a_name_is_shown_as_most_books_spell_it(exchange: Exchange):
    container.catalogue.writer.store(
        [replace(SANTI_TAIWAN, isbn13=f"978957135{number}", title=f"第{number}本") for number in range(1000, 1004)]
    )
    write()
    assert ("author", "劉慈欣") in written()
    assert ("author", "刘慈欣") not in written()


@pytest.mark.usefixtures("exchange")
def test_what_no_book_has_any_more_disappears_and_the_rest_keeps_its_row():
    write()
    before = {row.shown: row.id for row in list_rows(CatalogueName)}
    container.catalogue.writer.store([replace(SANTI, subjects=("太空",)), replace(SANTI_2, authors=("无名",))])
    write()
    found = written()
    assert ("subject", "科幻") not in found
    assert found["subject", "太空"] == (1, 0)
    assert found["author", "刘慈欣"] == (2, 0)
    assert before["重庆出版社"] == {row.shown: row.id for row in list_rows(CatalogueName)}["重庆出版社"]


@pytest.mark.usefixtures("exchange")
def test_writing_twice_changes_nothing():
    write()
    before = list_rows(CatalogueName)
    write()
    assert [vars(row).get("id") for row in list_rows(CatalogueName)] == [vars(row).get("id") for row in before]


@pytest.mark.usefixtures("exchange")
def test_who_dies_on_the_way_goes_on_where_it_stopped(monkeypatch: pytest.MonkeyPatch):
    container.catalogue.writer.store(many(30))
    container.catalogue.search_index.rebuild()
    monkeypatch.setattr(names, "NAMES_AT_ONCE", 4)
    monkeypatch.setattr(names, "SLICES_AT_ONCE", 3)
    seen: list[str] = []
    read = PostingIndex.list_terms

    def noted(index: PostingIndex, after: str, end: str, **how: int) -> tuple[TermUse, ...]:
        seen.append(after)
        return read(index, after, end, **how)

    monkeypatch.setattr(PostingIndex, "list_terms", noted)
    turn()
    first = written()
    assert 0 < len(first) <= 12
    for _ in range(100):
        turn()
    assert len(seen) == len(set(seen)), "no slice was read twice"
    assert seen == sorted(seen)
    everything = written()
    assert first.items() <= everything.items()
    monkeypatch.undo()
    write()
    assert written() == everything


def test_the_worker_begins_again_after_a_day(exchange: Exchange):
    turn()
    assert written()["publisher", "重庆出版社"] == (2, 0)
    container.catalogue.writer.store([replace(SANTI_2, publisher="别的出版社")])
    exchange.clock.advance(timedelta(hours=23))
    turn()
    assert written()["publisher", "重庆出版社"] == (2, 0)
    exchange.clock.advance(timedelta(hours=2))
    turn()
    assert written()["publisher", "重庆出版社"] == (1, 0)


def test_an_index_of_an_older_version_empties_nothing(exchange: Exchange):
    write()
    before = written()
    outdate_index(exchange.app)
    exchange.clock.advance(timedelta(days=2))
    turn()
    assert written() == before
    with pytest.raises(IndexUnavailable):
        write()


def test_no_round_begins_before_the_first_index(app: Flask):
    Exchange(app)
    turn()
    assert container.catalogue.names.find_round() is None


@pytest.mark.usefixtures("exchange")
def test_of_many_that_disappear_a_few_go_at_a_time(monkeypatch: pytest.MonkeyPatch):
    container.catalogue.writer.store(many(40))
    write()
    assert len(written()) > 40
    container.catalogue.writer.store([replace(book, subjects=("一类",)) for book in many(40)])
    monkeypatch.setattr(names, "_MOST_STORED", 5)
    write()
    found = written()
    assert not [name for _, name in found if name.startswith("Subject")]
    assert found["subject", "一类"] == (40, 0)
    assert found["author", "刘慈欣"] == (3, 0)


@pytest.mark.usefixtures("exchange")
def test_a_name_is_found_by_any_of_its_spellings():
    write()
    for said in ("刘慈欣", "劉慈欣", "[中] 刘慈欣"):
        row = container.catalogue.names.find(NameKind.AUTHOR, listed_term(NameKind.AUTHOR, said)[1:])
        assert row is not None
        assert (row.shown, row.books) == ("刘慈欣", 3)
    assert container.catalogue.names.find(NameKind.SERIES, listed_term(NameKind.AUTHOR, "刘慈欣")[1:]) is None


def test_the_command_says_how_many(exchange: Exchange):
    result = exchange.app.test_cli_runner().invoke(args=["catalogue", "names"])
    assert result.exit_code == 0, result.output
    assert "names looked at" in result.output
    assert written()["author", "刘慈欣"] == (3, 0)
    outdate_index(exchange.app)
    result = exchange.app.test_cli_runner().invoke(args=["catalogue", "names"])
    assert result.exit_code == 1
    assert "index" in result.output
