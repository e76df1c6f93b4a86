"""What a password was asked for is not done with one that was changed meanwhile: the database decides."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pyotp
import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine

from app.container import Container
from app.domain.account import WrongCredentials
from app.extensions import db
from app.libs.passwords import Passwords
from app.models.message import OutboxMail
from app.models.user import User
from tests.support.members import PASSWORD, MadeMember, login, make_member, quick_passwords
from tests.support.pages import PageClient

NEW = "尺素如残雪 9527"


@pytest.fixture
def app(any_database_app: Flask) -> Flask:
    quick_passwords(any_database_app)
    return any_database_app


@pytest.fixture
def box(app: Flask) -> Container:
    container: Container = app.extensions["container"]
    return container


@pytest.fixture
def member(app: Flask) -> MadeMember:
    return make_member(app)


def change(box: Container, member: MadeMember) -> None:
    box.members.accounts.change_password(member.id, old=PASSWORD, new=NEW, session_id=0)


def disable(box: Container, member: MadeMember) -> None:
    """Put a member out and let them in again: who was on the way in at that time stays out."""
    box.members.leaving.disable(member.email)


def after_the_next_check(box: Container, monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
    """Act in the moment between the next check of a password and what follows from it."""
    verify, waiting = box.members.passwords.verify, [act]

    def check(*args: object) -> bool:
        is_right = verify(*args)  # type: ignore[arg-type]
        if waiting:
            waiting.pop()()
        return is_right

    monkeypatch.setattr(box.members.passwords, "verify", check)


def sessions(app: Flask, member: MadeMember) -> int:
    with app.app_context():
        return len(app.extensions["container"].members.directory.list_sessions(member.id))


@pytest.mark.parametrize("act", [change, disable])
def test_a_password_that_is_changed_after_its_check_opens_no_session(
    app: Flask, box: Container, member: MadeMember, monkeypatch, act
):
    thief = PageClient(app)
    after_the_next_check(box, monkeypatch, lambda: act(box, member))
    shown = thief.post("/login", {"email": member.email, "password": PASSWORD}, status=200)
    assert "邮箱或密码不对" in shown.text
    assert sessions(app, member) == 0
    assert thief.http.get_cookie("browser") is None


def test_nor_does_a_number_from_the_phone_after_it(app: Flask, box: Container, member: MadeMember, monkeypatch):
    with app.app_context():
        box.members.second_factors.begin(member.id)
        phone = pyotp.TOTP(box.members.second_factors.state(member.id).secret or "")
        now = int(box.core.clock.now().timestamp())
        box.members.second_factors.turn_on(member.id, phone.at(now - 30))
    thief = PageClient(app)
    thief.post("/login", {"email": member.email, "password": PASSWORD})
    take = box.members.second_factors.check

    def check_and_change(user_id: int, code: str) -> None:
        take(user_id, code)
        db.session.get_one(User, user_id).password_hash = box.members.passwords.hash(NEW, "member")
        db.session.flush()

    monkeypatch.setattr(box.members.second_factors, "check", check_and_change)
    assert thief.post("/login/code", {"code": phone.at(now)}).location == "/login"
    assert sessions(app, member) == 0


FORMS = {
    "another password": (
        "/change/password",
        {"old_password": PASSWORD, "password1": "x" + NEW, "password2": "x" + NEW},
    ),
    "another address": ("/change/email", {"email": "thief@example.org", "password": PASSWORD}),
    "leaving": ("/personal/delete", {"password": PASSWORD}),
    "a second factor": ("/personal/second-factor/begin", {"password": PASSWORD}),
}


@pytest.mark.parametrize("form", FORMS)
def test_nothing_is_done_with_a_password_that_is_changed_after_its_check(
    app: Flask, box: Container, member: MadeMember, monkeypatch, form: str
):
    thief = PageClient(app)
    login(thief.http, member)
    path, fields = FORMS[form]
    source = "/personal/second-factor" if "factor" in path else path
    token = thief.get(source).forms[-1]["fields"]["csrf_token"]
    after_the_next_check(box, monkeypatch, lambda: change(box, member))
    thief.http.post(path, data={"csrf_token": token, **fields})
    with app.app_context():
        box.members.accounts.authenticate(email=member.email, password=NEW)
        assert box.members.second_factors.state(member.id).secret is None
        with db.auto_commit():
            assert OutboxMail.query.filter_by(kind="email_change").count() == 0


@pytest.fixture
def locking() -> Iterator[threading.Event]:
    """Return an event that is set when a statement that locks a row is about to be sent."""
    seen = threading.Event()

    def look(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "FROM user" in statement:
            seen.set()

    event.listen(Engine, "before_cursor_execute", look)
    yield seen
    event.remove(Engine, "before_cursor_execute", look)


def test_a_session_waits_for_a_change_that_is_not_committed_yet(
    app: Flask, box: Container, member: MadeMember, locking
):
    """Without a lock it would be written after the change has ended all sessions, and live on."""
    outcome: list[object] = []
    with app.app_context():
        known = box.members.accounts.authenticate(email=member.email, password=PASSWORD)
        new_hash = box.members.passwords.hash(NEW, "member")

    def open_session() -> None:
        with app.app_context():
            try:
                outcome.append(box.members.sessions.open(member.id, mark=known.mark, agent="thief"))
            except WrongCredentials as refusal:
                outcome.append(refusal)

    thief = threading.Thread(target=open_session)
    with app.app_context(), db.auto_commit():
        box.members.accounts._set_password(member.id, new_hash, keep_session=None)
        db.session.flush()
        locking.clear()
        thief.start()
        if box.core.sql.dialect == "mysql":  # on SQLite it waits before its first statement
            assert locking.wait(30)
        thief.join(0.5)
        assert thief.is_alive(), "it waits"
    thief.join(60)
    assert [type(one) for one in outcome] == [WrongCredentials]
    assert sessions(app, member) == 0


def test_two_who_renew_one_hash_both_come_in(app: Flask, box: Container, member: MadeMember, monkeypatch):
    stronger = Passwords(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))
    monkeypatch.setattr(box.members.accounts, "_passwords", stronger)
    log_in, hash_at_once, seen = box.members.accounts.authenticate, stronger.hash, []

    def hash_after_the_other(*args: object) -> str:
        monkeypatch.setattr(stronger, "hash", hash_at_once)
        seen.append(log_in(email=member.email, password=PASSWORD))
        return hash_at_once(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(stronger, "hash", hash_after_the_other)
    with app.app_context():
        seen.append(log_in(email=member.email, password=PASSWORD))
        for known in seen:
            box.members.sessions.open(member.id, mark=known.mark, agent="test")
    assert sessions(app, member) == 2
