"""A member writes down a book that nobody knows."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from flask import Flask

from tests.support.apps import close, make_app
from tests.support.books import SANTI, stock
from tests.support.members import login, make_member
from tests.support.pages import PageClient

BOOK = {
    "isbn": "978-7-5366-9294-7", "title": "手抄的诗", "authors": "张三、李四", "publisher": "自印", "pubdate": "1998",
    "language": "zh",
}  # fmt: skip
DETAIL = "/book/9787536692947/detail"


@pytest.fixture
def member(app: Flask, page: PageClient) -> PageClient:
    login(page.http, make_member(app))
    return page


def test_a_visitor_is_asked_to_log_in_first(page: PageClient):
    assert page.http.get("/book/add").location == "/login"


def test_a_member_whose_mail_is_not_confirmed_may_not(app: Flask, page: PageClient):
    login(page.http, make_member(app, is_confirmed=False))
    page.get("/book/add", status=403)


def test_the_book_is_found_at_once(member: PageClient):
    assert member.post("/book/add", BOOK).location == DETAIL
    text = member.get(DETAIL).text
    for fact in ("手抄的诗", "张三", "李四", "自印", "1998", "书友"):
        assert fact in text
    assert "手抄的诗" in member.get("/book/search?q=手抄的诗").text


def test_the_page_of_an_unknown_book_leads_here_with_its_number_filled_in(member: PageClient):
    links = member.get(DETAIL, status=404).links
    assert "/book/add?isbn=9787536692947" in links
    form = member.get("/book/add?isbn=9787536692947").forms[-1]
    assert form["fields"]["isbn"] == "9787536692947"


def test_no_member_breaks_the_feed_with_a_title(member: PageClient):
    title = "手抄\ufffe的\u2028诗\x85\x0b\x00\uffff"
    detail = member.post("/book/add", BOOK | {"title": title, "authors": "张\ufffe三"}).location
    member.post(f"/gifts/book/{detail.split('/')[2]}", {"condition": "good", "postage": "giver", "note": "读\ufffe过"})
    feed = ET.fromstring(member.http.get("/recent.atom").data)
    texts = [element.text for element in feed.iter() if element.text]
    assert "手抄的 诗" in texts
    assert not any("\ufffe" in text or "\u2028" in text for text in texts)
    assert "读过" in member.get(detail).text


def test_a_known_book_is_shown_and_not_written_over(app: Flask, member: PageClient):
    stock(app, [SANTI])
    answer = member.post("/book/add", BOOK | {"isbn": SANTI.isbn13, "title": "别的书名"})
    assert answer.location == f"/book/{SANTI.isbn13}/detail"
    assert "别的书名" not in member.get(answer.location).text


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"isbn": ""}, "请写下封底的 ISBN"),
        ({"isbn": "9787536692948"}, "这个 ISBN 不对"),
        ({"isbn": "9787536692930E+12"}, "ISBN 被电子表格缩短成了 9787536692930E+12"),
        ({"isbn": "0000000000"}, "这个 ISBN 不对"),
        ({"title": "  "}, "请写下书名"),
        ({"title": "-"}, "没有书名"),
        ({"title": "书" * 501}, "最多 500 个字"),
        ({"authors": ""}, "请写下作者"),
        ({"publisher": "社" * 256}, "最多 255 个字"),
        ({"language": "xx"}, "不是有效的选择"),
    ],
)
def test_what_is_missing_or_wrong_is_said_beside_its_field(member: PageClient, wrong: dict[str, str], message: str):
    answer = member.post("/book/add", BOOK | wrong, status=400)
    assert message in answer.text
    member.get(DETAIL, status=404)


def test_no_more_than_the_allowance_of_a_day_is_taken(data_dir: Path):
    app = make_app(data_dir, RATELIMIT_ENABLED="1", LIMIT_ADD_BOOK="1 per day")
    page = PageClient(app)
    login(page.http, make_member(app))
    page.post("/book/add", BOOK)
    page.post("/book/add", BOOK, on="/personal", status=429)
    close(app)
