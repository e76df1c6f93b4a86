"""services: what a bulk import does to the search index while it runs."""

from __future__ import annotations

from app.search.index.port import IndexStatus
from app.services.catalogue.import_progress import ImportState

#: Rows of one transaction: with index entries, and without (writing them is what takes the time).
BATCH_INDEXED = 100
BATCH_BARE = 500
#: How many times the cap of waiting entries an import may write before it merges them on the way: whoever searches holds them in memory.
CAPS_UNTIL_MERGE = 5


class IndexLoad:
    """What an import does to the index: entry by entry while it is small, then bare, with a rebuild at the end.

    A changed book always gets its entry at once, or it could not be found until then; when very many have come
    together, they are merged on the way.
    """

    def __init__(self, status: IndexStatus, cap: int, *, bare: bool) -> None:
        self._cap = cap
        self._waiting = status.waiting
        self._most_waiting = CAPS_UNTIL_MERGE * cap
        self.bare = bare or status.state != "ready"

    @property
    def batch_size(self) -> int:
        """How many rows the next transaction takes."""
        return BATCH_BARE if self.bare else BATCH_INDEXED

    def is_full_after(self, before: ImportState, after: ImportState) -> bool:
        """Count the entries that a batch has written; tell whether they should be merged now."""
        self._waiting += after.changed - before.changed + (0 if self.bare else after.new - before.new)
        self.bare = self.bare or self._waiting >= self._cap
        if self._waiting < self._most_waiting:
            return False
        self._waiting = 0
        return True
