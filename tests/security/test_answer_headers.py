"""Security checks 10 to 15 and 35: what every answer says to the browser."""

from __future__ import annotations

import mimetypes
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.extensions import db
from app.models.book import Book
from tests.support.apps import close, make_app
from tests.support.members import login, make_member
from tests.support.pages import PageClient
from tests.support.routes import FIXED, ISBN, UNSAFE, address_of, converters, routes

EVIL = "https://evil.example"


def answers(app: Flask, client: FlaskClient, **headers: str) -> dict[str, TestResponse]:
    """Ask for everything there is, and for much that there is not."""
    with app.app_context(), db.auto_commit() as session:
        if not session.query(Book).count():
            session.add(Book(isbn13=ISBN, title="三体", summary=""))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    if "break_down" not in app.view_functions:
        app.add_url_rule("/break-down", "break_down", lambda: 1 / 0)
    asked = [("GET", route.address) for route in routes(app, "GET")]
    asked += [("GET", path) for path in ("/nowhere", "/static/nothing.css", "/static/../app.py", "/v2", "/v2/nowhere")]
    asked += [("POST", "/"), ("PUT", "/nowhere"), ("OPTIONS", "/"), ("HEAD", "/"), ("TRACE", "/")]
    return {
        f"{method} {path}": client.open(path, method=method, headers={"Origin": EVIL, **headers}, buffered=True)
        for method, path in asked
    }


@pytest.fixture
def https_app(data_dir: Path):
    app = make_app(data_dir, SITE_URL="https://yushu.example")
    yield app
    close(app)


def test_check_10_everything_has_the_right_content_type_and_is_not_sniffed(app: Flask, client: FlaskClient):
    wrong = {}
    for asked, response in answers(app, client).items():
        guessed = mimetypes.guess_type(asked.split("?")[0])[0] if response.status_code == 200 else None
        if response.headers.get("X-Content-Type-Options") != "nosniff":
            wrong[asked] = "sniffed"
        elif response.data and not response.mimetype:
            wrong[asked] = "no content type"
        elif guessed and "/static/" in asked and response.mimetype != guessed:
            wrong[asked] = f"{response.mimetype} instead of {guessed}"
        elif response.mimetype.startswith("text/") and "charset=utf-8" not in response.content_type.lower():
            wrong[asked] = response.content_type
    assert wrong == {}


def test_check_10_who_asks_for_json_gets_json_when_it_goes_wrong_too(app: Flask, client: FlaskClient):
    for asked, response in answers(app, client, Accept="application/json").items():
        if response.status_code >= 400 and response.data:
            assert response.mimetype == "application/json", asked


@pytest.mark.parametrize(("site", "secure"), [("https://yushu.example", True), ("http://127.0.0.1:8000", False)])
def test_check_11_the_session_cookie_is_for_this_host_alone_and_out_of_reach_of_scripts(
    data_dir: Path, site: str, *, secure: bool
):
    app = make_app(data_dir, SITE_URL=site)
    app.add_url_rule("/remember", "remember", remember)
    response = app.test_client().get("/remember", base_url=site)
    [cookie] = response.headers.getlist("Set-Cookie")
    flags = {part.strip() for part in cookie.split(";")[1:]}
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= flags
    assert ("Secure" in flags) is secure
    assert cookie.startswith("__Host-") is secure
    assert not any(flag.startswith("Domain") for flag in flags)
    close(app)


def remember() -> str:
    from flask import session

    session["seen"] = 1
    return "remembered"


def test_check_11_no_cookie_of_ours_is_sent_by_http_from_a_site_with_https(https_app: Flask):
    client = https_app.test_client()
    for asked, response in answers(https_app, client).items():
        for cookie in response.headers.getlist("Set-Cookie"):
            assert "Secure" in cookie, asked
            assert "SameSite=Lax" in cookie, asked


def test_check_12_a_site_with_https_demands_it_for_a_year(https_app: Flask):
    for asked, response in answers(https_app, https_app.test_client()).items():
        assert re.match(r"max-age=(\d+)", response.headers["Strict-Transport-Security"])[1] >= "31536000", asked


def test_check_12_a_site_without_https_does_not(app: Flask, client: FlaskClient):
    assert "Strict-Transport-Security" not in client.get("/").headers


def test_check_13_no_answer_reflects_a_foreign_origin(app: Flask, client: FlaskClient):
    for asked, response in answers(app, client).items():
        allowed = response.headers.get("Access-Control-Allow-Origin")
        assert allowed is None or (allowed == "*" and " /v2" in asked), asked
        assert "Access-Control-Allow-Credentials" not in response.headers, asked


WANTED_POLICY = {
    "default-src": {"'none'"},
    "object-src": {"'none'"},
    "base-uri": {"'none'"},
    "frame-ancestors": {"'none'"},
    "script-src": {"'self'"},
    "style-src": {"'self'"},
    "form-action": {"'self'"},
}
#: The scan page runs a decoder in WebAssembly.
MORE_SCRIPTS = {"'wasm-unsafe-eval'"}


def policy_of(response: TestResponse) -> dict[str, set[str]]:
    parts = (part.split() for part in response.headers["Content-Security-Policy"].split(";") if part.strip())
    return {name: set(sources) for name, *sources in parts}


def test_check_14_the_content_security_policy_forbids_all_but_our_own(app: Flask, client: FlaskClient):
    for asked, response in answers(app, client).items():
        policy = policy_of(response)
        allowed = set().union(*policy.values())
        assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:"} & allowed, asked
        assert policy["default-src"] == {"'none'"}, asked
        assert policy["frame-ancestors"] == {"'none'"}, asked
        if response.mimetype == "text/html" and response.headers.get("Content-Security-Policy"):
            for directive, sources in WANTED_POLICY.items():
                assert policy.get(directive, {"'none'"}) - MORE_SCRIPTS <= sources, f"{asked}: {directive}"


def test_check_14_pages_carry_nothing_that_the_policy_would_forbid(app: Flask, client: FlaskClient):
    for asked, response in answers(app, client).items():
        if response.mimetype == "text/html":
            assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/)[^>]*>", response.text), asked
            assert not re.search(r"\s(?:style|on[a-z]+)\s*=\s*[\"']", response.text), asked
            assert not re.search(
                r"<(?:script|link(?! rel=\"canonical\")|img|iframe)[^>]+(?:src|href)=[\"']https?://", response.text
            ), asked


def test_check_15_referrer_and_isolation_are_set_everywhere(app: Flask, client: FlaskClient):
    for asked, response in answers(app, client).items():
        if " /v2" in asked:  # data, never a page
            assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin", asked
            continue
        assert response.headers["Referrer-Policy"] == "strict-origin-when-cross-origin", asked
        assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin", asked
        allowed = {"cross-origin", "same-origin"} if " /cover/" in asked else {"same-origin"}
        assert response.headers["Cross-Origin-Resource-Policy"] in allowed, asked


def test_check_35_members_pages_stay_in_no_cache(app: Flask, page: PageClient):
    login(page.http, make_member(app))
    kept = {}
    for route in routes(app, "GET"):
        response = page.http.get(route.address, buffered=True)
        is_page = response.mimetype == "text/html" and response.location is None
        if is_page and "no-store" not in response.headers.get("Cache-Control", ""):
            kept[str(route)] = response.headers.get("Cache-Control")
    assert kept == {}


def test_check_35_the_log_holds_the_rule_and_never_the_address(capsys, data_dir: Path):
    talkative = make_app(data_dir, LOG_LEVEL="info", LOG_FORMAT="json")
    client = talkative.test_client()
    canary = "canary-7f3a"
    for route in routes(talkative, "GET", *UNSAFE):
        texts = [name for name, kind in converters(route.rule).items() if kind not in FIXED]
        address = address_of(talkative, route.rule, **dict.fromkeys(texts, canary))
        client.open(f"{address}?q={canary}&token={canary}&next=/{canary}", method=route.method)
    client.get(f"/{canary}/{canary}")
    logged = capsys.readouterr().err
    assert '"route": "/cover/<isbn>"' in logged
    assert canary not in logged
    close(talkative)
