"""Read the catalogue as a whole: its version, the books with gaps, and books as the search index needs them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic
from typing import Final

from app.db.sql_helper import SqlHelper, in_list, one_of
from app.domain.book import BookFacts
from app.domain.gift import LISTED, GiftState
from app.domain.wish import WishState
from app.libs.caches import TwoGenerationCache
from app.queries.book import BOOK, BookRow

#: A book without one of these can be enriched.
WANTED = ("authors", "publisher", "pubdate", "pages", "cover")
_GAP = " OR ".join(f"b.{name} = ''" for name in WANTED)
_FROM = (
    "FROM book b LEFT JOIN enrichment e ON e.isbn13 = b.isbn13 "
    f"WHERE ({_GAP}) AND (e.asked_time IS NULL OR e.asked_time < :before)"
)
_LISTED = (
    f" AND (EXISTS (SELECT 1 FROM gift g WHERE g.isbn13 = b.isbn13 AND g.state IN {one_of(LISTED)}) "
    f"OR EXISTS (SELECT 1 FROM wish w WHERE w.isbn13 = b.isbn13 AND w.state = '{WishState.OPEN}'))"
)


class IncompleteBookQueries:
    """Look up books with gaps.

    `before`: leave out those that the sources were asked about since that epoch second. `listed`: only books that somebody
    gives or wishes.
    """

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def count(self, *, before: int, listed: bool) -> int:
        """Count the books with gaps."""
        return int(self._sql.fetchvalue(f"SELECT COUNT(*) {_FROM}{_LISTED if listed else ''}", {"before": before}))

    def list_next(self, after: str, *, before: int, listed: bool, limit: int) -> list[BookFacts]:
        """Return the next books with gaps behind an ISBN-13, in the order of their numbers."""
        statement = (
            f"SELECT {BOOK.columns} {_FROM}{_LISTED if listed else ''} AND b.isbn13 > :after "
            "ORDER BY b.isbn13 LIMIT :limit"
        )
        rows = self._sql.fetchall(statement, {"before": before, "after": after, "limit": limit})
        return [BOOK.read(row).facts for row in rows]


#: Seconds for which the database is not asked again. What this very process commits is seen at once.
_PATIENCE = 1.0
_STATE = """
SELECT (SELECT MAX(generation) FROM search_pointer), (SELECT MAX(seq) FROM search_change), (SELECT MAX(id) FROM book),
       (SELECT MAX(id) FROM book_alias), (SELECT MAX(id) FROM work), (SELECT MAX(id) FROM moderator_act)
"""

Stamp = tuple[object, ...]


class CatalogueVersionQueries:
    """Knows whether the catalogue changed: every change of a book writes to the index, every rebuild moves its pointer,
    a new book, alias or work has the highest id, and so has the act of a moderator who merges or parts works.

    :param commits: gives a number that rises with each commit of this process.
    """

    def __init__(self, sql: SqlHelper, commits: Callable[[], int], now: Callable[[], float] = monotonic) -> None:
        self._sql = sql
        self._commits = commits
        self._now = now
        self._read: tuple[int, float, Stamp] = (-1, 0.0, ())

    def stamp(self) -> Stamp:
        """Return what stays equal while nothing changes; a change by another process shows within a second."""
        commits, now = self._commits(), self._now()
        read_at, until, stamp = self._read
        if commits != read_at or now >= until:
            stamp = self._sql.fetchone(_STATE) or ()
            self._read = (commits, now + _PATIENCE, stamp)
        return stamp


#: About fifteen thousand books.
_CACHE_BYTES = 32 * 1024 * 1024
_OVERHEAD = 2000

OFFERED_RANK: Final = 1 << 16
"""How much higher than its popularity a book ranks that can be had as a gift: above every one that cannot."""

State = tuple[int, int, int]
"""(id, version, popularity)"""


def rank_of(popularity: int, *, is_offered: bool) -> int:
    """Return the value by which books are ranked."""
    return popularity + OFFERED_RANK * is_offered


_OPEN = f"state = '{GiftState.OPEN}'"
#: Asked of each book on the way along the index of ranks, so that all steps together read every book once.
_OFFERED = f"EXISTS (SELECT 1 FROM gift g WHERE g.isbn13 = b.isbn13 AND g.{_OPEN})"
_NOT_OFFERED = f"NOT {_OFFERED}"


class IndexedBookQueries:
    """The catalogue as the index sees it. Rank order is `rank_of`, then id, both falling."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql
        self._lately: TwoGenerationCache[int, BookRow] = TwoGenerationCache(_CACHE_BYTES)

    def find_many(self, ids: Sequence[int]) -> dict[int, BookRow]:
        """Return the books of those ids that exist, as they are now.

        A book at one version never changes once that is committed, but for its work, which it is given without a new version.
        So only versions and works are read of those that were read lately.
        """
        kept = {id_: book for id_ in ids if (book := self._lately.get(id_)) is not None}
        with self._sql.reading():
            found = {
                id_: kept[id_]
                for id_, version, work in self._list_versions(list(kept))
                if (kept[id_].version, kept[id_].work_id) == (version, work)
            }
            found |= self._read([id_ for id_ in ids if id_ not in found])
        return {id_: found[id_] for id_ in ids if id_ in found}

    def _read(self, ids: Sequence[int]) -> dict[int, BookRow]:
        if not ids:
            return {}
        marks, params = in_list("i", ids)
        rows = self._sql.fetchall(f"SELECT {BOOK.columns} FROM book b WHERE b.id IN ({marks})", params)
        books = {book.id: book for book in map(BOOK.read, rows)}
        for id_, book in books.items() if not self._sql.is_writing else ():
            self._lately.put(id_, book, _OVERHEAD + 4 * len(book.facts.summary))
        return books

    def _list_versions(self, ids: Sequence[int]) -> list[tuple[int, int, int]]:
        """Return id, version and work of those books that exist."""
        if not ids:
            return []
        marks, params = in_list("i", ids)
        return [
            (int(id_), int(version), int(work))
            for id_, version, work in self._sql.fetchall(
                f"SELECT id, version, work_id FROM book WHERE id IN ({marks})", params
            )
        ]

    def list_without_work(self, limit: int) -> tuple[BookRow, ...]:
        """Return books that have no work yet."""
        rows = self._sql.fetchall(
            f"SELECT {BOOK.columns} FROM book b WHERE b.work_id = 0 ORDER BY b.popularity, b.id LIMIT :limit",
            {"limit": limit},
        )
        return BOOK.read_all(rows)

    def count_without_work(self) -> int:
        """Count them."""
        return int(self._sql.fetchvalue("SELECT COUNT(*) FROM book WHERE work_id = 0"))

    def list_after(self, after: int, limit: int) -> tuple[BookRow, ...]:
        """Return the next books behind an id, in the order of their ids."""
        rows = self._sql.fetchall(
            f"SELECT {BOOK.columns} FROM book b WHERE b.id > :after ORDER BY b.id LIMIT :limit",
            {"after": after, "limit": limit},
        )
        return BOOK.read_all(rows)

    def count_after(self, after: int) -> int:
        """Count the books behind an id."""
        return int(self._sql.fetchvalue("SELECT COUNT(*) FROM book WHERE id > :after", {"after": after}))

    def find_last_id(self) -> int:
        """Return the highest id of a book; 0 where there is none."""
        return int(self._sql.fetchvalue("SELECT MAX(id) FROM book") or 0)

    def list_isbns(self, after: int, upto: int) -> list[str]:
        """Return the ISBNs of the books with after < id <= upto, in the order of their ids."""
        isbns = "SELECT isbn13 FROM book WHERE id > :after AND id <= :upto ORDER BY id"
        return self._sql.fetchcolumn(isbns, {"after": after, "upto": upto})

    def list_states(self, ids: Sequence[int]) -> list[State]:
        """Return id, version and popularity of those books that exist."""
        if not ids:
            return []
        marks, params = in_list("i", ids)
        return self._sql.fetchall(f"SELECT id, version, popularity FROM book WHERE id IN ({marks})", params)

    def list_ranked(self, after: tuple[int, int] | None, limit: int) -> list[tuple[BookRow, bool]]:
        """Return the next books in rank order behind (rank, id), or from the best on; of each, whether it can be had as a gift."""
        rank, id_ = after or (2 * OFFERED_RANK, 0)
        found: list[tuple[BookRow, bool]] = []
        with self._sql.reading():
            if rank >= OFFERED_RANK:
                found += [(book, True) for book in self._list_ranked(_OFFERED, rank - OFFERED_RANK, id_, limit)]
                rank, id_ = OFFERED_RANK, 0
            if left := limit - len(found):
                found += [(book, False) for book in self._list_ranked(_NOT_OFFERED, rank, id_, left)]
        return found

    def list_offered(self, isbns: Sequence[str]) -> set[str]:
        """Return those of the ISBNs that can be had as a gift."""
        if not isbns:
            return set()
        marks, params = in_list("i", isbns)
        return set(self._sql.fetchcolumn(f"SELECT isbn13 FROM gift WHERE {_OPEN} AND isbn13 IN ({marks})", params))

    def count(self) -> int:
        """Return the number of books."""
        return int(self._sql.fetchvalue("SELECT COUNT(*) FROM book"))

    def _list_ranked(self, offered: str, popularity: int, id_: int, limit: int) -> list[BookRow]:
        """Return books behind (popularity, id): in two statements, so that each walks an index and none sorts the catalogue."""
        found: list[BookRow] = []
        for behind in ("b.popularity = :popularity AND b.id < :id", "b.popularity < :popularity"):
            rows = self._sql.fetchall(
                f"SELECT {BOOK.columns} FROM book b WHERE {behind} AND {offered} "
                "ORDER BY b.popularity DESC, b.id DESC LIMIT :limit",
                {"popularity": popularity, "id": id_, "limit": limit - len(found)},
            )
            found += map(BOOK.read, rows)
            if len(found) == limit:
                break
        return found
