"""Search: keeping the index small and tidy, a little at a time, from the worker."""

from __future__ import annotations

from app.libs.clock import Clock, epoch
from app.search.index import Index, IndexBusy

MERGED_AT_ONCE = 2000
MERGED_AFTER_SECONDS = 3600


class IndexUpkeep:
    """Merge when many changes wait, or a few for long, or the index is outdated; remove what merges leave behind."""

    def __init__(self, index: Index, clock: Clock) -> None:
        self._index = index
        self._clock = clock

    def run(self) -> None:
        """Do what is due; leave it to the other if somebody builds already."""
        self._index.drop_old_generations()
        status = self._index.status()
        is_old = epoch(self._clock.now()) - status.built_at >= MERGED_AFTER_SECONDS
        is_due = status.is_outdated or status.waiting >= MERGED_AT_ONCE or (status.waiting and is_old)
        if status.state == "ready" and is_due:
            try:
                self._index.merge()
            except IndexBusy:
                return
