"""Strangers who guess at an account do not lock its owner out, and still find out little; counted in memory and in Redis."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyotp
import pytest
from flask import Flask

from tests.support.apps import close, make_app
from tests.support.members import PASSWORD, MadeMember, make_member, quick_passwords
from tests.support.pages import PageClient, read

NEW = "尺素如残雪 9527"
STRANGER, OWNER = "192.0.2.1", "198.51.100.7"


@pytest.fixture(params=["memory", "redis"])
def app(request: pytest.FixtureRequest, data_dir: Path) -> Iterator[Flask]:
    settings = {"RATELIMIT_ENABLED": "1"}
    if request.param == "redis":
        settings["RATELIMIT_STORAGE_URL"] = request.getfixturevalue("redis_server").url
    app = make_app(data_dir, **settings)
    quick_passwords(app)
    yield app
    close(app)


@pytest.fixture
def member(app: Flask) -> MadeMember:
    return make_member(app)


class Browser(PageClient):
    """A browser at an address. `guess` sends a password for an account and returns the status: 303 is in, 429 must wait."""

    def __init__(self, app: Flask, address: str = STRANGER) -> None:
        super().__init__(app, environ_base={"REMOTE_ADDR": address})
        self._token = ""

    def send(self, path: str, **fields: str) -> int:
        if not self._token:
            forms = read(self.http.get(path, **self._environ).text).forms
            self._token = next(form["fields"]["csrf_token"] for form in forms if "csrf_token" in form["fields"])
        data = {"csrf_token": self._token, **fields}
        return self.http.post(path, data=data, **self._environ).status_code

    def guess(self, member: MadeMember, password: str = "a guess") -> int:
        return self.send("/login", email=member.email, password=password)

    def at(self, address: str) -> Browser:
        """Carry the browser to another address."""
        self._environ = {"environ_base": {"REMOTE_ADDR": address}}
        return self


def known_browser(app: Flask, member: MadeMember) -> Browser:
    """Return a browser in which the owner was logged in once, and is no more."""
    browser = Browser(app, OWNER)
    assert browser.guess(member, PASSWORD) == 303
    browser.http.delete_cookie("session")
    browser._token = ""
    return browser


def guess_from_many_networks(app: Flask, member: MadeMember, number: int) -> list[int]:
    return [Browser(app, f"203.0.{network}.1").guess(member) for network in range(number)]


def test_ten_wrong_guesses_from_one_network_keep_the_owner_out_nowhere_else(app: Flask, member: MadeMember):
    stranger = Browser(app)
    assert [stranger.guess(member) for _ in range(12)] == [200] * 10 + [429] * 2
    assert Browser(app, "192.0.2.200").guess(member, PASSWORD) == 429, "another address of the same network"
    assert Browser(app, OWNER).guess(member, PASSWORD) == 303


def test_a_network_of_ipv6_is_what_one_household_gets(app: Flask, member: MadeMember):
    stranger = Browser(app, "2001:db8:1:2::1")
    assert [stranger.guess(member) for _ in range(10)] == [200] * 10
    assert Browser(app, "2001:db8:1:2:ffff::9").guess(member, PASSWORD) == 429
    assert Browser(app, "2001:db8:1:3::1").guess(member, PASSWORD) == 303


def test_guesses_from_many_networks_are_bounded_and_a_known_browser_still_comes_in(app: Flask, member: MadeMember):
    known = known_browser(app, member)
    assert guess_from_many_networks(app, member, 52) == [200] * 50 + [429] * 2
    assert Browser(app, "198.51.100.99").guess(member, PASSWORD) == 429
    assert known.guess(member, PASSWORD) == 303
    assert Browser(app).guess(make_member(app, "老周"), PASSWORD) == 303, "other accounts are not concerned"


def test_a_known_browser_comes_in_from_the_very_network_that_guesses(app: Flask, member: MadeMember):
    known = known_browser(app, member).at(STRANGER)
    stranger = Browser(app)
    assert [stranger.guess(member) for _ in range(11)] == [200] * 10 + [429]
    assert known.guess(member, PASSWORD) == 303


def test_a_known_browser_has_a_count_of_its_own_wherever_it_is(app: Flask, member: MadeMember):
    known = known_browser(app, member)
    codes = [known.at(f"203.0.{network}.1").guess(member) for network in range(11)]
    assert codes == [200] * 10 + [429]
    assert known.guess(member, PASSWORD) == 429
    assert Browser(app, OWNER).guess(member, PASSWORD) == 303


@pytest.mark.parametrize("how", ["new password", "log out everywhere", "reset"])
def test_a_browser_is_known_no_more_after(app: Flask, member: MadeMember, how: str):
    lost, kept = known_browser(app, member), Browser(app, "198.51.101.1")
    kept.guess(member, PASSWORD)
    password = PASSWORD
    if how == "new password":
        fields = {"old_password": PASSWORD, "password1": NEW, "password2": NEW}
        assert kept.post("/change/password", fields).status_code == 303
        password = NEW
    elif how == "log out everywhere":
        assert kept.post("/personal/sessions/end", on="/personal/sessions").status_code == 303
    else:
        with app.app_context():
            container = app.extensions["container"]
            container.members.accounts.reset_password(container.members.account_tokens.make("reset", member.id), NEW)
        password = NEW
    guess_from_many_networks(app, member, 50)
    assert lost.guess(member, password) == 429
    kept.http.delete_cookie("session")
    kept._token = ""
    assert kept.guess(member, password) == (429 if how == "reset" else 303)


def test_the_cookie_of_one_account_is_worth_nothing_for_another_nor_when_it_is_forged(app: Flask, member: MadeMember):
    other = make_member(app, "老周")
    known = known_browser(app, other)
    forged = Browser(app, OWNER)
    cookie = known.http.get_cookie("browser")
    assert cookie is not None
    forged.http.set_cookie("browser", '[1,0,"ffff"]' + cookie.value[cookie.value.index(".") :])
    guess_from_many_networks(app, member, 50)
    assert known.guess(member, PASSWORD) == 429
    assert forged.guess(member, PASSWORD) == 429


def test_the_guesses_of_strangers_do_not_count_against_a_session(app: Flask, member: MadeMember):
    owner = Browser(app)
    owner.guess(member, PASSWORD)
    guess_from_many_networks(app, member, 50)
    stranger = Browser(app)
    assert stranger.guess(member) == 429
    fields = {"old_password": PASSWORD, "password1": NEW, "password2": NEW}
    assert owner.post("/change/password", fields).status_code == 303


def test_the_cookie_of_a_known_browser_is_out_of_reach_and_stays_on_this_host(data_dir: Path):
    app = make_app(data_dir, SITE_URL="https://yushu.example")
    quick_passwords(app)
    member = make_member(app)
    page = PageClient(app, base_url="https://yushu.example", headers={"Referer": "https://yushu.example/login"})
    answer = page.post("/login", {"email": member.email, "password": PASSWORD})
    [cookie] = [one for one in answer.headers.getlist("Set-Cookie") if "browser=" in one]
    assert cookie.startswith("__Host-browser=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert member.email not in cookie
    close(app)


def all_at_once(acts: list[Callable[[], int]]) -> list[int]:
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], int]) -> int:
        start.wait(30)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


def test_of_a_burst_no_more_guesses_are_looked_at_than_allowed(app: Flask, member: MadeMember, monkeypatch):
    looked_at, passwords = [], app.extensions["container"].members.passwords
    whole = passwords.verify
    monkeypatch.setattr(passwords, "verify", lambda *args: looked_at.append(1) or whole(*args))
    browsers = [Browser(app) for _ in range(30)]
    for browser in browsers:
        browser.send("/login", email="", password="")
    codes = all_at_once([lambda browser=browser: browser.guess(member) for browser in browsers])  # type: ignore[misc]
    assert codes == [200] * 10 + [429] * 20
    assert len(looked_at) == 10


class TestCodes:
    """The second factor is guarded in the same way."""

    @pytest.fixture
    def phone(self, app: Flask, member: MadeMember) -> pyotp.TOTP:
        box: Any = app.extensions["container"]
        with app.app_context():
            box.members.second_factors.begin(member.id)
            phone = pyotp.TOTP(box.members.second_factors.state(member.id).secret)
            now = int(box.core.clock.now().timestamp())
            box.members.second_factors.turn_on(member.id, phone.at(now - 30))
        return phone

    def half_way(self, browser: Browser, member: MadeMember) -> Browser:
        assert browser.guess(member, PASSWORD) == 303
        browser._token = ""
        return browser

    def test_wrong_codes_from_one_network_keep_the_owner_out_nowhere_else(
        self, app: Flask, member: MadeMember, phone: pyotp.TOTP
    ):
        thief = self.half_way(Browser(app), member)
        assert [thief.send("/login/code", code="000000") for _ in range(11)] == [200] * 10 + [429]
        owner = self.half_way(Browser(app, OWNER), member)
        assert owner.send("/login/code", code=phone.now()) == 303

    def test_wrong_codes_from_everywhere_keep_no_known_browser_out(
        self, app: Flask, member: MadeMember, phone: pyotp.TOTP
    ):
        now = int(app.extensions["container"].core.clock.now().timestamp())
        owner = self.half_way(Browser(app, OWNER), member)
        assert owner.send("/login/code", code=phone.at(now)) == 303
        owner.http.delete_cookie("session")
        owner._token = ""
        codes = []
        for network in range(5):
            thief = self.half_way(Browser(app, f"203.0.{network}.1"), member)
            codes += [thief.send("/login/code", code="000000") for _ in range(10)]
        assert codes == [200] * 50
        self.half_way(Browser(app, "203.0.5.1"), member).get("/login/code", status=429)
        assert self.half_way(owner, member).send("/login/code", code=phone.at(now + 30)) == 303
