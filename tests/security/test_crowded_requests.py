"""Forms and addresses of very many fields are refused before they are taken apart."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.support.apps import close, make_app
from tests.support.members import login, make_member
from tests.support.pages import PageClient

URLENCODED = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("path", ["/login", "/register", "/logout", "/nowhere"])
@pytest.mark.parametrize("body", [b"a&" * 250_000, b"a=1&" * 250_000, b"csrf_token=1&email=2" + b"&" * 250_000])
def test_a_form_of_250000_fields_is_too_large(client: FlaskClient, path: str, body: bytes):
    refused = client.post(path, data=body, content_type=URLENCODED)
    assert refused.status_code == (404 if path == "/nowhere" else 413)


def test_no_field_of_it_is_parsed(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("werkzeug.formparser.parse_qsl", lambda *_a, **_k: pytest.fail("parsed"))
    assert client.post("/login", data=b"a&" * 250_000, content_type=URLENCODED).status_code == 413


def test_a_form_of_a_thousand_fields_is_read(app: Flask):
    with app.test_request_context("/", method="POST", data=b"a=1&" * 999, content_type=URLENCODED):
        assert request.form.getlist("a") == ["1"] * 999


def test_a_member_is_told_in_the_sites_voice(app: Flask):
    page = PageClient(app)
    login(page.http, make_member(app))
    refused = page.http.post("/change/password", data=b"old_password=x&" * 5000, content_type=URLENCODED)
    assert refused.status_code == 413
    assert "发来的内容太大了" in refused.text


@pytest.mark.parametrize("path", ["/", "/book/search", "/login", "/static/css/yushu.css"])
def test_an_address_of_many_parameters_is_too_long(client: FlaskClient, path: str):
    assert client.get(f"{path}?q=a{'&a' * 600}").status_code == 414
    with client.get(f"{path}?q=a{'&a=1' * 40}") as answer:
        assert answer.status_code == 200


def test_of_many_parameters_the_api_reads_the_first(client: FlaskClient):
    found = client.get(f"/v2/book/search?q=a{'&a' * 20_000}&count=5")
    assert (found.status_code, found.json["count"]) == (200, 0)


def test_a_list_that_is_refused_has_been_read_and_counts(data_dir: Path) -> None:
    app = make_app(data_dir, RATELIMIT_ENABLED="1", LIMIT_LISTS="2 per day")
    page = PageClient(app)
    login(page.http, make_member(app))
    token = page.get("/my/lists").forms[-1]["fields"]["csrf_token"]

    def send(content: bytes) -> int:
        file = FileStorage(BytesIO(content), "list.csv")
        boundary, body = encode_multipart({"csrf_token": token, "file": file})
        return page.http.post(
            "/my/lists", data=body, content_type=f"multipart/form-data; boundary={boundary}"
        ).status_code

    assert [send(b"a\n" * 1_000_000) for _ in range(3)] == [400, 400, 429]
    close(app)
