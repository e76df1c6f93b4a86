"""The site in two languages."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.support.pages import PageClient


def test_chinese_is_the_language_of_a_visitor_without_wishes(page: PageClient):
    assert page.get("/").language == "zh-CN"


def test_a_browser_that_asks_for_english_gets_it(page: PageClient):
    assert page.get("/", headers={"Accept-Language": "en-GB,en;q=0.9"}).language == "en"


def test_the_switch_is_remembered_over_what_the_browser_asks_for(page: PageClient):
    page.http.get("/language/en")
    assert page.get("/", headers={"Accept-Language": "zh"}).language == "en"


def test_the_switch_leads_back_to_the_page_one_came_from(client: FlaskClient):
    response = client.get("/language/en?next=/book/search?q=1")
    assert (response.status_code, response.location) == (303, "/book/search?q=1")


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/%5cevil.example"])
def test_the_switch_leads_to_no_other_site(client: FlaskClient, target: str):
    assert client.get("/language/en", query_string={"next": target}).location == "/"


def test_a_language_that_the_site_does_not_speak_is_not_found(page: PageClient):
    page.get("/language/tlh", status=404)
