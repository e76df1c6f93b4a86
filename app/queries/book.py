"""Read books."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import islice, zip_longest

from app.db.row_mapper import Column, RowMapper
from app.db.sql_helper import SqlHelper, in_list
from app.domain.book import BookFacts

#: Of so many popular books some are hoped to be Chinese and some others.
_LATEST = 2_000
_PAGE = 1_000
FACT_COLUMNS = tuple(field.name for field in fields(BookFacts))


@dataclass(frozen=True, slots=True)
class BookRow:
    """One book of the catalogue; `version` rises with each change. `work_id` is 0 until it is assigned to a work."""

    id: int
    version: int
    facts: BookFacts
    work_id: int = 0


def split_list(texts: str) -> tuple[str, ...]:
    """Return the parts of a list as it is stored, joined by ";"."""
    return tuple(filter(None, texts.split(";"))) if texts else ()


_LISTS = {name: Column(f"b.{name}", split_list) for name in ("authors", "translators", "subjects")}
#: Reads books from ``book b``.
BOOK = RowMapper(BookRow, "b", facts=RowMapper(BookFacts, "b", **_LISTS))


class BookQueries:
    """Look up books by number, by id, by popularity."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def find(self, isbn13: str) -> BookRow | None:
        """Return the book of a canonical ISBN-13, or None."""
        row = self._sql.fetchone(f"SELECT {BOOK.columns} FROM book b WHERE b.isbn13 = :isbn13", {"isbn13": isbn13})
        return BOOK.read_optional(row)

    def find_many(self, isbns: Sequence[str]) -> tuple[BookRow, ...]:
        """Return the books of those ISBN-13 that exist, in the order asked for; one statement."""
        if not isbns:
            return ()
        marks, params = in_list("i", isbns)
        rows = self._sql.fetchall(f"SELECT {BOOK.columns} FROM book b WHERE b.isbn13 IN ({marks})", params)
        found = {book.facts.isbn13: book for book in map(BOOK.read, rows)}
        return tuple(found[isbn] for isbn in isbns if isbn in found)

    def resolve(self, isbn13: str) -> BookRow | None:
        """Return the book that an ISBN-13 leads to: the one whose own it is, else the one that has it besides."""
        return self.find(isbn13) or self._by_alias([isbn13]).get(isbn13)

    def resolve_many(self, isbns: Sequence[str]) -> dict[str, BookRow]:
        """Return the books that those ISBN-13 lead to, by the numbers asked for; two statements at most."""
        own = {book.facts.isbn13: book for book in self.find_many(isbns)}
        return own | self._by_alias([isbn for isbn in isbns if isbn not in own])

    def count_editions(self, works: Sequence[int]) -> dict[int, int]:
        """Return for each of these works how many editions the catalogue has; one statement."""
        if not works:
            return {}
        marks, params = in_list("w", works)
        rows = self._sql.fetchall(
            f"SELECT work_id, COUNT(*) FROM book WHERE work_id IN ({marks}) GROUP BY work_id", params
        )
        return dict(rows)

    def list_times(self, ids: Sequence[int]) -> dict[int, int]:
        """Return when each of these books came into the catalogue, in epoch seconds, by id; one statement."""
        if not ids:
            return {}
        marks, params = in_list("i", ids)
        return dict(self._sql.fetchall(f"SELECT id, create_time FROM book WHERE id IN ({marks})", params))

    def list_series_ids(self, title: str, limit: int) -> list[int]:
        """Return the ids of the books of a series, the oldest first, at most `limit`."""
        rows = self._sql.fetchall(
            "SELECT b.id, b.series FROM book b WHERE b.series = :title AND b.series <> '' ORDER BY b.id LIMIT :limit",
            {"title": title, "limit": limit},
        )
        return [id_ for id_, series in rows if series == title]  # MariaDB takes é for e

    def list_popular(self, limit: int) -> tuple[BookRow, ...]:
        """Return the most popular books, Chinese and others in turn, at most `limit`.

        Only the latest of them are looked at: a catalogue of one language has no others to find, and shall not be read to its end.
        """
        latest = "SELECT id FROM book WHERE popularity = 9 ORDER BY id DESC LIMIT :latest"
        with self._sql as cursor:
            halves = [
                BOOK.read_all(
                    cursor.execute(
                        f"SELECT {BOOK.columns} FROM ({latest}) l JOIN book b ON b.id = l.id "
                        f"WHERE b.language {test} 'zh%' ORDER BY b.id DESC LIMIT :limit",
                        {"limit": limit, "latest": max(_LATEST, 2 * limit)},
                    )
                )
                for test in ("LIKE", "NOT LIKE")
            ]
        turns = (book for pair in zip_longest(*halves) for book in pair if book is not None)
        return tuple(islice(turns, limit))

    def walk(self) -> Iterator[tuple[BookFacts, tuple[str, ...]]]:
        """Return all books with their other numbers, the oldest first, a page at a time: no snapshot is held for long."""
        last = 0
        page = f"SELECT {BOOK.columns} FROM book b WHERE b.id > :last ORDER BY b.id LIMIT {_PAGE}"
        while books := BOOK.read_all(self._sql.fetchall(page, {"last": last})):
            aliases = self._list_aliases(books[0].id, books[-1].id)
            yield from ((book.facts, tuple(aliases[book.id])) for book in books)
            last = books[-1].id

    def _by_alias(self, isbns: Sequence[str]) -> dict[str, BookRow]:
        if not isbns:
            return {}
        marks, params = in_list("i", isbns)
        rows = self._sql.fetchall(
            f"SELECT a.isbn13, {BOOK.columns} FROM book_alias a JOIN book b ON b.id = a.book_id "
            f"WHERE a.isbn13 IN ({marks})",
            params,
        )
        return {alias: BOOK.read(row) for alias, *row in rows}

    def _list_aliases(self, first: int, last: int) -> defaultdict[int, list[str]]:
        """Return the other numbers of the books from one id to another, by the books' ids."""
        numbers: defaultdict[int, list[str]] = defaultdict(list)
        span = "SELECT book_id, isbn13 FROM book_alias WHERE book_id BETWEEN :first AND :last ORDER BY id"
        for book_id, isbn13 in self._sql.fetchall(span, {"first": first, "last": last}):
            numbers[book_id].append(isbn13)
        return numbers

    def count(self) -> int:
        """Return the number of books."""
        return int(self._sql.fetchvalue("SELECT COUNT(*) FROM book"))
