"""How many statements a page costs, with one row and with five hundred: the same."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.extensions import db
from app.libs.dialects import SQLite
from tests.books import stock
from tests.conftest import close, make_app
from tests.exchange import ISBNS, Exchange
from tests.members import login, make_member
from tests.pages import PageClient

ROWS = 500
#: Pages of a member and the most statements each may take, the session's look-up and the counter of notices included.
PAGES = {
    "/": 8,
    "/my/gifts": 4,
    "/my/wish": 4,
    "/pending": 5,
    "/notices": 5,
    "/my/beans": 4,
    f"/book/{ISBNS[0]}/detail": 7,
    "/drift/1": 9,
}


class Counter:
    """Counts the statements that every SQLite connection runs, transactions' begins and ends left out."""

    def __init__(self) -> None:
        self.count = 0

    def note(self, statement: str) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "--")):
            self.count += 1


@pytest.fixture
def counter(monkeypatch: pytest.MonkeyPatch) -> Counter:
    counter = Counter()
    connect = SQLite.connect

    def traced(dialect: SQLite) -> sqlite3.Connection:
        connection = connect(dialect)
        connection.set_trace_callback(counter.note)
        return connection

    monkeypatch.setattr(SQLite, "connect", traced)
    return counter


@pytest.fixture
def app(counter: Counter, data_dir: Path) -> Iterator[Flask]:
    app = make_app(data_dir)
    yield app
    close(app)


@pytest.fixture
def exchange(app: Flask) -> Iterator[Exchange]:
    with app.app_context():
        yield Exchange(app)


def fill(me: int, other: int, rows: int) -> None:
    """Put rows on every list: gifts, wishes, drifts with histories, notices, transfers."""
    with db.auto_commit() as session:
        for n in range(rows):
            values = {"me": me, "other": other, "n": n, "rows": rows, "isbn": ISBNS[n % 3], "first": ISBNS[0]}
            for statement in (
                "INSERT INTO gift (user_id, isbn13, state, open_time, create_time) VALUES (:other, :isbn, 'open', :n, 1)",
                "INSERT INTO gift (user_id, isbn13, state, open_time, create_time) VALUES (:me, :isbn, 'withdrawn', :n, 1)",
                "INSERT INTO wish (user_id, isbn13, state, create_time) VALUES (:other, :first, 'open', 1)",
                "INSERT INTO wish (user_id, isbn13, state, create_time) VALUES (:me, :isbn, 'fulfilled', 1)",
                "INSERT INTO notice (user_id, kind, gift_id, create_time) VALUES (:me, 'gift_listed', 1, 1)",
                (
                    "INSERT INTO bean_transfer (source, target, amount, subject, reason, create_time) "
                    "VALUES ('mint', 'member:' || :me, 5, 'gift:' || (:n + 1), 'bonus ' || :rows || ' ' || :n, 1)"
                ),
                (
                    "INSERT INTO drift (gift_id, isbn13, title, requester_id, giver_id, requester_name, giver_name, state, "
                    "ended_at, create_time) VALUES (1, :first, '三体', :other, :me, 'a', 'b', 'received', 1, 1)"
                ),
                (
                    "INSERT INTO drift_event (drift_id, kind, party, create_time) "
                    "SELECT MAX(id), 'waiting', 'requester', 1 FROM drift"
                ),
            ):
                session.execute(db.text(statement), values)


def costs(counter: Counter, client: PageClient) -> dict[str, int]:
    found = {}
    for path in PAGES:
        client.get(path)  # the first view of a page may fill caches
        counter.count = 0
        client.get(path)
        found[path] = counter.count
    return found


def test_pages_cost_the_same_with_one_row_and_with_five_hundred(
    app: Flask, exchange: Exchange, counter: Counter, page: PageClient
) -> None:
    stock(app)
    me, other = make_member(app, "看书人"), make_member(app, "送书人")
    login(page.http, me)
    fill(me.id, other.id, 1)
    with db.auto_commit() as session:
        session.execute(
            db.text("INSERT INTO bean_balance (user_id, balance, create_time) VALUES (:m, 50, 1)"), {"m": me.id}
        )
    one = costs(counter, page)
    fill(me.id, other.id, ROWS)
    many = costs(counter, page)
    assert all(many.values())
    assert one == many
    assert {path: cost for path, cost in many.items() if cost > PAGES[path]} == {}
