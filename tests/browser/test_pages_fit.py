"""Every public page fits the screen, can be read by everyone, and is light."""

from __future__ import annotations

import gzip

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Response

from tests.support.books import LONG, MARKUP, SANTI
from tests.support.chromium import Open

PAGES = [
    ("/", 200),
    ("/book/search", 200),
    ("/book/search?q=三体", 200),
    ("/book/search?q=santi", 200),
    ("/book/search?q=没有这样的书", 200),
    ("/book/search?q=9787536692931", 200),
    ("/book/search?q=", 400),
    ("/browse", 200),
    ("/browse/language/zh", 200),
    ("/author/刘慈欣", 200),
    ("/author/刘慈欣?page=9999", 404),
    ("/author/没有这样的名字", 404),
    (f"/book/{SANTI.isbn13}/detail", 200),
    (f"/book/{LONG.isbn13}/detail", 200),
    (f"/book/{MARKUP.isbn13}/detail", 200),
    ("/book/9787536692947/detail", 404),
    ("/nowhere", 404),
]
MOST_BYTES = 120_000


@pytest.mark.parametrize("width", [320, 360, 1280])
@pytest.mark.parametrize(("path", "status"), PAGES)
def test_no_page_scrolls_sideways(open_page: Open, path: str, status: int, width: int):
    page = open_page(path, width=width, status=status)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
@pytest.mark.parametrize(("path", "status"), PAGES)
def test_axe_finds_nothing(open_page: Open, path: str, status: int, scheme: str, language: str):
    page = open_page(path, width=390, scheme=scheme, language=language, status=status)
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("path", ["/", "/book/search?q=三体", f"/book/{SANTI.isbn13}/detail"])
def test_text_twice_as_large_still_fits(open_page: Open, path: str):
    page = open_page(path, width=640)
    page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
    assert page.evaluate("document.documentElement.scrollWidth") <= 640


def test_the_search_page_weighs_little(open_page: Open):
    page = open_page("/robots.txt")
    responses: list[Response] = []
    page.on("response", lambda response: responses.append(response))  # noqa: PLW0108 - playwright marks its handlers
    page.goto("/book/search?q=三体")
    page.wait_for_load_state("networkidle")
    counted = [one for one in responses if one.request.resource_type in {"document", "stylesheet", "script"} and one.ok]
    assert len(counted) >= 5
    assert sum(len(gzip.compress(response.body())) for response in counted) <= MOST_BYTES


@pytest.mark.parametrize("path", ["/", "/book/search?q=三体", f"/book/{SANTI.isbn13}/detail", "/book/search"])
@pytest.mark.parametrize("width", [320, 390])
def test_on_a_phone_the_search_box_stays_in_reach(open_page: Open, path: str, width: int):
    page = open_page(path, width=width)
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.wait_for_timeout(100)
    box = page.locator("input[name=q]").bounding_box()
    assert box is not None
    assert 0 <= box["y"] <= 900 - box["height"]
    assert box["height"] >= 44


def test_covers_are_drawn_and_their_columns_are_equal(open_page: Open):
    page = open_page("/", width=390)
    widths = page.eval_on_selector_all(
        ".shelf .cover", "covers => covers.map(cover => [cover.naturalWidth, cover.clientWidth])"
    )
    assert len(widths) >= 3
    assert all(natural > 0 for natural, _shown in widths[:3])
    assert len({shown for _natural, shown in widths}) == 1
