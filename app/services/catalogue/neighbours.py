"""Neighbours: works that are on the same members' lists, counted once a day so that a book's page can show them.

A round goes over spans of works; how far it came stands in `site_count`, so that a worker that dies goes on where it stopped. What a
work gets follows from the lists alone, not from other works nor from what was stored: two workers that meet write the same. What is read of
a work is bounded, however many have it; rows name works and numbers of twenty persons and more, nobody else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Final

from app.db.sql_helper import SqlHelper
from app.domain.neighbours import FEWEST_PERSONS, MOST_NEIGHBOURS, Neighbour, shared_works
from app.libs.clock import Clock, epoch
from app.queries.neighbours import NeighbourQueries
from app.queries.work import WorkQueries
from app.services.site_numbers import keep_numbers
from app.services.unit_of_work import use_case

COUNTED_EVERY: Final = timedelta(days=1)
#: Ids of works of one span, and works of it whose lists are read before something is written.
SPAN_IDS: Final = 300
SPAN_WORKS: Final = 20
#: Spans of one turn of the worker, which has other jobs: 108,000 works an hour, 7,200 of them on many lists.
TURN_SPANS: Final = 6

_UPTO: Final = "neighbours upto"
_PROGRESS = f"SELECT number, create_time FROM site_count WHERE name = '{_UPTO}'"
_DELETE = "DELETE FROM work_neighbour WHERE work_id = :work"
_INSERT = "INSERT INTO work_neighbour (work_id, other_id, members, create_time) VALUES (:work, :other, :members, :now)"


class Neighbours:
    """Counts which works stand together on members' lists."""

    def __init__(self, sql: SqlHelper, neighbours: NeighbourQueries, works: WorkQueries, clock: Clock) -> None:
        self._sql = sql
        self._neighbours = neighbours
        self._works = works
        self._clock = clock

    def take_turn(self) -> None:
        """Count the next works, if a round is under way or due, and leave the others for the next turn."""
        upto = self._begin()
        for _ in range(TURN_SPANS):
            if upto is not None:
                upto = self._count_next(upto)

    def count_all(self, progress: Callable[[int, int], object] = lambda _upto, _last: None) -> None:
        """Count all works; `progress` is told the id of the last work that was looked at, and that of the last of all."""
        upto: int | None = 0
        while upto is not None:
            upto = self._count_next(upto)
            last = self._last()
            progress(upto or last, last)

    def _begin(self) -> int | None:
        """Return where the round that is under way goes on, 0 where one is due, else None."""
        upto, at = self._sql.fetchone(_PROGRESS) or (0, 0)
        return upto if upto or epoch(self._clock.now()) >= at + COUNTED_EVERY.total_seconds() else None

    def _count_next(self, after: int) -> int | None:
        """Count the next works behind one; return the last that was looked at, or None when it was the last of all."""
        upto = after + SPAN_IDS
        works = self._neighbours.list_candidates(after, upto, SPAN_WORKS)
        if len(works) == SPAN_WORKS:
            upto = works[-1]
        found = {work: neighbours for work in works if (neighbours := self._find(work))}
        is_end = upto >= self._last()
        self._store(found, after=after, upto=upto, is_end=is_end)
        return None if is_end else upto

    def _find(self, work: int) -> list[Neighbour]:
        """Return the neighbours of a work, those of most persons first."""
        holders = self._neighbours.list_holders(work)
        if len(holders) < FEWEST_PERSONS:
            return []
        shared = shared_works(self._neighbours.list_entries(holders).values())
        families = self._works.list_families([work, *(other.work_id for other in shared)])
        others = [other for other in shared if families.get(other.work_id) not in {None, families.get(work)}]
        return others[:MOST_NEIGHBOURS]

    @use_case
    def _store(self, found: Mapping[int, Sequence[Neighbour]], *, after: int, upto: int, is_end: bool) -> None:
        """Let a span of works have these neighbours and no others; rows that are as they should be stay."""
        now = epoch(self._clock.now())
        stored = self._neighbours.list_stored(after, upto)
        changed = sorted(work for work in {*stored, *found} if stored.get(work) != found.get(work))
        if changed:
            self._sql.execute_many(_DELETE, [{"work": work} for work in changed])
            if rows := list(_rows(found, changed, now)):
                self._sql.execute_many(_INSERT, rows)
        keep_numbers({_UPTO: 0 if is_end else upto}, now=now)

    def _last(self) -> int:
        return self._sql.fetchvalue("SELECT MAX(id) FROM work") or 0


def _rows(found: Mapping[int, Sequence[Neighbour]], works: Iterable[int], now: int) -> Iterable[dict[str, int]]:
    for work in works:
        for other, members in found.get(work, ()):
            yield {"work": work, "other": other, "members": members, "now": now}
