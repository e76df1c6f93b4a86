"""How many statements a page costs, with one row and with five hundred: the same."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from flask import Flask

from app.container import container
from app.db.dialects import SQLite
from app.domain.beans import MINT, account_of
from app.domain.city_choice import SHOWN_FROM
from app.extensions import db
from app.models.bean import BeanBalance, BeanTransfer
from app.models.book import WorkDecision
from app.models.book_list import BookList, BookListRow
from app.models.drift import Drift, DriftEvent, ModeratorAct
from app.models.gift import Gift, Wish
from app.models.member_block import MemberBlock
from app.models.message import Notice, OutboxMail
from app.models.moderation import ModerationCase, Report
from app.models.user import Invitation, ShownCity, User, UserSession
from app.queries.catalogue import CatalogueVersionQueries
from app.search import query_cache
from tests.support.apps import close, make_app
from tests.support.books import SHELF, stock
from tests.support.cities import SHANGHAI
from tests.support.exchange import ISBNS, Exchange
from tests.support.members import login, make_member
from tests.support.pages import PageClient
from tests.support.rows import add_row, make_row

ROWS = 500
#: Pages that list something (`{gift}` and `{book_list}` are the first of each) and the most statements each may take, the session's look-up and the counter of notices included.
PAGES = {
    "/": 10,
    "/book/search?q=三体": 8,
    f"/book/{ISBNS[0]}/detail": 13,
    "/browse": 9,
    "/browse/language/zh": 8,
    "/browse/decade/2000": 8,
    "/author/刘慈欣": 9,
    "/feed/author/刘慈欣": 8,
    "/city/上海": 8,
    "/feed/city/上海": 5,
    "/near": 6,
    "/author/刘慈欣?near=1": 9,
    "/sitemap/cities.xml": 4,
    "/drift/{gift}": 9,
    "/invitations": 4,
    "/moderation": 5,
    "/moderation/cases/{case}": 11,
    "/moderation/works": 4,
    "/moderation/short-editions": 6,
    "/my/beans": 6,
    "/my/blocks": 3,
    "/my/decisions": 4,
    "/my/gifts": 4,
    "/my/holiday": 4,
    "/my/lists": 4,
    "/my/lists/{book_list}": 6,
    "/my/lists/{book_list}/rejects.csv": 4,
    "/my/mail": 4,
    "/my/reports": 4,
    "/my/wish": 5,
    "/notices": 5,
    "/pending": 6,
    "/personal": 4,
    "/personal/sessions": 4,
    "/recent.atom": 4,
}
#: Addresses that answer a GET and list no rows: forms, words, files, ways on.
WITHOUT_ROWS = frozenset(
    [
        "/appeal/<token>",
        "/book/<isbn>/not-same/<other>",
        "/book/add",
        "/book/search/<source>",
        "/book/suggest",
        "/bootstrap/static/<path:filename>",
        "/change/email",
        "/change/email/<token>",
        "/change/password",
        "/city/suggest",
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
        "/personal/city",
        "/personal/delete",
        "/personal/export",
        "/personal/profile",
        "/personal/second-factor",
        "/privacy",
        "/readyz",
        "/register",
        "/report/<any(gift,member,facts,message):kind>/<path:subject>",
        "/reset/password",
        "/reset/password/<token>",
        "/robots.txt",
        "/rules",
        "/sitemap.xml",
        "/sitemap/books.xml",
        "/sitemap/books-<int:part>.xml",
        "/sitemap/names-<int:part>.xml",
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


@dataclass(frozen=True)
class Shelf:
    """A member with pages full of rows, another, a gift of the other's, a list of the member's own, and a case about the other, by their ids."""

    me: int
    other: int
    gift: int
    book_list: int
    case: int


def make_shelf(me: int, other: int) -> Shelf:
    with db.auto_commit():
        gift = make_row(Gift, user_id=other, isbn13=ISBNS[0], state="open")
        book_list = make_row(BookList, user_id=me, name="书单", header="[]")
        add_row(ShownCity, city_id=SHANGHAI, members=SHOWN_FROM)
        User.query.filter_by(id=me).update({"city_id": SHANGHAI, "city_shown": 1})
        case = make_row(ModerationCase, kind="member", subject_id=other, member_id=other, reason="selling")
    return Shelf(me, other, gift.id, book_list.id, case.id)


def fill(shelf: Shelf, rows: int) -> None:
    """Put rows on every list."""
    me, other, far = shelf.me, shelf.other, 99_999_999_999
    santi = next(book for book in SHELF if book.isbn13 == ISBNS[0])
    container.catalogue.writer.store(
        [replace(santi, isbn13=f"9780000{rows:03}{n:03}", title=f"第{n}本") for n in range(rows)]
    )
    short = [
        replace(santi, isbn13=f"97811{rows:03}{n:05}", pages=pages)
        for n, pages in enumerate((*["900"] * (rows + 1), *["9"] * rows))
    ]
    container.catalogue.writer.store(short)
    container.catalogue.short_edition_listing.look_at_all()
    with db.auto_commit():
        for n in range(rows):
            isbn, first, number = ISBNS[n % 3], ISBNS[0], rows + n
            add_row(Gift, user_id=other, isbn13=isbn, state="open", city_id=SHANGHAI, language="zh")
            add_row(Gift, user_id=me, isbn13=isbn, state="withdrawn")
            add_row(Wish, user_id=other, isbn13=first, state="open")
            add_row(Wish, user_id=me, isbn13=isbn, state="fulfilled")
            add_row(Notice, user_id=me, kind="gift_listed", gift_id=shelf.gift)
            add_row(BeanTransfer, source=MINT, target=account_of(me), amount=5, kind="bonus", subject=f"gift:{n + 1}")
            asked = {"gift_id": shelf.gift, "isbn13": first, "title": "三体", "requester_id": other}
            received = make_row(Drift, **asked, giver_id=me, state="received", ended_at=1)
            add_row(DriftEvent, drift_id=received.id, kind="waiting", party="requester")
            add_row(Drift, **asked, giver_id=me, state="disputed", mailed_at=1)
            unlucky = make_row(User, nickname=f"丢书的{number}")
            add_row(MemberBlock, member_id=me, blocked_id=unlucky.id)
            add_row(MemberBlock, member_id=unlucky.id, blocked_id=me)
            for _ in range(2):
                add_row(Drift, **asked, giver_id=unlucky.id, state="lost", mailed_at=1, ended_at=1)
            act = make_row(ModeratorAct, moderator_id=me, kind="lift asking", member_id=other)
            add_row(ModeratorAct, moderator_id=other, kind="suspend", member_id=me, until=1)
            add_row(WorkDecision, kind="merge", isbn13=first, other_isbn13=ISBNS[1], act_id=act.id)
            about = {"member_id": other, "reason": "selling", "due_at": number, "is_open": 1}
            add_row(ModerationCase, kind="gift", subject_id=number, isbn13=first, **about)
            add_row(Report, case_id=shelf.case, user_id=unlucky.id, reason="selling")
            closed = make_row(
                ModerationCase, kind="facts", subject_id=number, isbn13=first, reason="wrong", is_open=None
            )
            add_row(Report, case_id=closed.id, user_id=me, reason="wrong")
            add_row(Invitation, maker_id=me, places=1, expires_at=far)
            add_row(UserSession, user_id=me, seen_time=far, create_time=far)
            add_row(OutboxMail, user_id=me, language="zh", kind="confirm", context="{}")
            add_row(BookList, user_id=me, name="书单", header="[]")
            row = {"list_id": shelf.book_list, "cells": "[]"}
            add_row(BookListRow, **row, number=number, title="三体", verdict="matched", isbn13=isbn)
            add_row(BookListRow, **row, number=number + 5000, title="无此书", verdict="unknown")


def costs(counter: Counter, client: PageClient, shelf: Shelf) -> dict[str, int]:
    found = {}
    for page in PAGES:
        path = page.format(gift=shelf.gift, book_list=shelf.book_list, case=shelf.case)
        assert client.http.get(path).status_code < 410, path  # the first view of a page may fill caches
        counter.count = 0
        client.http.get(path)
        found[page] = counter.count
    return found


def test_every_page_that_lists_something_is_counted(app: Flask) -> None:
    rules = {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    named = {"/book/<isbn>/detail", "/my/lists/<int:list_id>", "/my/lists/<int:list_id>/rejects.csv", "/book/search"}
    by_name = "<any(author,series,publisher,subject):kind>/<path:name>"
    named |= {"/browse/language/<code>", "/browse/decade/<int:decade>"}
    named |= {f"/{by_name}", f"/feed/{by_name}", "/city/<path:name>", "/feed/city/<path:name>"}
    plain = {re.sub(r"int\(max=\d+\)", "int", rule) for rule in rules if not rule.startswith("/cover/")}
    assert plain - WITHOUT_ROWS - named - {"/drift/<int:gift_id>", "/moderation/cases/<int:case_id>"} == {
        path for path in PAGES if path in plain
    }


def test_pages_cost_the_same_with_one_row_and_with_five_hundred(
    app: Flask, exchange: Exchange, counter: Counter, page: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock(app)
    me, other = make_member(app, "看书人", role="moderator"), make_member(app, "送书人")
    login(page.http, me)
    # A slow machine needs a second for a page, and then asks once more whether the catalogue changed; and a minute for all of them,
    # in which answers that are kept grow too old.
    monkeypatch.setattr(query_cache, "monotonic", lambda: 0.0)
    exchange.container.catalogue.version = CatalogueVersionQueries(
        exchange.container.core.sql, lambda: db.commits, now=lambda: 0.0
    )
    shelf = make_shelf(me.id, other.id)
    fill(shelf, 1)
    with db.auto_commit():
        BeanBalance.query.filter_by(user_id=me.id).update({"balance": 50})
    one = costs(counter, page, shelf)
    fill(shelf, ROWS)
    many = costs(counter, page, shelf)
    assert all(many.values())
    assert one == many
    assert {path: cost for path, cost in many.items() if cost > PAGES[path]} == {}
