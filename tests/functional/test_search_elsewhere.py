"""A search goes on at the sources outside when it is asked to, and never waits for one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest
from flask import Flask

from app.container import container
from tests.support.apps import close, make_app
from tests.support.pages import PageClient, read
from tests.support.patience import SOON
from tests.support.pictures import picture, red
from tests.upstreams import BODIES, FAULTS, SANTI, SANTI_ISBN, Upstream
from tests.upstreams.bodies import yushu

PLACE = "/book/search/yushu?q=三体"
COVER = re.compile(r'src="(/cover/elsewhere/[^"]+)"')


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream(BODIES["yushu"]) as server:
        yield server


@pytest.fixture
def site(any_database_url: str, data_dir: Path, upstream: Upstream) -> Iterator[Flask]:
    app = make_app(
        data_dir,
        any_database_url,
        SOURCES="yushu,google_books",
        API_URL=upstream.url,
        UPSTREAM_BUDGET_SECONDS="0.5",
    )
    yield app
    close(app)


@pytest.fixture
def page(site: Flask) -> PageClient:
    return PageClient(site)


def test_without_a_source_nothing_is_said_of_elsewhere(app: Flask) -> None:
    bare = PageClient(app)
    assert "data-elsewhere" not in bare.http.get("/book/search?q=三体").text
    bare.get(PLACE, status=404)


def test_the_end_of_a_search_offers_each_enabled_source_and_asks_none(
    site: Flask, page: PageClient, upstream: Upstream
) -> None:
    for stored in ([], [SANTI]):
        with site.app_context():
            container.catalogue.writer.store(stored)
        text = page.http.get("/book/search?q=三体").text
        assert text.count("data-elsewhere") == 1, "google_books has no key, so it is off"
        assert "/book/search/yushu?q=%E4%B8%89%E4%BD%93" in page.get("/book/search?q=三体").links
    assert "data-elsewhere" not in page.http.get("/book/search?q=9787536692931").text, "an ISBN is no words"
    assert upstream.asked == []


@pytest.mark.parametrize(("language", "said"), [("zh", "找到 1 本"), ("en", "1 book found")])
def test_what_a_source_finds_is_shown_and_stored_only_when_it_is_opened(
    site: Flask, page: PageClient, upstream: Upstream, language: str, said: str
) -> None:
    found = page.get(PLACE, headers={"Accept-Language": language})
    assert said in found.text
    assert "刘慈欣" in found.text
    assert f"/book/{SANTI_ISBN}/detail" in found.links
    with site.app_context():
        assert container.catalogue.books.find(SANTI_ISBN) is None
    page.get(f"/book/{SANTI_ISBN}/detail")
    with site.app_context():
        assert container.catalogue.books.find(SANTI_ISBN) is not None
    page.get(PLACE)
    assert [path.partition("?")[0] for path, _ in upstream.asked] == ["/v2/book/search", f"/v2/book/isbn/{SANTI_ISBN}"]


def test_a_source_that_finds_nothing_says_so(page: PageClient) -> None:
    assert "也没有找到“没有这样的书名”" in page.get("/book/search/yushu?q=没有这样的书名").text


@pytest.mark.parametrize(
    "fault", ["hangs", "drips its body", "500", "429, come back in six hours", "gzip bomb", "half a JSON"]
)
def test_a_source_that_fails_says_so_within_the_budget_and_can_be_asked_again(
    page: PageClient, upstream: Upstream, fault: str
) -> None:
    upstream.fault, _ = FAULTS[fault]
    began = monotonic()
    found = page.get(PLACE)
    assert "没有回音" in found.text
    assert "/book/search/yushu?q=%E4%B8%89%E4%BD%93" in found.links
    assert monotonic() - began < SOON


def test_a_number_leads_to_its_book_and_no_words_to_the_search_box(page: PageClient, upstream: Upstream) -> None:
    answer = page.http.get("/book/search/yushu?q=978-7-5366-9293-0")
    assert (answer.status_code, answer.location) == (302, f"/book/{SANTI_ISBN}/detail")
    page.get("/book/search/yushu?q=", status=400)
    page.get("/book/search/yushu", status=400)
    assert upstream.asked == []


def test_an_unknown_or_disabled_source_is_not_found(page: PageClient) -> None:
    for name in ("google_books", "open_library", "suggestions", "%2e%2e"):
        page.get(f"/book/search/{name}?q=三体", status=404)


def test_who_asks_too_often_is_told_so(data_dir: Path, upstream: Upstream) -> None:
    limits = {"RATELIMIT_ENABLED": "1", "LIMIT_ELSEWHERE": "2 per minute", "LIMIT_ADDRESS_FACTOR": "1"}
    app = make_app(data_dir, SOURCES="yushu", API_URL=upstream.url, **limits)
    client = app.test_client()
    assert [client.get(PLACE).status_code for _ in range(3)] == [200, 200, 429]
    assert client.get("/book/search?q=三体").status_code == 200
    close(app)


def test_a_row_has_the_sources_cover_or_a_drawn_one(site: Flask, upstream: Upstream) -> None:
    client = site.test_client()
    address = f"{upstream.url}/picture.png"
    upstream.body = lambda path, query: (
        200,
        {"total": 1, "books": [yushu(f"/v2/book/isbn/{SANTI_ISBN}", query)[1] | {"image": address, "images": {}}]},
    )
    (cover,) = COVER.findall(client.get(PLACE).text)
    upstream.fault, _ = FAULTS["500"]
    assert client.get(cover).content_type.startswith("image/svg")
    site.extensions["container"].catalogue.covers._failed._kept.clear()
    upstream.fault = lambda handler: handler.reply(200, picture(), Content_Type="image/png")
    answer = client.get(cover)
    assert answer.content_type == "image/jpeg"
    assert red(answer.data)


def test_a_cover_is_fetched_for_an_address_that_we_signed_alone(site: Flask) -> None:
    client = site.test_client()
    (cover,) = COVER.findall(client.get(PLACE).text)
    assert client.get(cover).status_code == 200
    name, _, signature = cover.rpartition(".")
    for forged in (f"{name}.{signature[::-1]}", f"{name}x.{signature}", "/cover/elsewhere/x", "/cover/elsewhere/a.b.c"):
        assert client.get(forged).status_code == 404


def test_the_answer_is_of_one_visitor_and_no_machine_is_sent_there(page: PageClient) -> None:
    text = page.http.get(PLACE).text
    assert '<meta name="robots" content="noindex, nofollow">' in text
    assert "Disallow: /book/search/" in page.http.get("/robots.txt").text
    assert read(text).language == "zh-CN"
