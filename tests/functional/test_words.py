"""The house's words: rules, privacy, terms."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from tests.support.apps import make_app
from tests.support.pages import Page, PageClient

TEXTS = ("/rules", "/privacy", "/terms")
EN = {"Accept-Language": "en"}


def numbers_of(page: Page) -> list[str]:
    return sorted(re.findall(r"\d+(?:\.\d+)?", page.text))


@pytest.mark.parametrize("path", TEXTS)
def test_both_languages_say_the_same(page: PageClient, path: str):
    chinese, english = (page.http.get(path, headers=headers).text for headers in ({}, EN))
    for part in ("<h2", "<li", "<tr", "<p>"):
        main = [re.search(r"<main.*</main>", text, re.DOTALL).group() for text in (chinese, english)]
        assert main[0].count(part) == main[1].count(part), part
    assert not re.search(r"[\u4e00-\u9fff]", re.sub(r"(?s)<footer.*|<head.*?</header>", "", english))


@pytest.mark.parametrize("path", ["/rules", "/privacy"])
def test_both_languages_name_the_same_numbers(page: PageClient, path: str):
    assert numbers_of(page.get(path)) == numbers_of(page.get(path, headers=EN))


@pytest.mark.parametrize("path", TEXTS)
def test_the_foot_of_every_page_leads_to_them(page: PageClient, path: str):
    assert path in page.get("/").links
    assert page.get(path).headings == 1


def test_the_numbers_are_those_that_are_set(data_dir):
    settings = {"OPEN_DRIFTS": 77, "DRIFT_ANSWER_DAYS": 78, "DRIFT_ERASE_DAYS": 79, "CONTACT": "help@example.org"}
    app: Flask = make_app(data_dir, **settings)
    page = PageClient(app)
    assert {"77", "78"} <= set(numbers_of(page.get("/rules")))
    privacy = page.get("/privacy")
    assert "79" in numbers_of(privacy)
    assert "mailto:help@example.org" in privacy.links


@pytest.mark.parametrize(
    ("headers", "said"),
    [({}, ("三分之一", "从以后得的豆里扣")), (EN, ("over a third of the parcels", "taken from the next ones"))],
)
def test_the_rules_tell_what_losses_stop_and_what_a_late_book_costs(page: PageClient, headers, said):
    text = page.get("/rules", headers=headers).text
    assert [part for part in said if part not in text] == []
