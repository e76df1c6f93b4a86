"""Security checks 25 to 30: sessions, and what ends them."""

from __future__ import annotations

import re
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from app.libs.clock import FrozenClock
from app.models.user import User, UserSession
from tests.support.apps import NOON
from tests.support.members import PASSWORD, MadeMember, login, make_member
from tests.support.pages import PageClient
from tests.support.visits import (
    MEMBERS_PAGE,
    NEW,
    ask_for_reset,
    is_in,
    link_in,
    mails_to,
    try_to_log_in,
)


def test_check_25_a_login_gives_a_new_session_and_keeps_nothing_of_the_old_cookie(app: Flask, page: PageClient):
    member = make_member(app)
    with page.http.session_transaction() as cookie:
        cookie["planted"] = "by somebody else"
    assert try_to_log_in(page, member.email, PASSWORD)
    with page.http.session_transaction() as cookie:
        first = dict(cookie)
    assert "planted" not in first
    assert try_to_log_in(page, member.email, PASSWORD)
    with page.http.session_transaction() as cookie:
        second = dict(cookie)
    assert first["token"] != second["token"]
    with app.app_context(), db.auto_commit() as session:
        assert session.query(UserSession).count() == 1


def test_check_26_a_session_ends_after_a_week_of_rest_and_after_a_month_at_the_latest(
    app: Flask, clock: FrozenClock, page: PageClient
):
    member = make_member(app)
    login(page.http, member)
    clock.advance(timedelta(days=6, hours=23))
    assert is_in(page.http)
    clock.advance(timedelta(days=7, hours=1))
    assert not is_in(page.http)

    login(page.http, member)
    for day in range(31):
        assert is_in(page.http) is (day < 30)
        clock.advance(timedelta(days=1))
    assert clock.now() > NOON


def copied(client: FlaskClient, app: Flask) -> FlaskClient:
    """Return another client that holds a copy of this one's session cookie."""
    thief = app.test_client()
    thief.set_cookie("session", client.get_cookie("session").value)
    return thief


def test_check_27_a_copied_cookie_is_dead_after_logout(app: Flask, page: PageClient):
    login(page.http, make_member(app))
    thief = copied(page.http, app)
    assert is_in(thief)
    page.post("/logout", on=MEMBERS_PAGE)
    assert not is_in(page.http)
    assert not is_in(thief)


def test_check_28_a_password_change_ends_every_other_session(app: Flask, page: PageClient):
    member = make_member(app)
    other = app.test_client()
    login(other, member)
    login(page.http, member)
    page.post("/change/password", {"old_password": PASSWORD, "password1": NEW, "password2": NEW})
    assert is_in(page.http)
    assert not is_in(other)


def test_check_28_a_reset_password_ends_every_session(app: Flask, page: PageClient):
    member = make_member(app)
    other = app.test_client()
    login(other, member)
    link = ask_for_reset(app, page, member)
    page.post(link, {"password1": NEW, "password2": NEW})
    assert not is_in(other)


def test_check_28_a_disabled_member_is_out_at_once(app: Flask, page: PageClient):
    member = make_member(app)
    login(page.http, member)
    result = app.test_cli_runner().invoke(args=["user", "disable", member.email])
    assert result.exit_code == 0, result.output
    assert not is_in(page.http)
    assert not try_to_log_in(PageClient(app), member.email, PASSWORD)


def test_check_29_sessions_are_listed_and_can_be_ended(app: Flask, page: PageClient):
    member = make_member(app)
    other = app.test_client()
    login(other, member)
    login(page.http, member)
    ends = [form for form in page.get("/personal/sessions").forms if re.search(r"/sessions/\d+/end$", form["action"])]
    assert ends
    page.post(ends[0]["action"], on="/personal/sessions")
    assert [is_in(page.http), is_in(other)].count(True) == 1
    with app.app_context(), db.auto_commit():
        ended = UserSession.query.filter_by(status=0).one()
    assert ended.agent, "where it was can still be looked at"
    assert len(ended.token_hash) < 10, "of the token nothing is left"


def test_check_29_nobody_ends_the_sessions_of_others(app: Flask, page: PageClient):
    member = make_member(app, "老周")
    other = app.test_client()
    login(other, member)
    login(page.http, make_member(app))
    with app.app_context(), db.auto_commit() as session:
        [theirs] = session.query(UserSession.id).filter(UserSession.user_id == member.id).one()
    page.post(f"/personal/sessions/{theirs}/end", on="/personal/profile", status=404)
    assert is_in(other)


def test_check_30_the_address_changes_with_the_password_alone_and_after_a_confirmation(app: Flask, page: PageClient):
    member = make_member(app)
    login(page.http, member)

    def address() -> str:
        with app.app_context(), db.auto_commit() as session:
            return session.get_one(User, member.id).email

    page.post("/change/email", {"email": "new@example.org", "password": "wrong password"}, status=200)
    assert mails_to(app, MadeMember(0, "new@example.org", "")) == []
    page.post("/change/email", {"email": "new@example.org", "password": PASSWORD}, status=200)
    assert address() == member.email
    link = link_in(mails_to(app, MadeMember(0, "new@example.org", ""))[-1])
    page.post(link)
    assert address() == "new@example.org"
    assert "换了" in mails_to(app, member)[-1].subject
