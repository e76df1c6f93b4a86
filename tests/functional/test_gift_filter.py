"""A search can be narrowed to the books that somebody gives."""

from __future__ import annotations

import re
from dataclasses import replace

from flask import Flask

from app.domain.isbn import to_isbn13
from tests.support.books import SANTI, SANTI_2, SANTI_TAIWAN, stock
from tests.support.exchange import AT_HOME, Exchange
from tests.support.pages import PageClient


def titles(html: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", found) for found in re.findall(r"<h2[^>]*>(.*?)</h2>", html)]


def chips(html: str) -> dict[str, tuple[str, bool]]:
    """Return for each chip where it leads and whether it is chosen, by its text."""
    found = re.findall(r'<a class="chip" href="([^"]*)"([^>]*)>(.*?)</a>', html)
    return {re.sub(r"<[^>]+>", "", text): (href.replace("&amp;", "&"), bool(chosen)) for href, chosen, text in found}


def search(visitor: PageClient, *, spoken: str = "zh", **query: object) -> str:
    visitor.get("/book/search", query_string=query)
    return visitor.http.get("/book/search", query_string=query, headers={"Accept-Language": spoken}).text


def test_the_chip_counts_what_can_be_had_and_leads_there_and_back(app: Flask, page: PageClient, exchange: Exchange):
    with app.app_context():
        giver = exchange.member("送书的人")
        for book in (SANTI_2, SANTI_TAIWAN):
            exchange.offer(giver, book.isbn13)
    everything = search(page, q="刘慈欣")
    assert set(titles(everything)) == {SANTI_2.title, SANTI_TAIWAN.title}, "one row for both editions of a work"
    assert "共 3 本。" in everything
    href, chosen = chips(everything)["有人在送 2"]
    assert (href, chosen) == ("/book/search?q=刘慈欣&gift=1".replace("刘慈欣", "%E5%88%98%E6%85%88%E6%AC%A3"), False)
    narrowed = search(page, q="刘慈欣", gift=1)
    assert set(titles(narrowed)) == {SANTI_2.title, SANTI_TAIWAN.title}
    assert "共 2 本。" in narrowed
    assert chips(narrowed)["有人在送 2"] == ("/book/search?q=%E5%88%98%E6%85%88%E6%AC%A3", True)


def test_it_goes_together_with_a_language(app: Flask, page: PageClient, exchange: Exchange):
    english = replace(SANTI, isbn13=to_isbn13("0765377063"), title="三体 The Three-Body Problem", language="en")
    stock(app, [english])
    with app.app_context():
        exchange.offer(exchange.member("送书的人"), SANTI.isbn13)
        exchange.offer(exchange.member("另一个人"), english.isbn13)
    both = search(page, q="三体", gift=1)
    assert set(titles(both)) == {SANTI.title, english.title}
    assert chips(both)["英语 1"][0].endswith("&gift=1")
    narrowed = search(page, q="三体", gift=1, language="en")
    assert titles(narrowed) == [english.title]
    assert chips(narrowed)["有人在送 1"] == ("/book/search?q=%E4%B8%89%E4%BD%93&language=en", True)


def test_without_a_gift_there_is_no_chip_and_the_filter_leads_on(page: PageClient, exchange: Exchange):
    assert "有人在送" not in search(page, q="三体")
    empty = search(page, q="三体", gift=1)
    assert titles(empty) == []
    assert 'href="/book/search?q=%E4%B8%89%E4%BD%93">没人送的也找找</a>' in empty


def test_the_pager_keeps_the_filter(app: Flask, page: PageClient, exchange: Exchange):
    books = [replace(SANTI, isbn13=to_isbn13(f"{number:09d}0"), title=f"读书 {number}") for number in range(100, 125)]
    stock(app, books)
    with app.app_context():
        giver = exchange.member("送书的人")
        for book in books:
            exchange.offer(giver, book.isbn13)
    first = search(page, q="读书", gift=1)
    assert "gift=1" in re.findall(r'rel="next" href="([^"]*)"', first)[0]
    assert len({*titles(first), *titles(search(page, q="读书", gift=1, page=2))}) == 25


def test_a_gift_that_is_gone_is_gone_from_the_next_page(app: Flask, page: PageClient, exchange: Exchange):
    with app.app_context():
        gift = exchange.offer(exchange.member("送书的人"), SANTI.isbn13)
        reader = exchange.rich("想读的人")
    for _ in range(2):
        assert titles(search(page, q="三体", gift=1)) == [SANTI.title]
    with app.app_context():
        exchange.drifts.request(reader, gift, AT_HOME)
    assert titles(search(page, q="三体", gift=1)) == []
    assert "人在送" not in search(page, q="三体")


def test_it_is_said_in_english_too(app: Flask, page: PageClient, exchange: Exchange):
    with app.app_context():
        exchange.offer(exchange.member("送书的人"), SANTI.isbn13)
    assert "On offer 1" in chips(search(page, spoken="en", q="三体"))
