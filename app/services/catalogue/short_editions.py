"""Editions that may be one volume of what their work's other editions hold whole, listed for moderators.

Once a day a round goes through the works, in slices; how far it came stands in `site_count`, written with each slice, so that a worker
that dies goes on where it stopped, and two that meet do no harm. What a moderator has called whole stays in the table, so that no
round lists it again; the list itself is bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from typing import Final

from app.db.sql_helper import SqlHelper
from app.domain.volumes import partial_editions
from app.libs.clock import Clock, epoch
from app.queries.short_edition import ShortEditionQueries
from app.services.site_numbers import keep_numbers
from app.services.unit_of_work import use_case

LOOK_EVERY: Final = timedelta(days=1)
#: Works of one slice, and slices of one turn of the worker, which has other jobs: 1.2 million works an hour.
WORKS_AT_ONCE: Final = 2_000
LOOK_SLICES: Final = 10
#: So many editions wait for moderators at most; others follow when they have decided about these.
MOST_LISTED: Final = 2_000

_UPTO: Final = "short editions upto"
_PROGRESS: Final = f"SELECT number, create_time FROM site_count WHERE name = '{_UPTO}'"
_INSERT: Final = "INSERT INTO short_edition (isbn13, work_id, create_time) VALUES (:isbn, :work, :now)"
_UNLESS_THERE: Final = {
    "sqlite": " ON CONFLICT (isbn13) DO UPDATE SET work_id = excluded.work_id",
    "mysql": " ON DUPLICATE KEY UPDATE work_id = VALUES(work_id)",
}
_DELETE: Final = "DELETE FROM short_edition WHERE isbn13 = :isbn AND work_id = :work AND decision_id = 0"


class ShortEditions:
    """Writes the list."""

    def __init__(self, sql: SqlHelper, editions: ShortEditionQueries, clock: Clock) -> None:
        self._sql = sql
        self._editions = editions
        self._clock = clock

    def take_turn(self) -> None:
        """Look at the next works, if a round is under way or due, and leave the others for the next turn."""
        upto = self._begin()
        for _ in range(LOOK_SLICES):
            if upto is not None:
                upto = self._look_at_next(upto)

    def look_at_all(self, progress: Callable[[int, int], object] = lambda _upto, _last: None) -> None:
        """Look at all works; `progress` is told the id of the last one that was looked at, and of the last of all."""
        upto: int | None = 0
        while upto is not None:
            upto = self._look_at_next(upto)
            last = self._editions.find_last_work()
            progress(last if upto is None else upto, last)

    def _begin(self) -> int | None:
        """Return where the round that is under way goes on, 0 where one is due, else None."""
        upto, at = self._sql.fetchone(_PROGRESS) or (0, 0)
        return upto if upto or epoch(self._clock.now()) >= at + LOOK_EVERY.total_seconds() else None

    def _look_at_next(self, after: int) -> int | None:
        """Look at the next works behind one; return the last of them, or None when it was the last of all."""
        upto = after + WORKS_AT_ONCE
        works: dict[int, dict[str, str]] = {}
        for work, isbn13, pages in self._editions.list_pages(after, upto):
            works.setdefault(work, {})[isbn13] = pages
        found = {isbn: work for work, pages in works.items() for isbn in partial_editions(pages)}
        is_end = upto >= self._editions.find_last_work()
        self._write(found, after, upto, noted=0 if is_end else upto)
        return None if is_end else upto

    @use_case
    def _write(self, found: Mapping[str, int], after: int, upto: int, *, noted: int) -> None:
        """Write what was found among the works behind one up to another, and how far the round came."""
        now = epoch(self._clock.now())
        stored = self._editions.list_stored(after, upto)
        new = sorted(found.items() - stored.items())[: self._room()]
        gone: Collection[tuple[str, int]] = stored.items() - found.items()
        self._sql.execute_many(
            _INSERT + _UNLESS_THERE[self._sql.dialect], [{"isbn": isbn, "work": work, "now": now} for isbn, work in new]
        )
        self._sql.execute_many(_DELETE, [{"isbn": isbn, "work": work} for isbn, work in sorted(gone)])
        keep_numbers({_UPTO: noted}, now=now)

    def _room(self) -> int:
        return max(0, MOST_LISTED - self._editions.count_open())
