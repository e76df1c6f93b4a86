"""Can what was read a moment ago still be shown? A stamp that changes when a book does."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from app.db.sql_helper import SqlHelper

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
