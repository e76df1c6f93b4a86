"""The route matrix: {nobody, giver, reader, a third member, moderator, admin} × every route."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.support.apps import close, make_app
from tests.support.exchange import AT_HOME, ISBNS, Exchange
from tests.support.matrix import ROLES, rows
from tests.support.members import MadeMember, login, make_member, open_session
from tests.support.routes import UNSAFE, address_of

MATRIX = rows()
NAMES = {"giver": "小满", "reader": "老周", "member": "路人", "moderator": "版主", "admin": "站长"}
#: Where nobody may send a form: everything that proves who one is, or needs no proof.
DOORS = {
    "/login",
    "/login/code",
    "/logout",
    "/register",
    "/reset/password",
    "/reset/password/<token>",
    "/confirm/<token>",
    "/change/email/<token>",
}


def name_of(method: str, rule: Rule) -> str:
    """Return a route's name as the table writes it: without spaces, and without the bounds of numbers."""
    return f"{method} {re.sub(r'[(]max=[0-9]+[)]', '', rule.rule).replace(', ', ',')}"


def all_routes(app: Flask) -> dict[str, tuple[str, Rule]]:
    """Return every route by its name in the table."""
    return {
        name_of(method, rule): (method, rule)
        for rule in app.url_map.iter_rules()
        for method in ("GET", *UNSAFE)
        if method in (rule.methods or ())
    }


class Fair:
    """A site with one of everything that an address may name: the giver gives, the reader asks and wishes."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            exchange = Exchange(app)
            self.members = {role: self._make(role) for role in ROLES[1:]}
            giver, reader = self.members["giver"].id, self.members["reader"].id
            exchange.offer(reader, ISBNS[-1])
            exchange.wishes.wish_for(reader, ISBNS[0])
            container = app.extensions["container"]
            open_session(container, giver, "elsewhere")
            container.members.invitation_desk.make(self.members["moderator"].id, places=1, days=1, note="")
            self.things: dict[str, Any] = {
                "isbn": ISBNS[0],
                "other": ISBNS[2],
                "report_id": 1,
                "decision_id": 1,
                "gift_id": exchange.offer(giver, ISBNS[0]),
                "drift_id": exchange.drifts.request(reader, exchange.offer(giver, ISBNS[1]), AT_HOME),
                "wish_id": 1,
                "session_id": container.members.directory.list_sessions(giver)[0].id,
                "invitation_id": 1,
                "list_id": container.lists.book_lists.bring(giver, "list", ISBNS[2].encode()),
            }

    def _make(self, role: str) -> MadeMember:
        return make_member(self.app, NAMES[role], role=role if role in {"moderator", "admin"} else "member")

    def ask(self, name: str, role: str) -> str:
        """Ask a route and give the answer as the table writes it."""
        method, rule = all_routes(self.app)[name]
        client = self.app.test_client()
        if role != "nobody":
            login(client, self.members[role])
        return shown(client.open(address_of(self.app, rule, **self.things), method=method, buffered=True))


def shown(response: TestResponse) -> str:
    """Return a status, or "login" for the way there."""
    if response.status_code == 303 and response.location.startswith("/login"):
        return "login"
    return str(response.status_code)


@pytest.fixture
def make_fair(sqlite_template: Path, tmp_path: Path) -> Iterator[Callable[[], Fair]]:
    """Yield what makes a new site, each on its own data."""
    apps: list[Flask] = []

    def make() -> Fair:
        folder = tmp_path / str(len(apps))
        shutil.copytree(sqlite_template, folder)
        app = make_app(folder)
        app.config["WTF_CSRF_ENABLED"] = False  # who may, not how: check 16 looks at the tokens
        apps.append(app)
        return Fair(app)

    yield make
    for app in apps:
        close(app)


def test_the_table_names_every_route_and_no_other(app: Flask):
    assert set(all_routes(app)) == set(MATRIX)


@pytest.mark.parametrize("name", MATRIX)
def test_check_31_everyone_gets_what_the_table_says(make_fair: Callable[[], Fair], name: str):
    fair = make_fair()
    changes_a_thing = not name.startswith("GET") and "<" in name
    answers = {}
    for role in ROLES:
        answers[role] = fair.ask(name, role)
        if changes_a_thing and role != ROLES[-1]:
            fair = make_fair()
    assert answers == dict(zip(ROLES, MATRIX[name], strict=True))


@pytest.mark.parametrize("name", [name for name in MATRIX if not name.startswith("GET")])
def test_nobody_changes_anything_without_logging_in_but_at_the_doors(name: str):
    assert name.split()[1] in DOORS or MATRIX[name][0] == "401"
