"""Who guesses a password or a code is told to wait, wherever the site asks for one."""

from __future__ import annotations

import pyotp
import pytest
from flask import Flask

from tests.support.apps import close, make_app
from tests.support.members import PASSWORD, MadeMember, login, make_member, quick_passwords
from tests.support.pages import PageClient

WRONG = {"password": "a guess", "old_password": "a guess", "code": "000000", "email": "new@example.com"}
WRONG |= {"password1": "尺素如残雪 9527", "password2": "尺素如残雪 9527"}


@pytest.fixture
def guarded(data_dir):
    app = make_app(data_dir, RATELIMIT_ENABLED="1")
    quick_passwords(app)
    yield app
    close(app)


@pytest.fixture
def member(guarded: Flask) -> MadeMember:
    return make_member(guarded)


def guesses(page: PageClient, path: str, on: str, times: int = 11) -> list[int]:
    """Send a wrong guess so often and give the statuses."""
    token = page.get(on).forms[-1]["fields"]["csrf_token"]
    return [page.http.post(path, data={**WRONG, "csrf_token": token}).status_code for _ in range(times)]


@pytest.mark.parametrize(
    ("path", "on"),
    [
        ("/change/password", "/change/password"),
        ("/change/email", "/change/email"),
        ("/personal/delete", "/personal/delete"),
        ("/personal/second-factor/begin", "/personal/second-factor"),
        ("/personal/second-factor/codes", "/personal/second-factor"),
        ("/personal/second-factor/off", "/personal/second-factor"),
    ],
)
def test_a_stolen_session_does_not_find_out_the_password(guarded: Flask, member: MadeMember, path: str, on: str):
    page = PageClient(guarded)
    login(page.http, member)
    assert guesses(page, path, on) == [200] * 10 + [429]


def test_all_doors_of_one_member_count_together(guarded: Flask, member: MadeMember):
    page = PageClient(guarded)
    login(page.http, member)
    assert guesses(page, "/change/password", "/change/password", 6) == [200] * 6
    assert guesses(page, "/personal/delete", "/personal/delete", 5) == [200] * 4 + [429]


def test_codes_of_a_phone_cannot_be_tried_through(guarded: Flask, member: MadeMember):
    box = guarded.extensions["container"]
    with guarded.app_context():
        box.members.second_factors.begin(member.id)
        secret = box.members.second_factors.state(member.id).secret
        box.members.second_factors.turn_on(member.id, pyotp.TOTP(secret).now())
    page = PageClient(guarded)
    page.post("/login", {"email": member.email, "password": PASSWORD})
    assert guesses(page, "/login/code", "/login/code") == [200] * 10 + [429]
    other = PageClient(guarded)
    other.post("/login", {"email": member.email, "password": PASSWORD})
    other.get("/login/code", status=429)


def test_mails_to_addresses_of_strangers_are_few(guarded: Flask, member: MadeMember):
    page = PageClient(guarded)
    login(page.http, member)
    for number in range(5):
        page.post("/change/email", {"email": f"s{number}@example.com", "password": PASSWORD}, status=200)
    assert page.http.get("/change/email").status_code == 429
