"""What every index must do, whichever stands behind the port."""

from __future__ import annotations

import random
from collections.abc import Iterator
from threading import Thread
from unittest.mock import Mock

import pytest

from app.db.sql_helper import QueryCursor
from app.domain.book import BookFacts
from app.extensions import db, pool_of
from app.libs.clock import SystemClock
from app.models.search_index import SearchChange
from app.queries.catalogue import IndexedBookQueries
from app.search.index.manifest import read_live
from app.search.index.port import Completion
from tests.support.apps import close, make_app
from tests.support.index_fixture import IndexFixture, memory_index, plan_of, posting_index

WORDS = ["river", "stone", "cloud", "三体", "红楼", "santi", "a"]


@pytest.fixture(params=["memory", "sqlite", "mariadb"])
def kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    if kind == "mariadb":
        request.getfixturevalue("mariadb_server")
    return kind


@pytest.fixture
def index_fixture(kind, data_dir, request) -> Iterator[IndexFixture]:
    url = request.getfixturevalue("mariadb_url") if kind == "mariadb" else "sqlite:///yushu.sqlite"
    app = make_app(data_dir, url)
    with app.app_context():
        sql = app.extensions["container"].core.sql
        index = memory_index(sql) if kind == "memory" else posting_index(sql, data_dir / "search", SystemClock())
        yield IndexFixture(app, sql, index)
    close(app)


@pytest.fixture(params=["waiting", "rebuilt", "merged", "half merged"])
def settle(request, index_fixture):
    """Return what a test calls after its books are in: they may be found in the delta, in a generation, or in both."""

    def settle() -> None:
        if request.param == "rebuilt":
            index_fixture.index.rebuild()
        elif request.param == "merged":
            index_fixture.index.rebuild()
            index_fixture.index.merge()
        elif request.param == "half merged":
            index_fixture.index.rebuild()
            index_fixture.put("noise", "noise")
            index_fixture.index.merge()
            index_fixture.put("noise", "more noise")

    if request.param != "waiting":
        index_fixture.index.rebuild()
    return settle


def test_an_empty_index_finds_nothing(index_fixture):
    assert index_fixture.find("river") == []
    assert index_fixture.index.count([plan_of("river")]).value == 0
    assert index_fixture.index.complete("wri") == ()
    assert index_fixture.index.near("wriver") == ()


def test_a_book_is_found_by_all_its_words_and_by_no_other(index_fixture, settle):
    index_fixture.put("1", "river stone")
    index_fixture.put("2", "river 三体")
    settle()
    assert sorted(index_fixture.find("river")) == ["1", "2"]
    assert index_fixture.find("river 三体") == ["2"]
    assert index_fixture.find("三体 stone") == []
    assert index_fixture.find("unknown") == []
    assert index_fixture.find("river unknown") == []
    assert index_fixture.find("") == []


def test_plans_are_united_and_each_book_comes_once(index_fixture, settle):
    index_fixture.put("1", "river stone")
    index_fixture.put("2", "cloud")
    index_fixture.put("3", "a")
    settle()
    assert sorted(index_fixture.find("river", "stone", "cloud", "unknown")) == ["1", "2"]


def test_popular_books_come_first_and_then_new_ones(index_fixture, settle):
    for name, popularity in (("1", 3), ("2", 9), ("3", 3), ("4", 0)):
        index_fixture.put(name, "river", popularity=popularity)
    settle()
    assert index_fixture.find("river") == ["2", "3", "1", "4"]


def test_exact_titles_come_before_all_others(index_fixture, settle):
    index_fixture.put("1", "river stone", popularity=9)
    index_fixture.put("2", "river", popularity=1)
    index_fixture.put("3", "river cloud", popularity=5)
    settle()
    assert index_fixture.find("river", first=[plan_of("cloud")]) == ["3", "1", "2"]
    assert index_fixture.find("river", first=[plan_of("cloud")], limit=2, offset=1) == ["1", "2"]


def test_a_filter_narrows_candidates_and_counts(index_fixture, settle):
    index_fixture.put("1", "river", language="en")
    index_fixture.put("2", "river", language="zh")
    index_fixture.put("3", "stone", language="zh")
    settle()
    assert index_fixture.find("river", having=("lzh",)) == ["2"]
    assert index_fixture.index.count([plan_of("river")], having=("lzh",)).value == 1
    assert [
        count.value
        for count in index_fixture.index.count_each([plan_of("river"), plan_of("stone")], ["lzh", "len", "lfr"])
    ] == [
        3,
        2,
        1,
        0,
    ]


def test_a_change_is_seen_by_the_next_query_and_the_old_words_find_nothing(index_fixture, settle):
    index_fixture.put("1", "river")
    settle()
    index_fixture.put("1", "stone")
    assert index_fixture.find("river") == []
    assert index_fixture.find("stone") == ["1"]


def test_a_word_given_back_to_a_book_finds_it_again(index_fixture, settle):
    index_fixture.put("1", "river")
    settle()
    index_fixture.put("1", "stone")
    index_fixture.put("1", "river")
    assert index_fixture.find("river") == ["1"]
    assert index_fixture.find("stone") == []


def test_a_removed_book_is_gone_at_once(index_fixture, settle):
    index_fixture.put("1", "river")
    index_fixture.put("2", "river")
    settle()
    index_fixture.remove("1")
    assert index_fixture.find("river") == ["2"]


def test_books_that_can_be_had_stand_before_all_others_and_are_found_alone(index_fixture, settle):
    for name, popularity in (("1", 9), ("2", 0), ("3", 4), ("4", 2)):
        index_fixture.put(name, "river", popularity=popularity)
    index_fixture.put("5", "stone")
    for name in ("2", "3", "5"):
        index_fixture.offer(name)
    settle()
    assert index_fixture.find("river") == ["3", "2", "1", "4"]
    assert index_fixture.find("river", having=("g",)) == ["3", "2"]
    assert index_fixture.find("river", having=("g", "len")) == ["3", "2"]
    assert index_fixture.find("river", having=("g", "lzh")) == []
    assert [
        count.value for count in index_fixture.index.count_each([plan_of("river")], ["g", "len"], having=("len",))
    ] == [
        4,
        2,
        4,
    ]


def test_an_offer_shows_at_once_and_so_does_its_end(index_fixture, settle):
    index_fixture.put("1", "river", popularity=9)
    index_fixture.put("2", "river")
    settle()
    index_fixture.offer("2")
    assert index_fixture.find("river") == ["2", "1"]
    index_fixture.offer("2")
    index_fixture.take("2")
    assert index_fixture.find("river", having=("g",)) == ["2"], "there is a second copy"
    index_fixture.take("2")
    assert index_fixture.find("river", having=("g",)) == []
    assert index_fixture.find("river") == ["1", "2"]


def test_an_offered_book_stays_in_front_when_its_facts_change_and_when_it_is_merged(index_fixture, settle):
    index_fixture.put("1", "river", popularity=9)
    index_fixture.put("2", "river")
    index_fixture.offer("2")
    settle()
    index_fixture.put("2", "river stone")
    assert index_fixture.find("river") == ["2", "1"]
    index_fixture.index.merge()
    index_fixture.put("3", "river", popularity=5)
    index_fixture.index.merge()
    assert index_fixture.find("river") == ["2", "1", "3"]
    assert index_fixture.find("river", having=("g",)) == ["2"]


def test_nothing_is_indexed_when_the_transaction_fails(index_fixture):
    index_fixture.index.rebuild()
    with pytest.raises(ZeroDivisionError):
        from app.extensions import db

        with db.auto_commit():
            index_fixture.put("1", "river")
            raise ZeroDivisionError
    assert index_fixture.find("river") == []


def test_pages_go_on_without_gaps_or_repeats(index_fixture, settle):
    for number in range(57):
        index_fixture.put(str(number), "river", popularity=number % 5)
    settle()
    whole = index_fixture.find("river")
    assert len(whole) == len(set(whole)) == 57
    pages = [index_fixture.index.candidates([plan_of("river")], limit=10, offset=offset) for offset in range(0, 60, 10)]
    assert [book.facts.isbn13 for page in pages for book in page.books] == whole
    assert [page.more for page in pages] == [True] * 5 + [False]


def test_stale_entries_that_crowd_the_candidates_cost_nothing_but_time(index_fixture, settle):
    for number in range(40):
        index_fixture.put(f"p{number}", "river", popularity=9)
    index_fixture.put("last", "river", popularity=0)
    settle()
    for number in range(40):
        index_fixture.put(f"p{number}", "stone", popularity=9)
    assert index_fixture.find("river", limit=1) == ["last"]
    found = index_fixture.index.candidates([plan_of("river")], limit=1)
    assert not found.more


def test_many_changes_of_one_book_leave_one_result(index_fixture, settle):
    index_fixture.put("1", "river")
    settle()
    for _ in range(10):
        index_fixture.put("1", "river stone")
    index_fixture.put("2", "river")
    assert sorted(index_fixture.find("river", limit=2)) == ["1", "2"]


def test_counts_are_of_books(index_fixture, settle):
    for number in range(30):
        index_fixture.put(str(number), "river stone" if number % 3 else "river")
    settle()
    assert index_fixture.index.count([plan_of("river")]).value == 30
    assert index_fixture.index.count([plan_of("river stone")]).value == 20
    assert index_fixture.index.count([plan_of("stone"), plan_of("river")]).value == 30
    assert index_fixture.index.count([plan_of("unknown"), ()]).value == 0


def test_a_word_that_its_only_book_has_lost_completes_nothing(index_fixture):
    index_fixture.index.rebuild()
    index_fixture.put("1", "river")
    index_fixture.put("1", "stone")
    index_fixture.put("2", "rivet")
    assert index_fixture.index.complete("wri") == (Completion("wrivet", 1),)


def test_prefixes_are_completed_to_whole_terms(index_fixture, settle):
    index_fixture.put("1", "river")
    index_fixture.put("2", "river rivet")
    index_fixture.put("3", "stone 三体")
    settle()
    assert index_fixture.index.complete("wri") == (Completion("wriver", 2), Completion("wrivet", 1))
    assert index_fixture.index.complete("wriver") == (Completion("wriver", 2),)
    assert index_fixture.index.complete("w三") == (Completion("w三体", 1),)
    assert index_fixture.index.complete("wx") == ()
    assert index_fixture.index.complete("w") == ()
    assert index_fixture.index.complete("le") == ()


def test_it_is_known_which_terms_any_book_has(index_fixture, settle):
    index_fixture.put("1", "river 三体")
    settle()
    index_fixture.put("2", "stone")
    asked = ["wriver", "w三体", "wstone", "wcloud", "priver", *(f"wnothing{number}" for number in range(300))]
    assert index_fixture.index.known(asked) == {"wriver", "w三体", "wstone"}
    assert index_fixture.index.known([]) == frozenset()


def test_a_typo_is_corrected_to_the_nearest_then_most_frequent_words(index_fixture):
    index_fixture.put("1", "river rivers")
    index_fixture.put("2", "rivet")
    index_fixture.put("3", "rivet abc")
    index_fixture.put("4", "international")
    index_fixture.index.rebuild()
    found = [(item.term, item.distance) for item in index_fixture.index.near("wriveg")]
    assert found == [("wrivet", 1), ("wriver", 1)]
    assert [item.term for item in index_fixture.index.near("wrvier")] == ["wriver"]
    assert [item.term for item in index_fixture.index.near("wintrnatonal")] == ["winternational"]
    assert index_fixture.index.near("wabd") == ()
    assert index_fixture.index.near("priver") == ()


def test_very_long_and_strange_terms_are_terms_like_others(index_fixture, settle):
    strange = ["x" * 300, "x" * 299 + "y", "水" * 100, "a'b\"c%d_e:f", "\U00020000"]
    for number, word in enumerate(strange):
        index_fixture.put(str(number), word)
    settle()
    for number, word in enumerate(strange):
        assert index_fixture.find(word) == [str(number)]


def test_random_books_are_found_as_a_scan_would_find_them(index_fixture, settle):
    rng = random.Random(7)
    titles = {}
    for number in range(120):
        titles[str(number)] = " ".join(rng.sample(WORDS, rng.randint(1, 4)))
        index_fixture.put(str(number), titles[str(number)], popularity=rng.randint(0, 3))
    settle()
    for number in rng.sample(range(120), 30):
        titles[str(number)] = " ".join(rng.sample(WORDS, 2))
        index_fixture.put(str(number), titles[str(number)])
    for number in rng.sample(range(120), 10):
        titles.pop(str(number))
        index_fixture.remove(str(number))
    for one in WORDS:
        for other in WORDS:
            scan = {name for name, title in titles.items() if {one, other} <= set(title.split())}
            assert set(index_fixture.find(f"{one} {other}", limit=200)) == scan


def test_a_block_gets_answers_of_one_moment_and_the_next_one_sees_what_has_changed(index_fixture, settle):
    def change():
        with index_fixture.app.app_context():
            index_fixture.put("2", "river")

    index_fixture.put("1", "river")
    settle()
    with index_fixture.sql:
        assert index_fixture.find("river") == ["1"]
        elsewhere = Thread(target=change)
        elsewhere.start()
        elsewhere.join()
        assert index_fixture.find("river") == ["1"]
        assert index_fixture.index.count([plan_of("river")]).value == 1
    assert index_fixture.find("river") == ["2", "1"]


def test_a_transaction_finds_what_it_has_just_written(index_fixture, settle):
    settle()
    with db.auto_commit(), index_fixture.sql as cursor:
        assert index_fixture.find("river") == []
        for names in (["1"], ["2", "1"]):
            index_fixture.write(cursor, BookFacts(isbn13=names[0], title="river"))
            assert index_fixture.find("river") == names
            assert index_fixture.index.count([plan_of("river")]).value == len(names)


@pytest.mark.parametrize("kind", ["sqlite", "mariadb"], indirect=True)
def test_a_block_asks_once_which_generation_is_live(index_fixture, monkeypatch):
    index_fixture.put("1", "river stone")
    index_fixture.index.rebuild()
    asked = Mock(wraps=read_live)
    monkeypatch.setattr("app.search.index.posting_index.read_live", asked)
    for times in (1, 2):
        with index_fixture.sql:
            assert index_fixture.find("river") == index_fixture.find("stone") == ["1"]
            assert index_fixture.index.known(["wriver", "wcloud"]) == {"wriver"}
        assert asked.call_count == times
    with db.auto_commit(), index_fixture.sql:
        assert index_fixture.find("river") == index_fixture.find("stone") == ["1"]
    assert asked.call_count == 4, "a transaction that writes may see what others have committed meanwhile"


@pytest.mark.parametrize("kind", ["sqlite", "mariadb"], indirect=True)
def test_changes_are_read_once_also_when_nothing_had_waited_for_a_while(index_fixture, monkeypatch):
    index_fixture.put("1", "river")
    index_fixture.index.rebuild()
    with db.auto_commit():
        SearchChange.query.delete()
    assert index_fixture.find("cloud") == []
    for name in "234":
        index_fixture.put(name, "cloud")
    rows = []
    plain = QueryCursor.__iter__

    def rows_of(cursor):
        some = list(plain(cursor))
        rows.extend(some)
        return iter(some)

    monkeypatch.setattr(QueryCursor, "__iter__", rows_of)
    for _ in range(3):
        assert index_fixture.find("cloud") == ["4", "3", "2"]
    assert len(rows) == 3


def test_the_status_says_what_is_there(index_fixture, kind):
    index_fixture.put("1", "river")
    if kind != "memory":
        assert index_fixture.index.status().state == "empty"
        assert index_fixture.index.status().waiting == 1
    status = index_fixture.index.rebuild()
    assert (status.state, status.books, status.waiting, status.busy_with) == ("ready", 1, 0, "")


def test_no_connection_stays_on_loan(index_fixture):
    index_fixture.put("1", "river")
    index_fixture.index.rebuild()
    index_fixture.find("river")
    assert pool_of(index_fixture.app).leased == 0


def uses_of(index_fixture: IndexFixture, *span: str, limit: int = 10, some: int = 10) -> list[tuple[object, ...]]:
    """List terms, with the names of the books instead of their ids."""
    found = index_fixture.index.list_terms(*span, limit=limit, some=some)
    books = IndexedBookQueries(index_fixture.sql).find_many([book for use in found for book in use.some])
    return [(use.term, use.books, use.offered, sorted(books[id_].facts.isbn13 for id_ in use.some)) for use in found]


def test_the_terms_of_a_kind_are_listed_with_the_books_that_have_them(index_fixture, settle):
    index_fixture.put("1", "river stone")
    index_fixture.put("2", "river 三体", language="zh")
    index_fixture.put("3", "cloud")
    index_fixture.offer("2")
    settle()
    everything = [
        ("wcloud", 1, 0, ["3"]),
        ("wriver", 2, 1, ["1", "2"]),
        ("wstone", 1, 0, ["1"]),
        ("w三体", 1, 1, ["2"]),
    ]
    noise = {"wmore", "wnoise"}
    assert [use for use in uses_of(index_fixture, "w", "x") if use[0] not in noise] == everything
    assert uses_of(index_fixture, "wr", "ws") == [everything[1]]
    assert uses_of(index_fixture, "wriver", "x", limit=1) == [everything[2]]
    assert uses_of(index_fixture, "x", "y") == []
    of_each = index_fixture.index.list_uses(["wriver", "wnobody", "wcloud"])
    assert [(use.term, use.books, use.offered) for use in of_each] == [
        ("wriver", 2, 1),
        ("wnobody", 0, 0),
        ("wcloud", 1, 0),
    ]
    assert index_fixture.index.list_uses([]) == ()


def test_terms_are_listed_as_they_are_after_changes(index_fixture, settle):
    index_fixture.put("1", "river")
    index_fixture.put("2", "river stone")
    index_fixture.offer("1")
    settle()
    index_fixture.put("2", "stone")
    index_fixture.take("1")
    index_fixture.put("3", "river")
    assert [use[:3] for use in uses_of(index_fixture, "wr", "wt")] == [("wriver", 2, 0), ("wstone", 1, 0)]


def test_of_many_books_only_some_are_named(index_fixture, settle):
    for number in range(10):
        index_fixture.put(str(number), "river")
    settle()
    [(_, books, _, some)] = uses_of(index_fixture, "wr", "ws", some=3)
    assert (books, len(some)) == (10, 3)


def test_the_newest_books_come_in_the_order_of_their_coming(index_fixture, settle):
    for number, popularity in enumerate((3, 9, 0, 3, 9, 0, 0)):
        index_fixture.put(str(number), "river", popularity=popularity)
        index_fixture.put(f"{number}s", "stone", popularity=popularity)
    index_fixture.offer("1")
    settle()

    def newest(limit: int) -> list[str]:
        return [row.facts.isbn13 for row in index_fixture.index.newest(("wriver",), limit=limit)]

    assert newest(3) == ["6", "5", "4"]
    assert newest(100) == list("6543210")
    index_fixture.put("6", "stone")
    index_fixture.put("0", "river cloud")
    index_fixture.remove("5")
    assert newest(3) == ["4", "3", "2"]
    assert index_fixture.index.newest(("wunknown",), limit=3) == ()
