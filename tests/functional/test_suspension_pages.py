"""What a suspended member sees, and how the operator suspends."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.support.exchange import ISBNS, Exchange
from tests.support.members import MadeMember, login, make_member
from tests.support.pages import PageClient

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def member(app: Flask, exchange: Exchange) -> MadeMember:
    member = make_member(app, "小满")
    with app.app_context():
        exchange.offer(member.id, ISBNS[1])
        exchange.offer(exchange.member("老舍"))
    return member


@pytest.fixture
def browser(app: Flask, member: MadeMember) -> PageClient:
    client = PageClient(app)
    login(client.http, member)
    return client


def run(app: Flask, *args: str) -> str:
    result = app.test_cli_runner().invoke(args=["user", *args])
    return result.output


def test_the_operator_suspends_and_ends_it(app: Flask, member: MadeMember, browser: PageClient) -> None:
    assert "版主暂停了你" not in browser.get("/").text
    assert f"{member.email} begins nothing new for 7 days" in run(
        app, "suspend", member.email, "7", "--reason", "寄了<b>空</b>包裹"
    )
    for path in ("/", "/personal", "/pending"):
        assert "版主暂停了你发起新的交换，到 2026/3/8 20:00 为止" in browser.get(path).text
    assert "until 8 Mar 2026, 20:00" in browser.get("/", headers=ENGLISH).text
    page = browser.get("/my/decisions")
    assert "寄了<b>空</b>包裹" in page.text
    assert "/my/decisions" in browser.get("/personal").links
    assert "/my/decisions" in browser.get("/notices").links
    page = browser.get("/my/gifts")
    assert "收起来了" in page.text
    assert "放回架上" not in page.text
    browser.get("/book/add", status=403)
    refused = browser.get("/drift/2", status=403)
    assert "还有 7 天" in refused.text
    assert "/my/decisions" in refused.links
    assert "may begin new things again" in run(app, "end-suspension", member.email, "--reason", "弄错了")
    assert "版主暂停了你" not in browser.get("/").text
    browser.get("/drift/2")
    assert "is not suspended now" in run(app, "end-suspension", member.email, "--reason", "x")
    assert "Nobody has registered" in run(app, "suspend", "no@example.com", "7", "--reason", "x")
    assert "is not in the range" in run(app, "suspend", member.email, "91", "--reason", "x")


def test_others_see_nothing_of_it(app: Flask, member: MadeMember) -> None:
    run(app, "suspend", member.email, "7", "--reason", "寄了空包裹")
    client = PageClient(app)
    login(client.http, make_member(app, "路人"))
    assert "暂停" not in client.get(f"/book/{ISBNS[1]}/detail").text
    assert "版主没有作过关于你的决定" in client.get("/my/decisions").text
