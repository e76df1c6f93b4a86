"""A giver, a reader and everybody else, for the checks of the exchange."""

from __future__ import annotations

from flask import Flask

from app.services.exchange.drifts import Ask
from tests.support.exchange import AT_HOME, ISBNS, Exchange
from tests.support.members import MadeMember, login, make_member
from tests.support.pages import PageClient


class World:
    """A giver, a reader, a drift between them, and everybody else, each with a browser of their own."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            self.exchange = Exchange(app)
        self.container = app.extensions["container"]
        self.members: dict[str, MadeMember] = {
            "giver": make_member(app, "老舍"),
            "reader": make_member(app, "小满"),
            "other": make_member(app, "路人"),
            "moderator": make_member(app, "版主", role="moderator"),
            "admin": make_member(app, "站长", role="admin"),
        }
        self.browsers = {"nobody": PageClient(app)}
        for role, member in self.members.items():
            self.browsers[role] = PageClient(app)
            login(self.browsers[role].http, member)
        with app.app_context():
            self.exchange.offer(self.members["reader"].id, ISBNS[-1])
            self.gift = self.exchange.offer(self.members["giver"].id)

    def request(self, ask: Ask = AT_HOME) -> int:
        with self.app.app_context():
            return self.exchange.drifts.request(self.members["reader"].id, self.gift, ask)

    def bring_to(self, state: str) -> int:
        drift = self.request()
        giver, reader = self.members["giver"].id, self.members["reader"].id
        with self.app.app_context():
            if state == "rejected":
                self.exchange.drifts.reject(giver, drift, reason="")
            if state in {"mailed", "received"}:
                self.exchange.drifts.post(giver, drift)
            if state == "received":
                self.exchange.drifts.receive(reader, drift)
        return drift

    def take(self, role: str, drift: int, step: str) -> int:
        """Send the POST of a step, with the role's own token, and give its status."""
        browser = self.browsers[role]
        token = token_of(browser)
        data = {"csrf_token": token, "reason": "这次不方便", "seen": "0"}
        return browser.http.post(f"/drift/{drift}/{step}", data=data).status_code

    def breaches(self) -> list[object]:
        with self.app.app_context():
            return self.exchange.breaches()


def token_of(browser: PageClient) -> str:
    """Return a CSRF token that is valid in this browser."""
    for path in ("/personal/profile", "/login"):
        for form in browser.get(path, follow=True).forms:
            if "csrf_token" in form["fields"]:
                return str(form["fields"]["csrf_token"])
    raise AssertionError("no form shows a token")
