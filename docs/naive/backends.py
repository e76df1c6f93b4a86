"""Two backends for one test: the real site, and the naive one. A regression drives either over HTTP and looks behind it."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.domain.book import BookFacts
from app.extensions import db
from app.models.bean import BeanBalance
from app.models.gift import Gift
from app.sources.port import Failure, SourceFailedError
from docs.naive.site import Upstream, create_naive_site
from tests.support.books import SHELF
from tests.support.exchange import ISBNS, Exchange
from tests.support.members import PASSWORD, MadeMember, login, make_member
from tests.support.pages import read
from tests.support.rows import add_row

FORM = {"recipient_name": "林小满", "mobile": "13800138000", "address": "四川省成都市青羊区草堂路三十七号"}


class FaultError(AssertionError):
    """A site has the fault that a regression looks for. Whatever else goes wrong in one is another exception."""


def demand(holds: object, fault: str) -> None:
    """Report that the site has the fault, unless what must hold does."""
    if not holds:
        raise FaultError(fault)


def report(name: str, fault: FaultError) -> str:
    """Return the line about one case."""
    return f"{name:27} {fault}"


class Visitor:
    """Somebody at a browser; `id` is 0 for one who is not logged in."""

    def __init__(self, http: FlaskClient, member: MadeMember | None = None) -> None:
        self.http = http
        self.id = member.id if member else 0
        self.email = member.email if member else ""

    def get(self, path: str) -> TestResponse:
        return self.http.get(path, follow_redirects=True)

    def post(self, path: str, data: Mapping[str, str] | None = None, *, on: str = "/personal") -> TestResponse:
        """Send a form with the token of the page `on`, if pages have tokens."""
        forms = read(self.http.get(on).text).forms
        tokens = [form["fields"]["csrf_token"] for form in forms if "csrf_token" in form["fields"]]
        return self.http.post(path, data={**(data or {}), **({"csrf_token": tokens[0]} if tokens else {})})

    def asks(self, gift: int) -> TestResponse:
        return self.post(f"/drift/{gift}", FORM)


class Backend(ABC):
    """A site with the books of the shelf and a source that knows them."""

    app: Flask
    source: Upstream

    def visitor(self) -> Visitor:
        return Visitor(self.app.test_client())

    @abstractmethod
    def member(self, name: str) -> Visitor:
        """Make a member with `PASSWORD` and log them in."""

    def again(self, member: Visitor) -> Visitor:
        """Open a second window of a member, whose password is still the old one."""
        window = self.visitor()
        window.id, window.email = member.id, member.email
        window.post("/login", {"email": member.email, "password": PASSWORD}, on="/login")
        return window

    def rich(self, name: str) -> Visitor:
        """Make a member with one bean, by listing."""
        member = self.member(name)
        for isbn in ISBNS[-2:]:
            if self.balance(member) < 10:
                self.offer(member, isbn)
        return member

    def offer(self, giver: Visitor, isbn: str = ISBNS[0]) -> int:
        giver.post(f"/gifts/book/{isbn}", {"condition": "good", "postage": "giver"})
        return self.number("SELECT MAX(id) FROM gift")

    def newest_gift(self, giver: Visitor) -> int:
        """Return the id of what a member listed last."""
        return self.number(f"SELECT MAX(id) FROM gift WHERE user_id = {giver.id}")

    def drift(self, reader: Visitor, gift: int) -> int:
        """Ask for a gift and give the drift's id."""
        reader.asks(gift)
        return self.number("SELECT MAX(id) FROM drift")

    def count_drifts(self) -> int:
        return self.number("SELECT COUNT(*) FROM drift")

    def number(self, statement: str) -> int:
        return int(str(self.value(statement)))

    @abstractmethod
    def value(self, statement: str) -> object:
        """Return the first value of a statement."""

    def state(self, table: str, number: int) -> object:
        return self.value(f"SELECT state FROM {table} WHERE id = {number}")

    @abstractmethod
    def balance(self, member: Visitor) -> int:
        """Return a member's beans, in tenths."""

    @abstractmethod
    def granted(self, member: Visitor, tenths: int) -> contextmanager[None]:
        """Lend a member beans."""

    @abstractmethod
    def fill_gifts(self, member: Visitor, count: int) -> None:
        """Make a long list of gifts for a member."""

    @abstractmethod
    def letters(self, member: Visitor) -> Sequence[str]:
        """Return the texts that reached a member, once everybody at work has done what is due."""


class NaiveBackend(Backend):
    """The naive site."""

    def __init__(self, folder: Path) -> None:
        self.source = Upstream(SHELF)
        self.app, self._rows, self._sent = create_naive_site(folder / "naive.sqlite", self.source)

    def member(self, name: str, email: str = "") -> Visitor:
        email = email or f"{name.encode().hex()}@example.com"
        number = self._rows.insert(
            "INSERT INTO user (email, nickname, password) VALUES (?, ?, ?)", email, name, PASSWORD
        )
        return self.again(Visitor(self.app.test_client(), MadeMember(number, email, name)))

    def value(self, statement: str) -> object:
        return self._rows.one(statement)[0]

    def balance(self, member: Visitor) -> int:
        return self.number(f"SELECT beans FROM user WHERE id = {member.id}")

    @contextmanager
    def granted(self, member: Visitor, tenths: int) -> Iterator[None]:
        self._rows.all("UPDATE user SET beans = beans + ? WHERE id = ?", tenths, member.id)
        yield

    def fill_gifts(self, member: Visitor, count: int) -> None:
        for number in range(count):
            self._rows.insert("INSERT INTO gift (user_id, isbn) VALUES (?, ?)", member.id, ISBNS[number % 3])

    def letters(self, member: Visitor) -> Sequence[str]:
        for thread in threading.enumerate():
            if thread is not threading.current_thread() and not thread.daemon:
                thread.join(1)
        return self._sent


class LocalSource:
    """The source, as the real site plugs one in."""

    name, batch_size = "local", 1

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream

    def find_many(self, isbns: Sequence[str], *, seconds: float) -> Mapping[str, BookFacts]:
        assert seconds > 0
        try:
            found = {isbn: self._upstream.find(isbn) for isbn in isbns}
        except ConnectionError:
            raise SourceFailedError(Failure.UNREACHABLE) from None
        return {isbn: book for isbn, book in found.items() if book is not None}


class RealBackend(Backend):
    """The real site. Its ledger must be sound when the curtain falls."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.source = Upstream(SHELF)
        with app.app_context():
            app.extensions["container"].catalogue.sources = (LocalSource(self.source),)
            self._exchange = Exchange(app)

    def close(self) -> None:
        with self.app.app_context():
            assert self._exchange.breaches() == []

    def member(self, name: str) -> Visitor:
        member = make_member(self.app, name)
        visitor = Visitor(self.app.test_client(), member)
        login(visitor.http, member)
        return visitor

    def value(self, statement: str) -> object:
        with self.app.app_context():
            return self._exchange.container.core.sql.fetchvalue(statement)

    def balance(self, member: Visitor) -> int:
        with self.app.app_context():
            return self._exchange.balance(member.id)

    @contextmanager
    def granted(self, member: Visitor, tenths: int) -> Iterator[None]:
        self._lend(member, tenths)
        yield
        self._lend(member, -tenths)

    def _lend(self, member: Visitor, tenths: int) -> None:
        with self.app.app_context(), db.auto_commit() as session:
            session.get_one(BeanBalance, member.id).balance += tenths

    def fill_gifts(self, member: Visitor, count: int) -> None:
        with self.app.app_context(), db.auto_commit():
            for number in range(count):
                add_row(Gift, user_id=member.id, isbn13=ISBNS[number % 3], state="withdrawn")

    def letters(self, member: Visitor) -> Sequence[str]:
        self._exchange.clock.advance(timedelta(seconds=1))
        container = self._exchange.container
        with self.app.app_context():
            container.operations.mail_delivery.deliver_due()
            return [letter.text for letter in container.mail.transport.sent_to(member.email)]
