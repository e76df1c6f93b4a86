"""A first version of the site, written as one writes when only one visitor is thought of.

It is small, it works when everybody behaves, and it has each of the eighteen faults, marked by its number. Tests run the
regressions against it to see every one of them fail; `python -m docs.naive serve` shows it to this machine alone (docs/naive.md).
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from flask import Flask, abort, current_app, redirect, render_template_string, request, session
from werkzeug.wrappers import Response

from app.domain.book import BookFacts

PER_PAGE = 20
_LATENCY = 0.1  # seconds that the book source takes to answer
_SCHEMA = """
CREATE TABLE user (id INTEGER PRIMARY KEY, email TEXT, nickname TEXT, password TEXT, beans INTEGER DEFAULT 0);
CREATE TABLE gift (id INTEGER PRIMARY KEY, user_id INTEGER, isbn TEXT, state TEXT DEFAULT 'open');
CREATE TABLE wish (id INTEGER PRIMARY KEY, user_id INTEGER, isbn TEXT, state TEXT DEFAULT 'open');
-- 17: what VARCHAR(50) says on a strict server, SQLite says by a check
CREATE TABLE drift (id INTEGER PRIMARY KEY, gift_id INTEGER, requester INTEGER, giver INTEGER,
    title TEXT CHECK (length(title) <= 50), state TEXT DEFAULT 'waiting');
"""


class Upstream:
    """The book source, which the first version asks for everything."""

    def __init__(self, books: Sequence[BookFacts]) -> None:
        self._books = {book.isbn13: book for book in books}
        self.asked = 0
        self.down = False

    def find(self, isbn: str) -> BookFacts | None:
        self.asked += 1
        if self.down:
            raise ConnectionError
        time.sleep(_LATENCY)
        return self._books.get(isbn)

    def search(self, words: str) -> list[BookFacts]:
        if self.down:
            raise ConnectionError
        return [book for book in self._books.values() if words in book.title]


class Rows:
    """Statements, each its own transaction."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(_SCHEMA)

    def all(self, statement: str, *values: object) -> list[tuple]:
        with closing(sqlite3.connect(self._path)) as connection, connection:
            return connection.execute(statement, values).fetchall()

    def one(self, statement: str, *values: object) -> tuple:
        found = self.all(statement, *values)
        return found[0] if found else abort(404)

    def insert(self, statement: str, *values: object) -> int:
        with closing(sqlite3.connect(self._path)) as connection, connection:
            return int(connection.execute(statement, values).lastrowid or 0)


def create_naive_site(path: Path, upstream: Upstream) -> tuple[Flask, Rows, list[str]]:
    """Return the app, its rows, and the letters that it really sent."""
    app, rows, letters = Flask("naive"), Rows(path), []
    app.secret_key = "naive"
    _exchange(app, rows, upstream, letters)
    _pages(app, rows, upstream)
    _account(app, rows)
    return app, rows, letters


def _me() -> int:
    return int(session.get("user") or abort(401))


def _pay(rows: Rows, member: int, tenths: int) -> None:
    rows.all("UPDATE user SET beans = beans + ? WHERE id = ?", tenths, member)


def _send(letters: list[str], words: str) -> None:
    try:
        letters.append(f"{current_app.name}: {words}")
    except Exception:  # noqa: BLE001 - 18: the thread has no app context, and nobody hears of it
        pass


def _exchange(app: Flask, rows: Rows, upstream: Upstream, letters: list[str]) -> None:
    @app.post("/gifts/book/<isbn>")
    def offer(isbn: str) -> Response:
        rows.all("INSERT INTO gift (user_id, isbn) VALUES (?, ?)", _me(), isbn)
        _pay(rows, _me(), 5)
        return redirect("/my/gifts", 303)

    @app.post("/gifts/<int:gift>/withdraw")
    def withdraw_gift(gift: int) -> Response:
        owner = rows.one("SELECT user_id FROM gift WHERE id = ?", gift)[0]  # 8: whose it is does not matter
        rows.all("UPDATE gift SET state = 'withdrawn' WHERE id = ?", gift)  # 6: nor who is waiting for it
        _pay(rows, owner, -5)  # 10: nor whether there is anything to take
        return redirect("/my/gifts", 303)

    @app.post("/wish/book/<isbn>")
    def wish(isbn: str) -> Response:
        rows.all("INSERT INTO wish (user_id, isbn) VALUES (?, ?)", _me(), isbn)
        return redirect("/my/wish", 303)

    @app.post("/wish/book/<isbn>/withdraw")
    def withdraw_wish(isbn: str) -> Response:
        rows.all("UPDATE wish SET state = 'withdrawn' WHERE isbn = ?", isbn)  # 8
        return redirect("/my/wish", 303)

    @app.post("/drift/<int:gift>")
    def request_gift(gift: int) -> Response:
        giver, isbn = rows.one("SELECT user_id, isbn FROM gift WHERE id = ?", gift)  # 14: in whatever state
        if rows.one("SELECT beans FROM user WHERE id = ?", _me())[0] < 10:  # 5: no word of the ratio
            abort(409)
        book = upstream.find(isbn)  # 7: meanwhile the same bean is looked at by seven others
        rows.all(
            "INSERT INTO drift (gift_id, requester, giver, title) VALUES (?, ?, ?, ?)", gift, _me(), giver, book.title
        )
        _pay(rows, _me(), -10)
        threading.Thread(target=_send, args=(letters, f"有人想要《{book.title}》")).start()
        return redirect("/pending", 303)

    @app.route("/drift/<int:drift>/<act>", methods=["GET", "POST"])  # 12: a picture on any page can do it
    def step(drift: int, act: str) -> Response:
        _me()
        requester, giver = rows.one("SELECT requester, giver FROM drift WHERE id = ?", drift)
        states = {"reject": "rejected", "withdraw": "withdrawn", "mailed": "mailed", "received": "received"}
        rows.all("UPDATE drift SET state = ? WHERE id = ?", states.get(act, act), drift)  # 8: by anybody
        _pay(rows, giver if act == "mailed" else requester, 10)  # 4: each time
        if act == "mailed":
            rows.all("UPDATE gift SET state = 'launched' WHERE id = (SELECT gift_id FROM drift WHERE id = ?)", drift)
        return redirect("/pending", 303)

    @app.get("/pending")
    def pending() -> str:
        mine = rows.all("SELECT title, state FROM drift WHERE ? IN (requester, giver)", _me())
        return render_template_string("{% for title, state in mine %}<p>{{ title }} {{ state }}{% endfor %}", mine=mine)


def _pages(app: Flask, rows: Rows, upstream: Upstream) -> None:
    @app.get("/")
    def home() -> str:
        isbns = [row[0] for row in rows.all("SELECT isbn FROM gift ORDER BY id DESC LIMIT 30")]
        books = [upstream.find(isbn) for isbn in isbns]  # 3, and 2
        return render_template_string("{% for book in books %}<p>{{ book.title }}{% endfor %}", books=books)

    @app.get("/book/search")
    def search() -> str:
        words = request.args["q"]
        is_isbn = len(words) in {10, 13} and words.isdigit()  # 15
        found = [upstream.find(words)] if is_isbn else upstream.search(words)
        return render_template_string(
            "{% for book in found %}<p>{{ book.title }} {{ book.isbn13 }}{% endfor %}", found=found
        )

    @app.get("/book/<isbn>/detail")
    def detail(isbn: str) -> str:
        return render_template_string("<h1>{{ title }}</h1>", title=upstream.find(isbn).title)  # 1, and 2

    @app.get("/my/gifts")
    def my_gifts() -> str:
        count = rows.one("SELECT COUNT(*) FROM gift WHERE user_id = ?", _me())[0]
        pages = range(1, count // PER_PAGE + 2)  # 16
        return render_template_string(
            "{% for n in pages %}<a href='?page={{ n }}'>{{ n }}</a>{% endfor %}", pages=pages
        )


def _account(app: Flask, rows: Rows) -> None:
    @app.route("/login", methods=["GET", "POST"])
    def login() -> Response | str:
        if request.method == "GET":
            return "<form method=post></form>"
        session["user"] = rows.one(
            "SELECT id FROM user WHERE email = ? AND password = ?", request.form["email"], request.form["password"]
        )[0]
        target = request.args.get("next", "/")
        return redirect(target if target.startswith("/") else "/", 303)  # 11: //evil.example starts with a slash, too

    @app.post("/change/password")
    def change_password() -> Response:
        rows.all("UPDATE user SET password = ? WHERE id = ?", request.form["password1"], _me())  # 9
        return redirect("/", 303)

    @app.post("/reset/password")
    def reset_password() -> str:
        rows.one("SELECT id FROM user WHERE email = ?", request.form["email"])  # 13: 404 for who is not a member
        return "一封信已经寄到你的邮箱"
