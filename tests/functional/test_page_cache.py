"""Pages are made once for all visitors, and never a moment too long."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder, run_wsgi_app

from app.domain.book import BookFacts
from app.http import page_cache
from app.http.page_cache import PageCache, version_of
from app.http.response_cache import ResponseCache
from tests.support.apps import close, make_app
from tests.support.books import SANTI, stock
from tests.support.members import login, make_member

SEARCH = "/book/search?q=三体"
NEWER = BookFacts(isbn13="9787536693968", title="三体续", authors=("某人",), language="zh", popularity=9)


@pytest.fixture
def caching(data_dir: Path) -> Iterator[Flask]:
    app = make_app(data_dir, PAGE_CACHE_SECONDS="600")
    stock(app, [SANTI])
    settle(data_dir)
    yield app
    close(app)


def settle(folder: Path) -> None:
    """Let the last commit, if the log holds one, grow older than a tick of the file system's clock."""
    deadline = time.monotonic() + 5
    while version_of(folder / "yushu.sqlite") is None and time.monotonic() < deadline:
        time.sleep(0.02)


def is_kept(client: FlaskClient, path: str = SEARCH, **headers: str) -> bool:
    answer = client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    assert answer.status_code == 200
    return "kept" in answer.headers["Server-Timing"]


def plain(client: FlaskClient) -> str:
    return client.get(SEARCH).text.replace("<mark>", "").replace("</mark>", "")


@pytest.mark.parametrize(
    "path",
    [SEARCH, "/", f"/book/{SANTI.isbn13}/detail", "/book/suggest?q=三", "/author/刘慈欣", "/browse", "/browse/language/zh", "/browse/decade/2000"],
)  # fmt: skip
def test_the_second_visitor_gets_the_page_of_the_first(caching: Flask, path: str):
    first, second = caching.test_client().get(path), caching.test_client().get(path)
    assert "kept" in second.headers["Server-Timing"]
    assert second.data == first.data
    assert "Set-Cookie" not in first.headers
    assert second.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]
    assert second.headers["X-Request-ID"] != first.headers["X-Request-ID"]


def test_the_next_search_after_a_change_sees_it(caching: Flask, data_dir: Path):
    client = caching.test_client()
    is_kept(client)
    assert is_kept(client)
    for number in range(3):
        stock(caching, [replace(NEWER, title=f"三体续{number}")])
        assert f"三体续{number}" in plain(client)
        settle(data_dir)
        assert f"三体续{number}" in plain(client)
        assert is_kept(client)


def test_a_page_made_just_after_a_commit_is_not_kept(caching: Flask, monkeypatch: pytest.MonkeyPatch):
    client = caching.test_client()
    monkeypatch.setattr(
        page_cache, "_CLOCK_TICK_NS", 3_600 * 10**9
    )  # however long the machine takes, the commit is younger
    stock(caching, [NEWER])
    is_kept(client)
    assert not is_kept(client)
    monkeypatch.setattr(page_cache, "_CLOCK_TICK_NS", 0)
    is_kept(client)
    assert is_kept(client)


def test_a_member_neither_gives_nor_gets_a_kept_page(caching: Flask, data_dir: Path):
    member, visitor = caching.test_client(), caching.test_client()
    login(member, make_member(caching))
    settle(data_dir)
    assert "小满" in member.get(SEARCH).text
    settle(data_dir)
    is_kept(visitor)
    assert "小满" not in visitor.get(SEARCH).text
    assert not is_kept(member)


def test_each_language_and_encoding_has_its_own(caching: Flask):
    client = caching.test_client()
    is_kept(client)
    assert not is_kept(client, Accept_Language="en")
    assert not is_kept(client, Accept_Encoding="gzip")
    assert is_kept(client)
    client.set_cookie("yushu_language", "en")
    assert not is_kept(client)


@pytest.mark.parametrize("cookie", ["a[b]=1; yushu_language=en", "yushu_language=en; a[b]=1", 'x="; yushu_language=en'])
def test_a_cookie_that_one_parser_reads_and_another_does_not_mixes_up_no_page(caching: Flask, cookie: str):
    """The standard library's parser stops at `a[b]`, Flask's reads on: an English page lay under the key of the Chinese one."""
    english = caching.test_client(use_cookies=False).get(SEARCH, headers={"Cookie": cookie})
    assert 'lang="en"' in english.text
    chinese = caching.test_client().get(SEARCH)
    assert 'lang="zh-CN"' in chinese.text
    assert "kept" not in chinese.headers["Server-Timing"]


def test_a_members_strange_cookie_gets_no_visitors_page(caching: Flask, data_dir: Path):
    member = caching.test_client()
    login(member, make_member(caching))
    settle(data_dir)
    is_kept(caching.test_client())
    assert is_kept(caching.test_client())
    session = member.get_cookie("session")
    assert session is not None
    page = caching.test_client(use_cookies=False).get(SEARCH, headers={"Cookie": f"a[b]=1; session={session.value}"})
    assert "小满" in page.text


@pytest.mark.parametrize("other", ["evil.example", "localhost:81", "LOCALHOST.", "localhost"])
def test_each_host_has_its_own(caching: Flask, other: str):
    client = caching.test_client()
    mine, theirs = {"base_url": "http://yushu.example"}, {"base_url": f"http://{other}"}
    client.get(SEARCH, **mine)
    assert "kept" in client.get(SEARCH, **mine).headers["Server-Timing"]
    assert "kept" not in client.get(SEARCH, **theirs).headers["Server-Timing"]


def test_a_kept_page_opens_no_door_to_a_foreign_host(data_dir: Path):
    app = make_app(data_dir, PAGE_CACHE_SECONDS="60", TRUSTED_HOSTS="yushu.example")
    settle(data_dir)
    client = app.test_client()
    for _ in range(2):
        assert client.get(SEARCH, base_url="http://yushu.example").status_code == 200
        assert client.get(SEARCH, base_url="http://evil.example").status_code == 400
    close(app)


def test_all_that_is_kept_has_a_bound_in_bytes(caching: Flask, monkeypatch: pytest.MonkeyPatch):
    cache = PageCache(
        caching.wsgi_app,
        version=lambda: (1,),
        request_class=caching.request_class,
        session_cookie=lambda: "session",
        seconds=60,
    )
    monkeypatch.setattr(cache, "_pages", ResponseCache(200_000))
    for number in range(60):
        run_wsgi_app(cache, EnvironBuilder(path="/book/search", query_string={"q": f"三体{number}"}).get_environ())
    assert cache._pages.weight <= 200_000


def test_what_is_wrong_or_not_found_is_not_kept(caching: Flask):
    client = caching.test_client()
    for path, status in (("/book/search?q=", 400), ("/nowhere", 404), (f"/book/search?q={SANTI.isbn13}", 302)):
        for _ in range(2):
            answer = client.get(path)
            assert answer.status_code == status
            assert "kept" not in answer.headers["Server-Timing"]


def test_a_page_is_kept_for_a_limited_time(data_dir: Path, monkeypatch: pytest.MonkeyPatch):
    app = make_app(data_dir, PAGE_CACHE_SECONDS="600")
    stock(app, [SANTI])
    settle(data_dir)
    client = app.test_client()
    is_kept(client)
    assert is_kept(client)
    real = time.monotonic
    monkeypatch.setattr("app.http.response_cache.monotonic", lambda: real() + 601)
    assert not is_kept(client)
    close(app)


def test_nothing_is_kept_when_the_settings_say_so(app: Flask):
    stock(app, [SANTI])
    time.sleep(0.15)
    client = app.test_client()
    is_kept(client)
    assert not is_kept(client)


def test_without_a_log_there_is_no_version(tmp_path: Path):
    assert version_of(tmp_path / "none.sqlite") is None
    for name in ("a.sqlite", "a.sqlite-wal"):
        (tmp_path / name).write_bytes(b"x")
    assert version_of(tmp_path / "a.sqlite") is None
    for name in ("a.sqlite", "a.sqlite-wal"):
        os.utime(tmp_path / name, (time.time() - 5, time.time() - 5))
    assert version_of(tmp_path / "a.sqlite") is not None
