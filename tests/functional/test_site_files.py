"""The small files that browsers and crawlers ask for."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.queries.book import BookRow
from tests.support.apps import NOON
from tests.support.books import FIGHT_CLUB, SANTI, SOLITUDE, stock
from tests.support.exchange import ISBNS, SHELF, Exchange

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/manifest.webmanifest", "application/manifest+json"),
        ("/robots.txt", "text/plain; charset=utf-8"),
        ("/sitemap.xml", "application/xml"),
        ("/sitemap/books.xml", "application/xml"),
    ],
)
def test_each_has_its_content_type_and_may_be_kept_for_a_day(client: FlaskClient, path: str, content_type: str):
    response = client.get(path)
    assert (response.status_code, response.headers["Content-Type"]) == (200, content_type)
    assert response.cache_control.max_age == 24 * 3600


def test_who_asks_for_the_usual_picture_gets_one(client: FlaskClient):
    with client.get("/favicon.ico", follow_redirects=True) as response:
        assert response.headers["Content-Type"] == "image/png"


def test_the_icons_of_the_manifest_are_there(client: FlaskClient):
    for icon in json.loads(client.get("/manifest.webmanifest").data)["icons"]:
        with client.get(icon["src"]) as response:
            assert response.status_code == 200


def test_the_sitemap_names_the_best_known_books_and_compares_none(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
):
    """A thousand books compared with each other took two seconds, in which nobody else got a page."""
    stock(app, [SANTI, SOLITUDE, FIGHT_CLUB])
    monkeypatch.setattr(BookRow, "__eq__", lambda _self, _other: pytest.fail("two books were compared"))
    names = [loc.text for loc in ET.fromstring(client.get("/sitemap/books.xml").data).iter(f"{SITEMAP}loc")]
    in_turns = [f"/book/{book.isbn13}/detail" for book in (SOLITUDE, FIGHT_CLUB, SANTI)]
    assert names == [app.config["SITE_URL"].rstrip("/") + path for path in ("/", "/browse", *in_turns)]


def test_feed_readers_learn_which_books_came_onto_the_shelf_last(app: Flask, client: FlaskClient):
    with app.app_context():
        exchange = Exchange(app)
        giver = exchange.member("老舍")
        for isbn in ISBNS[:2]:
            exchange.offer(giver, isbn)
            exchange.clock.advance(timedelta(hours=1))
    response = client.get("/recent.atom")
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ET.fromstring(response.data)
    found = [(entry.findtext(f"{ATOM}title"), entry.findtext(f"{ATOM}summary")) for entry in feed.iter(f"{ATOM}entry")]
    assert found == [
        (book.title, " · ".join([*book.authors, book.publisher, "1 人在送"])) for book in (SHELF[1], SHELF[0])
    ]
    assert (
        feed.findtext(f"{ATOM}updated")
        == feed.findtext(f"{ATOM}entry/{ATOM}updated")
        == (NOON + timedelta(hours=1)).isoformat()
    )


def test_the_feed_of_an_empty_shelf_is_a_feed(client: FlaskClient):
    feed = ET.fromstring(client.get("/recent.atom").data)
    assert feed.findtext(f"{ATOM}title") == "鱼书 · 刚刚上架"
    assert feed.find(f"{ATOM}entry") is None


def test_no_character_in_a_title_breaks_a_document_of_the_site(app: Flask, client: FlaskClient):
    forbidden = "\x00\x08\ufffe\uffff"
    with app.app_context():
        exchange = Exchange(app)
        exchange.offer(exchange.member("老舍"), SANTI.isbn13)
    stock(
        app, [replace(SANTI, title=f"三体{forbidden}", authors=(f"刘{forbidden}慈欣",), publisher=f"{forbidden}出版")]
    )
    for path in ("/recent.atom", "/sitemap/books.xml", "/opensearch.xml", f"/cover/{SANTI.isbn13}"):
        ET.fromstring(client.get(path).data)
    feed = ET.fromstring(client.get("/recent.atom").data)
    assert feed.findtext(f"{ATOM}entry/{ATOM}title") == "三体"
