"""The route matrix: {nobody, giver, reader, a third member, moderator, admin} × every route."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.support.apps import close, make_app
from tests.support.fair import Fair
from tests.support.matrix import ROLES, rows
from tests.support.members import login
from tests.support.routes import UNSAFE, address_of

MATRIX = rows()
#: Where nobody may send a form: everything that proves who one is, or needs no proof.
DOORS = {
    "/appeal/<token>",
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


def ask(fair: Fair, name: str, role: str) -> str:
    """Ask a route and give the answer as the table writes it."""
    method, rule = all_routes(fair.app)[name]
    client = fair.app.test_client()
    if role != "nobody":
        login(client, fair.members[role])
    return shown(client.open(address_of(fair.app, rule, **fair.things), method=method, buffered=True))


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
        answers[role] = ask(fair, name, role)
        if changes_a_thing and role != ROLES[-1]:
            fair = make_fair()
    assert answers == dict(zip(ROLES, MATRIX[name], strict=True))


@pytest.mark.parametrize("name", [name for name in MATRIX if not name.startswith("GET")])
def test_nobody_changes_anything_without_logging_in_but_at_the_doors(name: str):
    assert name.split()[1] in DOORS or MATRIX[name][0] == "401"
