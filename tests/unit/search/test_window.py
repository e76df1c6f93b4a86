"""What a program gets that pages through results by offset."""

from __future__ import annotations

import pytest

from app.search import pager
from app.search.index.port import Count
from tests.support.catalogue_fixture import Shelf

NOVELS = 150


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    shelf = Shelf()
    shelf.put("三体", "刘慈欣", isbn13="9787536692930", popularity=9)
    for number in range(NOVELS):
        shelf.put(f"长篇小说 {number}", "无名", popularity=number % 10)
    return shelf


def numbers(window: object) -> list[int]:
    return [book.id for book in window.rows]


@pytest.mark.parametrize("step", [1, 7, 20, 60, 64, 100])
def test_windows_that_follow_each_other_hold_every_book_once(shelf: Shelf, step: int) -> None:
    seen: list[int] = []
    total = shelf.search.window("长篇小说", start=0, count=step).total
    for start in range(0, total, step):
        seen += numbers(shelf.search.window("长篇小说", start=start, count=step))
    assert len(seen) == len(set(seen)) == total == NOVELS


def test_a_window_begins_like_a_page_of_the_site(shelf: Shelf) -> None:
    page = shelf.search.find("长篇小说", page=2)
    assert shelf.search.window("长篇小说", start=20, count=20).rows == page.rows


def test_behind_the_end_there_is_nothing_but_the_total_stays(shelf: Shelf) -> None:
    window = shelf.search.window("长篇小说", start=1000, count=20)
    assert (window.rows, window.total, window.total_is) == ((), NOVELS, "exact")


def test_no_books_wanted_is_the_total_alone(shelf: Shelf) -> None:
    window = shelf.search.window("长篇小说", start=0, count=0)
    assert (window.rows, window.total) == ((), NOVELS)


@pytest.mark.parametrize("text", ["9787536692930", "7-5366-9293-5"])
def test_an_isbn_is_one_book(shelf: Shelf, text: str) -> None:
    window = shelf.search.window(text, start=0, count=20)
    assert ([book.facts.title for book in window.rows], window.total) == (["三体"], 1)
    assert shelf.search.window(text, start=1, count=20).rows == ()


@pytest.mark.parametrize("text", ["", " ", "!!", "9787536692931", "没有这本书"])
def test_nothing_found_is_an_empty_window(shelf: Shelf, text: str) -> None:
    window = shelf.search.window(text, start=0, count=20)
    assert (window.rows, window.total, window.total_is) == ((), 0, "exact")


def test_paging_ends_where_the_cap_is_and_the_total_says_so(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pager, "MOST_SHOWN", 90)
    window = shelf.search.window("长篇小说", start=80, count=20)
    assert (len(window.rows), window.total, window.total_is) == (10, 90, "capped")
    assert shelf.search.window("长篇小说", start=90, count=20).rows == ()


def test_a_program_that_pages_up_to_an_estimate_comes_to_an_end(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf.index, "count", lambda *_args, **_more: Count(500, is_exact=False))
    start = total = 0
    seen = []
    for _ in range(50):
        window = shelf.search.window("长篇小说", start=start, count=40)
        seen += numbers(window)
        start, total = start + 40, window.total
        if start >= total:
            break
    assert start >= total
    assert len(seen) == NOVELS
