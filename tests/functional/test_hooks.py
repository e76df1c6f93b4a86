"""The hooks of a request: their order, what they read and set, and that they leave nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import structlog
from flask import Flask, g, has_request_context, session
from flask.testing import FlaskClient

from app.extensions import pool_of
from app.http.auth import SESSION_TOKEN
from tests.support.members import MadeMember, login, make_member


class Boom(Exception):
    pass


@pytest.fixture
def calls(app: Flask) -> list[str]:
    """Return the names of the site's hooks, and of the view, in the order in which requests call them."""
    called: list[str] = []

    def noted(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            called.append(function.__name__.strip("_"))
            return function(*args, **kwargs)

        return call

    for hooks in (app.before_request_funcs, app.after_request_funcs, app.teardown_request_funcs):
        hooks[None] = [noted(function) for function in hooks[None]]
    for endpoint in ("web.robots",):
        app.view_functions[endpoint] = noted(app.view_functions[endpoint])
    return called


@pytest.fixture
def seen(app: Flask) -> dict[str, Any]:
    """Return what a view of this test's own saw on `g`."""
    found: dict[str, Any] = {}

    @app.get("/seen")
    def look() -> str:
        found.update({name: getattr(g, name) for name in ("request_id", "language", "session_token")})
        found["early"] = sorted({"user", "permissions"} & set(g))
        found["user"], found["permissions"] = g.user, g.permissions
        session["left"] = "here"
        g.left = "here"
        return ""

    @app.get("/boom")
    def boom() -> str:
        look()
        raise Boom

    return found


def test_hooks_run_in_order_around_the_view(client: FlaskClient, calls: list[str]) -> None:
    assert client.get("/robots.txt").status_code == 200
    around = [
        "begin",
        "read_session",
        "csrf_protect",
        "ensure_fit",
        "robots",
        "compress",
        "keep",
        "finish",
        "leave_nothing",
    ]
    assert [name for name in calls if name in around] == around
    assert set(calls) == set(around), "a new hook has its place in this order"


def test_a_hook_reads_the_session_and_begins_who_asks(app: Flask, client: FlaskClient, seen: dict[str, Any]) -> None:
    client.get("/seen")
    assert (seen["session_token"], seen["user"], seen["permissions"]) == (None, None, frozenset())
    member = make_member(app, "版主", role="moderator")
    login(client, member)
    with client.session_transaction() as cookie:
        token = cookie[SESSION_TOKEN]
    client.get("/seen")
    assert (seen["session_token"], seen["user"].id) == (token, member.id)
    assert "moderate" in seen["permissions"]
    assert seen["early"] == [], "the member is read when somebody looks, not before"


def test_what_after_hooks_say_comes_from_g(app: Flask, client: FlaskClient, seen: dict[str, Any]) -> None:
    answer = client.get("/seen")
    assert answer.headers["X-Request-ID"] == seen["request_id"]
    assert "no-store" not in answer.headers.get("Cache-Control", "")
    login(client, make_member(app))
    assert client.get("/seen").headers["Cache-Control"] == "no-store"


def test_a_form_that_is_refused_before_the_view_is_answered_in_the_language_and_name_of_who_sent_it(
    app: Flask, client: FlaskClient
) -> None:
    login(client, make_member(app))
    answer = client.post("/my/lists", headers={"Accept-Language": "en"})
    assert answer.status_code == 400
    assert answer.headers["X-Request-ID"]
    assert 'lang="en"' in answer.text
    assert "小满" in answer.text


@pytest.mark.parametrize("is_member", [False, True])
def test_an_answer_varies_by_cookie_when_it_looked_who_asks(app: Flask, client: FlaskClient, is_member: bool) -> None:
    if is_member:
        login(client, make_member(app))
    assert "Cookie" in client.get("/").headers["Vary"]
    for path in ("/healthz", "/robots.txt", "/manifest.webmanifest", "/recent.atom"):
        assert "Cookie" not in client.get(path).headers.get("Vary", ""), path


@pytest.mark.parametrize("path", ["/seen", "/boom", "/no/such/page"])
@pytest.mark.parametrize("is_member", [False, True])
def test_nothing_of_a_request_stays(
    app: Flask, client: FlaskClient, seen: dict[str, Any], path: str, is_member: bool
) -> None:
    """Nor after an exception, and where an outer app context shares its `g`."""
    if is_member:
        login(client, make_member(app))
    with app.app_context():
        g.mine = "stays"
        assert _status(client, path) in {200, 404, 500}
        assert dict.fromkeys(g) == {"mine": None}
        assert not has_request_context()
        assert structlog.contextvars.get_contextvars() == {}
        assert pool_of(app).held_here() == 0
        stranger = app.test_client()
        stranger.get("/seen")
        assert (seen["user"], seen["session_token"]) == (None, None)
        with stranger.session_transaction() as cookie:
            assert SESSION_TOKEN not in cookie


def _status(client: FlaskClient, path: str) -> int:
    try:
        return client.get(path).status_code
    except Boom:
        return 500


def test_of_two_members_in_one_thread_each_is_themselves(app: Flask, seen: dict[str, Any]) -> None:
    members: list[tuple[MadeMember, FlaskClient]] = [
        (make_member(app, name), app.test_client()) for name in ("甲甲", "乙乙")
    ]
    for member, browser in members:
        login(browser, member)
    with app.app_context():
        for member, browser in members * 2:
            browser.get("/seen")
            assert seen["user"].id == member.id
