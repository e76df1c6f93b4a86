"""The mails of an account through a real SMTP conversation: site, worker and mail server, each a process or thread of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.support.apps import close, make_app
from tests.support.mail_servers import Postbox, mail_server
from tests.support.mails import link_in
from tests.support.members import PASSWORD, confirm, quick_passwords
from tests.support.pages import PageClient
from tests.support.paths import ROOT

EMAIL = "reader@example.org"
NEW = "尺素如残雪 9527"


@pytest.fixture
def post(data_dir: Path):
    """Yield a client of the site, its mail server, and what runs its worker once."""
    with mail_server() as (port, postbox):
        url = f"smtp://127.0.0.1:{port}"
        app = make_app(data_dir, MAIL_URL=url)
        quick_passwords(app)
        environment = {**os.environ, "YUSHU_ENV": "testing", "YUSHU_DATA_DIR": str(data_dir), "YUSHU_MAIL_URL": url}

        def work() -> None:
            command = [sys.executable, "-m", "flask", "--app", "fisher", "worker", "--once"]
            subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, timeout=60)

        yield PageClient(app), postbox, work
        close(app)


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return part.get_content()


def last_mail(postbox: Postbox) -> EmailMessage:
    return postbox.messages()[-1]


def test_register_confirm_and_reset_by_mails_that_really_arrived(post):
    page, postbox, work = post
    page.post("/register", {"email": EMAIL, "nickname": "小满", "password": PASSWORD}, status=200)
    assert postbox.envelopes == [], "the worker sends, not the page"
    work()
    mail = last_mail(postbox)
    assert (mail["To"].addresses[0].addr_spec, mail["Subject"]) == (EMAIL, "[鱼书] 请确认你的邮箱")
    assert mail.get_body(("html",)).get_content().count(link_in(text_of(mail))) >= 1
    page.post(link_in(text_of(mail)))

    page.post("/reset/password", {"email": EMAIL}, status=200)
    page.post("/reset/password", {"email": "nobody@example.org"}, status=200)
    work()
    assert len(postbox.envelopes) == 2, "nobody is written to whom we do not know"
    mail = last_mail(postbox)
    assert mail["Subject"] == "[鱼书] 重置你的密码"
    page.post(link_in(text_of(mail)), {"password1": NEW, "password2": NEW})
    page.post("/login", {"email": EMAIL, "password": NEW})
    assert "邮箱还没有确认" not in page.get("/personal").text


def test_a_4xx_is_tried_again_and_a_5xx_is_final_and_shown_to_the_member(post):
    page, postbox, work = post
    app = page.http.application
    postbox.data_answers = ["451 come back later"]
    page.post("/register", {"email": EMAIL, "nickname": "小满", "password": PASSWORD}, status=200)
    work()
    confirm(app, EMAIL)
    page.post("/login", {"email": EMAIL, "password": PASSWORD})
    assert "还会再试" in page.get("/my/mail").text
    postbox.recipient_answers = ["550 no such mailbox"]
    page.post("/reset/password", {"email": EMAIL}, status=200)
    work()
    shown = page.get("/my/mail").text
    assert "没能寄到" in shown
    assert "550" in shown
