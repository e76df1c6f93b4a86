"""Any JSON that a source sends is a book, no book, or a failure: never an error of ours."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.isbn import is_valid
from app.libs.http_client import HttpAnswer
from app.sources.google_books import GoogleBooks
from app.sources.json_client import isbn_of
from app.sources.open_library import OpenLibrary
from app.sources.port import Source, SourceFailedError
from app.sources.yushu import YuShu
from tests.upstreams import BODIES, SANTI_ISBN
from tests.upstreams.bodies import yushu

MAKERS: dict[str, Callable[[Any], Source]] = {
    "open_library": lambda client: OpenLibrary(client, "http://x"),
    "google_books": lambda client: GoogleBooks(client, "http://x", key="k"),
    "yushu": lambda client: YuShu(client, "http://x"),
}
QUERIES = {
    "open_library": ("/api/books", {"bibkeys": f"ISBN:{SANTI_ISBN}", "jscmd": "data", "format": "json"}),
    "google_books": ("/volumes", {"q": f"isbn:{SANTI_ISBN}", "key": "k"}),
    "yushu": (f"/v2/book/isbn/{SANTI_ISBN}", {}),
}
SEARCHES = {
    "open_library": ("/search.json", {"fields": "key,title,author_name,isbn,cover_i", "limit": "15"}),
    "google_books": ("/volumes", {"key": "k", "maxResults": "15"}),
    "yushu": ("/v2/book/search", {"count": "15"}),
}
LEAF = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12)
JSON = st.recursive(
    LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)


class Canned:
    def __init__(self, data: Any) -> None:
        self.data = data
        self.url = ""

    def get(self, url: str, **_: Any) -> HttpAnswer:
        self.url = url
        return HttpAnswer(200, "application/json", json.dumps(self.data).encode(), None)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, entry in inner for place in places(entry, (*path, key)))]


def put(value: Any, path: tuple[Any, ...], other: Any) -> Any:
    if not path:
        return other
    copy = value.copy()
    copy[path[0]] = put(copy[path[0]], path[1:], other)
    return copy


@pytest.mark.parametrize("name", MAKERS)
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_one_part_of_a_good_answer_may_be_anything(name: str, data: st.DataObject) -> None:
    _, good = BODIES[name](*QUERIES[name])
    twisted = put(good, data.draw(st.sampled_from(places(good))), data.draw(JSON))
    with suppress(SourceFailedError):
        found = MAKERS[name](Canned(twisted)).find_many([SANTI_ISBN], seconds=1)
        for facts in found.values():
            assert facts.isbn13 == SANTI_ISBN
            assert facts.title


@pytest.mark.parametrize("name", MAKERS)
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_one_part_of_a_good_answer_to_words_may_be_anything(name: str, data: st.DataObject) -> None:
    path, query = SEARCHES[name]
    _, good = BODIES[name](path, query | {"q": "三体"})
    twisted = put(good, data.draw(st.sampled_from(places(good))), data.draw(JSON))
    with suppress(SourceFailedError):
        for facts in MAKERS[name](Canned(twisted)).search("三体", seconds=1):
            assert is_valid(facts.isbn13)
            assert facts.title


@pytest.mark.parametrize(
    ("title", "numbers", "chosen"),
    [
        ("三体", ["9780765377067", "7536692935"], SANTI_ISBN),
        ("三體", ["9780765377067", "9789571351353"], "9789571351353"),
        ("The Three-Body Problem", [SANTI_ISBN, "0765377063"], "9780765377067"),
        ("三体", ["9780765377067"], "9780765377067"),
        ("三体", ["nonsense", "9787536692931"], ""),
        ("三体", [], ""),
    ],
)
def test_of_many_editions_one_in_the_titles_language_is_shown(title: str, numbers: list[str], chosen: str) -> None:
    assert isbn_of(numbers, title) == chosen


def test_the_base_address_of_a_v2_api_may_be_its_host_alone() -> None:
    for base in ("http://x", "http://x/", "http://x/v2", "http://x/v2/"):
        canned = Canned({})
        with suppress(SourceFailedError):
            YuShu(canned, base).find_many([SANTI_ISBN], seconds=1)
        assert canned.url == f"http://x/v2/book/isbn/{SANTI_ISBN}"


def test_the_grey_picture_of_douban_is_no_cover() -> None:
    _, book = yushu(*QUERIES["yushu"])
    grey = "https://img3.doubanio.com/f/shire/book-default-lpic.gif"
    facts = YuShu(Canned(book | {"image": grey, "images": {"large": grey}}), "http://x").find_many(
        [SANTI_ISBN], seconds=1
    )
    assert facts[SANTI_ISBN].cover == ""


def test_paragraphs_of_a_v2_summary_become_lines() -> None:
    facts = YuShu(Canned(yushu(*QUERIES["yushu"])[1]), "http://x").find_many([SANTI_ISBN], seconds=1)
    assert facts[SANTI_ISBN].summary == "文化大革命如火如荼进行的同时。\n军方探寻外星文明。"


@pytest.mark.parametrize(
    "more",
    [
        {"id": 2567698},
        {"id": "100000007"},
        {"id": "100000007", "url": "https://other.example/v2/book/100000007"},
        {"id": 7, "pages": 302},
        {"id": None},
    ],
)
def test_another_site_may_name_its_books_by_numbers_or_by_texts(more: dict[str, Any]) -> None:
    _status, body = yushu(f"/v2/book/isbn/{SANTI_ISBN}", {})
    plain = YuShu(Canned(body), "http://x").find_many([SANTI_ISBN], seconds=1)
    assert YuShu(Canned(body | more), "http://x").find_many([SANTI_ISBN], seconds=1) == plain
    assert plain[SANTI_ISBN].pages == "302"
    listed = YuShu(Canned({"books": [body | more], "count": 1, "start": 0, "total": 1}), "http://x")
    assert list(listed.search("三体", seconds=1)) == [plain[SANTI_ISBN]]


@pytest.mark.parametrize("named", [{"id": ""}, {"id": "5Lit"}, {"id": 7}, {}])
def test_another_site_may_name_its_series_in_any_way(named: dict[str, Any]) -> None:
    _status, body = yushu(f"/v2/book/isbn/{SANTI_ISBN}", {})
    source = YuShu(Canned(body | {"series": named | {"title": "地球往事"}}), "http://x")
    assert source.find_many([SANTI_ISBN], seconds=1)[SANTI_ISBN].series == "地球往事"
