"""Search: keeping the index small and tidy, a little at a time, from the worker."""

from __future__ import annotations

from app.libs.clock import Clock, epoch
from app.search.index.port import Index, IndexBusy, IndexStatus

MERGED_AT_ONCE = 2000
MERGED_AT_MOST = 10_000
MERGED_AFTER_SECONDS = 3600
PART = 100
"""A merge writes all books anew. In a large catalogue it waits for a change in so many books, and for a second for each so many."""


class MergePolicy:
    """Merge when many changes wait, as many go in a catalogue of its size, or a few for long, or the index is outdated.

    Rebuild when its files are gone or damaged, and remove what merges leave behind.
    """

    def __init__(self, index: Index, clock: Clock) -> None:
        self._index = index
        self._clock = clock

    def run(self) -> None:
        """Do what is due; leave it to the other if somebody builds already."""
        self._index.drop_old_generations()
        status = self._index.status()
        try:
            if status.state == "missing":
                self._index.rebuild()
            elif status.state == "ready" and (status.is_outdated or self._are_due(status)):
                self._index.merge()
        except IndexBusy:
            return

    def _are_due(self, status: IndexStatus) -> bool:
        part = status.books // PART
        many = min(max(MERGED_AT_ONCE, part), MERGED_AT_MOST)
        is_old = epoch(self._clock.now()) - status.built_at >= max(MERGED_AFTER_SECONDS, part)
        return status.waiting >= many or (status.waiting > 0 and is_old)
