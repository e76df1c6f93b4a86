"""Neighbours: works that are on the same members' lists, counted once a day so that a book's page can show them.

A round goes over spans of works; how far it came stands in `site_count`, so that a worker that dies goes on where it stopped. What a
work gets follows from the lists alone, not from other works nor from what was stored: two workers that meet write the same. What is read of
a work is bounded, however many have it; rows name works and numbers of twenty persons and more, nobody else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from app.db.sql_helper import SqlHelper
from app.domain.neighbours import FEWEST_PERSONS, MOST_NEIGHBOURS, Neighbour, shared_works
from app.libs.clock import Clock, epoch
from app.queries.neighbours import NeighbourQueries
from app.queries.work import WorkQueries
from app.services.catalogue.daily_round import DailyRound
from app.services.unit_of_work import use_case

#: Ids of works of one span, and works of it whose lists are read before something is written.
SPAN_IDS: Final = 300
SPAN_WORKS: Final = 20
#: Spans of one turn of the worker, which has other jobs: 108,000 works an hour, 7,200 of them on many lists.
TURN_SPANS: Final = 6

_DELETE = "DELETE FROM work_neighbour WHERE work_id = :work"
_INSERT = "INSERT INTO work_neighbour (work_id, other_id, members, create_time) VALUES (:work, :other, :members, :now)"


class Neighbours:
    """Counts which works stand together on members' lists."""

    def __init__(self, sql: SqlHelper, neighbours: NeighbourQueries, works: WorkQueries, clock: Clock) -> None:
        self._sql = sql
        self._neighbours = neighbours
        self._works = works
        self._clock = clock
        self._round = DailyRound(sql, clock, "neighbours upto", self._count_next)

    def take_turn(self) -> None:
        """Count the next works, if a round is under way or due, and leave the others for the next turn."""
        self._round.take_turn(TURN_SPANS)

    def count_all(self, progress: Callable[[int, int], object] = lambda _upto, _last: None) -> None:
        """Count all works; `progress` is told the id of the last work that was looked at, and that of the last of all."""
        for upto in self._round.go_through():
            last = self._works.find_last()
            progress(upto or last, last)

    def _count_next(self, after: int) -> int | None:
        """Count the next works behind one; return the last that was looked at, or None when it was the last of all."""
        upto = after + SPAN_IDS
        works = self._neighbours.list_candidates(after, upto, SPAN_WORKS)
        if len(works) == SPAN_WORKS:
            upto = works[-1]
        found = {work: neighbours for work in works if (neighbours := self._find(work))}
        reached = None if upto >= self._works.find_last() else upto
        self._store(found, after, upto, reached)
        return reached

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
    def _store(self, found: Mapping[int, Sequence[Neighbour]], after: int, upto: int, reached: int | None) -> None:
        """Let a span of works have these neighbours and no others, and keep how far the round came; rows that are right stay."""
        now = epoch(self._clock.now())
        stored = self._neighbours.list_stored(after, upto)
        changed = sorted(work for work in {*stored, *found} if stored.get(work) != found.get(work))
        if changed:
            self._sql.execute_many(_DELETE, [{"work": work} for work in changed])
            if rows := list(_rows(found, changed, now)):
                self._sql.execute_many(_INSERT, rows)
        self._round.keep(reached)


def _rows(found: Mapping[int, Sequence[Neighbour]], works: Iterable[int], now: int) -> Iterable[dict[str, int]]:
    for work in works:
        for other, members in found.get(work, ()):
            yield {"work": work, "other": other, "members": members, "now": now}
