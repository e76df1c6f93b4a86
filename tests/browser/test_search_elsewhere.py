"""The search goes on at a source outside, in place where scripts run, on a page of its own where they do not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest
from playwright.sync_api import expect

from tests.support.apps import close, make_app
from tests.support.serving import serving
from tests.upstreams import BODIES, FAULTS, Upstream

SEARCH = "/book/search?q=三体"


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream(BODIES["yushu"]) as server:
        yield server


@pytest.fixture
def site(sqlite_template: Path, tmp_path: Path, upstream: Upstream) -> Iterator[str]:
    """Serve a site with an empty catalogue and one source; `open_page` opens its pages."""
    folder = tmp_path / "data"
    copytree(sqlite_template, folder)
    app = make_app(folder, SOURCES="yushu", API_URL=upstream.url, UPSTREAM_BUDGET_SECONDS="1")
    with serving(app) as address:
        yield address
    close(app)


@pytest.mark.parametrize(("language", "said"), [("zh-CN", "找到 1 本"), ("en", "1 book found")])
def test_what_a_source_finds_appears_in_place_and_opens(open_page, upstream: Upstream, language: str, said: str):
    page = open_page(SEARCH, language=language, width=390)
    expect(page.locator(".elsewhere [role=status]")).to_contain_text(said)
    row = page.locator(".elsewhere .book-row")
    expect(row).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert row.locator("img").evaluate("image => image.complete && image.naturalWidth > 0")
    assert len(upstream.asked) == 1
    row.get_by_role("link", name="三体").click()
    expect(page).to_have_url(re.compile("/book/9787536692930/detail$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("三体")


def test_a_source_that_does_not_answer_can_be_asked_again(open_page, upstream: Upstream):
    upstream.fault, _ = FAULTS["500"]
    page = open_page(SEARCH)
    status = page.locator(".elsewhere [role=status]")
    expect(status).to_contain_text("没有回音")
    expect(status.get_by_role("link")).to_have_text("再问一次")


def test_without_scripts_a_link_leads_to_the_sources_page(open_page, upstream: Upstream):
    page = open_page(SEARCH, javascript=False)
    assert upstream.asked == []
    page.get_by_role("link", name="到另一个鱼书站再找找").click()
    expect(page).to_have_url(re.compile("/book/search/yushu"))
    expect(page.locator(".book-row")).to_have_count(1)
