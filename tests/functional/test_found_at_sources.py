"""Books that find themselves: a page about a book that the catalogue lacks."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from threading import Thread
from time import monotonic, sleep

import pytest
from flask import Flask
from PIL import Image

from tests.support.apps import close, make_app
from tests.support.pages import PageClient
from tests.support.patience import SOON
from tests.support.pictures import picture, red
from tests.upstreams import BODIES, FAULTS, SANTI_ISBN, Upstream
from tests.upstreams.bodies import yushu
from tests.upstreams.faults import redirects_to

UNKNOWN = "9787020024759"


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream(BODIES["yushu"]) as server:
        yield server


@pytest.fixture
def site(any_database_url: str, data_dir: Path, upstream: Upstream) -> Iterator[Flask]:
    app = make_app(data_dir, any_database_url, SOURCES="yushu", API_URL=upstream.url, UPSTREAM_BUDGET_SECONDS="0.5")
    yield app
    close(app)


@pytest.fixture
def page(site: Flask) -> PageClient:
    return PageClient(site)


def test_a_book_that_only_a_source_knows_is_shown_stored_and_found_by_its_title(
    site: Flask, page: PageClient, upstream: Upstream
) -> None:
    client = site.test_client()
    asked_for = client.get(f"/book/search?q={SANTI_ISBN}")
    assert asked_for.location == f"/book/{SANTI_ISBN}/detail"
    assert upstream.asked == []
    assert "三体" in page.get(asked_for.location).text
    assert "三体" in page.get("/book/search?q=santi").text
    page.get(asked_for.location)
    assert len(upstream.asked) == 1
    with site.app_context():
        book = site.extensions["container"].catalogue.books.find(SANTI_ISBN)
    assert (book.facts.source, book.facts.authors) == ("yushu", ("刘慈欣",))


def test_a_book_that_nobody_knows_is_a_404_that_does_not_send_people_away_to_wait(
    page: PageClient, upstream: Upstream
) -> None:
    for _ in range(2):
        assert "过一分钟" not in page.get(f"/book/{UNKNOWN}/detail", status=404).text
    assert len(upstream.asked) == 1, "a miss is remembered"


@pytest.mark.parametrize(
    "fault", ["hangs", "drips its body", "500", "429, come back in six hours", "gzip bomb", "half a JSON"]
)
def test_a_source_that_fails_is_a_404_within_the_budget_that_says_to_come_back(
    page: PageClient, upstream: Upstream, fault: str
) -> None:
    upstream.fault, _ = FAULTS[fault]
    began = monotonic()
    assert "过一分钟" in page.get(f"/book/{SANTI_ISBN}/detail", status=404).text
    assert monotonic() - began < SOON


def test_words_are_never_looked_for_at_the_sources(page: PageClient, upstream: Upstream) -> None:
    page.get("/book/search?q=三体")
    assert upstream.asked == []


def test_a_search_answers_while_others_wait_for_a_source_that_hangs(
    any_database_url: str, data_dir: Path, upstream: Upstream
) -> None:
    upstream.fault, _ = FAULTS["hangs"]
    app = make_app(data_dir, any_database_url, SOURCES="yushu", API_URL=upstream.url, UPSTREAM_BUDGET_SECONDS="20")
    paths = [f"/book/{SANTI_ISBN}/detail", "/book/search/yushu?q=三体"]
    waiting = [Thread(target=app.test_client().get, args=(path,)) for path in paths]
    for thread in waiting:
        thread.start()
    until = monotonic() + 15
    while len(upstream.asked) < len(waiting):
        assert monotonic() < until
        sleep(0.01)
    assert app.test_client().get("/book/search?q=三体").status_code == 200
    assert all(thread.is_alive() for thread in waiting)
    upstream.close()
    for thread in waiting:
        thread.join()
    close(app)


def keep_cover_at(site: Flask, address: str, upstream: Upstream) -> None:
    """Let the source say that the cover lies at this address, and look the book up."""
    upstream.body = lambda path, query: (200, yushu(path, query)[1] | {"image": address, "images": {}})
    site.test_client().get(f"/book/{SANTI_ISBN}/detail")
    upstream.asked.clear()


def test_the_sources_cover_is_fetched_once_and_shown_everywhere(site: Flask, upstream: Upstream) -> None:
    keep_cover_at(site, f"{upstream.url}/picture.png", upstream)
    upstream.fault = lambda handler: handler.reply(200, picture(), Content_Type="image/png")
    client = site.test_client()
    for path in (f"/cover/{SANTI_ISBN}", *(f"/cover/{SANTI_ISBN}-{size}.jpg" for size in "sml")):
        response = client.get(path)
        assert response.content_type == "image/jpeg"
        assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert response.cache_control.max_age == 24 * 3600
        assert red(response.data)
    assert [path for path, _ in upstream.asked] == ["/picture.png"]


@pytest.mark.parametrize(
    "fault", ["hangs", "404 as a web page", "100 MB", "gzip bomb", "a web page", "redirects to this machine"]
)
def test_a_cover_that_cannot_be_had_is_drawn_and_looked_for_again_soon(
    site: Flask, upstream: Upstream, fault: str
) -> None:
    keep_cover_at(site, f"{upstream.url}/picture.png", upstream)
    upstream.fault, _ = FAULTS[fault]
    client = site.test_client()
    drawn = client.get(f"/cover/{SANTI_ISBN}")
    assert drawn.content_type == "image/svg+xml; charset=utf-8"
    assert drawn.cache_control.max_age == 60
    file = client.get(f"/cover/{SANTI_ISBN}-m.jpg")
    assert (file.content_type, file.cache_control.max_age) == ("image/jpeg", 60)
    assert not red(file.data)


def test_a_cover_at_an_address_inside_is_never_asked_for(site: Flask, upstream: Upstream) -> None:
    with Upstream() as inside:
        keep_cover_at(site, f"{inside.url}/secret", upstream)
        assert site.test_client().get(f"/cover/{SANTI_ISBN}").content_type.startswith("image/svg")
        keep_cover_at(site, f"{upstream.url}/picture.png", upstream)
        upstream.fault = redirects_to(f"{inside.url}/secret")
        assert site.test_client().get(f"/cover/{SANTI_ISBN}").content_type.startswith("image/svg")
        assert inside.asked == []


def test_a_book_without_a_cover_has_a_drawn_one_for_good(site: Flask, upstream: Upstream) -> None:
    keep_cover_at(site, "", upstream)
    client = site.test_client()
    assert client.get(f"/cover/{SANTI_ISBN}").cache_control.max_age == 24 * 3600
    response = client.get(f"/cover/{SANTI_ISBN}-l.jpg")
    assert response.cache_control.max_age == 24 * 3600
    with Image.open(BytesIO(response.data), formats=["JPEG"]) as image:
        assert image.size == (480, 720)
    assert upstream.asked == []


def test_a_cover_file_of_an_unknown_book_or_size_is_a_404(site: Flask) -> None:
    client = site.test_client()
    assert client.get(f"/cover/{UNKNOWN}-m.jpg").status_code == 404
    assert client.get(f"/cover/{SANTI_ISBN}-x.jpg").status_code == 404
