"""Editions of one work know each other, in any order of their coming, on both databases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import permutations
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import delete, update

from app.container import container
from app.db.dialects import Params
from app.db.sql_helper import SqlHelper
from app.domain.book import BY_MEMBER, BookFacts
from app.extensions import db
from app.models.book import Book, Work
from app.queries.book import BookRow
from app.queries.catalogue import IndexedBookQueries
from app.services.catalogue import catalogue, works

SANTI = BookFacts(isbn13="9787536692930", title="三体", authors=("刘慈欣",), language="zh", source="a", popularity=3)
TAIWAN = replace(SANTI, isbn13="9789571344010", title="三體", authors=("劉慈欣",), language="zh-Hant", popularity=9)
HARDCOVER = replace(SANTI, isbn13="9787229030933", title="三体（精装）", popularity=5)
FOREST = replace(SANTI, isbn13="9787536693968", title="三体Ⅱ：黑暗森林")
ALL = (SANTI, TAIWAN, HARDCOVER, FOREST)


@pytest.fixture
def app(any_database_app: Flask) -> Iterator[Flask]:
    with any_database_app.app_context():
        yield any_database_app


def store(*books: BookFacts) -> None:
    container.catalogue.writer.store(books)


def found(facts: BookFacts) -> BookRow:
    book = container.catalogue.books.find(facts.isbn13)
    assert book is not None
    return book


def sisters(facts: BookFacts) -> list[str]:
    return [sister.book.facts.title for sister in container.exchange.shelf.list_sisters(found(facts), 50)]


def forget_works() -> None:
    """Make it a catalogue of a time when nobody knew of works."""
    with db.auto_commit() as session:
        session.execute(update(Book).values(work_id=0))
        session.execute(delete(Work))


@pytest.mark.usefixtures("app")
def test_sisters_are_the_other_editions_the_most_popular_first():
    store(*ALL)
    assert sisters(SANTI) == ["三體", "三体（精装）"]
    assert sisters(TAIWAN) == ["三体（精装）", "三体"]
    assert sisters(FOREST) == []


@pytest.mark.parametrize("order", list(permutations((SANTI, TAIWAN, HARDCOVER))))
def test_the_order_in_which_editions_come_does_not_matter(app: Flask, order: tuple[BookFacts, ...]):
    for facts in order:
        store(facts)
    assert sisters(SANTI) == ["三體", "三体（精装）"]


@pytest.mark.usefixtures("app")
def test_a_corrected_title_moves_a_book_to_another_work():
    store(*ALL)
    store(replace(HARDCOVER, title="三体Ⅱ：黑暗森林（精装）"))
    assert sisters(SANTI) == ["三體"]
    assert sisters(FOREST) == ["三体Ⅱ：黑暗森林（精装）"]


@pytest.mark.usefixtures("app")
def test_what_a_member_wrote_down_has_no_sisters_until_a_source_confirms_it():
    written = replace(HARDCOVER, source=BY_MEMBER)
    store(SANTI, written)
    assert (sisters(SANTI), sisters(written)) == ([], [])
    store(replace(written, publisher="重庆出版社", source="open_library"))
    assert (sisters(SANTI), sisters(written)) == (["三体（精装）"], ["三体"])


@pytest.mark.usefixtures("app")
def test_a_source_that_says_the_same_as_a_member_confirms_it():
    written = replace(HARDCOVER, source=BY_MEMBER)
    store(SANTI, written)
    store(written)
    assert sisters(SANTI) == []
    store(replace(written, source="file"))
    assert (sisters(SANTI), sisters(written)) == (["三体（精装）"], ["三体"])


@pytest.mark.usefixtures("app")
def test_books_of_before_are_given_their_works_and_stay_as_they_are():
    store(*ALL)
    together = {facts: sisters(facts) for facts in ALL}
    forget_works()
    assert all(sisters(facts) == [] for facts in ALL)
    versions = [found(facts).version for facts in ALL]
    seen: list[int] = []
    assert container.catalogue.works.assign_all(seen.append) == len(ALL)
    assert seen == [len(ALL), 2 * len(ALL)]
    assert {facts: sisters(facts) for facts in ALL} == together
    assert [found(facts).version for facts in ALL] == versions
    assert container.catalogue.indexed_books.count_without_work() == 0
    assert container.catalogue.works.assign_all() == 0


@pytest.mark.usefixtures("app")
def test_a_run_that_was_stopped_goes_on():
    store(*ALL)
    forget_works()
    assert container.catalogue.works.assign(3) == 3
    assert container.catalogue.indexed_books.count_without_work() == 1
    assert container.catalogue.works.assign_all() == 1


@pytest.mark.usefixtures("app")
def test_a_turn_of_the_worker_ends_before_all_are_done(monkeypatch: pytest.MonkeyPatch):
    store(*ALL)
    forget_works()
    monkeypatch.setattr(works, "SLICE", 1)
    monkeypatch.setattr(works, "SLICES_OF_A_TURN", 3)
    for left in (1, 0, 0):
        container.catalogue.works.take_turn()
        assert container.catalogue.indexed_books.count_without_work() == left


@pytest.fixture
def stored_by_another_rule(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """All books are stored and looked at by a rule that takes each title whole."""
    with monkeypatch.context() as before:
        before.setattr(works, "RULE", works.RULE - 1)
        before.setattr(works, "key_of_work", lambda facts: facts.title.ljust(32, "-")[:32])
        before.setattr(catalogue, "key_of_work", lambda facts: facts.title.ljust(32, "-")[:32])
        store(*ALL)
        container.catalogue.works.assign_all()
    assert all(sisters(facts) == [] for facts in ALL)


@pytest.mark.usefixtures("stored_by_another_rule")
def test_a_changed_rule_assigns_the_books_anew_that_it_moves():
    before = {facts: found(facts) for facts in ALL}
    assert container.catalogue.works.count_left() == len(ALL)
    assert container.catalogue.works.assign_all() == len(ALL)
    assert sisters(SANTI) == ["三體", "三体（精装）"]
    assert [found(facts).version for facts in ALL] == [before[facts].version for facts in ALL]
    assert container.catalogue.works.count_left() == 0
    assert container.catalogue.works.assign_all() == 0


@pytest.mark.usefixtures("stored_by_another_rule")
def test_a_changed_rule_writes_no_row_of_a_book_whose_work_stays(monkeypatch: pytest.MonkeyPatch):
    container.catalogue.works.assign_all()
    written: list[int] = []
    monkeypatch.setattr(works, "RULE", works.RULE + 1)
    write = SqlHelper.execute_many

    def note(self: SqlHelper, statement: str, rows: Iterable[Params]) -> None:
        some = list(rows)
        if statement.startswith("UPDATE book"):
            written.append(len(some))
        write(self, statement, some)

    monkeypatch.setattr(SqlHelper, "execute_many", note)
    assert container.catalogue.works.count_left() == len(ALL)
    assert container.catalogue.works.assign_all() == 0
    assert sum(written) == 0
    assert container.catalogue.works.count_left() == 0


@pytest.mark.usefixtures("stored_by_another_rule")
def test_a_rule_goes_on_where_it_was_stopped_and_the_counts_of_the_site_do_not_end_it():
    assert container.catalogue.works.assign(3) == 3
    container.catalogue.site_counting.run()
    assert container.catalogue.works.count_left() == 1
    container.catalogue.works.take_turn()
    assert sisters(SANTI) == ["三體", "三体（精装）"]
    store(replace(SANTI, isbn13="9787020000012", title="三体（典藏版）"))
    assert container.catalogue.works.count_left() == 1


@pytest.mark.usefixtures("stored_by_another_rule")
def test_a_book_that_is_in_memory_shows_its_new_work():
    ids = [found(facts).id for facts in ALL]
    before = container.catalogue.indexed_books.find_many(ids)
    container.catalogue.works.assign_all()
    after = container.catalogue.indexed_books.find_many(ids)
    assert len({book.work_id for book in before.values()}) == len(ALL)
    assert len({book.work_id for book in after.values()}) == 2


@pytest.mark.usefixtures("stored_by_another_rule")
def test_a_change_between_reading_and_renewing_keeps_its_work(monkeypatch: pytest.MonkeyPatch):
    read = container.catalogue.indexed_books.list_after(0, len(ALL))
    store(replace(HARDCOVER, title="三体Ⅱ：黑暗森林（精装）"))
    monkeypatch.setattr(IndexedBookQueries, "list_after", lambda _self, _after, _limit: read)
    container.catalogue.works.assign(len(ALL))
    assert sisters(SANTI) == ["三體"]
    assert sisters(FOREST) == ["三体Ⅱ：黑暗森林（精装）"]


@pytest.mark.usefixtures("app")
def test_a_change_between_reading_and_assigning_keeps_its_work(monkeypatch: pytest.MonkeyPatch):
    store(*ALL)
    forget_works()
    read = container.catalogue.indexed_books.list_without_work(len(ALL))
    store(replace(HARDCOVER, title="三体Ⅱ：黑暗森林（精装）"))
    monkeypatch.setattr(IndexedBookQueries, "list_without_work", lambda _self, _limit: read)
    container.catalogue.works.assign(len(ALL))
    assert sisters(SANTI) == ["三體"]
    assert sisters(FOREST) == ["三体Ⅱ：黑暗森林（精装）"]


@pytest.mark.usefixtures("app")
def test_a_book_that_is_in_memory_without_a_work_shows_the_one_that_it_is_given():
    store(*ALL)
    forget_works()
    ids = [found(facts).id for facts in ALL]
    assert {book.work_id for book in container.catalogue.indexed_books.find_many(ids).values()} == {0}
    before = container.catalogue.version.stamp()
    container.catalogue.works.assign_all()
    assert 0 not in {book.work_id for book in container.catalogue.indexed_books.find_many(ids).values()}
    assert container.catalogue.version.stamp() != before


def test_two_who_store_editions_of_one_work_at_once_store_one_work(app: Flask):
    start = Barrier(2)

    def store_in_thread(facts: BookFacts) -> None:
        with app.app_context():
            start.wait(10)
            store(facts)

    threads = [Thread(target=store_in_thread, args=(facts,)) for facts in (SANTI, HARDCOVER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sisters(SANTI) == ["三体（精装）"]
