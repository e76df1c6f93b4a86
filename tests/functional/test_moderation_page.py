"""The moderators' page: what waits for them, what they did, and no way in for others."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.support.exchange import ISBNS, Exchange
from tests.support.members import MadeMember, login, make_member
from tests.support.pages import PageClient


@pytest.fixture
def exchange(app: Flask) -> Exchange:
    with app.app_context():
        exchange = Exchange(app)
        giver = exchange.member("倒霉的")
        exchange.offer(giver, ISBNS[2])
        for number, isbn in enumerate(ISBNS[:2]):
            reader = exchange.rich(f"读者{number}")
            drift = exchange.mailed(giver, reader, isbn)
            exchange.pass_days(15)
            exchange.drifts.claim_lost(reader, drift)
        return exchange


@pytest.fixture
def moderator(app: Flask, exchange: Exchange) -> PageClient:
    client = PageClient(app)
    login(client.http, make_member(app, "版主", role="moderator"))
    return client


def lift(client: PageClient, **words: str) -> None:
    client.post("/moderation/1/lift", {"stop": "giving", **words}, on="/moderation")


def test_a_stop_is_shown_lifted_with_a_reason_and_told(app: Flask, moderator: PageClient) -> None:
    page = moderator.get("/moderation").text
    assert "倒霉的" in page
    assert "寄出 2 本，丢了 2 本；送书暂停。" in page
    lift(moderator, reason="是快递公司的错")
    page = moderator.get("/moderation").text
    assert "暂停已经解除" in page
    assert "没有等着决定的事" in page
    assert "让倒霉的继续送书（是快递公司的错）" in page
    giver = PageClient(app)
    login(giver.http, MadeMember(1, "", "倒霉的"))
    assert "你可以继续送书了" in giver.get("/notices").text
    assert "/my/gifts" in giver.get("/notices").links
    assert "是快递公司的错" not in giver.get("/notices").text


def test_without_a_reason_nothing_is_lifted(moderator: PageClient) -> None:
    lift(moderator, reason=" ")
    page = moderator.get("/moderation").text
    assert "请写下理由" in page
    assert "送书暂停" in page


def test_a_second_moderator_is_told_that_it_is_done(moderator: PageClient) -> None:
    lift(moderator, reason="看过了")
    answer = moderator.post(
        "/moderation/1/lift", {"stop": "giving", "reason": "我也看过了"}, on="/personal", status=409
    )
    assert "没有被暂停" in answer.text


def test_the_page_speaks_english(moderator: PageClient) -> None:
    english = {"Accept-Language": "en"}
    assert "Sent 2, of which 2 got lost; giving is stopped." in moderator.get("/moderation", headers=english).text
    lift(moderator, reason="seen")
    assert "let 倒霉的 give again (seen)" in moderator.get("/moderation", headers=english).text


def test_members_have_no_way_in(app: Flask, exchange: Exchange) -> None:
    client = PageClient(app)
    login(client.http, make_member(app, "路人"))
    client.get("/moderation", status=403)
    client.post("/moderation/1/lift", {"stop": "giving", "reason": "求求了"}, on="/personal", status=403)


def test_a_decision_taken_twice_leads_back_to_the_page(moderator: PageClient) -> None:
    answer = moderator.post("/drift/1/decide", {"decision": "lost", "reason": "看过了"}, on="/moderation")
    assert answer.location == "/moderation"
    assert "之前已经做过了" in moderator.get("/moderation").text
