"""A small catalogue whose books are found by the words of their titles, with an index of any kind over it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from app.db.sql_helper import QueryCursor, SqlHelper
from app.domain.book import BookFacts
from app.domain.gift import GiftState
from app.extensions import db
from app.libs.clock import Clock, SystemClock
from app.models.book import Book as BookModel
from app.models.gift import Gift
from app.models.user import User
from app.queries.book import BookRow
from app.queries.catalogue import IndexedBookQueries
from app.queries.holiday import HolidayQueries
from app.search.index.builder import Builder
from app.search.index.mariadb_store import MariadbStore
from app.search.index.port import BookTerms, Index, entry_of
from app.search.index.posting_index import PostingIndex
from app.search.index.sqlite_store import SqliteStore
from app.services.catalogue.catalogue import Catalogue
from app.services.exchange.gift_states import GiftStates
from app.services.unit_of_work import insert_once
from tests.support.memory_index import MemoryIndex

_INSERT = (
    "INSERT INTO book (isbn13, title, language, popularity, summary, create_time) "
    "VALUES (:isbn, :title, :language, :popularity, '', 0)"
)

_UPDATE = "UPDATE book SET title = :title, language = :language, popularity = :popularity, version = version + 1 WHERE isbn13 = :isbn"


def terms_of(facts: BookFacts) -> BookTerms:
    """A term for each word of the title, and one for the language."""
    return BookTerms(words=frozenset({*("w" + word for word in facts.title.split()), "l" + facts.language}))


Terms = Callable[[BookFacts], BookTerms]


def posting_index(
    sql: SqlHelper,
    directory: Path,
    clock: Clock,
    kept_seconds: int = 60,
    *,
    terms: Terms = terms_of,
    terms_version: str = "",
) -> PostingIndex:
    books = IndexedBookQueries(sql)
    store = SqliteStore(directory) if sql.dialect == "sqlite" else MariadbStore(sql)
    builder = Builder(
        sql,
        books,
        store,
        clock,
        terms=terms,
        directory=directory,
        terms_version=terms_version,
        kept_seconds=kept_seconds,
    )
    return PostingIndex(sql, books, store, clock, builder)


@dataclass
class IndexFixture:
    """Books by name; a name is the book's ISBN here."""

    app: Flask
    sql: SqlHelper
    index: Index
    terms: Terms = terms_of

    def __post_init__(self) -> None:
        clock = SystemClock()
        self.catalogue = Catalogue(self.sql, self.index, self.terms, clock)
        self.states = GiftStates(self.catalogue.offers_changed, clock, holidays=HolidayQueries(self.sql))

    def put(self, name: str, title: str, *, popularity: int = 0, language: str = "en") -> int:
        """Add the book, or change it, with its index entry in the same transaction; return its id."""
        with db.auto_commit(), self.sql as cursor:
            return self.write(cursor, BookFacts(isbn13=name, title=title, language=language, popularity=popularity))

    def write(self, cursor: QueryCursor, facts: BookFacts) -> int:
        """Do so on the open transaction."""
        values = {
            "isbn": facts.isbn13, "title": facts.title, "language": facts.language, "popularity": facts.popularity
        }  # fmt: skip
        if not cursor.execute(_UPDATE, values).rowcount:
            cursor.execute(_INSERT, values)
        [(number, version)] = cursor.execute("SELECT id, version FROM book WHERE isbn13 = :isbn", values).fetchall()
        book = BookRow(number, version, facts)
        is_offered = bool(IndexedBookQueries(self.sql).list_offered([facts.isbn13]))
        self.index.add([entry_of(book, self.terms(facts), is_offered=is_offered)])
        return book.id

    def offer(self, name: str) -> None:
        """Put one more copy of the book on the shelf; nothing happens if there is no such book."""
        with db.auto_commit():
            if self._hold(name):
                gift = Gift(user_id=self._giver(), isbn13=name, create_time=0)
                self.states.list_anew(gift, now=0)

    def take(self, name: str) -> None:
        """Take one copy of the book off the shelf, if the book is there and has one."""
        with db.auto_commit() as session:
            wanted = select(Gift.id).where(Gift.isbn13 == name, Gift.state == GiftState.OPEN.value).limit(1)
            if self._hold(name) and (gift_id := session.scalar(wanted)) is not None:
                self.states.reserve(gift_id)

    def _hold(self, name: str) -> bool:
        """Hold the row of a book, which here, unlike on a site, may be deleted or come back at any moment."""
        return db.session.scalar(select(BookModel.id).where(BookModel.isbn13 == name).with_for_update()) is not None

    def _giver(self) -> int:
        keys = {"email": "", "email_key": "", "nickname": "", "nickname_key": "", "password_hash": ""}
        insert_once(User, id=1, create_time=0, **keys)
        return 1

    def offered(self) -> set[str]:
        """Return the names of the books that can be had, by looking at every gift."""
        return set(
            self.sql.fetchcolumn("SELECT b.isbn13 FROM book b JOIN gift g ON g.isbn13 = b.isbn13 AND g.state = 'open'")
        )

    def scan(self, *words: str) -> set[str]:
        """Return the names of the books with all these words in the title, by looking at every row."""
        rows = self.sql.fetchall("SELECT isbn13, title FROM book")
        return {name for name, title in rows if set(words) <= set(title.split())}

    def remove(self, name: str) -> None:
        with db.auto_commit():
            BookModel.query.filter_by(isbn13=name).delete()

    def find(self, *plans: str, limit: int = 100, **more: object) -> list[str]:
        """Return the names of the books that have all words of any plan."""
        found = self.index.candidates([plan_of(plan) for plan in plans], limit=limit, **more)  # type: ignore[arg-type]
        return [book.facts.isbn13 for book in found.books]


def plan_of(words: str) -> tuple[str, ...]:
    return tuple("w" + word for word in words.split())


def memory_index(sql: SqlHelper) -> MemoryIndex:
    return MemoryIndex(IndexedBookQueries(sql))
