"""What happens while somebody else writes for long: pages come at once, forms wait for so long and are then told to come back."""

from __future__ import annotations

import resource
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from flask import Flask

from app.extensions import db, pool_of
from app.libs.deadline import waiting_at_most
from app.models.drift import Drift
from app.models.user import UserSession
from app.services.unit_of_work import UseCases
from tests.support.apps import close, make_app
from tests.support.exchange import HOME, ISBNS
from tests.support.routes import address_of, contents
from tests.support.rows import count_rows, list_rows, refusing_rows
from tests.support.world import World, token_of

#: Who waits for a lock in these tests waits a minute; a form that may wait for a second is done long before that.
PATIENCE, SOON = 60, 15
TIMEOUT = "PRAGMA busy_timeout = "
NOTED = {"user_session": "seen_time", "saved_address": "sealed"}


@contextmanager
def somebody_writes(app: Flask) -> Iterator[None]:
    """Hold, from a connection of nobody here, SQLite's write lock, or on MariaDB every row that a page might touch."""
    connection = pool_of(app).dialect.connect()
    try:
        connection.begin("write")
        if pool_of(app).dialect.NAME == "mysql":
            with connection.cursor() as cursor:
                for table in ("user", "user_session", "gift", "drift", "bean_balance", "saved_address", "book"):
                    cursor.execute(f"SELECT COUNT(*) FROM {table} WHERE 1 FOR UPDATE")
        yield
        connection.rollback()
    finally:
        connection.close()


def make_scene(app: Flask) -> World:
    """Make members with sessions that were last seen two hours ago, an open gift and a saved address."""
    world = World(app)
    with app.app_context():
        world.container.exchange.saved_addresses.keep(world.members["reader"].id, HOME)
        with db.auto_commit():
            UserSession.query.update({"seen_time": UserSession.seen_time - 2 * 3600})
    return world


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Note for each time that the write lock of SQLite is asked for how many milliseconds it may be waited for."""
    noted: list[int] = []
    connect = sqlite3.connect

    def watched(*arguments: Any, **how: Any) -> sqlite3.Connection:
        connection, patience = connect(*arguments, **how), int(how.get("timeout", 5) * 1000)

        def see(statement: str) -> None:
            nonlocal patience
            if statement.startswith(TIMEOUT):
                patience = int(statement.removeprefix(TIMEOUT))
            elif statement == "BEGIN IMMEDIATE":
                noted.append(patience)

        connection.set_trace_callback(see)
        return connection

    monkeypatch.setattr(sqlite3, "connect", watched)
    return noted


def count_waits(app: Flask, patience: list[int]) -> int:
    """Count who waited for a lock so far, by what SQLite was told and what MariaDB says: a clock ticks for a busy machine, too."""
    dialect = pool_of(app).dialect
    if dialect.NAME == "sqlite":
        return sum(milliseconds > 0 for milliseconds in patience)
    with closing(dialect.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_waits'")
        [(_name, waits)] = cursor.fetchall()
        return int(waits)


@pytest.fixture
def world(any_database_url: str, data_dir, patience: list[int]) -> Iterator[World]:
    app = make_app(
        data_dir,
        any_database_url,
        DATABASE_TIMEOUT_SECONDS=PATIENCE,
        REQUEST_WAIT_SECONDS=PATIENCE,
        PAGE_CACHE_SECONDS=0,
    )
    yield make_scene(app)
    close(app)


def seen(world: World) -> list[int]:
    with world.app.app_context():
        return [row.seen_time for row in list_rows(UserSession)]


def pages(world: World) -> Iterator[str]:
    """List an address of every route that can be looked at."""
    values = {"gift_id": world.gift, "isbn": ISBNS[0]}
    with world.app.app_context():
        token = world.container.members.account_tokens.make("reset", world.members["reader"].id)
    for rule in world.app.url_map.iter_rules():
        if "GET" in (rule.methods or ()):
            yield address_of(world.app, rule, **values, **({"token": token} if "token" in rule.arguments else {}))


def test_no_page_waits_while_somebody_writes(world: World, patience: list[int]) -> None:
    browser = world.browsers["reader"].http
    addresses, before = list(pages(world)), seen(world)
    with somebody_writes(world.app):
        waits = count_waits(world.app, patience)
        for address in [*addresses, f"/v2/book/isbn/{ISBNS[0]}", "/v2/book/search?q=a"]:
            with browser.get(address) as answer:
                assert answer.status_code < 500, address
            assert count_waits(world.app, patience) == waits, address
    assert f"/drift/{world.gift}" in addresses
    assert seen(world) == before
    browser.get("/pending")
    assert seen(world) != before, "the next look notes that the member was here"


def test_a_page_comes_though_nothing_can_be_written(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_scene(app)
    file = f"file:{app.config['DATA_DIR'] / 'yushu.sqlite'}?mode=ro"
    connect = sqlite3.connect
    with closing(connect(file, uri=True)):  # keeps the shared memory of the log, which a reader cannot make
        pool_of(app).close()
        monkeypatch.setattr(sqlite3, "connect", lambda _file, **how: connect(file, uri=True, **how))
        pool_of(app)._connections._idle_cache.clear()
        assert world.browsers["reader"].http.get("/pending").status_code == 200
        monkeypatch.undo()
        pool_of(app).close()


def test_a_page_comes_though_the_disk_is_full(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    world = make_scene(app)
    before, limits = seen(world), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        status = world.browsers["reader"].http.get("/pending").status_code
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert status == 200
    assert seen(world) == before


@pytest.fixture
def hurried(any_database_url: str, data_dir) -> Iterator[World]:
    """Return a site that waits a minute for a lock, but a second for a request."""
    app = make_app(data_dir, any_database_url, DATABASE_TIMEOUT_SECONDS=PATIENCE, REQUEST_WAIT_SECONDS=1)
    yield make_scene(app)
    close(app)


def test_a_form_is_told_to_come_back_when_its_time_is_over(hurried: World) -> None:
    browser = hurried.browsers["reader"]
    form = {"recipient_name": "林小满", "mobile": "13800138000", "address": "四川省成都市青羊区草堂路三十七号"}
    form["csrf_token"] = token_of(browser)
    before = contents(hurried.app)
    with somebody_writes(hurried.app):
        start = time.monotonic()
        answer = browser.http.post(f"/drift/{hurried.gift}", data=form)
        assert time.monotonic() - start < SOON
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert contents(hurried.app) == before
    assert browser.http.post(f"/drift/{hurried.gift}", data=form).status_code == 303


def test_repeats_share_the_time_of_their_request(hurried: World, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[None] = []
    monkeypatch.setattr("app.libs.deadline.monotonic", lambda: 0.4 * len(tries))

    def always_busy() -> None:
        tries.append(None)
        error = sqlite3.OperationalError("database is locked")
        error.sqlite_errorcode = sqlite3.SQLITE_BUSY
        raise error

    with hurried.app.app_context(), waiting_at_most(1), pytest.raises(sqlite3.OperationalError):
        UseCases(hurried.container.core.clock).run(always_busy)
    assert 1 < len(tries) < 5


def test_a_request_is_stored_with_its_address_or_not_at_all(app: Flask) -> None:
    world = World(app)
    browser = world.browsers["reader"]
    form = {"recipient_name": "林小满", "mobile": "13800138000", "address": "四川省成都市青羊区草堂路三十七号"}
    form |= {"remember": "y", "csrf_token": token_of(browser)}
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with refusing_rows(app, "saved_address"):
        assert browser.http.post(f"/drift/{world.gift}", data=form).status_code == 500
    with app.app_context():
        assert count_rows(Drift) == 0
    assert browser.http.post(f"/drift/{world.gift}", data=form).status_code == 303


def test_a_session_that_cannot_be_opened_leaves_the_old_one(app: Flask) -> None:
    world = World(app)
    browser = world.browsers["reader"]
    app.config["PROPAGATE_EXCEPTIONS"] = False
    member = world.members["other"]
    form = {"email": member.email, "password": "鱼传尺素 2026 双鲤", "csrf_token": token_of(browser)}
    with refusing_rows(app, "user_session"):
        assert browser.http.post("/login", data=form).status_code == 500
    assert world.members["reader"].nickname in browser.get("/personal").text


def test_a_rule_is_asked_once_by_a_form_and_once_by_its_page(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(app)
    browser, asked = world.browsers["reader"], []
    ask: Callable[..., object] = world.container.exchange.facts.find_request
    monkeypatch.setattr(
        type(world.container.exchange.facts),
        "find_request",
        lambda _self, member, gift, now: asked.append(gift) or ask(member, gift, now=now),
    )
    form = {"recipient_name": "林小满", "mobile": "13800138000", "address": "四川省成都市青羊区草堂路三十七号"}
    form["csrf_token"] = token_of(browser)
    for data, status in (({"csrf_token": form["csrf_token"]}, 200), (form, 303)):
        asked.clear()
        assert browser.http.post(f"/drift/{world.gift}", data=data).status_code == status
        assert asked == [world.gift]
