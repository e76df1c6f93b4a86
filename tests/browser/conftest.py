"""A real browser before a real server: pages opened here may log no error and break no Content-Security-Policy."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.support.apps import close, make_app
from tests.support.books import stock
from tests.support.chromium import CHROMIUM, Open
from tests.support.serving import serving

_HEIGHT = 900


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder: it needs chromium."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start chromium once."""
    if CHROMIUM is None:
        pytest.skip("browser tests were not run: install chromium, e.g. `apt-get install chromium`")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def served(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, str]]:
    """Serve the site with a few books on a free port of loopback; give the app and its address."""
    folder = tmp_path_factory.mktemp("site") / "data"
    shutil.copytree(sqlite_template, folder)
    app = make_app(folder, RATELIMIT_ENABLED=False)
    stock(app)
    with serving(app) as address:
        yield app, address
    close(app)


@pytest.fixture(scope="session")
def site(served: tuple[Flask, str]) -> str:
    """Return the address of the served site."""
    return served[1]


@pytest.fixture
def open_page(browser: Browser, site: str) -> Iterator[Open]:
    """Yield a function that opens a path; at the end no page may have complained.

    `open_page(path, width=360, scheme="light", language="zh-CN", javascript=True)`; errors about a status that the test
    expects (a 404 page) are left out with `status`.
    """
    contexts: list[Any] = []
    complaints: list[str] = []

    def open_it(
        path: str,
        *,
        width: int = 1280,
        scheme: Any = "light",
        language: str = "zh-CN",
        javascript: bool = True,
        status: int = 200,
    ) -> Page:
        context = browser.new_context(
            base_url=site,
            viewport={"width": width, "height": _HEIGHT},
            color_scheme=scheme,
            locale=language,
            java_script_enabled=javascript,
        )
        contexts.append(context)
        page = context.new_page()

        def note(message: ConsoleMessage) -> None:
            if message.type == "error" and not (status >= 400 and f"status of {status}" in message.text):
                complaints.append(f"{path}: {message.text}")

        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(f"{path}: {error}"))
        response = page.goto(path)
        assert response is not None
        assert response.status == status
        page.wait_for_load_state("networkidle")
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert complaints == []
