"""The moderators' page: what waits for them, what they did, and no way in for others."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.support.exchange import ISBNS, Exchange
from tests.support.members import MadeMember, login, make_member
from tests.support.pages import PageClient


@pytest.fixture
def giver(app: Flask, exchange: Exchange) -> MadeMember:
    """Make a member of whose parcels two got lost, one after the other."""
    giver = make_member(app, "倒霉的")
    with app.app_context():
        exchange.offer(giver.id, ISBNS[2])
        for number, isbn in enumerate(ISBNS[:2]):
            reader = exchange.rich(f"读者{number}")
            drift = exchange.mailed(giver.id, reader, isbn)
            exchange.pass_days(15)
            exchange.drifts.claim_lost(reader, drift)
    return giver


@pytest.fixture
def lift(giver: MadeMember) -> str:
    """Return where the stop of the giver's gifts is lifted."""
    return f"/moderation/{giver.id}/lift"


@pytest.fixture
def moderator(app: Flask, giver: MadeMember) -> PageClient:
    client = PageClient(app)
    login(client.http, make_member(app, "版主", role="moderator"))
    return client


CASE = "/moderation/cases/1"


@pytest.fixture
def taken(moderator: PageClient) -> PageClient:
    """Return the moderator, who has taken the case."""
    moderator.post(f"{CASE}/claim", {}, on=CASE)
    return moderator


def stop(reason: str) -> dict[str, str]:
    return {"stop": "giving", "reason": reason}


def test_a_stop_is_shown_lifted_with_a_reason_and_told(
    app: Flask, giver: MadeMember, lift: str, moderator: PageClient
) -> None:
    page = moderator.get("/moderation")
    assert "倒霉的" in page.text
    assert CASE in page.links
    assert "寄出 2 本，丢了 2 本；送书暂停。" in moderator.get(CASE).text
    moderator.post(f"{CASE}/claim", {}, on=CASE)
    moderator.post(lift, stop("是快递公司的错"), on=CASE)
    page = moderator.get("/moderation").text
    assert "暂停已经解除" in page
    assert "没有等着决定的事" in page
    assert "让倒霉的继续送书（是快递公司的错）" in page
    client = PageClient(app)
    login(client.http, giver)
    assert "你可以继续送书了" in client.get("/notices").text
    assert "/my/gifts" in client.get("/notices").links
    assert "是快递公司的错" not in client.get("/notices").text


def test_without_a_reason_nothing_is_lifted(lift: str, taken: PageClient) -> None:
    taken.post(lift, stop(" "), on=CASE)
    assert "请写下理由" in taken.get("/moderation").text
    assert "送书暂停" in taken.get(CASE).text


def test_a_second_moderator_is_told_that_it_is_done(lift: str, moderator: PageClient) -> None:
    moderator.post(lift, stop("看过了"), on="/moderation")
    answer = moderator.post(lift, stop("我也看过了"), on="/personal", status=409)
    assert "没有被暂停" in answer.text


def test_the_page_speaks_english(lift: str, moderator: PageClient) -> None:
    english = {"Accept-Language": "en"}
    assert "Sent 2, of which 2 got lost; giving is stopped." in moderator.get(CASE, headers=english).text
    moderator.post(lift, stop("seen"), on="/moderation")
    assert "let 倒霉的 give again (seen)" in moderator.get("/moderation", headers=english).text


def test_members_have_no_way_in(app: Flask, lift: str) -> None:
    client = PageClient(app)
    login(client.http, make_member(app, "路人"))
    client.get("/moderation", status=403)
    client.post(lift, stop("求求了"), on="/personal", status=403)


def test_a_decision_taken_twice_leads_back_to_the_page(
    exchange: Exchange, giver: MadeMember, moderator: PageClient
) -> None:
    with exchange.app.app_context():
        drift = exchange.container.exchange.drift_list.list_of(giver.id, limit=1, offset=0, now=0)[0]
    answer = moderator.post(f"/drift/{drift.id}/decide", {"decision": "lost", "reason": "看过了"}, on="/moderation")
    assert answer.location == "/moderation"
    assert "之前已经做过了" in moderator.get("/moderation").text
