"""How many statements a page costs, with one row and with five hundred: the same."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.db.dialects import SQLite
from app.extensions import db
from app.queries.catalogue import CatalogueVersionQueries
from tests.support.apps import close, make_app
from tests.support.books import stock
from tests.support.exchange import ISBNS, Exchange
from tests.support.members import login, make_member
from tests.support.pages import PageClient

ROWS = 500
#: Pages that list something (`{gift}` and `{book_list}` are the first of each) and the most statements each may take, the session's look-up and the counter of notices included.
PAGES = {
    "/": 8,
    "/book/search?q=三体": 8,
    f"/book/{ISBNS[0]}/detail": 7,
    "/drift/{gift}": 9,
    "/invitations": 4,
    "/moderation": 7,
    "/my/beans": 6,
    "/my/gifts": 4,
    "/my/lists": 4,
    "/my/lists/{book_list}": 6,
    "/my/lists/{book_list}/rejects.csv": 4,
    "/my/mail": 4,
    "/my/wish": 4,
    "/notices": 5,
    "/pending": 5,
    "/personal": 4,
    "/personal/sessions": 4,
    "/recent.atom": 4,
}
#: Addresses that answer a GET and list no rows: forms, words, files, ways on.
WITHOUT_ROWS = frozenset(
    [
        "/book/add",
        "/book/search/<source>",
        "/book/suggest",
        "/bootstrap/static/<path:filename>",
        "/change/email",
        "/change/email/<token>",
        "/change/password",
        "/confirm/<token>",
        "/cover/<isbn>",
        "/cover/<isbn>-<any(s,m,l):size>.jpg",
        "/developers",
        "/favicon.ico",
        "/gifts/add",
        "/gifts/book/<isbn>",
        "/healthz",
        "/language/<code>",
        "/login",
        "/login/code",
        "/manifest.webmanifest",
        "/opensearch.xml",
        "/personal/delete",
        "/personal/export",
        "/personal/profile",
        "/personal/second-factor",
        "/privacy",
        "/readyz",
        "/register",
        "/reset/password",
        "/reset/password/<token>",
        "/robots.txt",
        "/rules",
        "/sitemap.xml",
        "/static/<path:filename>",
        "/terms",
        "/wish/add",
    ]
)


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


_GIFT = "INSERT INTO gift (user_id, isbn13, state, open_time, create_time) VALUES (:other, :isbn, 'open', :n, 1)"
_BOOK_LIST = "INSERT INTO book_list (user_id, name, header, create_time) VALUES (:me, '书单', '[]', 1)"
#: Rows for every other list; `:n` counts within a filling, `:m` over all of them.
_ROWS = (
    "INSERT INTO gift (user_id, isbn13, state, open_time, create_time) VALUES (:me, :isbn, 'withdrawn', :n, 1)",
    "INSERT INTO wish (user_id, isbn13, state, create_time) VALUES (:other, :first, 'open', 1)",
    "INSERT INTO wish (user_id, isbn13, state, create_time) VALUES (:me, :isbn, 'fulfilled', 1)",
    "INSERT INTO notice (user_id, kind, gift_id, create_time) VALUES (:me, 'gift_listed', :gift, 1)",
    (
        "INSERT INTO bean_transfer (source, target, amount, kind, subject, reason, create_time) "
        "VALUES ('mint', 'member:' || :me, 5, 'bonus', 'gift:' || (:n + 1), 'bonus ' || :m, 1)"
    ),
    (
        "INSERT INTO drift (gift_id, isbn13, title, requester_id, giver_id, requester_name, giver_name, state, ended_at, "
        "create_time) VALUES (:gift, :first, '三体', :other, :me, 'a', 'b', 'received', 1, 1)"
    ),
    "INSERT INTO drift_event (drift_id, kind, party, create_time) SELECT MAX(id), 'waiting', 'requester', 1 FROM drift",
    (
        "INSERT INTO drift (gift_id, isbn13, title, requester_id, giver_id, requester_name, giver_name, state, mailed_at, "
        "create_time) VALUES (:gift, :first, '三体', :other, :me, 'a', 'b', 'disputed', 1, 1)"
    ),
    (
        "INSERT INTO user (email, email_key, nickname, nickname_key, password_hash, create_time) "
        "VALUES ('', 'x' || :m, '丢书的' || :m, 'x' || :m, '', 1)"
    ),
    *(
        (
            "INSERT INTO drift (gift_id, isbn13, title, requester_id, giver_id, requester_name, giver_name, state, mailed_at, "
            "ended_at, create_time) SELECT :gift, :first, '三体', :other, MAX(id), 'a', 'b', 'lost', 1, 1, 1 FROM user"
        ),
    )
    * 2,
    "INSERT INTO moderator_act (moderator_id, kind, member_id, reason, create_time) VALUES (:me, 'lift asking', :other, '', 1)",
    "INSERT INTO invitation (code, maker_id, places, expires_at, create_time) VALUES (:m, :me, 1, 99999999999, 1)",
    "INSERT INTO user_session (user_id, token_hash, seen_time, create_time) VALUES (:me, :m, 99999999999, 99999999999)",
    (
        "INSERT INTO outbox_mail (message_id, user_id, address, language, kind, subject, context, due_at, create_time) "
        "VALUES (:m, :me, 'a@example.org', 'zh', 'confirm', 's', '{}', 1, 1)"
    ),
    (
        "INSERT INTO book_list_row (list_id, number, cells, title, verdict, isbn13, create_time) "
        "VALUES (:book_list, :m, '[]', '三体', 'matched', :isbn, 1)"
    ),
    (
        "INSERT INTO book_list_row (list_id, number, cells, title, verdict, create_time) "
        "VALUES (:book_list, :m + 5000, '[]', '无此书', 'unknown', 1)"
    ),
)


def fill(me: int, other: int, rows: int, **parents: int) -> dict[str, int]:
    """Put rows on every list, those of a gift and of a book list under these `parents` or under the first that are made."""
    with db.auto_commit() as session:
        for n in range(rows):
            values = {"me": me, "other": other, "n": n, "m": rows + n, "isbn": ISBNS[n % 3], "first": ISBNS[0]}
            for name, statement in (("gift", _GIFT), ("book_list", _BOOK_LIST)):
                parents.setdefault(name, session.execute(db.text(statement), values).lastrowid)
            for statement in _ROWS:
                session.execute(db.text(statement), values | parents)
    return parents


def costs(counter: Counter, client: PageClient, parents: dict[str, int]) -> dict[str, int]:
    found = {}
    for page in PAGES:
        path = page.format_map(parents)
        assert client.http.get(path).status_code < 410, path  # the first view of a page may fill caches
        counter.count = 0
        client.http.get(path)
        found[page] = counter.count
    return found


def test_every_page_that_lists_something_is_counted(app: Flask) -> None:
    rules = {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    named = {"/book/<isbn>/detail", "/my/lists/<int:list_id>", "/my/lists/<int:list_id>/rejects.csv", "/book/search"}
    plain = {re.sub(r"int\(max=\d+\)", "int", rule) for rule in rules if not rule.startswith("/cover/")}
    assert plain - WITHOUT_ROWS - named - {"/drift/<int:gift_id>"} == {path for path in PAGES if path in plain}


def test_pages_cost_the_same_with_one_row_and_with_five_hundred(
    app: Flask, exchange: Exchange, counter: Counter, page: PageClient
) -> None:
    stock(app)
    me, other = make_member(app, "看书人", role="moderator"), make_member(app, "送书人")
    login(page.http, me)
    # A slow machine needs a second for a page, and then asks once more whether the catalogue changed.
    exchange.container.catalogue.version = CatalogueVersionQueries(
        exchange.container.core.sql, lambda: db.commits, now=lambda: 0.0
    )
    parents = fill(me.id, other.id, 1)
    with db.auto_commit() as session:
        session.execute(db.text("UPDATE bean_balance SET balance = 50 WHERE user_id = :m"), {"m": me.id})
    one = costs(counter, page, parents)
    fill(me.id, other.id, ROWS, **parents)
    many = costs(counter, page, parents)
    assert all(many.values())
    assert one == many
    assert {path: cost for path, cost in many.items() if cost > PAGES[path]} == {}
