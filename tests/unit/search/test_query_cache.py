"""The same question gets the same answer while the catalogue stays the same, and no longer."""

from app.search import query_cache
from app.search.query_cache import QueryCache, never_the_same
from app.search.search import Search
from tests.support.catalogue_fixture import Shelf


def asked_twice(stamps):
    given = iter(stamps)
    answers = iter(["first", "second"])
    memory = QueryCache(lambda: next(given), len, limit=1000)
    return [memory.get("question", lambda: next(answers)) for _ in range(2)]


def test_an_answer_is_given_again_while_the_stamp_is_equal():
    assert asked_twice([(1, 2), (1, 2)]) == ["first", "first"]


def test_another_stamp_asks_again():
    assert asked_twice([(1, 2), (1, 3)]) == ["first", "second"]


def test_without_a_real_stamp_nothing_is_kept():
    assert asked_twice([never_the_same(), never_the_same()]) == ["first", "second"]


def test_no_answer_is_kept_longer_than_a_minute(monkeypatch):
    seconds = iter([0, query_cache.SECONDS])
    monkeypatch.setattr(query_cache, "monotonic", lambda: next(seconds))
    assert asked_twice([1, 1]) == ["first", "second"]


def test_a_search_tells_questions_apart_and_sees_a_changed_catalogue():
    shelf = Shelf()
    shelf.put("三体")
    stamp = [0]
    search = Search(shelf.search._books, shelf.index, stamp=lambda: stamp[0])
    assert search.find("三体").total == 1
    shelf.put("三体全集")
    assert search.find(" 三体 ").total == 1
    assert search.find("三体", exact=True).total == 2
    stamp[0] += 1
    assert search.find("三体").total == 2
    assert len(search.suggest("三")) == 2
