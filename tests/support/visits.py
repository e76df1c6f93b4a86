"""Logging in, asking for mails: what the checks of accounts share."""

from __future__ import annotations

import re

from flask import Flask
from flask.testing import FlaskClient

from app.mail.mail import Mail
from tests.support.members import MadeMember
from tests.support.pages import PageClient

NEW = "尺素如残雪 9527"
MEMBERS_PAGE = "/personal"


def from_address(app: Flask, address: str) -> PageClient:
    return PageClient(app, environ_base={"REMOTE_ADDR": address})


def is_in(client: FlaskClient) -> bool:
    return client.get(MEMBERS_PAGE).status_code == 200


def try_to_log_in(page: PageClient, email: str, password: str) -> bool:
    """Try a login, and say whether it opened a session."""
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.http.get("/login", **page._environ).text)
    form = {"csrf_token": token[1] if token else "", "email": email, "password": password}
    return page.http.post("/login", data=form, **page._environ).status_code == 303


def mails_to(app: Flask, member: MadeMember) -> list[Mail]:
    with app.app_context():
        container = app.extensions["container"]
        container.operations.mail_delivery.deliver_due()
        return container.mail.transport.sent_to(member.email)


def link_in(mail: Mail) -> str:
    return re.search(r"http://127\.0\.0\.1:8000(/\S+)", mail.text)[1]


def ask_for_reset(app: Flask, page: PageClient, member: MadeMember) -> str:
    page.post("/reset/password", {"email": member.email}, status=200)
    return link_in(mails_to(app, member)[-1])


def read_token(page: PageClient, path: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.http.get(path, **page._environ).text)
    return found[1] if found else ""
