"""The book API next to the site: one dispatcher, one catalogue, on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from werkzeug.test import EnvironBuilder, run_wsgi_app

from tests.support.api_shelf import BOOKS, SANTI, fill
from tests.support.apps import close, make_app
from tests.upstreams import BODIES, FAULTS, Upstream


@pytest.fixture
def shelf(any_database_app: Flask) -> Flask:
    fill(any_database_app)
    return any_database_app


def test_books_come_out_of_the_catalogue(shelf: Flask) -> None:
    client = shelf.test_client()
    by_isbn = client.get(f"/v2/book/isbn/{SANTI}").json
    assert client.get(f"/v2/book/{by_isbn['id']}").json == by_isbn
    found = client.get("/v2/book/search?q=santi").json
    assert (found["total"], found["books"]) == (1, [by_isbn])
    assert by_isbn["image"].startswith("http://127.0.0.1:8000/cover/")


def test_paging_by_start_shows_every_book_once(shelf: Flask) -> None:
    client = shelf.test_client()
    seen: list[str] = []
    start, total = 0, 1
    while start < total:
        answer = client.get(f"/v2/book/search?q=红楼梦&start={start}&count=50").json
        seen += [book["id"] for book in answer["books"]]
        start, total = start + 50, answer["total"]
    assert len(seen) == len(set(seen)) == total == 137


def test_a_program_posts_without_a_token(shelf: Flask) -> None:
    client = shelf.test_client()
    asked = client.get(f"/v2/book/isbn/{SANTI}").json
    assert client.post(f"/v2/book/isbn/{SANTI}", data={"apikey": "0df993c66c0c636e29ecbb5344252a4a"}).json == asked
    assert client.post("/v2/book/search", data={"q": "三体", "count": "5"}).json["books"] == [asked]
    assert client.post("/login", data={"email": "a@example.com"}).status_code == 400


def test_the_books_of_a_series_are_listed_page_by_page(shelf: Flask) -> None:
    books = [replace(book, series="É文库") for book in BOOKS[4:25]]
    others = [replace(BOOKS[30], series="E文库"), replace(BOOKS[31], series="É文库续")]
    with shelf.app_context():
        shelf.extensions["container"].catalogue.writer.store([*books, *others])
    client = shelf.test_client()
    series = client.get(f"/v2/book/isbn/{books[0].isbn13}").json["series"]
    seen = []
    for start in range(0, 30, 10):
        page = client.get(f"/v2/book/series/{series['id']}/books?start={start}&count=10").json
        seen += [book["isbn13"] for book in page["books"]]
        assert (page["total"], page["start"], page["count"]) == (21, start, min(10, 21 - start))
    assert seen == [book.isbn13 for book in books]


def test_a_series_is_looked_up_in_an_index(shelf: Flask) -> None:
    sql = shelf.extensions["container"].core.sql
    statement = (
        "SELECT b.id, b.series FROM book b WHERE b.series = :title AND b.series <> '' ORDER BY b.id LIMIT :limit"
    )
    explain = "EXPLAIN QUERY PLAN " if sql.dialect == "sqlite" else "EXPLAIN "
    assert "ix_book_series" in str(sql.fetchall(explain + statement, {"title": "x", "limit": 5}))


@pytest.mark.parametrize("path", ["//v2/book/isbn/{}", "///v2/book/isbn/{}"])
def test_an_address_joined_with_two_slashes_is_the_same(app: Flask, path: str) -> None:
    fill(app)
    asked = run_wsgi_app(app, {**EnvironBuilder().get_environ(), "PATH_INFO": path.format(SANTI)})
    assert asked[1] == "200 OK"
    assert json.loads(b"".join(asked[0]))["title"] == "三体"
    lost = run_wsgi_app(app, {**EnvironBuilder().get_environ(), "PATH_INFO": "//v22"})
    assert lost[1] == "404 NOT FOUND"


def test_the_api_takes_no_part_in_the_sites_session_and_the_site_not_in_its_cors(shelf: Flask) -> None:
    client = shelf.test_client()
    api, page = client.get(f"/v2/book/isbn/{SANTI}"), client.get("/")
    assert "Set-Cookie" not in api.headers
    assert "Access-Control-Allow-Origin" not in page.headers
    assert client.get("/v2").json["code"] == 1001
    assert client.get("/v22").status_code == 404
    assert client.get("/v22").json is None


def test_a_line_of_the_log_is_not_that_of_the_page_before(data_dir: Path, capfd: pytest.CaptureFixture[str]) -> None:
    app = make_app(data_dir, LOG_LEVEL="info", LOG_FORMAT="json")
    client = app.test_client()
    client.get("/")
    client.get("/v2/book/100000001")
    page, api = (json.loads(line) for line in capfd.readouterr().err.splitlines())
    assert page["request_id"]
    assert (api["event"], api["status"], api.get("request_id")) == ("api request", 404, None)
    close(app)


def test_nothing_is_left_on_loan_after_a_request(shelf: Flask) -> None:
    client = shelf.test_client()
    for path in (
        f"book/isbn/{SANTI}",
        "book/100000007",
        "book/search?q=红楼梦&start=90&count=100",
        "book/0",
        "nothing",
    ):
        client.get(f"/v2/{path}")
        assert shelf.extensions["pool"].leased == 0


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream(BODIES["open_library"]) as server:
        yield server


def test_a_book_that_the_catalogue_lacks_is_found_at_a_source_stored_and_searchable(
    any_database_url: str, data_dir: Path, upstream: Upstream
) -> None:
    app = make_app(data_dir, any_database_url, SOURCES="open_library", OPEN_LIBRARY_URL=upstream.url)
    client = app.test_client()
    assert client.get("/v2/book/search?q=三体").json["total"] == 0
    assert upstream.asked == [], "a search never waits for a source"
    assert client.get(f"/v2/book/isbn/{SANTI}").json["title"] == "三体"
    assert client.get("/v2/book/search?q=三体").json["books"][0]["isbn13"] == SANTI
    client.get(f"/v2/book/isbn/{SANTI}")
    assert len(upstream.asked) == 1
    assert client.get("/v2/book/isbn/9787020024759").json["code"] == 6000
    close(app)


def test_while_the_source_hangs_an_unknown_book_is_a_404_within_the_budget(data_dir: Path, upstream: Upstream) -> None:
    upstream.fault, _ = FAULTS["hangs"]
    app = make_app(data_dir, SOURCES="open_library", OPEN_LIBRARY_URL=upstream.url, UPSTREAM_BUDGET_SECONDS="0.3")
    response = app.test_client().get(f"/v2/book/isbn/{SANTI}")
    assert (response.status_code, response.json["code"]) == (404, 6000)
    close(app)


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode), ids=lambda mode: mode.value)
def test_the_api_keeps_its_own_description(app: Flask, mode: schemathesis.GenerationMode) -> None:
    fill(app)
    described = schemathesis.openapi.from_wsgi("/v2/openapi.json", app)
    operations = [found.ok() for found in described.get_all_operations()]
    assert len(operations) == 12, "all but the document itself"
    for operation in operations:

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
        def keeps_its_word(case: schemathesis.Case) -> None:
            case.call_and_validate(headers={"Accept-Encoding": "identity"})  # its transport for WSGI unpacks nothing

        keeps_its_word()
