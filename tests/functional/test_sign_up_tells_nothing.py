"""A sign-up looks the same to strangers whether its address was known or not, also from outside and afterwards."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine

from app.mail.transports import MemoryTransport
from app.queries.personal_data import PersonalDataQueries
from tests.support.apps import close, make_app
from tests.support.mails import deliver, link_in, post_office
from tests.support.members import PASSWORD, confirm, login, make_member, quick_passwords
from tests.support.pages import PageClient

NEW = "尺素如残雪 9527"
UNKNOWN = "nobody@example.org"


@pytest.fixture(autouse=True)
def sent(app: Flask) -> MemoryTransport:
    quick_passwords(app)
    return post_office(app)


@pytest.fixture
def known(app: Flask) -> str:
    return make_member(app, "老周").email


def sign_up(app: Flask, email: str, nickname: str = "小满", password: str = NEW, **more: str) -> str:
    fields = {"email": email, "nickname": nickname, "password": password, **more}
    return shown(PageClient(app).post("/register", fields, status=200).text, email)


def shown(text: str, email: str) -> str:
    """Return a page without the typed address and the token."""
    return re.sub(r'name="csrf_token"[^>]*', "", text.replace(email, ""))


def after_a_sign_up(app: Flask, email: str) -> list[str]:
    """Sign up, and do all that a stranger can do next to find out what became of it."""
    seen = [sign_up(app, email), sign_up(app, email), sign_up(app, "another@example.org"), sign_up(app, email, "小暑")]
    for password in (NEW, PASSWORD + "!"):
        answer = PageClient(app).post("/login", {"email": email, "password": password}, status=200)
        seen.append(shown(answer.text, email))
    seen.append(shown(PageClient(app).post("/reset/password", {"email": email}, status=200).text, email))
    member = make_member(app, "看书人")
    page = PageClient(app)
    login(page.http, member)
    profile = {"nickname": "小满", "language": "zh"}
    seen.append(str(page.post("/personal/profile", profile, status=303).location))
    seen.append(shown(page.post("/change/email", {"email": email, "password": PASSWORD}, status=200).text, email))
    seen += [shown(page.get(path).text, email) for path in ("/my/mail", "/personal")]
    return seen


def test_nothing_that_a_stranger_can_do_tells_whether_the_address_was_known(
    app: Flask, known: str, sqlite_template: Path, tmp_path: Path
):
    shutil.copytree(sqlite_template, tmp_path / "another")
    another = make_app(tmp_path / "another")
    quick_passwords(another)
    make_member(another, "老周")
    assert after_a_sign_up(app, known) == after_a_sign_up(another, UNKNOWN)
    close(another)


def test_a_nickname_is_nobodys_until_its_address_is_confirmed(app: Flask):
    sign_up(app, "first@example.org")
    sign_up(app, "second@example.org")
    confirm(app, "second@example.org")
    assert "已经有人用了" in sign_up(app, "third@example.org")
    first = PageClient(app)
    link = next(link_in(text) for text in deliver(app) if "/confirm/" in text)
    said = first.post(link, follow_redirects=True, status=200).text
    assert "你选的昵称在这期间有人用了" in said
    first.post("/login", {"email": "first@example.org", "password": NEW})
    assert re.search("书友[0-9a-f]{6}", first.get("/personal").text)
    first.post("/personal/profile", {"nickname": "小暑", "language": "zh"})


def test_who_never_opened_the_mail_comes_in_by_a_reset(app: Flask):
    sign_up(app, "first@example.org")
    sign_up(app, "first@example.org", password=NEW + "!")
    page = PageClient(app)
    page.post("/reset/password", {"email": "first@example.org"}, status=200)
    link = link_in(deliver(app)[-1])
    page.post(link, {"password1": PASSWORD, "password2": PASSWORD})
    for password in (NEW, NEW + "!"):
        page.post("/login", {"email": "first@example.org", "password": password}, status=200)
    page.post("/login", {"email": "first@example.org", "password": PASSWORD})
    assert "小满" in page.get("/personal").text


def commits(act: Callable[[], object]) -> int:
    counted: list[int] = []

    def count(_connection: object) -> None:
        counted.append(1)

    event.listen(Engine, "commit", count)
    try:
        act()
    finally:
        event.remove(Engine, "commit", count)
    return len(counted)


def test_a_known_address_costs_as_many_hashes_and_transactions_as_a_new_one(app: Flask, known: str, monkeypatch):
    passwords = app.extensions["container"].members.passwords
    hashed, whole = [], passwords.hash
    monkeypatch.setattr(passwords, "hash", lambda *args: hashed.append(1) or whole(*args))
    assert commits(lambda: sign_up(app, known)) == commits(lambda: sign_up(app, UNKNOWN)) > 0
    assert len(hashed) == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"nickname": "老周"},
        {"nickname": "管 理 员"},
        {"nickname": "m"},
        {"password": "woaini1314"},
        {"invitation": "NOSUCHCODE"},
        {"email": "nowhere"},
    ],
)
def test_nothing_is_hashed_that_is_refused_for_less(app: Flask, known: str, fields: dict[str, str], monkeypatch):
    passwords = app.extensions["container"].members.passwords
    hashed = []
    monkeypatch.setattr(passwords, "hash", lambda *args: hashed.append(args) or "!")
    assert "信已寄出" not in sign_up(app, **{"email": UNKNOWN, "password": NEW} | fields)
    assert hashed == []


def test_a_new_address_of_a_member_is_listed_nowhere_before_it_is_theirs(app: Flask, known: str):
    member = make_member(app)
    page = PageClient(app)
    login(page.http, member)
    for email in (known, UNKNOWN):
        page.post("/change/email", {"email": email, "password": PASSWORD}, status=200)
    deliver(app)
    assert UNKNOWN not in page.get("/my/mail").text
    with app.app_context():
        container = app.extensions["container"]
        assert container.mail.mails.list_to(member.id) == ()
        assert not PersonalDataQueries(container.core.sql).mails(member.id)
