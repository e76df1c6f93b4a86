"""Security checks 9, 16 to 19: requests that somebody else thought up."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.apps import close, make_app
from tests.support.members import login, make_member
from tests.support.pages import PageClient
from tests.support.routes import UNSAFE, contents, routes

EVIL = "evil.example"
FOREIGN = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "https://evil.example",
    "https:evil.example",
    "HTTPS://evil.example/",
    "javascript:alert(1)",
    "/%2fevil.example",
    "/%5cevil.example",
    "%2f%2fevil.example",
    "/%252fevil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    " //evil.example",
    "//evil.example/..;/",
    "/..//evil.example",
    "//user@evil.example",
]
#: What looking at pages may change: when a session was last seen, and what the catalogue remembers of books.
ALLOWED_BY_GET = ("user_session", "book", "search_change", "search_pointer", "sqlite_sequence")


@pytest.mark.parametrize("token", [None, "", "wrong", "IjEyMyI.wrong.wrong"])
def test_check_16_every_unsafe_route_refuses_a_request_without_its_token(
    app: Flask, page: PageClient, token: str | None
):
    login(page.http, make_member(app))
    before = contents(app)
    taken = {}
    for route in routes(app, *UNSAFE):
        data = {} if token is None else {"csrf_token": token}
        response = page.http.open(route.address, method=route.method, data=data)
        if response.status_code != 400:
            taken[str(route)] = response.status_code
    assert taken == {}
    assert contents(app) == before


def test_check_16_a_token_of_another_session_is_refused(app: Flask, page: PageClient):
    other = PageClient(app)
    token = form_token(other)
    login(page.http, make_member(app))
    for route in routes(app, *UNSAFE):
        response = page.http.open(route.address, method=route.method, data={"csrf_token": token})
        assert response.status_code == 400, str(route)


def form_token(page: PageClient) -> str:
    """Return the first CSRF token that a page shows to a visitor."""
    for route in routes(page.http.application, "GET"):
        response = page.http.get(route.address, buffered=True)
        _, found, rest = (
            response.get_data(as_text=True).partition('name="csrf_token"') if is_text(response) else ("",) * 3
        )
        if found:
            return rest.partition('value="')[2].partition('"')[0]
    pytest.fail("no page shows a form")


def is_text(response: object) -> bool:
    return getattr(response, "mimetype", "") == "text/html"


def test_check_17_looking_at_pages_changes_nothing(app: Flask, page: PageClient):
    login(page.http, make_member(app))
    before = contents(app, without=ALLOWED_BY_GET)
    to_see, seen = [route.address for route in routes(app, "GET")], set()
    while to_see:
        path = to_see.pop()
        if path in seen or len(seen) > 400:
            continue
        seen.add(path)
        response = page.http.get(path, buffered=True)
        assert response.status_code < 500, path
        if response.mimetype == "text/html" and response.status_code == 200:
            to_see += [link for link in page.get(path).links if link.startswith("/") and not link.startswith("//")]
    assert contents(app, without=ALLOWED_BY_GET) == before


@pytest.mark.parametrize("target", FOREIGN)
def test_check_18_next_never_leads_to_another_site(app: Flask, page: PageClient, target: str):
    for route in routes(app, "GET"):
        for sent in (target, quote(target, safe="")):
            response = page.http.get(f"{route.address}?next={sent}", buffered=True)
            location = urlsplit(response.headers.get("Location", ""))
            assert location.netloc in {"", "localhost"}, str(route)
            assert not location.path.startswith(("//", "/\\")), str(route)


def test_check_18_next_leads_to_a_page_of_this_site(client: FlaskClient):
    assert client.get("/language/en?next=/robots.txt").headers["Location"] == "/robots.txt"


FORGED = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Host": EVIL,
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Port": "444",
    "X-Forwarded-Prefix": "/evil",
    "Forwarded": f"for=203.0.113.9;host={EVIL};proto=https",
    "X-Real-IP": "203.0.113.9",
    "X-Original-URL": "/evil",
    "X-Rewrite-URL": "/evil",
    "X-HTTP-Method-Override": "DELETE",
}


def asked_by(app: Flask) -> None:
    """Let the app tell whom it takes the visitor for."""
    from flask import jsonify, request

    app.add_url_rule(
        "/whoami",
        "whoami",
        lambda: jsonify(address=request.remote_addr, host=request.host, scheme=request.scheme, root=request.root_path),
    )


def test_check_19_forwarded_headers_of_nobodys_proxy_are_ignored(app: Flask, client: FlaskClient):
    asked_by(app)
    plain = client.get("/whoami").json
    assert client.get("/whoami", headers=FORGED).json == plain
    for route in routes(app, "GET"):
        response = client.get(route.address, headers=FORGED, buffered=True)
        assert EVIL not in response.headers.get("Location", ""), str(route)
        assert response.mimetype != "text/html" or EVIL not in response.text, str(route)


def test_check_19_the_one_proxy_in_front_is_believed_and_what_came_through_it_is_not(data_dir: Path):
    app = make_app(data_dir, TRUSTED_PROXIES=1)
    asked_by(app)
    forwarded = {"X-Forwarded-For": "203.0.113.9, 198.51.100.4", "X-Forwarded-Proto": "https"}
    answer = app.test_client().get("/whoami", headers=forwarded).json
    assert (answer["address"], answer["scheme"]) == ("198.51.100.4", "https")
    close(app)


@pytest.mark.parametrize("host", [EVIL, "localhost@evil.example", "localhost:80@evil.example"])
def test_check_19_a_forged_host_is_not_repeated(app: Flask, client: FlaskClient, host: str):
    for route in routes(app, "GET"):
        response = client.get(route.address, headers={"Host": host}, buffered=True)
        assert EVIL not in response.headers.get("Location", ""), str(route)
        assert response.mimetype != "text/html" or EVIL not in response.text, str(route)


def test_check_19_a_site_that_knows_its_names_answers_to_no_other(data_dir: Path):
    app = make_app(data_dir, TRUSTED_HOSTS="yushu.example")
    client = app.test_client()
    assert client.get("/", base_url="http://yushu.example").status_code == 200
    refused = client.get("/", base_url="http://evil.example")
    assert refused.status_code == 400
    assert refused.headers["X-Content-Type-Options"] == "nosniff"
    close(app)
