"""Search: the index port in plain dicts: small enough to be right at a glance, it is what the posting index is compared with."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from app.queries.book import BookRow
from app.search.index.port import (
    COMPLETED_KINDS,
    OFFERED,
    Candidates,
    Completion,
    Correction,
    Count,
    IndexEntry,
    IndexStatus,
    Progress,
    TermSet,
    TermUse,
    is_correctable,
)
from app.search.index.vocabulary import allowed_edits, distance


class StoredBooks(Protocol):
    """Something that has the books' rows."""

    def find_many(self, ids: Sequence[int]) -> Mapping[int, BookRow]:
        """Return the books of those ids that exist."""


class MemoryIndex:
    """Every entry ever added, looked through from end to end for each question."""

    def __init__(self, books: StoredBooks) -> None:
        self._books = books
        self._entries: dict[int, IndexEntry] = {}

    def add(self, entries: Sequence[IndexEntry]) -> None:
        """Make these states of books findable."""
        for entry in entries:
            known = self._entries.get(entry.book_id)
            if known is None or known.version <= entry.version:
                self._entries[entry.book_id] = entry

    def candidates(
        self,
        plans: Sequence[TermSet],
        *,
        limit: int,
        offset: int = 0,
        having: TermSet = (),
        first: Sequence[TermSet] = (),
    ) -> Candidates:
        """Return the live books of any of the plans in rank order, those of `first` before the others."""
        ahead = self._matches(first, having)
        found = list(dict.fromkeys([*ahead, *self._matches(plans, having)]))
        return Candidates(tuple(found[offset : offset + limit]), more=len(found) > offset + limit)

    def count(self, plans: Sequence[TermSet], *, having: TermSet = ()) -> Count:
        """Return how many books match any of the plans and have all of the filter terms."""
        return Count(len(self._matches(plans, having)), is_exact=True)

    def count_each(self, plans: Sequence[TermSet], terms: Sequence[str], *, having: TermSet = ()) -> tuple[Count, ...]:
        """Return what `count` does, and how many of these books have each of the terms."""
        return tuple(self.count(plans, having=more) for more in (having, *((*having, term) for term in terms)))

    def complete(self, prefix: str, *, limit: int = 10) -> tuple[Completion, ...]:
        """Return the most frequent terms that begin with `prefix`."""
        if len(prefix) < 2 or prefix[0] not in COMPLETED_KINDS:
            return ()
        counts = self._counts()
        found = [Completion(term, counts[term]) for term in counts if term.startswith(prefix)]
        return tuple(sorted(found, key=lambda item: (-item.books, item.term))[:limit])

    def known(self, terms: Collection[str]) -> frozenset[str]:
        """Return those of the terms that any book has."""
        return frozenset(terms) & self._counts().keys()

    def newest(self, plan: TermSet, *, limit: int) -> tuple[BookRow, ...]:
        """Return the books that came last of those that have all terms of a plan, the newest first."""
        return tuple(sorted(self._matches([plan], ()), key=lambda book: -book.id)[:limit])

    def list_terms(self, after: str, end: str, *, limit: int, some: int) -> tuple[TermUse, ...]:
        """Return the next terms behind `after` and before `end`, with the books that have them."""
        terms = sorted(term for term in self._counts() if after < term < end)[:limit]
        return tuple(self._use(term, some) for term in terms)

    def list_uses(self, terms: Collection[str]) -> tuple[TermUse, ...]:
        """Return how many books have each of these terms."""
        return tuple(self._use(term, 0) for term in terms)

    def _use(self, term: str, some: int) -> TermUse:
        return TermUse(
            term,
            self.count([(term,)]).value,
            self.count([(term,)], having=(OFFERED,)).value,
            tuple(book.id for book in self._matches([(term,)], ())[:some]),
        )

    def near(self, term: str, *, limit: int = 5) -> tuple[Correction, ...]:
        """Return correctable terms one edit away, two if it is long."""
        if not is_correctable(term):
            return ()
        allowed = allowed_edits(term)
        found = [
            Correction(word, books, edits)
            for word, books in self._counts().items()
            if is_correctable(word)
            and word[0] == term[0]
            and word != term
            and (edits := distance(term, word, allowed)) <= allowed
        ]
        return tuple(sorted(found, key=lambda item: (item.distance, -item.books, item.term))[:limit])

    def status(self) -> IndexStatus:
        """Return the state of the index: always ready."""
        return IndexStatus(
            state="ready", generation=1, books=len(self._entries), built_at=0, waiting=0, busy_with="", bytes_on_disk=0
        )

    def rebuild(self, progress: Progress | None = None) -> IndexStatus:
        """Return the status: nothing needs to be built."""
        return self.status()

    merge = rebuild

    def drop_old_generations(self) -> int:
        """Return 0: nothing is ever old."""
        return 0

    def _live(self) -> list[tuple[IndexEntry, BookRow]]:
        rows = self._books.find_many(sorted(self._entries))
        return [
            (entry, rows[book])
            for book, entry in self._entries.items()
            if book in rows and rows[book].version == entry.version
        ]

    def _matches(self, plans: Iterable[TermSet], having: TermSet) -> list[BookRow]:
        wanted = [{*plan, *having} for plan in plans if plan]
        found = [
            (-entry.rank_value, -book.id, book)
            for entry, book in self._live()
            if any(plan <= entry.terms.words for plan in wanted)
        ]
        return [item[-1] for item in sorted(found, key=lambda item: item[:2])]

    def _counts(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for entry, _ in self._live():
            for term in entry.terms.words:
                counts[term] = counts.get(term, 0) + 1
        return counts
