"""Assign the books that have no work yet to theirs, in slices while the site runs."""

from __future__ import annotations

from collections.abc import Callable

from app.services.catalogue.catalogue import Catalogue

#: Books of one transaction: a tenth of a second of the one writer's time on SQLite.
SLICE = 2_000
#: Slices of one turn of the worker, which has other jobs: 600,000 books an hour.
SLICES_OF_A_TURN = 5


class WorkAssignment:
    """Goes on where it was stopped: a book that was assigned has a work."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def take_turn(self) -> None:
        """Assign the next ones, and leave the others for the next turn."""
        for _ in range(SLICES_OF_A_TURN):
            if not self._catalogue.assign_works(SLICE):
                break

    def run(self, progress: Callable[[int], object] = lambda _done: None) -> int:
        """Assign all of them and return how many there were; `progress` is told how many are done."""
        done = 0
        while books := self._catalogue.assign_works(SLICE):
            done += books
            progress(done)
        return done
