"""A round through all rows of a table once a day, in slices.

How far it came stands in `site_count`, written with each slice, so that a worker that dies goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from app.db.sql_helper import SqlHelper
from app.libs.clock import Clock, epoch
from app.services.site_numbers import keep_numbers

ROUND_EVERY = timedelta(days=1)
_PROGRESS = "SELECT number, create_time FROM site_count WHERE name = :name"

#: Looks at the rows behind an id, and returns the last id that was looked at, or None when it was the last of all.
LookAtNext = Callable[[int], int | None]


class DailyRound:
    """How far a round came.

    :param name: by which `site_count` keeps it
    """

    def __init__(self, sql: SqlHelper, clock: Clock, name: str, look: LookAtNext) -> None:
        self._sql = sql
        self._clock = clock
        self._name = name
        self._look = look

    def take_turn(self, slices: int) -> None:
        """Look at the next slices, if a round is under way or due, and leave the others for the next turn."""
        upto, at = self._sql.fetchone(_PROGRESS, {"name": self._name}) or (0, 0)
        if not upto and epoch(self._clock.now()) < at + ROUND_EVERY.total_seconds():
            return
        for _ in range(slices):
            if upto is not None:
                upto = self._look(upto)

    def go_through(self) -> Iterator[int | None]:
        """Look at all rows; tell after each slice how far that came, None at the end."""
        upto: int | None = 0
        while upto is not None:
            upto = self._look(upto)
            yield upto

    def keep(self, upto: int | None) -> None:
        """Keep how far the round came, None at its end, inside the use case that writes the slice."""
        keep_numbers({self._name: upto or 0}, now=epoch(self._clock.now()))
