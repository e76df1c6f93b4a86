"""Editions that may be one volume of what their work's other editions hold whole, listed for moderators.

Once a day a round goes through the works, in slices; how far it came stands in `site_count`, written with each slice, so that a worker
that dies goes on where it stopped, and two that meet do no harm. What a moderator has called whole stays in the table, so that no
round lists it again; the list itself is bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Final

from app.db.sql_helper import SqlHelper
from app.domain.edition_pages import partial_editions
from app.libs.clock import Clock, epoch
from app.queries.short_edition import ShortEditionQueries
from app.queries.work import WorkQueries
from app.services.catalogue.daily_round import DailyRound
from app.services.unit_of_work import use_case

#: Works of one slice, and slices of one turn of the worker, which has other jobs: 1.2 million works an hour.
WORKS_AT_ONCE: Final = 2_000
LOOK_SLICES: Final = 10
#: So many editions wait for moderators at most; others follow when they have decided about these.
MOST_LISTED: Final = 2_000

_INSERT: Final = "INSERT INTO short_edition (isbn13, work_id, create_time) VALUES (:isbn, :work, :now)"
_UNLESS_THERE: Final = {
    "sqlite": " ON CONFLICT (isbn13) DO UPDATE SET work_id = excluded.work_id",
    "mysql": " ON DUPLICATE KEY UPDATE work_id = VALUES(work_id)",
}
_DELETE: Final = "DELETE FROM short_edition WHERE isbn13 = :isbn AND work_id = :work AND decision_id = 0"


class ShortEditions:
    """Writes the list."""

    def __init__(self, sql: SqlHelper, editions: ShortEditionQueries, works: WorkQueries, clock: Clock) -> None:
        self._sql = sql
        self._editions = editions
        self._works = works
        self._clock = clock
        self._round = DailyRound(sql, clock, "short editions upto", self._look_at_next)

    def take_turn(self) -> None:
        """Look at the next works, if a round is under way or due, and leave the others for the next turn."""
        self._round.take_turn(LOOK_SLICES)

    def look_at_all(self, progress: Callable[[int, int], object] = lambda _upto, _last: None) -> None:
        """Look at all works; `progress` is told the id of the last one that was looked at, and of the last of all."""
        for upto in self._round.go_through():
            last = self._works.find_last()
            progress(upto or last, last)

    def _look_at_next(self, after: int) -> int | None:
        """Look at the next works behind one; return the last of them, or None when it was the last of all."""
        upto = after + WORKS_AT_ONCE
        works: dict[int, dict[str, str]] = {}
        for work, isbn13, pages in self._editions.list_pages(after, upto):
            works.setdefault(work, {})[isbn13] = pages
        found = {isbn: work for work, pages in works.items() for isbn in partial_editions(pages)}
        reached = None if upto >= self._works.find_last() else upto
        self._write(found, after, upto, reached)
        return reached

    @use_case
    def _write(self, found: Mapping[str, int], after: int, upto: int, reached: int | None) -> None:
        """Write what was found among the works behind one up to another, and how far the round came."""
        now = epoch(self._clock.now())
        stored = self._editions.list_stored(after, upto)
        new = sorted(found.items() - stored.items())[: self._room()]
        gone: Collection[tuple[str, int]] = stored.items() - found.items()
        self._sql.execute_many(
            _INSERT + _UNLESS_THERE[self._sql.dialect], [{"isbn": isbn, "work": work, "now": now} for isbn, work in new]
        )
        self._sql.execute_many(_DELETE, [{"isbn": isbn, "work": work} for isbn, work in sorted(gone)])
        self._round.keep(reached)

    def _room(self) -> int:
        return max(0, MOST_LISTED - self._editions.count_open())
