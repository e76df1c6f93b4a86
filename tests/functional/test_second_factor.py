"""The second factor over HTTP: turned on, asked for, used once, turned off."""

from __future__ import annotations

import re
from datetime import timedelta

import pyotp
import pytest
from argon2 import PasswordHasher

from app.extensions import db
from app.libs.clock import epoch
from app.libs.passwords import Passwords
from app.models.user import User
from tests.support.members import PASSWORD, login, make_member, quick_passwords
from tests.support.pages import PageClient
from tests.support.routes import contents

PAGE = "/personal/second-factor"


@pytest.fixture
def app(any_database_app):
    quick_passwords(any_database_app)
    return any_database_app


@pytest.fixture
def member(app, clock):
    return make_member(app)


@pytest.fixture
def phone(app, clock, member, page) -> Phone:
    login(page.http, member)
    page.post(f"{PAGE}/begin", {"password": PASSWORD}, on=PAGE)
    shown = page.get(PAGE)
    return Phone(re.search(r"\b[A-Z2-7]{32}\b", shown.text).group(), clock)


class Phone:
    """What shows the numbers."""

    def __init__(self, secret, clock) -> None:
        self._totp, self._clock = pyotp.TOTP(secret), clock

    def number(self, steps: int = 0) -> str:
        return self._totp.at(epoch(self._clock.now()) + 30 * steps)


def turn_on(page: PageClient, phone: Phone) -> list[str]:
    """Turn it on and give the recovery codes."""
    shown = page.post(f"{PAGE}/on", {"code": phone.number()}, on=PAGE, status=200).text
    codes = re.findall(r"<code>([A-Z2-7-]{19})</code>", shown)
    assert len(set(codes)) == 10
    return codes


def half_way(app, member) -> PageClient:
    """Return a client whose password was right."""
    other = PageClient(app)
    assert other.post("/login", {"email": member.email, "password": PASSWORD}).location == "/login/code"
    assert other.http.get("/personal").status_code == 303, "the password alone opens nothing"
    return other


def test_beginning_needs_the_password_and_shows_a_picture(page, member):
    login(page.http, member)
    assert "密码不对" in page.post(f"{PAGE}/begin", {"password": "a guess"}, on=PAGE, status=200).text
    page.post(f"{PAGE}/begin", {"password": PASSWORD}, on=PAGE)
    assert "data:image/svg+xml" in page.http.get(PAGE).text


def test_it_is_not_asked_for_before_a_first_number_was_typed(app, page, phone, member):
    assert "这个验证码不对" in page.post(f"{PAGE}/on", {"code": "000000"}, on=PAGE, status=200).text
    other = PageClient(app)
    assert other.post("/login", {"email": member.email, "password": PASSWORD}).location == "/"


def test_a_login_takes_password_and_number(app, page, phone, member, clock):
    turn_on(page, phone)
    clock.advance(timedelta(seconds=60))
    other = half_way(app, member)
    other.get("/login/code")
    assert "这个验证码不对" in other.post("/login/code", {"code": "12345"}, status=200).text
    assert other.post("/login/code", {"code": phone.number()}).location == "/personal", "where one wanted to go"
    other.get("/personal")


def test_a_number_works_once_and_none_before_it(app, page, phone, member, clock):
    turn_on(page, phone)
    assert "这个验证码不对" in half_way(app, member).post("/login/code", {"code": phone.number()}, status=200).text
    clock.advance(timedelta(seconds=30))
    used = phone.number()
    half_way(app, member).post("/login/code", {"code": used})
    for replay in (used, phone.number(-1)):
        half_way(app, member).post("/login/code", {"code": replay}, status=200)
    half_way(app, member).post("/login/code", {"code": phone.number(1)})


def test_a_number_of_two_minutes_ago_is_too_old(app, page, phone, member, clock):
    turn_on(page, phone)
    clock.advance(timedelta(minutes=5))
    half_way(app, member).post("/login/code", {"code": phone.number(-4)}, status=200)


def test_a_recovery_code_works_once_however_it_is_typed(app, page, phone, member):
    code = turn_on(page, phone)[3]
    half_way(app, member).post("/login/code", {"code": f" {code.lower().replace('-', ' ')} "})
    half_way(app, member).post("/login/code", {"code": code}, status=200)
    assert "还剩 9 个恢复码" in page.get(PAGE).text


def test_another_members_recovery_code_opens_nothing(app, page, phone, member, clock):
    code = turn_on(page, phone)[0]
    other = make_member(app, "老周")
    client = PageClient(app)
    login(client.http, other)
    client.post(f"{PAGE}/begin", {"password": PASSWORD}, on=PAGE)
    secret = re.search(r"\b[A-Z2-7]{32}\b", client.get(PAGE).text).group()
    turn_on(client, Phone(secret, clock))
    half_way(app, other).post("/login/code", {"code": code}, status=200)


def test_new_recovery_codes_replace_the_old_ones(app, page, phone, member):
    old = turn_on(page, phone)
    assert "密码不对" in page.post(f"{PAGE}/codes", {"password": "a guess"}, on=PAGE, status=200).text
    shown = page.post(f"{PAGE}/codes", {"password": PASSWORD}, on=PAGE, status=200).text
    new = re.findall(r"<code>([A-Z2-7-]{19})</code>", shown)
    half_way(app, member).post("/login/code", {"code": old[0]}, status=200)
    half_way(app, member).post("/login/code", {"code": new[0]})


def test_the_half_open_door_closes_after_ten_minutes(app, page, phone, member, clock):
    turn_on(page, phone)
    other = half_way(app, member)
    clock.advance(timedelta(minutes=10))
    assert other.http.get("/login/code").location == "/login"


def test_turning_it_off_needs_the_password(app, page, phone, member):
    turn_on(page, phone)
    page.post(f"{PAGE}/off", {"password": "a guess"}, on=PAGE, status=200)
    page.post(f"{PAGE}/off", {"password": PASSWORD}, on=PAGE)
    other = PageClient(app)
    assert other.post("/login", {"email": member.email, "password": PASSWORD}).location == "/"


def test_it_cannot_be_begun_again_while_it_is_on(app, page, phone, member):
    turn_on(page, phone)
    page.post(f"{PAGE}/begin", {"password": PASSWORD}, on=PAGE, status=409)
    page.post(f"{PAGE}/on", {"code": phone.number(1)}, on=PAGE, status=409)


def test_an_operator_turns_it_off_for_who_lost_everything(app, page, phone, member):
    turn_on(page, phone)
    assert app.test_cli_runner().invoke(args=["user", "drop-second-factor", member.email]).exit_code == 0
    other = PageClient(app)
    assert other.post("/login", {"email": member.email, "password": PASSWORD}).location == "/"


def test_neither_secret_nor_codes_lie_readable_in_the_database(app, page, phone, member):
    codes = turn_on(page, phone)
    stored = contents(app)
    assert (len(stored["second_factor"]), len(stored["recovery_code"])) == (1, 10)
    for secret in (phone._totp.secret, *codes, *(code.replace("-", "") for code in codes)):
        assert secret not in repr(stored)


def change_password(app, member) -> None:
    page = PageClient(app)
    login(page.http, member)
    wanted = {"old_password": PASSWORD, "password1": "尺素如残雪 9527", "password2": "尺素如残雪 9527"}
    page.post("/change/password", wanted)


def reset_password(app, member) -> None:
    with app.app_context():
        token = app.extensions["container"].members.account_tokens.make("reset", member.id, email=member.email)
    wanted = {"password1": "尺素如残雪 9527", "password2": "尺素如残雪 9527"}
    PageClient(app).post(f"/reset/password/{token}", wanted)


def disable(app, member) -> None:
    with app.app_context(), db.auto_commit() as session:
        session.get_one(User, member.id).disabled_at = 1


@pytest.mark.parametrize("act", [change_password, reset_password, disable])
def test_a_login_that_is_half_done_ends_with_the_password(app, page, phone, member, act):
    """Who knew the old password and stands before the number is turned away, even with the right number."""
    turn_on(page, phone)
    app.extensions["container"].core.clock.advance(timedelta(seconds=60))
    thief = half_way(app, member)
    shown = thief.get("/login/code")
    token = shown.forms[-1]["fields"]["csrf_token"]
    act(app, member)
    refused = thief.http.post("/login/code", data={"csrf_token": token, "code": phone.number()})
    assert (refused.status_code, refused.location) == (303, "/login")
    assert thief.http.get("/login/code").location == "/login"
    assert thief.http.get("/personal").status_code == 303


def test_a_login_whose_hash_is_renewed_goes_on_to_the_number(app, page, phone, member, clock):
    turn_on(page, phone)
    clock.advance(timedelta(seconds=60))
    stronger = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)
    app.extensions["container"].members.accounts._passwords = Passwords(stronger)
    other = half_way(app, member)
    assert other.post("/login/code", {"code": phone.number()}).location == "/personal"
