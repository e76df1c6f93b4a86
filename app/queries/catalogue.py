"""Read about the catalogue as a whole: its version, and the books with gaps."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from app.db.sql_helper import SqlHelper
from app.domain.book import BookFacts
from app.queries.book import BOOK

#: A book without one of these can be enriched.
WANTED = ("authors", "publisher", "pubdate", "pages", "cover")
_GAP = " OR ".join(f"b.{name} = ''" for name in WANTED)
_FROM = (
    "FROM book b LEFT JOIN enrichment e ON e.isbn13 = b.isbn13 "
    f"WHERE ({_GAP}) AND (e.asked_time IS NULL OR e.asked_time < :before)"
)
_LISTED = " AND EXISTS (SELECT 1 FROM open_listing o WHERE o.isbn13 = b.isbn13)"


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
       (SELECT MAX(id) FROM book_alias)
"""

Stamp = tuple[object, ...]


class CatalogueVersionQueries:
    """Knows whether the catalogue changed: every change of a book writes to the index, every rebuild moves its pointer,
    a new book or alias has the highest id.

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
