"""An index that remembers what it was told, for tests of those who write to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from app.domain.book import BookFacts
from app.search.index.port import BookTerms, IndexEntry, IndexStatus

Progress = Callable[[str, int, int], None]


class RecordingIndex:
    """Remembers entries, rebuilds and merges; `on_rebuild` and `on_merge` are called in the middle of each."""

    def __init__(self, *, state: str = "ready", books: int = 0) -> None:
        self.entries: list[IndexEntry] = []
        self.rebuilds = 0
        self.on_rebuild: Callable[[], None] = lambda: None
        self.on_merge: Callable[[], None] = lambda: None
        self._status = IndexStatus(
            state=state, generation=1, books=books, built_at=0, waiting=0, busy_with="", bytes_on_disk=0
        )

    def add(self, entries: Sequence[IndexEntry]) -> None:
        self.entries += entries

    def status(self) -> IndexStatus:
        return replace(self._status, waiting=len(self.entries))

    def rebuild(self, progress: Progress | None = None) -> IndexStatus:
        self.on_rebuild()
        self.rebuilds += 1
        return self._end(progress)

    def merge(self, progress: Progress | None = None) -> IndexStatus:
        self.on_merge()
        return self._end(progress)

    def _end(self, progress: Progress | None) -> IndexStatus:
        if progress:
            progress("books", 1, 1)
        self.entries.clear()
        self._status = replace(self._status, state="ready")
        return self._status


def title_terms(facts: BookFacts) -> BookTerms:
    """Find a book by its title alone."""
    return BookTerms(words=frozenset({"w" + facts.title}))
