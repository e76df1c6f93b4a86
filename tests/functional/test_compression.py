"""Texts travel compressed where that is safe."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.libs.caches import TwoGenerationCache
from tests.support.apps import close, make_app
from tests.support.books import SANTI, stock
from tests.support.members import login, make_member

GZIP = {"Accept-Encoding": "gzip, br"}
STYLES = "/bootstrap/static/css/bootstrap.min.css"


@pytest.mark.parametrize("path", [STYLES, "/static/css/yushu.css", "/static/js/suggest.js", "/static/icons/mark.svg"])
def test_a_static_text_is_compressed_and_the_same(client: FlaskClient, path: str):
    with client.get(path) as plain, client.get(path, headers=GZIP) as small:
        assert small.headers["Content-Encoding"] == "gzip"
        assert "Content-Encoding" not in plain.headers
        assert gzip.decompress(small.data) == plain.data
        assert "Accept-Encoding" in small.vary


def test_a_style_sheet_shrinks_to_a_fifth(client: FlaskClient):
    with client.get(STYLES) as plain, client.get(STYLES, headers=GZIP) as small:
        assert len(small.data) * 5 < len(plain.data)


def test_one_file_is_compressed_once_however_its_path_is_written(client: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    made: list[int] = []
    real = gzip.compress
    monkeypatch.setattr("app.http.compression.gzip.compress", lambda *a, **k: made.append(1) or real(*a, **k))
    for filename in ("css/yushu.css", "css/./yushu.css", "./css/yushu.css", "css//yushu.css", "js/../css/yushu.css"):
        for _ in range(3):
            with client.get(f"/static/{filename}", headers=GZIP) as answer:
                assert answer.headers["Content-Encoding"] == "gzip"
    assert len(made) == 1


def test_what_is_kept_of_files_has_a_bound(app: Flask, monkeypatch: pytest.MonkeyPatch):
    kept: list[TwoGenerationCache[object, bytes]] = []
    monkeypatch.setattr(
        "app.http.compression.TwoGenerationCache", lambda limit: kept.append(TwoGenerationCache(limit)) or kept[-1]
    )
    monkeypatch.setattr("app.http.compression._KEPT_BYTES", 12_000)
    other = make_app(app.config["DATA_DIR"])
    asked = 0
    for file in sorted(Path(other.static_folder or "").rglob("*.[cj]s*")):
        with other.test_client().get(f"/static/{file.relative_to(other.static_folder)}", headers=GZIP) as answer:
            asked += len(answer.data)
            assert kept[0].weight <= 12_000
    assert asked > 12_000
    close(other)


def test_a_compressed_file_that_the_browser_has_is_not_sent_again(client: FlaskClient):
    with client.get(STYLES, headers=GZIP) as first:
        mark = first.headers["ETag"]
    with client.get(STYLES, headers=GZIP | {"If-None-Match": mark}) as again:
        assert again.status_code == 304


def test_a_visitors_page_is_compressed(app: Flask, client: FlaskClient):
    stock(app, [SANTI])
    answer = client.get("/book/search?q=三体", headers=GZIP)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "重庆出版社" in gzip.decompress(answer.data).decode()
    assert int(answer.headers["Content-Length"]) == len(answer.data)


def test_a_page_with_a_secret_is_sent_plain(app: Flask, client: FlaskClient):
    assert "Content-Encoding" not in client.get("/login", headers=GZIP).headers
    login(client, make_member(app))
    for path in ("/", "/personal"):
        assert "Content-Encoding" not in client.get(path, headers=GZIP).headers


@pytest.mark.parametrize("path", ["/favicon.ico", "/static/icons/mark-192.png", "/nowhere", "/healthz"])
def test_what_gains_nothing_is_left_alone(client: FlaskClient, path: str):
    with client.get(path, headers=GZIP) as answer:
        assert "Content-Encoding" not in answer.headers


def test_a_head_request_has_no_body_to_compress(client: FlaskClient):
    with client.head("/", headers=GZIP) as answer:
        assert answer.status_code == 200
