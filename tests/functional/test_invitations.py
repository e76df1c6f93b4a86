"""Invitation codes: moderators make them, a class comes in by them without mail."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from app.models.user import Invitation
from tests.support.mails import deliver, post_office
from tests.support.members import PASSWORD, login, make_member, quick_passwords
from tests.support.pages import PageClient
from tests.support.rows import list_rows


@pytest.fixture(autouse=True)
def _quick(any_database_app):
    quick_passwords(any_database_app)
    post_office(any_database_app)


@pytest.fixture
def app(any_database_app):
    return any_database_app


@pytest.fixture
def moderator(app, clock) -> PageClient:
    client = PageClient(app)
    login(client.http, make_member(app, "版主", role="moderator"))
    return client


def make_code(moderator: PageClient, places: int = 2, days: int = 14) -> str:
    moderator.post("/invitations", {"places": places, "days": days, "note": "三班"})
    shown = moderator.get("/invitations")
    assert "三班" in shown.text
    return re.search(r"\b[A-HJ-NP-Z2-9]{10}\b", shown.text).group()


def register(app, number: int, code: str, status: int = 303):
    fields = {"email": f"p{number}@example.com", "nickname": f"学生{number}", "password": PASSWORD, "invitation": code}
    return PageClient(app).post("/register", fields, status=status)


def test_a_class_comes_in_without_mail(app, moderator):
    code = make_code(moderator)
    register(app, 1, code.lower())
    register(app, 2, f" {code[:5]}-{code[5:]} ")
    assert deliver(app) == []
    pupil = PageClient(app)
    pupil.post("/login", {"email": "p1@example.com", "password": PASSWORD})
    assert "邮箱还没有确认" not in pupil.get("/personal").text
    assert "用了 2 / 2" in moderator.get("/invitations").text


def test_a_code_ends_when_its_places_are_taken(app, moderator):
    code = make_code(moderator, places=1)
    register(app, 1, code)
    assert "已经用完" in register(app, 2, code, 200).text
    PageClient(app).post("/login", {"email": "p2@example.com", "password": PASSWORD}, status=200)


@pytest.mark.parametrize(("places", "days"), [(201, 90), (200, 91), (0, 90), (200, 0)])
def test_a_code_is_for_two_hundred_and_ninety_days_at_most(moderator: PageClient, places: int, days: int):
    moderator.post("/invitations", {"places": places, "days": days, "note": ""}, status=200)
    make_code(moderator, places=200, days=90)


def test_a_code_ends_in_time_or_when_a_moderator_says_so(app, moderator, clock):
    code = make_code(moderator, days=1)
    clock.advance(timedelta(days=1, seconds=1))
    register(app, 1, code, 200)
    other = make_code(moderator)
    ending = next(form["action"] for form in moderator.get("/invitations").forms if "/end" in form.get("action", ""))
    moderator.post(ending, on="/invitations")
    register(app, 2, other, 200)
    moderator.post(ending, on="/invitations", status=404)
    with app.app_context():
        rows = [(invitation.note, invitation.status) for invitation in list_rows(Invitation)]
    assert rows == [("三班", 1), ("三班", 0)], "what was ended can still be looked at"


def test_a_wrong_code_makes_no_account(app):
    register(app, 1, "NOSUCHCODE", 200)
    PageClient(app).post("/login", {"email": "p1@example.com", "password": PASSWORD}, status=200)


def test_a_place_is_not_lost_on_a_taken_nickname(app, moderator):
    code = make_code(moderator, places=1)
    make_member(app, "学生1")
    assert "已经有人用了" in register(app, 1, code, 200).text
    register(app, 2, code)


def test_a_known_address_gets_the_same_answer_and_uses_up_a_place_like_a_new_one(app, moderator):
    code = make_code(moderator, places=1)
    known = make_member(app, "老周")
    fields = {"email": known.email, "nickname": "小舟", "password": PASSWORD, "invitation": code}
    assert PageClient(app).post("/register", fields).location == "/login", "the same answer as for a new address"
    assert "邀请码不对" in register(app, 2, code, 200).text


def test_who_signed_up_before_they_had_the_code_comes_in_with_it(app, moderator):
    code = make_code(moderator, places=1)
    fields = {"email": "p1@example.com", "nickname": "学生1", "password": PASSWORD}
    PageClient(app).post("/register", fields, status=200)
    page = PageClient(app)
    page.post("/register", fields | {"nickname": "学生一号", "password": PASSWORD + "!", "invitation": code})
    page.post("/login", {"email": "p1@example.com", "password": PASSWORD}, status=200)
    page.post("/login", {"email": "p1@example.com", "password": PASSWORD + "!"})
    assert "学生一号" in page.get("/personal").text
    assert "再寄一封" not in page.get("/personal").text


def test_members_make_no_codes(app):
    client = PageClient(app)
    login(client.http, make_member(app))
    client.get("/invitations", status=403)
    client.post("/invitations", {"places": 2, "days": 2}, on="/personal", status=403)
    assert "邀请码" not in client.get("/personal").text
