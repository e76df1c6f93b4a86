"""A member's life over bare HTTP: `http.client` before a real server, with the names that scripts rely on."""

from __future__ import annotations

import http.client
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import pyotp
import pytest
from flask import Flask

from tests.support.apps import close, make_app
from tests.support.live import LiveSite
from tests.support.mails import deliver, link_in, post_office
from tests.support.members import PASSWORD, make_member

EMAIL, MOVED = "reader@example.org", "moved@example.org"
NEW, NEWER = "尺素如残雪 9527", "结为双鲤鱼 8848"


@dataclass
class Answer:
    """What came back."""

    status: int
    location: str
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Visitor:
    """A script with a cookie jar."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if fields is not None:
            body, headers["Content-Type"] = urlencode(fields), "application/x-www-form-urlencoded"
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        for line in response.headers.get_all("Set-Cookie") or ():
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        answer = Answer(response.status, response.headers.get("Location", ""), response.read())
        connection.close()
        return answer

    def get(self, path: str, status: int = 200) -> Answer:
        answer = self.ask("GET", path)
        assert answer.status == status, (path, answer.status)
        return answer

    def post(self, path: str, *, on: str = "", status: int = 303, **fields: str) -> Answer:
        """Take the token from the page that holds the form, and send the form; without and with a wrong token it is a 400."""
        token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', self.get(on or path).text)
        assert token, f"no csrf_token on {on or path}"
        assert self.ask("POST", path, fields).status == 400
        assert self.ask("POST", path, fields | {"csrf_token": "wrong"}).status == 400
        answer = self.ask("POST", path, fields | {"csrf_token": token.group(1)})
        assert answer.status == status, (path, answer.status, answer.text[-3000:])
        return answer


@pytest.fixture
def site(data_dir: Path) -> Iterator[tuple[Flask, Visitor]]:
    """Yield an app that delivers the mails, and a visitor of the real server next to it."""
    app = make_app(data_dir)
    post_office(app)
    with LiveSite(data_dir, RATELIMIT_ENABLED="0") as live:
        yield app, Visitor(live.port)
    close(app)


def test_register_confirm_log_in_change_everything_and_leave(site: tuple[Flask, Visitor]):
    app, visitor = site
    assert visitor.get("/personal", 303).location == "/login"
    visitor.post("/register", email=EMAIL, nickname="小满", password=PASSWORD, status=200)
    visitor.post(link_in(deliver(app)[-1]))
    visitor.post("/login", email=EMAIL, password="not this one", status=200)
    assert visitor.post("/login", email=EMAIL, password=PASSWORD).location == "/personal"

    visitor.post("/change/password", old_password="not this one", password1=NEW, password2=NEW, status=200)
    visitor.post("/change/password", old_password=PASSWORD, password1=NEW, password2=NEW)
    assert "password has been changed" in deliver(app)[-1] or "密码刚刚改了" in deliver(app)[-1]
    visitor.post("/change/email", email=MOVED, password=NEW, status=200)
    visitor.post(link_in(deliver(app)[-1]))
    deliver(app)
    told = app.extensions["container"].mail.transport.sent[-1]
    assert (told.recipient.address, told.subject) == (EMAIL, "[鱼书] 你的邮箱换了")
    visitor.post("/personal/profile", nickname="大寒", language="en")
    assert "大寒" in visitor.get("/personal").text
    assert '<html lang="en"' in visitor.get("/personal").text
    assert (
        "checked" not in re.search(r'<input[^>]*name="wants_mail"[^>]*>', visitor.get("/personal/profile").text).group()
    )

    visitor.post("/logout", on="/personal")
    visitor.get("/personal", 303)
    visitor.post("/reset/password", email=MOVED, status=200)
    visitor.post(link_in(deliver(app)[-1]), password1=NEWER, password2=NEWER)
    visitor.post("/login", email=MOVED, password=NEWER)

    other = Visitor(visitor.port)
    other.post("/login", email=MOVED, password=NEWER)
    ends = re.findall(r'action="(/personal/sessions/\d+/end)"', visitor.get("/personal/sessions").text)
    assert len(ends) == 1
    visitor.post(ends[0], on="/personal/sessions")
    other.get("/personal", 303)

    with zipfile.ZipFile(io.BytesIO(visitor.get("/personal/export").body)) as export:
        account = json.loads(export.read("account.json"))
    assert MOVED in json.dumps(account)
    visitor.post("/personal/delete", password="not this one", status=200)
    visitor.post("/personal/delete", password=NEWER)
    visitor.get("/personal", 303)
    visitor.post("/login", email=MOVED, password=NEWER, status=200)


def test_a_second_factor(site: tuple[Flask, Visitor]):
    app, visitor = site
    member, page = make_member(app), "/personal/second-factor"
    visitor.post("/login", email=member.email, password=PASSWORD)
    visitor.post(f"{page}/begin", on=page, password=PASSWORD)
    secret = re.search(r"\b[A-Z2-7]{32}\b", visitor.get(page).text)
    assert secret
    shown = visitor.post(f"{page}/on", on=page, status=200, code=pyotp.TOTP(secret.group()).now()).text
    codes = re.findall(r"<code>([A-Z2-7-]{19})</code>", shown)
    visitor.post("/logout", on="/personal")
    assert visitor.post("/login", email=member.email, password=PASSWORD).location == "/login/code"
    visitor.post("/login/code", code="000000", status=200)
    visitor.post("/login/code", code=codes[0])
    visitor.post(f"{page}/off", on=page, password=PASSWORD)
    visitor.post("/logout", on="/personal")
    assert visitor.post("/login", email=member.email, password=PASSWORD).location == "/"


def test_an_invitation_and_the_houses_words(site: tuple[Flask, Visitor]):
    app, moderator = site
    member = make_member(app, "版主", role="moderator")
    moderator.post("/login", email=member.email, password=PASSWORD)
    moderator.post("/invitations", places="2", days="7", note="三班")
    code = re.search(r"<code>(\w+)</code>", moderator.get("/invitations").text)
    assert code
    pupil = Visitor(moderator.port)
    pupil.post("/register", email=EMAIL, nickname="小满", password=PASSWORD, invitation=code.group(1))
    pupil.post("/login", email=EMAIL, password=PASSWORD)
    assert "邮箱还没有确认" not in pupil.get("/personal").text
    pupil.get("/invitations", 403)
    for words in ("/rules", "/privacy", "/terms"):
        assert "<h1>" in Visitor(moderator.port).get(words).text
