from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.apps import close, make_app
from tests.upstreams import BODIES, FAULTS, Upstream


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream(BODIES["open_library"]) as server:
        yield server


def check(data_dir: Path, *arguments: str, **settings: Any) -> tuple[int, str]:
    app = make_app(data_dir, **settings)
    result = app.test_cli_runner().invoke(args=["sources", "check", *arguments])
    close(app)
    return result.exit_code, result.output


def test_without_sources_it_says_how_to_enable_one(data_dir: Path) -> None:
    status, said = check(data_dir)
    assert status == 0
    assert "set YUSHU_SOURCES" in said


def test_it_prints_what_each_source_says_of_two_known_books(data_dir: Path, upstream: Upstream) -> None:
    status, said = check(data_dir, SOURCES="open_library", OPEN_LIBRARY_URL=upstream.url)
    assert status == 0
    assert "open_library: 9787536692930: 三体 / 刘慈欣 / 重庆出版社 (" in said
    assert "open_library: 9780141439518: unknown (" in said


def test_it_fails_when_a_source_fails_and_says_why(data_dir: Path, upstream: Upstream) -> None:
    upstream.fault, _ = FAULTS["500"]
    status, said = check(data_dir, SOURCES="open_library", OPEN_LIBRARY_URL=upstream.url)
    assert status == 1
    assert "open_library: 9787536692930: error at the source: 500" in said
    assert "no usable answer from open_library" in said


def test_a_source_without_its_setting_is_named_as_off(data_dir: Path) -> None:
    status, said = check(data_dir, SOURCES="google_books,yushu")
    assert status == 0
    assert "google_books: off, because YUSHU_GOOGLE_BOOKS_KEY is not set" in said
    assert "yushu: off, because YUSHU_API_URL is not set" in said


def test_a_book_can_be_named_in_any_dress(data_dir: Path, upstream: Upstream) -> None:
    settings = {"SOURCES": "open_library", "OPEN_LIBRARY_URL": upstream.url}
    assert "三体" in check(data_dir, "978-7-5366-9293-0", **settings)[1]
    assert check(data_dir, "978-7-5366-9293-1", **settings)[0] == 2
    assert len(upstream.asked) == 1
