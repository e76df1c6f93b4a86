"""The catalogue stores facts of books with their index entries, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from app.container import container
from app.domain.book import BookFacts
from app.extensions import db
from app.services.catalogue.catalogue import Catalogue, StoreOutcome, merge_facts
from tests.support.index_fake import RecordingIndex, title_terms

SANTI = BookFacts(
    isbn13="9787536692930", title="三体", authors=("刘慈欣",), publisher="重庆出版社", popularity=9, source="a"
)
HONGLOU = BookFacts(
    isbn13="9787020002207", title="红楼梦", authors=("曹雪芹", "高鹗"), subjects=("古典", "小说"), source="a"
)
MISERABLES = BookFacts(isbn13="9780306406157", title="Les Misérables 𠮷", summary="一\n二", source="a")


@pytest.fixture
def index() -> RecordingIndex:
    return RecordingIndex()


@pytest.fixture
def catalogue(any_database_app: Flask, index: RecordingIndex) -> Iterator[Catalogue]:
    with any_database_app.app_context():
        yield Catalogue(container.core.sql, index, title_terms, container.core.clock)


def test_new_books_are_stored_whole_and_indexed(catalogue: Catalogue, index: RecordingIndex) -> None:
    assert catalogue.store([SANTI, HONGLOU, MISERABLES]) == StoreOutcome(new=3)
    for facts in (SANTI, HONGLOU, MISERABLES):
        book = container.catalogue.books.find(facts.isbn13)
        assert book is not None
        assert (book.facts, book.version) == (facts, 1)
        entry = next(entry for entry in index.entries if entry.book_id == book.id)
        assert (entry.version, entry.rank_value, entry.terms) == (1, facts.popularity, title_terms(facts))


def test_storing_the_same_again_touches_nothing(catalogue: Catalogue, index: RecordingIndex) -> None:
    catalogue.store([SANTI])
    before = container.catalogue.books.find(SANTI.isbn13)
    assert catalogue.store([SANTI, replace(SANTI, source="somebody else")]) == StoreOutcome(unchanged=2)
    assert container.catalogue.books.find(SANTI.isbn13) == before
    assert len(index.entries) == 1


def test_a_changed_fact_raises_the_version_and_gets_a_new_entry(catalogue: Catalogue, index: RecordingIndex) -> None:
    catalogue.store([SANTI])
    assert catalogue.store([replace(SANTI, title="三体 I", publisher="", source="b")]) == StoreOutcome(changed=1)
    book = container.catalogue.books.find(SANTI.isbn13)
    assert book is not None
    assert (book.version, book.facts) == (2, replace(SANTI, title="三体 I", source="b"))
    assert [(entry.version, entry.terms) for entry in index.entries[1:]] == [(2, title_terms(book.facts))]


def test_an_isbn_that_comes_twice_at_once_counts_twice(catalogue: Catalogue) -> None:
    later = replace(SANTI, title="三体（纪念版）")
    assert catalogue.store([SANTI, HONGLOU, later, later]) == StoreOutcome(new=2, changed=1, unchanged=1)
    book = container.catalogue.books.find(SANTI.isbn13)
    assert book is not None
    assert book.facts.title == "三体（纪念版）"


def test_nothing_to_store_is_nothing(catalogue: Catalogue, index: RecordingIndex) -> None:
    assert catalogue.store([]) == StoreOutcome()
    assert index.entries == []


def test_an_import_may_leave_new_books_out_of_the_index_but_not_changed_ones(
    catalogue: Catalogue, index: RecordingIndex
) -> None:
    catalogue.store([SANTI], index_new=False)
    assert index.entries == []
    catalogue.store([replace(SANTI, title="三体 I"), HONGLOU], index_new=False)
    assert [entry.version for entry in index.entries] == [2]


def test_a_failure_in_the_callers_transaction_takes_the_books_back(catalogue: Catalogue) -> None:
    def store_and_fail() -> None:
        with db.auto_commit():
            catalogue.store([SANTI])
            raise RuntimeError("later in the use case")

    with pytest.raises(RuntimeError):
        store_and_fail()
    assert container.catalogue.books.find(SANTI.isbn13) is None


def test_many_threads_that_store_the_same_book_make_one(any_database_app: Flask) -> None:
    outcomes: list[StoreOutcome] = []
    errors: list[BaseException] = []
    start = threading.Barrier(8)

    def store(number: int) -> None:
        try:
            with any_database_app.app_context():
                catalogue = Catalogue(container.core.sql, RecordingIndex(), title_terms, container.core.clock)
                start.wait()
                order = [SANTI, HONGLOU] if number % 2 else [HONGLOU, SANTI]
                outcomes.append(catalogue.store(order))
        except BaseException as error:  # noqa: BLE001 - handed to the test
            errors.append(error)

    threads = [threading.Thread(target=store, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sum(outcomes, StoreOutcome()) == StoreOutcome(new=2, unchanged=14)
    with any_database_app.app_context():
        assert container.catalogue.books.count() == 2


def test_merging_keeps_what_the_newcomer_does_not_know() -> None:
    poor = BookFacts(isbn13=SANTI.isbn13, title="三体", source="b")
    assert merge_facts(SANTI, poor) == SANTI
    assert merge_facts(poor, SANTI) == SANTI
