"""The life of a request: ids, headers, languages, errors, and nothing left open."""

from __future__ import annotations

import hashlib
import json

import pytest

from app.domain.errors import NotFound
from app.extensions import db, pool_of
from app.http.hooks import SECURITY_HEADERS
from app.models import User, UserSession
from tests.support.apps import make_app
from tests.support.books import SHELF, outdate_index, stock


def test_every_answer_carries_the_security_headers_an_id_and_its_time(client):
    for path in ("/", "/healthz", "/nowhere", "/static/nothing.css"):
        response = client.get(path)
        assert {name: response.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS, path
        assert len(response.headers["X-Request-ID"]) == 16
        assert response.headers["Server-Timing"].startswith("app;dur=")


def test_two_requests_have_different_ids(client):
    assert client.get("/").headers["X-Request-ID"] != client.get("/").headers["X-Request-ID"]


@pytest.mark.parametrize(
    ("accepts", "cookie", "language"),
    [
        (None, None, "zh-CN"),
        ("en-GB,en;q=0.9", None, "en"),
        ("fr", None, "zh-CN"),
        ("zh-TW,en;q=0.5", None, "zh-CN"),
        ("en", "zh", "zh-CN"),
        ("zh", "en", "en"),
        ("zh", "xx", "zh-CN"),
    ],
)
def test_the_language_is_the_visitors_choice_then_the_browsers_then_chinese(page, accepts, cookie, language):
    if cookie:
        page.http.set_cookie("yushu_language", cookie)
    assert page.get("/", headers={"Accept-Language": accepts} if accepts else {}).language == language


def test_an_unknown_page_is_a_page_of_the_site_or_json_where_json_was_asked_for(page, client):
    assert "这一页游走了" in page.get("/nowhere", status=404).text
    error = client.get("/nowhere", headers={"Accept": "application/json"})
    assert (error.status_code, error.json["error"]["status"]) == (404, 404)


def test_a_wrong_method_says_which_is_allowed(client):
    response = client.post("/healthz", headers={"Accept": "application/json"})
    assert response.status_code in {400, 405}
    response = client.put("/")
    assert response.status_code in {400, 405}


def test_a_refusal_becomes_its_status_and_its_message_in_the_visitors_language(app, page):
    @app.get("/refuse")
    def refuse() -> str:
        raise NotFound

    assert NotFound.zh in page.get("/refuse", status=404).text
    assert NotFound.en in page.get("/refuse", status=404, headers={"Accept-Language": "en"}).text


def test_a_mistake_of_ours_is_a_page_without_a_trace(app, page, capsys):
    @app.get("/break")
    def break_it() -> str:
        raise ZeroDivisionError("secret detail")

    app.config["PROPAGATE_EXCEPTIONS"] = False
    opened = page.get("/break", status=500)
    assert "secret detail" not in opened.text
    assert "secret detail" in capsys.readouterr().err


def test_a_database_that_is_gone_is_a_503_that_says_when_to_come_back(app, client, monkeypatch):
    def gone() -> None:
        import sqlite3

        raise sqlite3.OperationalError("unable to open database file")

    monkeypatch.setattr(pool_of(app), "lease", gone)
    response = client.get("/")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")


def test_a_connection_left_open_fails_the_request(app, client):
    leases = []

    @app.get("/leak")
    def leak() -> str:
        leases.append(pool_of(app).lease())
        return "leaked"

    with pytest.raises(AssertionError, match="left open"):
        client.get("/leak")
    leases[0].release()


def test_the_log_line_holds_the_route_and_never_the_path(data_dir, capsys):
    app = make_app(data_dir, LOG_FORMAT="json", LOG_LEVEL="info")
    app.test_client().get("/static/secret-name.css")
    line = json.loads(capsys.readouterr().err)
    assert (line["route"], line["status"], line["event"]) == ("/static/<path:filename>", 404, "request")
    assert "secret" not in json.dumps(line)


@pytest.fixture
def member(app, clock):
    now = int(clock.now().timestamp())
    with app.app_context(), db.auto_commit() as session:
        user = User(
            email="a@b.cn",
            email_key="a@b.cn",
            nickname="小满",
            nickname_key="小满",
            password_hash="-",
            confirmed_at=now,
        )
        session.add(user)
        session.flush()
        token_hash = hashlib.sha256(b"token").hexdigest()
        session.add(UserSession(user_id=user.id, token_hash=token_hash, seen_time=now, create_time=now))
    return user


@pytest.fixture
def who(app):
    from flask import g

    @app.get("/who")
    def tell() -> str:
        return g.user.nickname if g.user else "nobody"

    return app.test_client()


def log_in(client) -> None:
    with client.session_transaction() as cookie:
        cookie["token"] = "token"


def test_g_user_is_the_member_of_the_session(member, who):
    assert who.get("/who").text == "nobody"
    log_in(who)
    assert who.get("/who").text == "小满"


def test_a_session_that_was_idle_for_a_week_is_nobodys(member, who, clock):
    from datetime import timedelta

    log_in(who)
    clock.advance(timedelta(days=6, hours=23))
    assert who.get("/who").text == "小满", "and this visit counts"
    clock.advance(timedelta(days=6))
    assert who.get("/who").text == "小满"
    clock.advance(timedelta(days=7, hours=1))
    assert who.get("/who").text == "nobody"


def test_a_session_ends_after_thirty_days_however_often_it_is_used(member, who, clock):
    from datetime import timedelta

    log_in(who)
    for _day in range(29):
        clock.advance(timedelta(days=1))
        assert who.get("/who").text == "小满"
    clock.advance(timedelta(days=1, minutes=1))
    assert who.get("/who").text == "nobody"


@pytest.mark.parametrize("change", [{"disabled_at": 1}, {"status": 0}])
def test_a_disabled_or_deleted_member_is_out_at_once(app, member, who, change):
    log_in(who)
    assert who.get("/who").text == "小满"
    with app.app_context(), db.auto_commit() as session:
        for name, value in change.items():
            setattr(session.get(User, member.id), name, value)
    assert who.get("/who").text == "nobody"


def test_a_page_that_does_not_ask_who_it_is_reads_no_session_row(app, client):
    log_in(client)
    statements = []
    original = app.extensions["container"].members.directory.find_by_session
    app.extensions["container"].members.directory.find_by_session = lambda *args, **kwargs: (
        statements.append(1) or original(*args, **kwargs)
    )
    client.get("/healthz")
    assert statements == []


def test_readiness_tells_of_books_and_index_and_is_503_when_its_files_are_gone(app, client):
    stock(app)
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json["status"], ready.json["books"]) == (200, "ready", len(SHELF))
    assert (ready.json["index"]["state"], ready.json["index"]["waiting"]) == ("empty", len(SHELF))
    with app.app_context():
        app.extensions["container"].catalogue.search_index.rebuild()
    assert client.get("/readyz").json["index"]["state"] == "ready"
    assert client.get("/readyz").json["index"]["outdated"] is False
    outdate_index(app)
    old = client.get("/readyz")
    assert (old.status_code, old.json["index"]["outdated"]) == (200, True)
    for file in (app.config["DATA_DIR"] / "search").rglob("*"):
        if file.is_file():
            file.unlink()
    gone = make_app(app.config["DATA_DIR"]).test_client().get("/readyz")
    assert (gone.status_code, gone.json["status"]) == (503, "not ready")
