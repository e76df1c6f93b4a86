"""A small catalogue whose books are found by the words of their titles, with an index of any kind over it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from app.domain.book import BookFacts
from app.extensions import db
from app.libs.clock import Clock
from app.libs.sql_helper import SqlHelper
from app.queries.indexed_books import IndexedBooks
from app.search.index import BookTerms, Index, IndexEntry
from app.search.memory_index import MemoryIndex
from app.search.posting.builder import Builder
from app.search.posting.index import PostingIndex
from app.search.posting.mariadb_store import MariadbStore
from app.search.posting.sqlite_store import SqliteStore

_INSERT = (
    "INSERT INTO book (isbn13, title, language, popularity, summary, create_time) "
    "VALUES (:isbn, :title, :language, :popularity, '', 0)"
)

_UPDATE = (
    "UPDATE book SET title = :title, language = :language, popularity = :popularity, ver = ver + 1 WHERE isbn13 = :isbn"
)


def terms_of(facts: BookFacts) -> BookTerms:
    """A term for each word of the title, and one for the language."""
    return BookTerms(words=frozenset({*("w" + word for word in facts.title.split()), "l" + facts.language}))


def posting_index(sql: SqlHelper, directory: Path, clock: Clock, kept_seconds: int = 60) -> PostingIndex:
    books = IndexedBooks(sql)
    store = SqliteStore(directory) if sql.dialect == "sqlite" else MariadbStore(sql)
    builder = Builder(sql, books, store, clock, terms=terms_of, directory=directory, kept_seconds=kept_seconds)
    return PostingIndex(sql, books, store, clock, builder)


@dataclass
class Lab:
    """Books by name; a name is the book's ISBN here."""

    app: Flask
    sql: SqlHelper
    index: Index

    def put(self, name: str, title: str, *, popularity: int = 0, language: str = "en", boosted: bool = False) -> int:
        """Add the book, or change it, with its index entry in the same transaction; return its id."""
        facts = BookFacts(isbn13=name, title=title, language=language, popularity=popularity)
        with db.auto_commit(), self.sql as cursor:
            values = {"isbn": name, "title": title, "language": language, "popularity": popularity}
            if not cursor.execute(_UPDATE, values).rowcount:
                cursor.execute(_INSERT, values)
            row = cursor.execute("SELECT id, ver FROM book WHERE isbn13 = :isbn", {"isbn": name}).fetchone()
            assert row is not None
            entry = IndexEntry(
                book_id=row[0], ver=row[1], rank_value=popularity, terms=terms_of(facts), boosted=boosted
            )
            self.index.add([entry])
        return int(row[0])

    def scan(self, *words: str) -> set[str]:
        """Return the names of the books with all these words in the title, by looking at every row."""
        rows = self.sql.fetchall("SELECT isbn13, title FROM book")
        return {name for name, title in rows if set(words) <= set(title.split())}

    def remove(self, name: str) -> None:
        with db.auto_commit(), self.sql as cursor:
            cursor.execute("DELETE FROM book WHERE isbn13 = :isbn", {"isbn": name})

    def find(self, *plans: str, limit: int = 100, **more: object) -> list[str]:
        """Return the names of the books that have all words of any plan."""
        found = self.index.candidates([plan_of(plan) for plan in plans], limit=limit, **more)  # type: ignore[arg-type]
        return [book.facts.isbn13 for book in found.books]


def plan_of(words: str) -> tuple[str, ...]:
    return tuple("w" + word for word in words.split())


def memory_index(sql: SqlHelper) -> MemoryIndex:
    return MemoryIndex(IndexedBooks(sql))
