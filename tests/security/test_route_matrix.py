"""The route matrix: {nobody, member, other member, moderator, admin} × every route."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.services.gifts import Offer
from tests.books import SANTI, SANTI_2, SANTI_TAIWAN, SOLITUDE, stock
from tests.conftest import make_app
from tests.exchange import AT_HOME
from tests.members import TestMember, login, make_member, quick_passwords
from tests.security.matrix import ROLES, rows
from tests.security.routes import UNSAFE, address_of

MATRIX = rows()
MEMBERS = {"member": "小满", "other": "老周", "moderator": "版主", "admin": "站长"}


def name_of(method: str, rule: Rule) -> str:
    """Give a route's name as the table writes it: without spaces."""
    return f"{method} {rule.rule.replace(', ', ',')}"


def all_routes(app: Flask) -> dict[str, tuple[str, Rule]]:
    """Give every route by its name in the table."""
    return {
        name_of(method, rule): (method, rule)
        for rule in app.url_map.iter_rules()
        for method in ("GET", *UNSAFE)
        if method in (rule.methods or ())
    }


def things_of(app: Flask, member: TestMember, moderator: TestMember) -> dict[str, Any]:
    """Make what addresses name: a session of the member's, an invitation, things of the exchange."""
    container = app.extensions["container"]
    with app.app_context():
        container.sessions.open(member.id, agent="elsewhere")
        container.invitation_desk.make(moderator.id, places=1, days=1, note="")
        return {
            "session_id": container.members.list_sessions(member.id)[0].id,
            "invitation_id": 1,
            "list_id": container.book_lists.bring(member.id, "list", SANTI.isbn13.encode()),
            **exchanged(app, member),
        }


def exchanged(app: Flask, member: TestMember) -> dict[str, int]:
    """Make, once, a gift and a wish of the member's, and a waiting drift in which they ask another for a book."""
    container = app.extensions["container"]
    if container.drift_list.count_of(member.id) == 0:
        giver = make_member(app, "送书人")
        container.gifts.offer(member.id, SANTI_2.isbn13, Offer())
        container.wishes.wish_for(member.id, SANTI_TAIWAN.isbn13)
        container.drifts.request(member.id, container.gifts.offer(giver.id, SOLITUDE.isbn13, Offer()), AT_HOME)
    return {"gift_id": 1, "wish_id": 1, "drift_id": 1}


def shown(response: TestResponse) -> str:
    """Give an answer as the table writes it."""
    if response.status_code == 303 and response.location.startswith("/login"):
        return "login"
    return str(response.status_code)


def ask_as_everyone(app: Flask, name: str) -> tuple[str, ...]:
    """Ask a route as each kind of visitor, each on things of their own making."""
    method, rule = all_routes(app)[name]
    members = {
        role: make_member(app, nickname, role=role if role in {"moderator", "admin"} else "member")
        for role, nickname in MEMBERS.items()
    }
    got = []
    for role in ROLES:
        things = things_of(app, members["member"], members["moderator"])
        if rule.endpoint == "user.end_invitation":
            things["invitation_id"] += len(got)
        client = app.test_client()
        if role != "nobody":
            login(client, members[role])
        response = client.open(address_of(app, rule, **things), method=method, buffered=True)
        got.append(shown(response))
    return tuple(got)


@pytest.fixture
def matrix_app(data_dir: Path) -> Flask:
    app = make_app(data_dir)
    app.config["WTF_CSRF_ENABLED"] = False  # who may, not how: check 16 looks at the tokens
    quick_passwords(app)
    stock(app, [SANTI, SANTI_2, SANTI_TAIWAN, SOLITUDE])
    return app


def test_the_table_names_every_route_and_no_other(app: Flask):
    assert set(all_routes(app)) == set(MATRIX)


@pytest.mark.parametrize("name", MATRIX)
def test_everyone_gets_what_the_table_says(matrix_app: Flask, name: str):
    assert dict(zip(ROLES, ask_as_everyone(matrix_app, name), strict=True)) == dict(
        zip(ROLES, MATRIX[name], strict=True)
    )


@pytest.mark.parametrize("name", [name for name in MATRIX if not name.startswith("GET")])
def test_nobody_changes_anything_without_logging_in_but_at_the_doors(name: str):
    doors = {"/login", "/login/code", "/logout", "/register", "/reset/password", "/reset/password/<token>"}
    doors |= {"/confirm/<token>", "/change/email/<token>"}
    assert name.split()[1] in doors or MATRIX[name][0] == "401"
