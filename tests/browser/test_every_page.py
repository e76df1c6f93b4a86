"""Every page that has an address of its own, the members' pages too: fits a phone, and axe finds nothing wrong.

The pages come from the app's own map of addresses, so a new page is looked at without being named here.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page

from tests.support.members import PASSWORD, MadeMember, make_member

_NOT_PAGES = (".xml", ".txt", ".ico", ".webmanifest", "/healthz", "/readyz", "/book/suggest", "/feed", "/export")
_NARROW = 320


@pytest.fixture(scope="module")
def member(served: tuple[Flask, str]) -> MadeMember:
    """Make a member of the served site."""
    return make_member(served[0], "读书的人")


def paths(app: Flask) -> list[str]:
    """List the addresses without parts to fill in that answer a GET with a page."""
    rules = (rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments)
    return sorted({rule.rule for rule in rules if not rule.rule.endswith(_NOT_PAGES)})


def complaints(page: Page, path: str) -> Iterator[str]:
    response = page.goto(path)
    assert response is not None
    if not response.headers.get("content-type", "").startswith("text/html"):
        return
    page.set_viewport_size({"width": _NARROW, "height": 800})
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > _NARROW:
        yield f"{path} is {width} px wide"
    results = Axe().run(page)
    if results.violations_count:
        yield f"{path}: {results.generate_report()}"


def look_at_all(app: Flask, context: BrowserContext) -> list[str]:
    found: list[str] = []
    page = context.new_page()
    page.on(
        "console", lambda message: found.append(message.text) if "Content Security Policy" in message.text else None
    )
    for path in paths(app):
        found += complaints(page, path)
    return found


@pytest.mark.parametrize(("scheme", "language"), [("light", "zh-CN"), ("dark", "en-GB")])
def test_a_visitor_finds_every_page_in_order(served: tuple[Flask, str], browser: Browser, scheme, language):
    app, site = served
    with browser.new_context(base_url=site, color_scheme=scheme, locale=language) as context:
        assert look_at_all(app, context) == []


@pytest.mark.parametrize(("scheme", "language"), [("light", "zh-CN"), ("dark", "en-GB")])
def test_a_member_finds_every_page_in_order(
    served: tuple[Flask, str], browser: Browser, member: MadeMember, scheme, language
):
    app, site = served
    with browser.new_context(base_url=site, color_scheme=scheme, locale=language) as context:
        page = context.new_page()
        page.goto("/login")
        page.locator("#email").fill(member.email)
        page.locator("#password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/")
        assert look_at_all(app, context) == []
