"""One book's page, for people and for machines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.books import FIGHT_CLUB, LONG, MARKUP, SANTI, SANTI_TAIWAN, SOLITUDE, stock
from tests.support.exchange import Exchange
from tests.support.pages import PageClient


@pytest.fixture(autouse=True)
def shelf(app: Flask) -> Iterator[None]:
    stock(app)
    return


def detail(isbn: str) -> str:
    return f"/book/{isbn}/detail"


def test_all_facts_are_shown(page: PageClient):
    text = page.get(detail(SANTI.isbn13)).text
    for fact in (
        "三体",
        "刘慈欣",
        "重庆出版社",
        "2008-01",
        "302 页",
        "平装",
        "CNY 23.00",
        "中国科幻基石丛书",
        "978-7-5366-9293-0",
        "7536692935",
        "科幻",
    ):
        assert fact in text


def test_unknown_facts_leave_no_empty_label(page: PageClient):
    text = page.get(detail(FIGHT_CLUB.isbn13)).text
    for label in ("出版社", "定价", "装帧", "丛书", "译"):
        assert label not in text


@pytest.mark.parametrize(
    "written", ["978-7-5366-9293-0", "7536692935", "7-5366-9293-5", "ISBN 9787536692930", "９７８７５３６６９２９３０"]
)
def test_any_format_of_the_number_leads_to_the_one_address(client: FlaskClient, written: str):
    response = client.get(detail(written))
    assert (response.status_code, response.location) == (301, detail(SANTI.isbn13))


def test_a_wrong_check_digit_leads_to_the_numbers_near_it(page: PageClient):
    assert "好像有一位数字不对" in page.get(detail("9787536692931"), follow=True).text


def test_a_number_that_a_spreadsheet_shortened_leads_to_what_to_do(page: PageClient):
    assert "表格软件把 ISBN 缩短了" in page.get(detail("9787536692930E+12"), follow=True).text


def test_a_right_number_that_nobody_knows_is_not_found_and_says_what_to_do(page: PageClient):
    text = page.get(detail("9787536692947"), status=404).text
    assert "978-7-5366-9294-7" in text
    assert "换个书名搜搜看" in text


@pytest.mark.parametrize("text", ["abc", "123", "%00", "三体", "'--", "%ED%A0%80"])
def test_an_address_without_a_number_is_not_found(page: PageClient, text: str):
    page.get(detail(text), status=404)


def test_machines_read_the_book_in_schema_org(client: FlaskClient):
    html = client.get(detail(SOLITUDE.isbn13)).text
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)[1])
    assert data["@type"] == "Book"
    assert (data["name"], data["isbn"], data["inLanguage"]) == ("百年孤独", SOLITUDE.isbn13, "zh")
    assert data["translator"] == [{"@type": "Person", "name": "范晔"}]


@pytest.mark.parametrize("pages", ["²", "三百零二", "xii, 302"])
def test_pages_that_are_no_plain_number_are_shown_as_they_are(app: Flask, page: PageClient, pages: str):
    stock(app, [replace(SANTI, isbn13="9787807650539", pages=pages)])
    assert pages in page.get(detail("9787807650539")).text


def test_the_same_book_in_other_clothes_is_offered(page: PageClient):
    assert "三體" in page.get(detail(SANTI.isbn13)).text
    assert "其他版本" not in page.get(detail(FIGHT_CLUB.isbn13)).text


def test_every_edition_that_a_result_counts_is_on_the_page(app: Flask, page: PageClient):
    stock(app, [replace(SANTI, isbn13=f"9787536693{number:03}", publisher=f"第{number}书社") for number in range(20)])
    text = page.get(detail(SANTI.isbn13)).text
    assert all(f"第{number}书社" in text for number in range(20))


def test_another_edition_that_can_be_had_is_told_where_nobody_gives_this_one(
    app: Flask, exchange: Exchange, page: PageClient
):
    with app.app_context():
        exchange.offer(exchange.member("阿渔"), SANTI_TAIWAN.isbn13)
    assert "另一个版本" in page.get(detail(SANTI.isbn13)).text
    assert "1 人在送" in page.get(detail(SANTI.isbn13)).text
    assert "另一个版本" not in page.get(detail(SANTI_TAIWAN.isbn13)).text


@pytest.mark.parametrize(
    ("editions", "named"),
    [
        ([("2005", 1), ("2008", 2)], "2008"),
        ([("2008", 2), ("2005", 1)], "2008"),
        ([("1999", 1), ("2005-03", 1), ("2009", 1)], "2009"),
        ([("", 1), ("1999", 1)], "1999"),
        ([("2006", 1), ("2010", 1)], "2010"),
    ],
    ids=["most givers", "whatever the order", "nearest year", "a year before none", "newest of two as near"],
)
def test_the_edition_that_most_give_is_told_then_the_nearest(
    app: Flask, exchange: Exchange, page: PageClient, editions: list[tuple[str, int]], named: str
):
    stock(
        app,
        [
            replace(
                SANTI, isbn13=f"9787536693{number:03}", publisher=f"第{number}书社", pubdate=year, popularity=9 - number
            )
            for number, (year, _givers) in enumerate(editions)
        ],
    )
    with app.app_context():
        for number, (_year, givers) in enumerate(editions):
            for giver in range(givers):
                exchange.offer(exchange.member(f"阿渔{number}{giver}"), f"9787536693{number:03}")
    assert f"另一个版本（{named}" in page.get(detail(SANTI.isbn13)).text


def test_markup_in_a_book_is_text_everywhere(client: FlaskClient):
    html = client.get(detail(MARKUP.isbn13)).text
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert html.count("<script") == html.count("</script>") == 3


def test_a_book_with_overlong_facts_has_a_page(page: PageClient):
    page.get(detail(LONG.isbn13))


def test_the_citation_follows_the_standard(page: PageClient):
    assert "加西亚·马尔克斯. 百年孤独[M]. 范晔, 译. 南海出版公司, 2011." in page.get(detail(SOLITUDE.isbn13)).text


def test_an_edition_with_few_pages_is_shown_as_perhaps_one_volume(page: PageClient, app: Flask) -> None:
    editions = [
        replace(SANTI, isbn13=isbn, pages=pages, publisher=f"出版社{isbn[-1]}")
        for isbn, pages in (("9787536692930", "120"), ("9787229030933", "302"), ("9787020002207", "310"))
    ]
    stock(app, editions)
    assert page.get("/book/9787536692930/detail").text.count("可能只是其中一册") == 1
    assert page.get("/book/9787229030933/detail").text.count("可能只是其中一册") == 1


@pytest.mark.parametrize("path", ["/book/9787020002207/detail", "/author/没有这个人"])
def test_who_asks_for_json_of_what_nobody_knows_gets_no_page(app: Flask, path: str) -> None:
    answer = app.test_client().get(path, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.mimetype) == (404, "application/json")
