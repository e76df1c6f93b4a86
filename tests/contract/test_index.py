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
from app.search.index.manifest import read_live
from app.search.index.port import Completion
from tests.conftest import close, make_app
from tests.support.index_fixture import Lab, memory_index, plan_of, posting_index

WORDS = ["river", "stone", "cloud", "三体", "红楼", "santi", "a"]


@pytest.fixture(params=["memory", "sqlite", "mariadb"])
def kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    if kind == "mariadb":
        request.getfixturevalue("mariadb_server")
    return kind


@pytest.fixture
def lab(kind, data_dir, request) -> Iterator[Lab]:
    url = request.getfixturevalue("mariadb_url") if kind == "mariadb" else "sqlite:///yushu.sqlite"
    app = make_app(data_dir, url)
    with app.app_context():
        sql = app.extensions["container"].core.sql
        index = memory_index(sql) if kind == "memory" else posting_index(sql, data_dir / "search", SystemClock())
        yield Lab(app, sql, index)
    close(app)


@pytest.fixture(params=["waiting", "rebuilt", "merged", "half merged"])
def settle(request, lab):
    """Return what a test calls after its books are in: they may be found in the delta, in a generation, or in both."""

    def settle() -> None:
        if request.param == "rebuilt":
            lab.index.rebuild()
        elif request.param == "merged":
            lab.index.rebuild()
            lab.index.merge()
        elif request.param == "half merged":
            lab.index.rebuild()
            lab.put("noise", "noise")
            lab.index.merge()
            lab.put("noise", "more noise")

    if request.param != "waiting":
        lab.index.rebuild()
    return settle


def test_an_empty_index_finds_nothing(lab):
    assert lab.find("river") == []
    assert lab.index.count([plan_of("river")]).value == 0
    assert lab.index.complete("wri") == ()
    assert lab.index.near("wriver") == ()


def test_a_book_is_found_by_all_its_words_and_by_no_other(lab, settle):
    lab.put("1", "river stone")
    lab.put("2", "river 三体")
    settle()
    assert sorted(lab.find("river")) == ["1", "2"]
    assert lab.find("river 三体") == ["2"]
    assert lab.find("三体 stone") == []
    assert lab.find("unknown") == []
    assert lab.find("river unknown") == []
    assert lab.find("") == []


def test_plans_are_united_and_each_book_comes_once(lab, settle):
    lab.put("1", "river stone")
    lab.put("2", "cloud")
    lab.put("3", "a")
    settle()
    assert sorted(lab.find("river", "stone", "cloud", "unknown")) == ["1", "2"]


def test_popular_books_come_first_and_then_new_ones(lab, settle):
    for name, popularity in (("1", 3), ("2", 9), ("3", 3), ("4", 0)):
        lab.put(name, "river", popularity=popularity)
    settle()
    assert lab.find("river") == ["2", "3", "1", "4"]


def test_exact_titles_come_before_all_others(lab, settle):
    lab.put("1", "river stone", popularity=9)
    lab.put("2", "river", popularity=1)
    lab.put("3", "river cloud", popularity=5)
    settle()
    assert lab.find("river", first=[plan_of("cloud")]) == ["3", "1", "2"]
    assert lab.find("river", first=[plan_of("cloud")], limit=2, offset=1) == ["1", "2"]


def test_a_filter_narrows_candidates_and_counts(lab, settle):
    lab.put("1", "river", language="en")
    lab.put("2", "river", language="zh")
    lab.put("3", "stone", language="zh")
    settle()
    assert lab.find("river", having=("lzh",)) == ["2"]
    assert lab.index.count([plan_of("river")], having=("lzh",)).value == 1
    assert [
        count.value for count in lab.index.count_each([plan_of("river"), plan_of("stone")], ["lzh", "len", "lfr"])
    ] == [
        3,
        2,
        1,
        0,
    ]


def test_a_change_is_seen_by_the_next_query_and_the_old_words_find_nothing(lab, settle):
    lab.put("1", "river")
    settle()
    lab.put("1", "stone")
    assert lab.find("river") == []
    assert lab.find("stone") == ["1"]


def test_a_word_given_back_to_a_book_finds_it_again(lab, settle):
    lab.put("1", "river")
    settle()
    lab.put("1", "stone")
    lab.put("1", "river")
    assert lab.find("river") == ["1"]
    assert lab.find("stone") == []


def test_a_removed_book_is_gone_at_once(lab, settle):
    lab.put("1", "river")
    lab.put("2", "river")
    settle()
    lab.remove("1")
    assert lab.find("river") == ["2"]


def test_books_that_can_be_had_stand_before_all_others_and_are_found_alone(lab, settle):
    for name, popularity in (("1", 9), ("2", 0), ("3", 4), ("4", 2)):
        lab.put(name, "river", popularity=popularity)
    lab.put("5", "stone")
    for name in ("2", "3", "5"):
        lab.offer(name)
    settle()
    assert lab.find("river") == ["3", "2", "1", "4"]
    assert lab.find("river", having=("g",)) == ["3", "2"]
    assert lab.find("river", having=("g", "len")) == ["3", "2"]
    assert lab.find("river", having=("g", "lzh")) == []
    assert [count.value for count in lab.index.count_each([plan_of("river")], ["g", "len"], having=("len",))] == [
        4,
        2,
        4,
    ]


def test_an_offer_shows_at_once_and_so_does_its_end(lab, settle):
    lab.put("1", "river", popularity=9)
    lab.put("2", "river")
    settle()
    lab.offer("2")
    assert lab.find("river") == ["2", "1"]
    lab.offer("2")
    lab.take("2")
    assert lab.find("river", having=("g",)) == ["2"], "there is a second copy"
    lab.take("2")
    assert lab.find("river", having=("g",)) == []
    assert lab.find("river") == ["1", "2"]


def test_an_offered_book_stays_in_front_when_its_facts_change_and_when_it_is_merged(lab, settle):
    lab.put("1", "river", popularity=9)
    lab.put("2", "river")
    lab.offer("2")
    settle()
    lab.put("2", "river stone")
    assert lab.find("river") == ["2", "1"]
    lab.index.merge()
    lab.put("3", "river", popularity=5)
    lab.index.merge()
    assert lab.find("river") == ["2", "1", "3"]
    assert lab.find("river", having=("g",)) == ["2"]


def test_nothing_is_indexed_when_the_transaction_fails(lab):
    lab.index.rebuild()
    with pytest.raises(ZeroDivisionError):
        from app.extensions import db

        with db.auto_commit():
            lab.put("1", "river")
            raise ZeroDivisionError
    assert lab.find("river") == []


def test_pages_go_on_without_gaps_or_repeats(lab, settle):
    for number in range(57):
        lab.put(str(number), "river", popularity=number % 5)
    settle()
    whole = lab.find("river")
    assert len(whole) == len(set(whole)) == 57
    pages = [lab.index.candidates([plan_of("river")], limit=10, offset=offset) for offset in range(0, 60, 10)]
    assert [book.facts.isbn13 for page in pages for book in page.books] == whole
    assert [page.more for page in pages] == [True] * 5 + [False]


def test_stale_entries_that_crowd_the_candidates_cost_nothing_but_time(lab, settle):
    for number in range(40):
        lab.put(f"p{number}", "river", popularity=9)
    lab.put("last", "river", popularity=0)
    settle()
    for number in range(40):
        lab.put(f"p{number}", "stone", popularity=9)
    assert lab.find("river", limit=1) == ["last"]
    found = lab.index.candidates([plan_of("river")], limit=1)
    assert not found.more


def test_many_changes_of_one_book_leave_one_result(lab, settle):
    lab.put("1", "river")
    settle()
    for _ in range(10):
        lab.put("1", "river stone")
    lab.put("2", "river")
    assert sorted(lab.find("river", limit=2)) == ["1", "2"]


def test_counts_are_of_books(lab, settle):
    for number in range(30):
        lab.put(str(number), "river stone" if number % 3 else "river")
    settle()
    assert lab.index.count([plan_of("river")]).value == 30
    assert lab.index.count([plan_of("river stone")]).value == 20
    assert lab.index.count([plan_of("stone"), plan_of("river")]).value == 30
    assert lab.index.count([plan_of("unknown"), ()]).value == 0


def test_a_word_that_its_only_book_has_lost_completes_nothing(lab):
    lab.index.rebuild()
    lab.put("1", "river")
    lab.put("1", "stone")
    lab.put("2", "rivet")
    assert lab.index.complete("wri") == (Completion("wrivet", 1),)


def test_prefixes_are_completed_to_whole_terms(lab, settle):
    lab.put("1", "river")
    lab.put("2", "river rivet")
    lab.put("3", "stone 三体")
    settle()
    assert lab.index.complete("wri") == (Completion("wriver", 2), Completion("wrivet", 1))
    assert lab.index.complete("wriver") == (Completion("wriver", 2),)
    assert lab.index.complete("w三") == (Completion("w三体", 1),)
    assert lab.index.complete("wx") == ()
    assert lab.index.complete("w") == ()
    assert lab.index.complete("le") == ()


def test_it_is_known_which_terms_any_book_has(lab, settle):
    lab.put("1", "river 三体")
    settle()
    lab.put("2", "stone")
    asked = ["wriver", "w三体", "wstone", "wcloud", "priver", *(f"wnothing{number}" for number in range(300))]
    assert lab.index.known(asked) == {"wriver", "w三体", "wstone"}
    assert lab.index.known([]) == frozenset()


def test_a_slip_is_corrected_to_the_nearest_then_most_frequent_words(lab):
    lab.put("1", "river rivers")
    lab.put("2", "rivet")
    lab.put("3", "rivet abc")
    lab.put("4", "international")
    lab.index.rebuild()
    found = [(item.term, item.distance) for item in lab.index.near("wriveg")]
    assert found == [("wrivet", 1), ("wriver", 1)]
    assert [item.term for item in lab.index.near("wrvier")] == ["wriver"]
    assert [item.term for item in lab.index.near("wintrnatonal")] == ["winternational"]
    assert lab.index.near("wabd") == ()
    assert lab.index.near("priver") == ()


def test_very_long_and_strange_terms_are_terms_like_others(lab, settle):
    strange = ["x" * 300, "x" * 299 + "y", "水" * 100, "a'b\"c%d_e:f", "\U00020000"]
    for number, word in enumerate(strange):
        lab.put(str(number), word)
    settle()
    for number, word in enumerate(strange):
        assert lab.find(word) == [str(number)]


def test_random_books_are_found_as_a_scan_would_find_them(lab, settle):
    luck = random.Random(7)
    titles = {}
    for number in range(120):
        titles[str(number)] = " ".join(luck.sample(WORDS, luck.randint(1, 4)))
        lab.put(str(number), titles[str(number)], popularity=luck.randint(0, 3))
    settle()
    for number in luck.sample(range(120), 30):
        titles[str(number)] = " ".join(luck.sample(WORDS, 2))
        lab.put(str(number), titles[str(number)])
    for number in luck.sample(range(120), 10):
        titles.pop(str(number))
        lab.remove(str(number))
    for one in WORDS:
        for other in WORDS:
            scan = {name for name, title in titles.items() if {one, other} <= set(title.split())}
            assert set(lab.find(f"{one} {other}", limit=200)) == scan


def test_a_block_gets_answers_of_one_moment_and_the_next_one_sees_what_has_changed(lab, settle):
    def change():
        with lab.app.app_context():
            lab.put("2", "river")

    lab.put("1", "river")
    settle()
    with lab.sql:
        assert lab.find("river") == ["1"]
        elsewhere = Thread(target=change)
        elsewhere.start()
        elsewhere.join()
        assert lab.find("river") == ["1"]
        assert lab.index.count([plan_of("river")]).value == 1
    assert lab.find("river") == ["2", "1"]


def test_a_transaction_finds_what_it_has_just_written(lab, settle):
    settle()
    with db.auto_commit(), lab.sql as cursor:
        assert lab.find("river") == []
        for names in (["1"], ["2", "1"]):
            lab.write(cursor, BookFacts(isbn13=names[0], title="river"))
            assert lab.find("river") == names
            assert lab.index.count([plan_of("river")]).value == len(names)


@pytest.mark.parametrize("kind", ["sqlite", "mariadb"], indirect=True)
def test_a_block_asks_once_which_generation_is_live(lab, monkeypatch):
    lab.put("1", "river stone")
    lab.index.rebuild()
    asked = Mock(wraps=read_live)
    monkeypatch.setattr("app.search.index.posting_index.read_live", asked)
    for times in (1, 2):
        with lab.sql:
            assert lab.find("river") == lab.find("stone") == ["1"]
            assert lab.index.known(["wriver", "wcloud"]) == {"wriver"}
        assert asked.call_count == times
    with db.auto_commit(), lab.sql:
        assert lab.find("river") == lab.find("stone") == ["1"]
    assert asked.call_count == 4, "a transaction that writes may see what others have committed meanwhile"


@pytest.mark.parametrize("kind", ["sqlite", "mariadb"], indirect=True)
def test_changes_are_read_once_also_when_nothing_had_waited_for_a_while(lab, monkeypatch):
    lab.put("1", "river")
    lab.index.rebuild()
    with lab.sql.transaction() as cursor:
        cursor.execute("DELETE FROM search_change")
    assert lab.find("cloud") == []
    for name in "234":
        lab.put(name, "cloud")
    rows = []
    plain = QueryCursor.__iter__

    def rows_of(cursor):
        some = list(plain(cursor))
        rows.extend(some)
        return iter(some)

    monkeypatch.setattr(QueryCursor, "__iter__", rows_of)
    for _ in range(3):
        assert lab.find("cloud") == ["4", "3", "2"]
    assert len(rows) == 3


def test_the_status_says_what_is_there(lab, kind):
    lab.put("1", "river")
    if kind != "memory":
        assert lab.index.status().state == "empty"
        assert lab.index.status().waiting == 1
    status = lab.index.rebuild()
    assert (status.state, status.books, status.waiting, status.busy_with) == ("ready", 1, 0, "")


def test_no_connection_stays_on_loan(lab):
    lab.put("1", "river")
    lab.index.rebuild()
    lab.find("river")
    assert pool_of(lab.app).leased == 0
