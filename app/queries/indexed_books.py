"""Read books as the search index needs them: by id, by version, in rank order."""

from __future__ import annotations

from collections.abc import Sequence

from app.libs.sql_helper import SqlHelper, in_list
from app.libs.two_hand_cache import TwoHandCache
from app.queries.book import BOOK_COLUMNS, Book, book_of

#: About fifteen thousand books.
_CACHE_BYTES = 32 * 1024 * 1024
_OVERHEAD = 2000

State = tuple[int, int, int]
"""(id, ver, popularity)"""


class IndexedBooks:
    """The catalogue as the index sees it. Rank order is popularity, then id, both falling."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql
        self._lately: TwoHandCache[tuple[int, int], Book] = TwoHandCache(_CACHE_BYTES)

    def find_many(self, ids: Sequence[int]) -> dict[int, Book]:
        """Give the books of those ids that exist, as they are now.

        A book at one version never changes, so only versions are read of those that were read lately.
        """
        with self._sql.reading():
            states = self.list_states(ids)
            kept = {id_: self._lately.get((id_, ver)) for id_, ver, _ in states}
            read = self._read([id_ for id_, book in kept.items() if book is None])
        found = {id_: book or read.get(id_) for id_, book in kept.items()}
        return {id_: book for id_ in ids if (book := found.get(id_)) is not None}

    def _read(self, ids: Sequence[int]) -> dict[int, Book]:
        if not ids:
            return {}
        marks, params = in_list("i", ids)
        rows = self._sql.fetchall(f"SELECT {BOOK_COLUMNS} FROM book b WHERE b.id IN ({marks})", params)
        books = {row[0]: book_of(row) for row in rows}
        for id_, book in books.items():
            self._lately.put((id_, book.ver), book, _OVERHEAD + 4 * len(book.facts.summary))
        return books

    def list_states(self, ids: Sequence[int]) -> list[State]:
        """Give id, version and popularity of those books that exist."""
        if not ids:
            return []
        marks, params = in_list("i", ids)
        return [
            (row[0], row[1], row[2])
            for row in self._sql.fetchall(f"SELECT id, ver, popularity FROM book WHERE id IN ({marks})", params)
        ]

    def list_ranked(self, after: tuple[int, int] | None, limit: int) -> list[Book]:
        """Give the next books in rank order behind (popularity, id), or from the best on."""
        params: dict[str, int] = {"limit": limit}
        tail = "ORDER BY b.popularity DESC, b.id DESC LIMIT :limit"
        if after is None:
            return self._list(f"1 = 1 {tail}", params)
        params |= {"popularity": after[0], "id": after[1]}
        found = self._list(f"b.popularity = :popularity AND b.id < :id {tail}", params)
        if len(found) < limit:
            params["limit"] = limit - len(found)
            found += self._list(f"b.popularity < :popularity {tail}", params)
        return found

    def count(self) -> int:
        """Give the number of books."""
        row = self._sql.fetchone("SELECT COUNT(*) FROM book")
        return 0 if row is None else int(row[0])

    def _list(self, condition: str, params: dict[str, int]) -> list[Book]:
        return [
            book_of(row) for row in self._sql.fetchall(f"SELECT {BOOK_COLUMNS} FROM book b WHERE {condition}", params)
        ]
