"""The exchange's pages, as scripts and people use them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from app.domain.beans import MINT
from app.extensions import db
from tests.support.exchange import ISBNS, SHELF, Exchange
from tests.support.members import MadeMember, login, make_member
from tests.support.pages import Page, PageClient

FORM = {
    "recipient_name": "林小满",
    "mobile": "138 0013 8000",
    "address": "四川省成都市青羊区草堂路三十七号",
    "message": "想读",
}


@pytest.fixture
def exchange(app: Flask) -> Iterator[Exchange]:
    with app.app_context():
        made = Exchange(app)
    yield made
    with app.app_context():
        assert made.breaches() == []


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


def actions(page: Page) -> list[str]:
    return [form["action"] for form in page.forms if form.get("action", "").startswith("/drift/")]


def offered(giver: PageClient) -> None:
    giver.post(f"/gifts/book/{ISBNS[0]}", {"postage": "receiver", "note": "扉页有签名"})


def requested(giver: PageClient, reader: PageClient) -> None:
    offered(giver)
    assert reader.post("/drift/2", FORM).location == "/pending"


def test_an_offer_says_what_it_earned_though_a_debt_took_it(app: Flask, exchange: Exchange) -> None:
    debtor = make_member(app, "巴金")
    client = PageClient(app)
    login(client.http, debtor)
    with app.app_context(), db.auto_commit():
        exchange.container.exchange.ledger.owe(debtor.id, MINT, "drift:0")
    client.post(f"/gifts/book/{ISBNS[0]}")
    assert "得到 1 个鱼豆" in client.get("/my/gifts").text


def test_a_whole_story_through_the_pages(exchange: Exchange, giver: PageClient, reader: PageClient) -> None:
    reader.post(f"/wish/book/{ISBNS[0]}", on="/personal")
    offered(giver)
    assert "小满" in giver.get(f"/book/{ISBNS[0]}/detail").text
    giver.post("/satisfy/wish/1", on=f"/book/{ISBNS[0]}/detail")
    assert "老舍有一本《三体》" in reader.get("/notices").text
    assert "收书的人出邮费" in reader.get("/drift/2").text
    requested_page = reader.post("/drift/2", FORM)
    assert requested_page.status_code == 303
    assert "/drift/1/withdraw" in actions(reader.get("/pending"))
    mine = giver.get("/pending")
    assert {"/drift/1/address", "/drift/1/mailed", "/drift/1/reject"} == set(actions(mine))
    assert "还有 14 天" in mine.text
    shown = giver.post("/drift/1/address", on="/personal", status=200)
    assert "草堂路三十七号" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    giver.post("/drift/1/mailed", {"carrier": "邮政", "tracking": "RR1"}, on="/personal")
    assert "RR1" in reader.get("/pending").text
    reader.post("/drift/1/received", on="/personal")
    assert "已收到" in reader.get("/pending").text
    assert "送出的书到了" in giver.get("/my/beans").text
    assert "请求一本书" in reader.get("/my/beans").text
    assert "实现了" in reader.get("/my/wish").text
    assert "已送出" in giver.get("/my/gifts").text
    assert "看了地址" in reader.get("/pending").text


def test_a_repeat_leads_back_to_pending_and_changes_nothing(
    exchange: Exchange, giver: PageClient, reader: PageClient
) -> None:
    requested(giver, reader)
    giver.post("/drift/1/mailed", on="/personal")
    for _ in range(2):
        assert giver.post("/drift/1/mailed", on="/personal").location == "/pending"
    assert "之前已经做过了" in giver.get("/pending").text
    assert reader.post("/drift/1/received", on="/personal").location == "/pending"
    assert reader.post("/drift/1/received", on="/personal").location == "/pending"


def test_the_wrong_party_and_state_get_409_and_a_stranger_404(
    app: Flask, exchange: Exchange, giver: PageClient, reader: PageClient
) -> None:
    requested(giver, reader)
    assert "另一方" in reader.post("/drift/1/mailed", on="/personal", status=409).text
    assert "等待回复" in reader.post("/drift/1/received", on="/personal", status=409).text
    stranger = PageClient(app)
    login(stranger.http, make_member(app, "stranger"))
    for act in ("reject", "withdraw", "mailed", "received", "lost", "returned", "delay", "address"):
        stranger.post(f"/drift/1/{act}", on="/personal", status=404)
        assert reader.http.get(f"/drift/1/{act}").status_code == 405
    stranger.post("/gifts/2/withdraw", on="/personal", status=404)
    stranger.post("/drift/1/decide", {"decision": "received", "reason": "x"}, on="/personal", status=403)


def test_a_form_with_faults_says_each_and_asks_nothing(
    exchange: Exchange, giver: PageClient, reader: PageClient
) -> None:
    offered(giver)
    answer = reader.post("/drift/2", {"recipient_name": "林", "mobile": "123", "address": "短"}, status=200)
    for fault in ("收件人要 2 到 20 个字", "手机号要 11 位", "地址要 10 到 100 个字"):
        assert fault in answer.text
    reader.post("/drift/2", {"handover": "y", "message": "图书馆见"})
    assert "当面交接" in reader.get("/pending").text


def test_a_saved_address_fills_the_next_form_and_can_be_forgotten(
    exchange: Exchange, giver: PageClient, reader: PageClient
) -> None:
    offered(giver)
    reader.post("/drift/2", {**FORM, "remember": "y"})
    reader.post("/drift/1/withdraw", on="/personal")
    again = reader.get("/drift/2")
    assert any(field.get("value") == "林小满" for field in again.fields)
    reader.post("/my/address/forget", on="/personal")
    assert not any(field.get("value") == "林小满" for field in reader.get("/drift/2").fields)


def test_visitors_are_sent_to_the_login_page_and_see_who_gives(
    app: Flask, exchange: Exchange, giver: PageClient
) -> None:
    offered(giver)
    visitor = PageClient(app)
    assert "老舍" in visitor.get(f"/book/{ISBNS[0]}/detail").text
    shelf = visitor.get("/").text.partition("有人愿意送给你")[2].split()
    assert shelf[:3] == [SHELF[0].title, *SHELF[0].authors, "1"]
    for path in ("/my/gifts", "/my/wish", "/pending", "/notices", "/my/beans", "/drift/2"):
        assert visitor.http.get(path).location == "/login"


def test_too_few_beans_is_told_with_what_is_missing(app: Flask, exchange: Exchange, giver: PageClient) -> None:
    offered(giver)
    poor = PageClient(app)
    login(poor.http, make_member(app, "poor"))
    assert "还差 1 个鱼豆" in poor.get("/drift/2".replace("2", "1"), status=409).text


def test_a_moderator_decides_with_a_reason_that_both_see(
    app: Flask, exchange: Exchange, giver: PageClient, reader: PageClient
) -> None:
    requested(giver, reader)
    giver.post("/drift/1/mailed", {"tracking": "X"}, on="/personal")
    reader.post("/drift/1/lost", on="/personal")
    moderator = PageClient(app)
    login(moderator.http, make_member(app, "mod", role="moderator"))
    assert "有分歧" in moderator.get("/moderation").text
    moderator.post("/drift/1/decide", {"decision": "received", "reason": "签收了"}, on="/moderation")
    assert all("签收了" in one.get("/pending").text for one in (giver, reader))


def test_notices_are_counted_until_they_are_read(exchange: Exchange, giver: PageClient, reader: PageClient) -> None:
    requested(giver, reader)
    assert "消息 1" in " ".join(giver.get("/my/gifts").text.split())
    giver.post("/notices/read", on="/personal")
    assert "消息 1" not in " ".join(giver.get("/my/gifts").text.split())


def test_english_pages_are_english(exchange: Exchange, giver: PageClient, reader: PageClient) -> None:
    requested(giver, reader)
    english = {"Accept-Language": "en"}
    assert "waiting for an answer" in giver.get("/pending", headers=english).text
    assert "would like your" in giver.get("/notices", headers=english).text


def test_silence_pauses_gifts_and_the_giver_puts_them_back(
    app: Flask, exchange: Exchange, giver: PageClient, reader: PageClient
) -> None:
    requested(giver, reader)
    exchange.clock.advance(timedelta(days=15))
    with app.app_context():
        app.extensions["container"].exchange.drift_deadlines.run()
    login(giver.http, MadeMember(1, "", "老舍"))
    assert "歇着" in giver.get("/my/gifts").text
    giver.post("/gifts/2/resume", on="/personal")
    assert "在架上" in giver.get("/my/gifts").text


def test_a_search_says_how_many_members_give_a_book(
    app: Flask, exchange: Exchange, giver: PageClient, reader: PageClient
) -> None:
    visitor, search = PageClient(app), "/book/search?q=三体"
    assert "人在送" not in visitor.get(search).text
    offered(giver)
    assert visitor.get(search).text.count("1 人在送") == 1
    reader.post("/drift/2", {"handover": "y", "message": "图书馆门口见"})
    assert "人在送" not in visitor.get(search).text


def test_a_refusal_leads_on_to_where_what_is_missing_can_be_done(
    app: Flask, exchange: Exchange, giver: PageClient, reader: PageClient
) -> None:
    requested(giver, reader)
    late = PageClient(app)
    login(late.http, make_member(app, "来晚的"))
    refused = late.get("/drift/2", status=409)
    assert "还有 0 位" in refused.text
    other = PageClient(app)
    login(other.http, make_member(app, "也在送"))
    other.post(f"/gifts/book/{ISBNS[0]}", {"postage": "giver"})
    assert f"/book/{ISBNS[0]}/detail" in late.get("/drift/2", status=409).links
    assert "/my/gifts" in late.get("/drift/3", status=409).links, "no bean: give a book first"
    refused = giver.post("/gifts/2/withdraw", on="/personal", status=409)
    assert 'href="/pending">去看鱼漂' in refused.text
