"""Counts are those of a scan of the table, no matter what waits to be merged."""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from unittest.mock import Mock

import pytest

from app.extensions import db
from app.models.book import Book
from app.models.search_index import SearchChange
from app.search.index import memory_delta
from app.search.index.port import Count
from tests.support.index_fixture import IndexFixture, plan_of
from tests.support.index_stress import opened
from tests.support.rows import list_rows

WORDS = ["river", "stone", "cloud", "三体", "a"]
LANGUAGES = ["zh", "en", "fr"]


@pytest.fixture
def index_fixture(any_database_url, data_dir) -> Iterator[IndexFixture]:
    with opened(data_dir, any_database_url, kept_seconds=0) as index_fixture:
        yield index_fixture


@pytest.fixture
def busy_lab(mariadb_url, data_dir) -> Iterator[IndexFixture]:
    """Yield an index where several may write at a time, so that a change can be committed after one with a higher number."""
    with opened(data_dir, mariadb_url, kept_seconds=0) as index_fixture:
        yield index_fixture


def change(index_fixture: IndexFixture, rng: random.Random) -> None:
    name = str(rng.randint(1, 300))
    kind = rng.random()
    if kind < 0.2:
        index_fixture.offer(name)
    elif kind < 0.35:
        index_fixture.take(name)
    else:
        title = " ".join(rng.sample(WORDS, rng.randint(1, 4)))
        index_fixture.put(name, title, popularity=rng.randint(0, 9), language=rng.choice(LANGUAGES))


def ensure_exact(index_fixture: IndexFixture) -> None:
    offered = index_fixture.offered()
    known = [
        (set(book.title.split()), {f"l{book.language}"} | ({"g"} & {"g" * (book.isbn13 in offered)}))
        for book in list_rows(Book)
    ]
    filters = [f"l{language}" for language in LANGUAGES] + ["g"]
    for words in [*itertools.combinations(WORDS, 1), *itertools.combinations(WORDS, 2)]:
        plans = [plan_of(" ".join(words)), plan_of("a cloud")]
        hits = [terms for title, terms in known if set(words) <= title or {"a", "cloud"} <= title]
        assert index_fixture.index.count(plans) == Count(len(hits), is_exact=True)
        wanted = tuple(Count(sum(term in terms for terms in hits), is_exact=True) for term in filters)
        assert index_fixture.index.count_each(plans, filters) == (Count(len(hits), is_exact=True), *wanted)
        both = sum({"g", "lzh"} <= terms for terms in hits)
        assert index_fixture.index.count(plans, having=("g", "lzh")) == Count(both, is_exact=True)
        alone = Count(sum(words[0] in title for title, _ in known), is_exact=True)
        assert index_fixture.index.count([plan_of(words[0])]) == alone


def test_counts_are_exact_at_every_moment_of_an_index_s_life(index_fixture):
    rng = random.Random(11)
    for step in range(40):
        for _ in range(rng.choice([1, 3, 40])):
            change(index_fixture, rng)
        if step % 3 == 0:
            ensure_exact(index_fixture)
        if step % 5 == 1:
            index_fixture.index.merge() if step % 2 else index_fixture.index.rebuild()
            ensure_exact(index_fixture)
        if step % 5 == 3:
            index_fixture.index.drop_old_generations()
            ensure_exact(index_fixture)


def test_a_book_whose_popularity_changed_counts_once(index_fixture):
    for number in range(300):
        index_fixture.put(str(number), "river", popularity=number % 10)
    index_fixture.index.rebuild()
    for number in range(0, 300, 7):
        index_fixture.put(str(number), "river", popularity=(number + 5) % 10)
    assert index_fixture.index.count([plan_of("river")]) == Count(300, is_exact=True)


def test_a_change_that_is_committed_after_a_later_one_counts(busy_lab):
    for name in ("1", "2", "3"):
        busy_lab.put(name, "river")
    busy_lab.index.rebuild()
    busy_lab.index.drop_old_generations()
    busy_lab.put("1", "river stone")
    seq = last()
    move(seq, seq + 1)
    assert busy_lab.index.count([plan_of("river")]) == Count(3, is_exact=True)
    busy_lab.put("2", "river stone")
    move(last(), seq)
    assert busy_lab.index.count([plan_of("river")]) == Count(3, is_exact=True)
    busy_lab.put("3", "river stone")
    move(last(), seq - 1)
    assert busy_lab.index.count([plan_of("river")]) == Count(3, is_exact=True)


@pytest.mark.parametrize("is_asked_before", [False, True])
def test_changes_count_that_are_committed_in_any_order_before_those_that_were_there(busy_lab, is_asked_before):
    for name in ("1", "2", "3", "4"):
        busy_lab.put(name, "river")
    busy_lab.index.rebuild()
    busy_lab.index.drop_old_generations()
    if is_asked_before:
        busy_lab.index.count([plan_of("stone")])
    for count, (name, number) in enumerate([("1", 1000), ("2", 997), ("3", 999), ("4", 998)], 1):
        book = busy_lab.put(name, "river stone")
        with db.auto_commit():
            SearchChange.query.filter_by(book=book).update({"seq": number})
        assert busy_lab.index.count([plan_of("stone")]) == Count(count, is_exact=True)
        assert len(busy_lab.find("stone")) == count


def test_a_read_that_fails_half_way_is_done_again(index_fixture, monkeypatch):
    index_fixture.put("1", "river")
    index_fixture.index.rebuild()
    index_fixture.put("1", "stone")
    with monkeypatch.context() as patched, pytest.raises(TimeoutError):
        patched.setattr(memory_delta, "superseded_positions", Mock(side_effect=TimeoutError))
        index_fixture.index.count([plan_of("river")])
    assert index_fixture.index.count([plan_of("river")]) == Count(0, is_exact=True)
    assert index_fixture.index.count([plan_of("stone")]) == Count(1, is_exact=True)


def test_what_a_transaction_sees_before_it_fails_is_forgotten(index_fixture):
    index_fixture.put("1", "river")
    index_fixture.index.rebuild()
    with suppress(TimeoutError), db.auto_commit():
        index_fixture.put("2", "river")
        assert sorted(index_fixture.find("river")) == ["1", "2"]
        assert index_fixture.index.count([plan_of("river")]).value == 2
        raise TimeoutError
    assert index_fixture.find("river") == ["1"]
    index_fixture.put("3", "river")
    assert sorted(index_fixture.find("river")) == ["1", "3"]
    assert index_fixture.index.count([plan_of("river")]) == Count(2, is_exact=True)


def test_threads_that_ask_beside_a_writer_see_every_book_once(index_fixture):
    for number in range(40):
        index_fixture.put(str(number), "river")
    index_fixture.index.rebuild()
    stop = threading.Event()
    answers: list[tuple[int, int]] = []

    def ask() -> None:
        with index_fixture.app.app_context():
            while not stop.is_set():
                answers.append(
                    (len(set(index_fixture.find("river"))), index_fixture.index.count([plan_of("river")]).value)
                )

    with ThreadPoolExecutor(3) as threads:
        asked = [threads.submit(ask) for _ in range(3)]
        for number in itertools.takewhile(lambda number: number < 120 or len(answers) < 20, itertools.count()):
            index_fixture.put(str(number % 40), "river stone", popularity=number % 7)
            if number == 60:
                index_fixture.index.merge()
        stop.set()
    assert [one.result() for one in asked] == [None] * 3
    assert set(answers) == {(40, 40)}
    assert index_fixture.index.count([plan_of("stone")]) == Count(40, is_exact=True)


def test_a_number_that_never_comes_is_not_waited_for_for_ever(busy_lab, monkeypatch):
    busy_lab.put("1", "river")
    busy_lab.put("2", "river")
    busy_lab.index.rebuild()
    busy_lab.index.drop_old_generations()
    monkeypatch.setattr(memory_delta, "GAP_SECONDS", -1)
    busy_lab.put("1", "stone river")
    busy_lab.index.count([plan_of("river")])
    busy_lab.put("2", "stone river")
    move(last(), last() + 5)
    for _ in range(2):
        assert busy_lab.index.count([plan_of("river")]) == Count(2, is_exact=True)
    assert busy_lab.index._waiting._numbers.are_all_read(last())


def last() -> int:
    """Return the number of the newest change."""
    return list_rows(SearchChange)[-1].seq


def move(seq: int, to: int) -> None:
    """Renumber a change, as if it had been committed in another order."""
    with db.auto_commit():
        SearchChange.query.filter_by(seq=seq).update({"seq": to})
