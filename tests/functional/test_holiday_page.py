"""A holiday on the pages: taken, changed and ended by its member, and seen by readers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from tests.support.exchange import ISBNS, Exchange
from tests.support.exchange_pages import ask_for_book, offer_book
from tests.support.members import login, make_member
from tests.support.pages import PageClient

BOOK = f"/book/{ISBNS[0]}/detail"


@pytest.fixture
def giver(app: Flask, exchange: Exchange) -> PageClient:
    client = PageClient(app)
    login(client.http, make_member(app, "老舍"))
    return client


@pytest.fixture
def reader(app: Flask, exchange: Exchange) -> PageClient:
    client = PageClient(app)
    login(client.http, make_member(app, "小满"))
    client.post(f"/gifts/book/{ISBNS[-2]}", on="/personal")
    return client


def test_readers_see_until_when_a_giver_is_away(
    exchange: Exchange, giver: PageClient, reader: PageClient, page: PageClient
) -> None:
    gift = offer_book(giver)
    giver.post("/my/holiday", {"first": "2026-03-01", "last": "2026-03-09"})
    for visitor in (reader, page):
        book = visitor.get(BOOK)
        assert "休假到 2026/3/9" in book.text
        assert f"/drift/{gift}" not in book.links
    assert "1 位书友在送" in page.get(BOOK).text
    assert "3 月 9 日以后" in reader.get(f"/drift/{gift}", status=409).text
    assert "休假中" in giver.get("/my/gifts").text
    giver.post("/my/holiday/end", on="/my/holiday")
    assert "休假" not in reader.get(BOOK).text
    assert f"/drift/{gift}" in reader.get(BOOK).links


def test_a_holiday_that_is_over_is_over_for_readers_before_the_worker_comes(
    app: Flask, exchange: Exchange, giver: PageClient, reader: PageClient
) -> None:
    gift = offer_book(giver)
    giver.post("/my/holiday", {"first": "2026-03-01", "last": "2026-03-01"})
    exchange.clock.advance(timedelta(days=1))
    book = reader.get(BOOK)
    assert "休假" not in book.text
    assert f"/drift/{gift}" in book.links
    ask_for_book(reader, gift)


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        ("", "2026-03-09", "请选一天"),
        ("2026-03-01", "in May", "请选一天"),
        ("2026-03-09", "2026-03-08", "不能早于第一天"),
        ("2026-02-28", "2026-03-08", "最早从今天开始"),
        ("2026-03-01", "2026-05-30", "这样算起来有 91 天"),
        ("2027-03-08", "2027-03-09", "一年之内"),
        ("0001-01-01", "9999-12-31", "最早从今天开始"),
        ("2026-03-01", "9999-12-31", "任何 180 天里最多休假 90 天"),
    ],
)
def test_a_form_with_faults_says_what_is_wrong(
    exchange: Exchange, giver: PageClient, first: str, last: str, told: str
) -> None:
    answer = giver.post("/my/holiday", {"first": first, "last": last}, status=400)
    assert told in answer.text
    assert "你在休假" not in giver.get("/my/holiday").text


def test_a_holiday_is_shown_changed_and_ended(exchange: Exchange, giver: PageClient) -> None:
    giver.post("/my/holiday", {"first": "2026-03-05", "last": "2026-03-09"})
    assert "你要从 2026/3/5 休假到 2026/3/9" in giver.get("/my/holiday").text
    giver.post("/my/holiday", {"first": "2026-03-01", "last": "2026-03-09"})
    shown = giver.get("/my/holiday")
    assert "你在休假，到 2026/3/9" in shown.text
    assert not any(field.get("name") == "first" for field in shown.fields), "what has begun has begun"
    giver.post("/my/holiday", {"last": "2026-03-11"})
    assert "你在休假，到 2026/3/11" in giver.get("/my/holiday").text
    giver.post("/my/holiday/end", on="/my/holiday")
    assert "你在休假" not in giver.get("/my/holiday").text
    assert giver.post("/my/holiday/end", on="/my/holiday").location == "/my/holiday"
    assert "没有假期" in giver.get("/my/holiday").text


def test_both_sides_of_a_request_read_what_the_holiday_means(
    exchange: Exchange, giver: PageClient, reader: PageClient
) -> None:
    drift = ask_for_book(reader, offer_book(giver))
    giver.post("/my/holiday", {"first": "2026-03-01", "last": "2026-03-20"})
    assert "对方在休假，到 3月20日" in reader.get("/pending").text
    assert "你在休假，到 3月20日" in giver.get("/pending").text
    assert "老舍在休假，你对《三体》的请求先等着" in reader.get("/notices").text
    assert "还有" not in reader.get("/pending").text
    reader.post(f"/drift/{drift}/withdraw", on="/personal")


def test_a_gift_that_is_listed_meanwhile_waits(exchange: Exchange, giver: PageClient, page: PageClient) -> None:
    giver.post("/my/holiday", {"first": "2026-03-01", "last": "2026-03-20"})
    giver.post(f"/gifts/book/{ISBNS[0]}")
    assert "等假期结束再放到架上" in giver.get("/my/gifts").text
    assert "休假到 2026/3/20" in page.get(BOOK).text


def test_the_page_speaks_english(app: Flask, exchange: Exchange, giver: PageClient) -> None:
    giver.http.set_cookie("yushu_language", "en")
    giver.post("/my/holiday", {"first": "2026-03-01", "last": "2026-03-20"})
    assert "You are on holiday until 20 Mar 2026." in giver.get("/my/holiday").text
