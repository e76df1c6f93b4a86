"""Security checks 9 and 21 to 24: passwords, logins, links, and how often one may try."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from argon2 import PasswordHasher
from flask import Flask

from app.extensions import db
from app.libs.clock import FrozenClock
from app.libs.passwords import Passwords
from app.models.user import User
from tests.support.apps import close, make_app
from tests.support.members import PASSWORD, confirm, login, make_member, quick_passwords
from tests.support.pages import PageClient
from tests.support.visits import (
    NEW,
    ask_for_reset,
    from_address,
    mails_to,
    read_token,
    try_to_log_in,
)


def test_check_09_sign_ups_of_one_address_are_limited_and_a_class_gets_in(data_dir: Path):
    app = make_app(data_dir, RATELIMIT_ENABLED="1", LIMIT_SIGNUP="1 per hour", LIMIT_ADDRESS_FACTOR="30")
    quick_passwords(app)
    codes = []
    for number in range(31):
        page = from_address(app, "192.0.2.1")
        source = page.get("/register") if number < 30 else None
        token = source.forms[-1]["fields"]["csrf_token"] if source else ""
        form = {
            "csrf_token": token,
            "email": f"p{number}@example.org",
            "nickname": f"pupil{number}",
            "password": PASSWORD,
        }
        codes.append(page.http.post("/register", data=form, environ_base={"REMOTE_ADDR": "192.0.2.1"}).status_code)
    assert codes[:30] == [200] * 30
    with app.app_context(), db.auto_commit() as session:
        assert session.query(User).count() == 30
    assert (
        from_address(app, "192.0.2.1").http.get("/register", environ_base={"REMOTE_ADDR": "192.0.2.1"}).status_code
        == 429
    )
    close(app)


def test_check_09_searches_and_suggestions_are_limited(data_dir: Path):
    limits = {"LIMIT_SEARCH": "2 per hour", "LIMIT_SUGGEST": "2 per hour", "LIMIT_ADDRESS_FACTOR": "1"}
    app = make_app(data_dir, RATELIMIT_ENABLED="1", **limits)
    for path in ("/book/search?q=x", "/book/suggest?q=x"):
        assert [app.test_client().get(path).status_code for _ in range(3)] == [200, 200, 429]
    close(app)


def test_check_09_reset_mails_to_one_address_are_limited(limited_app: Flask):
    member = make_member(limited_app)
    for number in range(8):
        page = from_address(limited_app, f"192.0.2.{number}")
        token = read_token(page, "/reset/password")
        page.http.post("/reset/password", data={"csrf_token": token, "email": member.email}, **page._environ)
    assert len(mails_to(limited_app, member)) == 5


@pytest.mark.parametrize(
    "password",
    ["短短七个字符吧", "1234567", "x" * 129, "password", "iloveyou1", "鱼书鱼书鱼书鱼书", "yushu2026", "小满小满小满1"],
)
def test_check_21_short_endless_common_and_obvious_passwords_are_refused(app: Flask, page: PageClient, password: str):
    page.post("/register", {"email": "xiaoman@example.org", "nickname": "小满", "password": password}, status=200)
    with app.app_context(), db.auto_commit() as session:
        assert session.query(User).count() == 0


@pytest.mark.parametrize(
    "password",
    [
        "五湖四海皆兄弟",
        "correct horse battery staple",
        " 前后都有空格 x ",
        "🐟📚🐟📖🎣🌊🐠🐡",
        "a" * 60 + "bcdefghi" * 8 + "3.14",
        "x\\'\";--<b>%00",
    ],
)
def test_check_21_any_other_password_is_taken_whole(app: Flask, page: PageClient, password: str):
    if len(password) < 8:
        password += "！" * (8 - len(password))
    page.post("/register", {"email": "reader@example.org", "nickname": "老周", "password": password}, status=200)
    confirm(app, "reader@example.org")
    assert not try_to_log_in(PageClient(app), "reader@example.org", password[:-1])
    assert not try_to_log_in(
        PageClient(app), "reader@example.org", password[:72] if len(password) > 72 else "x" + password
    )
    assert try_to_log_in(PageClient(app), "reader@example.org", password)


def test_check_21_passwords_may_be_pasted(page: PageClient):
    for path in ("/register", "/login"):
        fields = [field for field in page.get(path).fields if field.get("type") == "password"]
        assert fields
        for field in fields:
            assert not {"onpaste", "readonly"} & set(field)
            assert field.get("autocomplete") in {"current-password", "new-password"}
            assert int(field.get("maxlength", "999")) >= 128


def test_check_22_ten_wrong_logins_make_an_account_wait_in_the_whole_network(limited_app: Flask):
    member = make_member(limited_app)
    for number in range(10):
        assert not try_to_log_in(from_address(limited_app, f"192.0.2.{number}"), member.email, "wrong password")
    stranger = from_address(limited_app, "192.0.2.99")
    assert not try_to_log_in(stranger, member.email.upper(), PASSWORD)
    response = stranger.http.post("/login", data={"email": member.email}, **stranger._environ)
    assert response.status_code in {400, 429}


def test_check_22_the_wait_ends_by_itself(limited_app: Flask, data_dir: Path, monkeypatch: pytest.MonkeyPatch):
    quick = make_app(data_dir, RATELIMIT_ENABLED="1", LIMIT_LOGIN="2 per hour")
    quick_passwords(quick)
    member = make_member(quick)
    for _ in range(2):
        try_to_log_in(PageClient(quick), member.email, "wrong password")
    assert not try_to_log_in(PageClient(quick), member.email, PASSWORD)
    real = time.time
    monkeypatch.setattr("limits.storage.memory.time", SimpleNamespace(time=lambda: real() + 2 * 3600))
    assert try_to_log_in(PageClient(quick), member.email, PASSWORD)
    close(quick)


def test_check_22_right_logins_do_not_count_and_others_behind_the_address_get_in(limited_app: Flask):
    member, other = make_member(limited_app), make_member(limited_app, "老周")
    for _ in range(12):
        assert try_to_log_in(from_address(limited_app, "192.0.2.1"), member.email, PASSWORD)
    for _ in range(11):
        assert not try_to_log_in(from_address(limited_app, "192.0.2.1"), member.email, "wrong password")
    assert try_to_log_in(from_address(limited_app, "192.0.2.1"), other.email, PASSWORD)


def test_check_23_an_unknown_account_and_a_wrong_password_look_the_same(app: Flask):
    member = make_member(app)
    disabled = make_member(app, "老周")
    with app.app_context(), db.auto_commit() as session:
        session.get_one(User, disabled.id).disabled_at = 1
    shown = set()
    for email, password in (
        (member.email, "wrong password"),
        ("nobody@example.org", PASSWORD),
        (disabled.email, PASSWORD),
    ):
        page = PageClient(app)
        response = page.post("/login", {"email": email, "password": password}, status=200)
        shown.add(re.sub(r'value="[^"]*"', "", response.text))
    assert len(shown) == 1


class CountingHasher:
    """A real hasher of today's cost that notes what it was asked to do, and whether with that cost."""

    def __init__(self) -> None:
        self.done: list[tuple[str, bool]] = []
        self._hasher = PasswordHasher(time_cost=2, memory_cost=64, parallelism=1)

    def hash(self, password: str) -> str:
        self.done.append(("hash", True))
        return self._hasher.hash(password)

    def verify(self, stored: str, password: str) -> bool:
        self.done.append(("verify", not self._hasher.check_needs_rehash(stored)))
        return self._hasher.verify(stored, password)

    def check_needs_rehash(self, stored: str) -> bool:
        return self._hasher.check_needs_rehash(stored)


def test_check_23_an_unknown_account_and_a_wrong_password_cost_the_same(app: Flask):
    """As many hashes of the same cost: nothing else takes long."""
    hasher = CountingHasher()
    app.extensions["container"].members.passwords = Passwords(hasher)  # type: ignore[arg-type]
    member, disabled = make_member(app), make_member(app, "老周")
    with app.app_context(), db.auto_commit() as session:
        session.get_one(User, disabled.id).disabled_at = 1
    page = PageClient(app)
    token = read_token(page, "/login")
    costs = []
    for email in ("warm-up@example.org", member.email, "nobody@example.org", disabled.email):
        hasher.done.clear()
        page.http.post("/login", data={"csrf_token": token, "email": email, "password": "wrong password"})
        costs.append(list(hasher.done))
    assert costs[1:] == [[("verify", True)]] * 3


def test_check_24_a_reset_link_works_once(app: Flask, page: PageClient):
    member = make_member(app)
    link = ask_for_reset(app, page, member)
    page.post(link, {"password1": NEW, "password2": NEW})
    page.get(link, status=410)
    assert try_to_log_in(PageClient(app), member.email, NEW)


def test_check_24_a_newer_link_kills_the_older_one(app: Flask, page: PageClient):
    member = make_member(app)
    older, newer = ask_for_reset(app, page, member), ask_for_reset(app, page, member)
    page.get(older, status=410)
    page.get(newer)


def test_check_24_a_reset_link_is_dead_after_an_hour(app: Flask, clock: FrozenClock, page: PageClient):
    member = make_member(app)
    link = ask_for_reset(app, page, member)
    clock.advance(timedelta(minutes=59))
    page.get(link)
    clock.advance(timedelta(minutes=2))
    page.get(link, status=410)


def test_check_24_a_changed_password_kills_the_reset_link(app: Flask, page: PageClient):
    member = make_member(app)
    link = ask_for_reset(app, page, member)
    login(page.http, member)
    page.post("/change/password", {"old_password": PASSWORD, "password1": NEW, "password2": NEW})
    page.get(link, status=410)


def test_check_24_a_link_of_one_kind_opens_no_other_door(app: Flask, page: PageClient):
    member = make_member(app)
    token = ask_for_reset(app, page, member).rsplit("/", 1)[1]
    page.get(f"/confirm/{token}", status=410)
    page.get(f"/change/email/{token}", status=410)


def test_check_24_nobody_learns_whether_an_address_has_an_account(app: Flask):
    member = make_member(app)
    for path, more in (("/reset/password", {}), ("/register", {"nickname": "老周", "password": NEW})):
        shown = set()
        for email in (member.email, "nobody@example.org"):
            response = PageClient(app).post(path, {"email": email, **more}, status=200)
            assert "csrf_token" not in response.text or path == "/reset/password" or "老周" not in response.text
            shown.add(re.sub(r'value="[^"]*"', "", response.text.replace(email, "")))
        assert len(shown) == 1, path


def test_check_24_nor_by_a_nickname_that_is_taken(app: Flask):
    member = make_member(app)
    make_member(app, "老周")
    shown = set()
    for email in (member.email, "nobody@example.org"):
        response = PageClient(app).post("/register", {"email": email, "nickname": "老周", "password": NEW}, status=200)
        shown.add(re.sub(r'value="[^"]*"', "", response.text.replace(email, "")))
    assert len(shown) == 1


def test_check_24_tokens_lie_in_no_table(app: Flask, page: PageClient):
    from tests.support.routes import contents

    token = ask_for_reset(app, page, make_member(app)).rsplit("/", 1)[1]
    assert token not in repr(contents(app))
