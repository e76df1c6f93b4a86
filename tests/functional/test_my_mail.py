"""A member sees what was written to them, and why something did not arrive."""

from __future__ import annotations

import pytest
from flask import Flask

from app.container import Container
from app.extensions import db
from app.mail.mail import FinalFailureError, TemporaryFailureError
from app.mail.outbox import Recipient
from app.mail.transports import ConsoleTransport, MemoryTransport
from tests.support.members import login, make_member
from tests.support.pages import PageClient


@pytest.fixture
def box(app: Flask):
    with app.app_context():
        yield app.extensions["container"]


def log_in(page: PageClient) -> int:
    member = make_member(page.http.application)
    login(page.http, member)
    return member.id


def post(box: Container, user_id: int, kind: str = "password_changed") -> None:
    with db.auto_commit():
        box.mail.outbox.post(kind, Recipient(address="reader@example.org", user_id=user_id))


def test_each_mail_shows_its_state_and_its_problem(page: PageClient, box: Container):
    me = log_in(page)
    transport = box.mail.transport
    assert isinstance(transport, MemoryTransport)
    transport.fail_next = [
        FinalFailureError("the mail server answered 550: <b>no</b>"),
        TemporaryFailureError("451 busy"),
    ]
    for _ in range(3):
        post(box, me)
    box.operations.mail_delivery.deliver_due()
    post(box, me)
    shown = page.get("/my/mail").text
    for words in ("等着寄出", "已寄出", "还会再试", "451 busy", "没能寄到", "550: <b>no</b>", "[鱼书] 你的密码改了"):
        assert words in shown


def test_nobody_sees_another_members_mails(page: PageClient, box: Container):
    me = log_in(page)
    post(box, me + 1)
    assert "还没有信" in page.get("/my/mail").text


def test_the_page_says_when_mails_are_in_the_terminal(page: PageClient, box: Container):
    log_in(page)
    assert "终端" not in page.get("/my/mail").text
    box.mail.__dict__["transport"] = ConsoleTransport()
    assert "终端" in page.get("/my/mail").text
