"""Books by a name: of an author, in a series, of a publisher, on a subject."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import quote, unquote
from xml.etree import ElementTree as ET

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.container import container
from app.domain.book import BookFacts
from app.domain.catalogue_name import NameKind
from app.extensions import db
from app.models.book import Book
from app.web import site_files
from tests.bench.synthetic_catalogue import isbn13
from tests.support.apps import NOON
from tests.support.books import MARKUP, SANTI, SANTI_2, SANTI_TAIWAN, SHELF, outdate_index, stock
from tests.support.exchange import Exchange
from tests.support.pages import PageClient
from tests.support.rows import list_rows

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
JEEVES = [
    BookFacts(
        isbn13=isbn13(99_000 + number), title=f"Jeeves and the {word}", authors=("P.G. Wodehouse",), language="en",
        series=f"Jeeves #{number}", publisher="Ecco / HarperCollins", popularity=popularity,
    )
    for number, word, popularity in ((2, "Cow", 9), (10, "Pig", 5), (1, "Hen", 1))
]  # fmt: skip
OMNIBUS = BookFacts(
    isbn13=isbn13(99_099), title="The Jeeves Omnibus", authors=("P. G. Wodehouse",), series="Jeeves", language="en",
    popularity=8,
)  # fmt: skip
KINDS = ("/author/", "/series/", "/publisher/", "/subject/")
HOSTILE = [
    "a/b", "%2F", "%2Fetc%2Fpasswd", "..", "../..", "%00", "x%00y", "x" * 4000, "书" * 4000, "<script>alert(1)</script>",
    "%E2%80%AE%D7%90%D7%91", "%FF%FE", "🐟", "'\"%20OR%201=1--", "%25s%25(name)s", "{{7*7}}", "x?page=2", "%20", "%0d%0aX-Y:1", "%ED%A0%80",
]  # fmt: skip


@pytest.fixture(autouse=True)
def shelf(app: Flask) -> Iterator[None]:
    stock(app, [*SHELF, *JEEVES, OMNIBUS])
    return


SIGNS = ("C#/F#: 1+1=2?", "100% a&b", "%2F%23", "what? #tag/x y", "a/b?c#d%e")


@pytest.mark.parametrize("name", SIGNS)
def test_links_to_names_with_signs_of_addresses_lead_to_their_books(app: Flask, page: PageClient, name: str):
    book = replace(
        SANTI, isbn13=isbn13(99_200), title="带符号的书", authors=(name,), series=name, publisher=name, subjects=(name,)
    )
    stock(app, [book])
    for is_written in (False, True):
        if is_written:
            write_names(app)
        links = [link for link in page.get(f"/book/{book.isbn13}/detail").links if link.startswith(KINDS)]
        assert {link.split("/")[1] for link in links} == {kind.strip("/") for kind in KINDS}
        for link in links:
            found = page.get(link)
            assert book.title in found.text
            [feed] = re.findall(r'href="(/feed/[^"]+)"', page.http.get(link).text)[:1]
            assert book.title in page.http.get(unescape(feed)).text


def test_a_place_in_a_series_leads_to_the_series(page: PageClient):
    for typed in ("Jeeves%20%2313", "jeeves%20%232", "Jeeves%2C%20Vol.%202", "Discworld%20%238%2C%20Jeeves%20%231"):
        moved = page.http.get(f"/series/{typed}?language=en")
        assert (moved.status_code, moved.location) == (301, "/series/Jeeves?language=en"), typed
        assert page.http.get(f"/feed/series/{typed}").location == "/feed/series/Jeeves"
    assert page.http.get("/series/Nobody%20%2313").status_code == 404
    assert page.http.get("/author/Jeeves%20%2313").status_code == 404


def write_names(app: Flask) -> None:
    """Do what the worker does once a day."""
    with app.app_context():
        container.catalogue.search_index.rebuild()
        container.catalogue.name_writing.write_all()


def titles(html: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", found) for found in re.findall(r"<h2[^>]*>(.*?)</h2>", html)]


def linked_data(html: str) -> list[dict[str, Any]]:
    """Return what stands on a page for search engines, in the words of schema.org."""
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    return [part for text in found for part in json.loads(text).get("@graph", [json.loads(text)])]


def location(client: FlaskClient, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 301, response.status
    return unquote(response.headers["Location"])


def test_an_author_has_a_page_of_works_with_what_is_read_most_in_front(page: PageClient):
    seen = page.get("/author/刘慈欣")
    html = page.http.get("/author/刘慈欣").text
    assert titles(html) == ["三体", "三体Ⅱ：黑暗森林"], "both editions of 三体 are one row"
    assert "刘慈欣 的书" in seen.text
    assert "共 3 本。" in seen.text
    assert "另有 1 个版本" in seen.text
    assert "Books by 刘慈欣" in page.get("/author/刘慈欣", headers={"Accept-Language": "en"}).text


def test_what_can_be_had_stands_in_front(app: Flask, page: PageClient):
    with app.app_context():
        exchange = Exchange(app)
        exchange.offer(exchange.member("老舍"), JEEVES[2].isbn13)
    assert titles(page.http.get("/publisher/Ecco/HarperCollins").text)[0] == JEEVES[2].title
    seen = page.http.get("/publisher/Ecco/HarperCollins?gift=1").text
    assert titles(seen) == [JEEVES[2].title]
    assert "noindex" in seen


@pytest.mark.parametrize("are_written", [False, True])
def test_other_spellings_lead_to_the_usual_one(app: Flask, client: FlaskClient, are_written: bool):
    if are_written:
        write_names(app)
    for said in ("劉慈欣", "[中] 刘慈欣", "（中国）刘慈欣 著", "刘慈欣/"):
        assert location(client, f"/author/{said}?language=zh") == "/author/刘慈欣?language=zh"
        assert location(client, f"/feed/author/{said}") == "/feed/author/刘慈欣"
    assert location(client, "/author/wodehouse, p.g.") in {"/author/P.G. Wodehouse", "/author/P. G. Wodehouse"}
    assert location(client, "/series/JEEVES") == "/series/Jeeves"
    assert location(client, "/subject/中國文學") == "/subject/中国文学"


def test_the_usual_spelling_is_that_of_most_books_of_the_catalogue(app: Flask, client: FlaskClient):
    stock(
        app, [replace(SANTI_TAIWAN, isbn13=f"978957135{number}", title=f"第{number}本") for number in range(1000, 1004)]
    )
    write_names(app)
    assert location(client, "/author/刘慈欣") == "/author/劉慈欣"
    assert client.get("/author/劉慈欣").status_code == 200


def test_a_name_with_a_slash_has_its_page(page: PageClient):
    seen = page.get("/publisher/Ecco/HarperCollins")
    assert "Ecco / HarperCollins" in seen.text
    assert location(page.http, "/publisher/Ecco%2FHarper Collins") == "/publisher/Ecco/HarperCollins"
    assert location(page.http, "/publisher/Ecco%20/%20HarperCollins") == "/publisher/Ecco/HarperCollins"


def test_a_series_stands_in_the_order_of_its_volumes(page: PageClient):
    html = page.http.get("/series/Jeeves").text
    assert titles(html) == [f"Jeeves and the {word}" for word in ("Hen", "Cow", "Pig")] + ["The Jeeves Omnibus"]


def test_a_series_most_of_whose_books_have_no_volume_stands_by_rank(app: Flask, page: PageClient):
    library = [
        BookFacts(isbn13=f"97875447{number:05}", title=title, series="名著文库", popularity=number, language="zh")
        for number, title in enumerate(["战争与和平（上）", "复活", "红与黑"])
    ]
    stock(app, library)
    assert titles(page.http.get("/series/名著文库").text) == [book.title for book in reversed(library)]


def test_pages_have_twenty_rows_and_nothing_is_left_out(app: Flask, page: PageClient):
    many = [
        BookFacts(isbn13=f"9787000{number:06}", title=f"第{number}课", subjects=("练习",), language="zh" if number % 3 else "en")
        for number in range(130)
    ]  # fmt: skip
    stock(app, many)
    pages = [titles(page.http.get(f"/subject/练习?page={number}").text) for number in range(1, 8)]
    assert [len(each) for each in pages] == [20] * 6 + [10]
    assert sorted(title for each in pages for title in each) == sorted(book.title for book in many)
    english = page.get("/subject/练习?language=en")
    assert "共 44 本。" in english.text
    assert any("language=en" in link and "page=2" in link for link in english.links)
    assert "翻过头了" in page.get("/subject/练习?page=9999", status=404).text
    assert "/subject/%E7%BB%83%E4%B9%A0" in page.get("/subject/练习?page=9999", status=404).links
    assert "共 130 本。" in page.get("/subject/练习?page=x&gift=maybe").text
    assert "没有这种语言的书" in page.get("/subject/练习?language=<b>", status=400).text
    assert "这样筛选，一本也没有" in page.get("/subject/练习?language=fr").text


@pytest.mark.parametrize("kind", NameKind)
def test_an_unknown_name_offers_the_search_for_it(page: PageClient, kind: NameKind):
    seen = page.get(f"/{kind}/没有这样的名字", status=404)
    assert "没有这样的名字" in seen.text
    assert f"/book/search?q={quote('没有这样的名字')}" in seen.links
    page.get(f"/feed/{kind}/没有这样的名字", status=404)


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("kind", NameKind)
def test_whatever_stands_in_the_address_gets_a_clear_answer(client: FlaskClient, kind: NameKind, name: str):
    for path in (f"/{kind}/{name}", f"/feed/{kind}/{name}"):
        response = client.get(path, follow_redirects=True)
        assert response.status_code in {400, 404}, path
        assert "<script>alert" not in response.text


def test_markup_in_names_stays_text(page: PageClient):
    for kind, name in (("author", MARKUP.authors[0]), ("publisher", MARKUP.publisher), ("subject", MARKUP.subjects[0])):
        seen = page.http.get(f"/{kind}/{quote(name)}", follow_redirects=True)
        assert seen.status_code == 200
        assert "<script>alert" not in seen.text
        assert "<u>y" not in seen.text
        assert "<img src=x" not in seen.text
        parts = linked_data(seen.text)
        assert [part["@type"] for part in parts] == ["BreadcrumbList", "ItemList"]
        [item] = parts[1]["itemListElement"]
        assert item["item"]["name"] == MARKUP.title
        ET.fromstring(page.http.get(f"/feed/{kind}/{quote(name)}", follow_redirects=True).data)


def test_search_engines_learn_the_books_and_the_one_address(app: Flask, client: FlaskClient):
    html = client.get("/author/刘慈欣").text
    site = app.config["SITE_URL"].rstrip("/")
    way, books = linked_data(html)
    address = f"{site}/author/{quote('刘慈欣')}"
    assert [step["item"] for step in way["itemListElement"]] == [f"{site}/", address]
    assert [each["item"]["isbn"] for each in books["itemListElement"]] == [SANTI.isbn13, SANTI_2.isbn13]
    assert {each["item"]["@type"] for each in books["itemListElement"]} == {"Book"}
    assert f'<link rel="canonical" href="{address}">' in html
    assert f'<link rel="canonical" href="{address}">' in client.get("/author/刘慈欣?language=zh").text
    assert "noindex" not in html


def test_a_feed_has_the_books_that_came_last_in_front(app: Flask, client: FlaskClient):
    with app.app_context(), db.auto_commit():
        for number, facts in enumerate((SANTI_2, SANTI, SANTI_TAIWAN)):
            made = int((NOON + timedelta(days=number)).timestamp())
            Book.query.filter_by(isbn13=facts.isbn13).update({"create_time": made})
    html = client.get("/author/刘慈欣").text
    [address] = re.findall(r'<link rel="alternate" type="application/atom\+xml"[^>]* href="([^"]*)"', html)
    response = client.get(address)
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ET.fromstring(response.data)
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["三體", "三体Ⅱ：黑暗森林", "三体"]
    assert feed.findtext(f"{ATOM}title") == "鱼书 · 刘慈欣 的书"
    for part in (feed, *entries):
        assert part.findtext(f"{ATOM}id", "").startswith("http")
        assert datetime.fromisoformat(part.findtext(f"{ATOM}updated", "")).tzinfo
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == 3
    [own] = [link for link in feed.findall(f"{ATOM}link") if link.get("rel") == "self"]
    assert own.get("href", "").endswith(address)


def test_a_book_leads_to_the_pages_of_its_names(page: PageClient):
    links = page.get(f"/book/{SANTI.isbn13}/detail").links
    for path in (
        "/author/刘慈欣",
        "/series/中国科幻基石丛书",
        "/publisher/重庆出版社",
        "/subject/科幻",
        "/subject/中国文学",
    ):
        assert quote(path) in links
        page.get(path)
    assert quote("/series/Jeeves") in page.get(f"/book/{JEEVES[0].isbn13}/detail").links
    way = linked_data(page.http.get(f"/book/{SANTI.isbn13}/detail").text)[1]
    assert way["@type"] == "BreadcrumbList"
    assert [step["name"] for step in way["itemListElement"]] == ["鱼书", "刘慈欣", "三体"]


def test_every_name_on_a_book_page_leads_somewhere(page: PageClient):
    for facts in (*SHELF, *JEEVES):
        for link in page.get(f"/book/{facts.isbn13}/detail").links:
            if link.startswith(("/author/", "/series/", "/publisher/", "/subject/")):
                assert page.http.get(link, follow_redirects=True).status_code == 200, link


def test_each_series_of_a_book_is_a_link(app: Flask, page: PageClient):
    stock(app, [replace(SANTI, series="Discworld #8, Watch #1")])
    seen = page.get(f"/book/{SANTI.isbn13}/detail")
    assert {"/series/Discworld", "/series/Watch"} <= set(seen.links)
    assert "Discworld #8、Watch #1" in " ".join(seen.text.split())


@pytest.mark.parametrize("path", ["/author/" + "长" * 3_000, "/book/search?q=" + "长" * 3_000])
def test_a_long_address_is_not_sent_back(page: PageClient, path: str):
    answer = page.http.get(path)
    assert len(answer.data) < 20_000
    assert quote("长" * 200) not in answer.text


def test_nobodys_name_leads_to_the_search(app: Flask, page: PageClient):
    anonymous = BookFacts(isbn13="9787020008735", title="诗经", authors=("佚名",), language="zh")
    stock(app, [anonymous])
    assert f"/book/search?q={quote('佚名')}" in page.get(f"/book/{anonymous.isbn13}/detail").links
    page.get("/author/佚名", status=404)


def test_while_the_index_of_an_older_version_is_built_anew_nobody_is_told_that_a_name_does_not_exist(
    app: Flask, page: PageClient
):
    with app.app_context():
        container.catalogue.search_index.rebuild()
    page.get("/author/没有这样的名字", status=404)
    outdate_index(app)
    page.get("/author/没有这样的名字", status=503)
    page.get("/author/…", status=404)


def test_the_sitemaps_name_every_name_and_each_leads_to_its_page(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
):
    write_names(app)
    for most in ("_NAMES_IN_SITEMAP", "_BOOKS_IN_SITEMAP"):
        monkeypatch.setattr(site_files, most, 5)
    site = app.config["SITE_URL"].rstrip("/")
    index = [place.text or "" for place in ET.fromstring(client.get("/sitemap.xml").data).iter(f"{SITEMAP}loc")]
    assert index[0] == f"{site}/sitemap/books.xml"
    assert len(index) > 2
    found = []
    for place in index[1:]:
        response = client.get(place.removeprefix(site))
        part = [loc.text or "" for loc in ET.fromstring(response.data).iter(f"{SITEMAP}loc")]
        assert len(part) <= 5
        found += part
    with app.app_context():
        books = {f"{site}/book/{row.isbn13}/detail" for row in list_rows(Book)}
    assert {place for place in found if "/book/" in place} == books
    assert f"{site}/author/{quote('刘慈欣')}" in found
    assert f"{site}/publisher/Ecco/HarperCollins" in found
    assert len(found) == len(set(found))
    for place in found:
        assert client.get(place.removeprefix(site)).status_code == 200, place
    for kind in ("books", "names"):
        parts = sum(f"/{kind}-" in place for place in index)
        assert parts > 1
        assert client.get(f"/sitemap/{kind}-0.xml").status_code == 404
        assert client.get(f"/sitemap/{kind}-{parts + 1}.xml").status_code == 404


def test_a_site_without_names_has_a_sitemap_of_its_books(app: Flask, client: FlaskClient):
    index = ET.fromstring(client.get("/sitemap.xml").data)
    site = app.config["SITE_URL"].rstrip("/")
    books = [f"{site}/sitemap/{name}.xml" for name in ("books", "cities", "books-1")]
    assert [place.text for place in index.iter(f"{SITEMAP}loc")] == books


def test_on_both_databases_names_lists_feeds_and_sitemaps_go_together(any_database_app: Flask):
    stock(any_database_app, [*SHELF, *JEEVES, OMNIBUS])
    write_names(any_database_app)
    with any_database_app.app_context():
        exchange = Exchange(any_database_app)
        exchange.offer(exchange.member("老舍"), JEEVES[0].isbn13)
    client = any_database_app.test_client()
    assert location(client, "/author/劉慈欣") == "/author/刘慈欣"
    assert titles(client.get("/author/刘慈欣").text) == ["三体", "三体Ⅱ：黑暗森林"]
    assert titles(client.get("/publisher/Ecco/HarperCollins").text)[0] == JEEVES[0].title
    assert titles(client.get("/publisher/Ecco/HarperCollins?gift=1&language=en").text) == [JEEVES[0].title]
    assert len(ET.fromstring(client.get("/feed/author/刘慈欣").data).findall(f"{ATOM}entry")) == 3
    assert quote("刘慈欣") in client.get("/sitemap/names-1.xml").text
    for name in ("é", "x%00y", "%F0%9F%90%9F", "a " * 90):
        assert client.get(f"/subject/{name}", follow_redirects=True).status_code == 404
