"""Read books."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

from app.domain.book import BookFacts
from app.libs.sql_helper import Row, SqlHelper

_PAGE = 1_000
FACT_COLUMNS = tuple(field.name for field in fields(BookFacts))
_LISTS = [FACT_COLUMNS.index(name) for name in ("authors", "translators", "subjects")]
#: What to SELECT (from ``book b``) so that `book_of` can read the row.
BOOK_COLUMNS = ", ".join(f"b.{name}" for name in ("id", "ver", "update_time", *FACT_COLUMNS))


@dataclass(frozen=True, slots=True)
class Book:
    """One book of the catalogue; `update_time` in epoch seconds, `ver` rises with each change."""

    id: int
    ver: int
    update_time: int
    facts: BookFacts


def book_of(row: Row) -> Book:
    """Make a book of a row of `BOOK_COLUMNS`."""
    id_, ver, update_time, *facts = row
    for place in _LISTS:
        facts[place] = tuple(filter(None, facts[place].split(";"))) if facts[place] else ()
    return Book(id_, ver, update_time, BookFacts(*facts))


class Books:
    """Look up books by number, by id, by popularity."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def find(self, isbn13: str) -> Book | None:
        """Give the book of a canonical ISBN-13, or None."""
        row = self._sql.fetchone(f"SELECT {BOOK_COLUMNS} FROM book b WHERE b.isbn13 = :isbn13", {"isbn13": isbn13})
        return None if row is None else book_of(row)

    def find_many(self, isbns: Sequence[str]) -> tuple[Book, ...]:
        """Give the books of those ISBN-13 that exist, in the order asked for; one statement."""
        if not isbns:
            return ()
        names = {f"i{number}": isbn for number, isbn in enumerate(isbns)}
        marks = ", ".join(f":{name}" for name in names)
        found = {
            book.facts.isbn13: book
            for book in map(
                book_of, self._sql.fetchall(f"SELECT {BOOK_COLUMNS} FROM book b WHERE b.isbn13 IN ({marks})", names)
            )
        }
        return tuple(found[isbn] for isbn in isbns if isbn in found)

    def list_popular(self, limit: int) -> tuple[Book, ...]:
        """Give the most popular books, Chinese and others in turn, at most `limit`."""
        with self._sql as cursor:
            halves = [
                [
                    book_of(row)
                    for row in cursor.execute(
                        f"SELECT {BOOK_COLUMNS} FROM book b WHERE b.popularity = 9 AND b.language {test} 'zh%' "
                        "ORDER BY b.id DESC LIMIT :limit",
                        {"limit": limit},
                    )
                ]
                for test in ("LIKE", "NOT LIKE")
            ]
        turns = [book for pair in zip(*halves, strict=False) for book in pair]
        rest = [book for half in halves for book in half if book not in turns]
        return tuple((turns + rest)[:limit])

    def walk(self) -> Iterator[BookFacts]:
        """Give all books, the oldest first, a page at a time: no snapshot is held for long."""
        last = 0
        page = f"SELECT {BOOK_COLUMNS} FROM book b WHERE b.id > :last ORDER BY b.id LIMIT {_PAGE}"
        while rows := self._sql.fetchall(page, {"last": last}):
            yield from (book_of(row).facts for row in rows)
            last = rows[-1][0]

    def count(self) -> int:
        """Give the number of books."""
        row = self._sql.fetchone("SELECT COUNT(*) FROM book")
        return 0 if row is None else int(row[0])
