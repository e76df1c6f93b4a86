"""Members for tests, made by the services that make real ones."""

from __future__ import annotations

from dataclasses import dataclass

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from app.container import Container
from app.http.auth import SESSION_TOKEN
from app.libs.passwords import Passwords

PASSWORD = "鱼传尺素 2026 双鲤"


@dataclass(frozen=True)
class MadeMember:
    """A member that a test made."""

    __test__ = False
    id: int
    email: str
    nickname: str


def quick_passwords(app: Flask) -> None:
    """Hash with next to no work, for tests that make many members; the rules stay the same."""
    app.extensions["container"].members.passwords = Passwords(
        PasswordHasher(time_cost=1, memory_cost=8, parallelism=1), waiting=100
    )


def make_member(
    app: Flask, nickname: str = "小满", *, role: str = "member", is_confirmed: bool = True, language: str = "zh"
) -> MadeMember:
    """Make a member whose password is `PASSWORD` and whose address comes from the nickname."""
    container = app.extensions["container"]
    email = f"{nickname.encode().hex()}@example.com"
    with app.app_context():
        number = container.members.registration.create(
            email=email, nickname=nickname, password=PASSWORD, is_confirmed=is_confirmed, role=role, language=language
        )
    return MadeMember(number, email, nickname)


def confirm(app: Flask, email: str) -> None:
    """Confirm the address of somebody who signed up, as the link in their mail does."""
    container = app.extensions["container"]
    with app.app_context():
        token = container.members.account_tokens.make("confirm", container.members.directory.get_id(email))
        container.members.registration.confirm(token)


def open_session(container: Container, user_id: int, agent: str = "test") -> str:
    """Open a session of a member as after a log-in, and return its token; inside an app context."""
    known = container.members.credentials.find(user_id)
    assert known is not None
    return container.members.sessions.open(user_id, mark=known.mark, agent=agent)


def login(client: FlaskClient, member: MadeMember) -> None:
    """Open in the client a live session of the member, without going through the login page."""
    app = client.application
    with app.app_context():
        token = open_session(app.extensions["container"], member.id)
    with client.session_transaction() as cookie:
        cookie.clear()
        cookie[SESSION_TOKEN] = token
