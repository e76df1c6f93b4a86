"""Search: completions. A prefix with few terms is answered by a range scan over the heads; for one with many a ready list is kept.

The completions of a prefix are the terms of its best ranked books, then its most frequent terms.
"""

from __future__ import annotations

from heapq import nsmallest
from operator import itemgetter
from typing import TYPE_CHECKING

from app.search.index import COMPLETED_KINDS, Completion

if TYPE_CHECKING:
    from collections.abc import Iterable

FEW_TERMS = 64
LONGEST_READY_PREFIX = 6
KEPT = 10
MOST_HELD = 512

Scored = tuple[int, int, str]
"""(count, first position, term)"""
_by_rank = itemgetter(1, 2)


def _by_count(item: Scored) -> tuple[int, str]:
    return -item[0], item[2]


def may_complete(term: str) -> bool:
    """Say whether a term is offered as a completion."""
    return term[:1] in COMPLETED_KINDS and "\0" not in term


def best_of(terms: Iterable[Scored], limit: int) -> tuple[Completion, ...]:
    """Return half of the limit by best rank, and the rest by frequency."""
    scored = list(terms)
    chosen = dict.fromkeys(sorted(scored, key=_by_rank)[: (limit + 1) // 2])
    for item in sorted(scored, key=_by_count):
        if len(chosen) == limit:
            break
        chosen[item] = None
    return tuple(Completion(term, count) for count, _, term in chosen)


def pack(terms: Iterable[Completion]) -> bytes:
    """Return completions as bytes."""
    return "\n".join(f"{item.books}\t{item.term}" for item in terms).encode()


def unpack(data: bytes) -> tuple[Completion, ...]:
    """Return what `pack` was given."""
    pairs = (line.split("\t", 1) for line in data.decode().split("\n"))
    return tuple(Completion(term, int(books)) for books, term in pairs)


class _OpenPrefix:
    """A prefix whose terms are coming. While a longer prefix of theirs is open, that one holds them."""

    __slots__ = ("items", "prefix", "terms")

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.terms = 0
        self.items: list[Scored] = []

    def take(self, items: list[Scored], terms: int) -> None:
        """Take the best of so many terms."""
        self.terms += terms
        self.items += items
        if len(self.items) >= MOST_HELD:
            self.items = list({*nsmallest(KEPT, self.items, key=_by_rank), *nsmallest(KEPT, self.items, key=_by_count)})

    def ready(self) -> tuple[bytes, bytes] | None:
        if self.terms <= FEW_TERMS:
            return None
        return self.prefix.encode(), pack(best_of(self.items, KEPT))


class ReadyPrefixes:
    """Fed with all terms in order, it gives the ready list of each prefix as soon as the prefix is over."""

    def __init__(self) -> None:
        self._open: list[_OpenPrefix] = []

    def add(self, term: str, count: int, first: int) -> list[tuple[bytes, bytes]]:
        """Take the next term; return the rows ``(prefix, data)`` that it ends. Rows come innermost first, so not in order."""
        ended = self._close(term)
        if may_complete(term):
            for length in range(len(self._open) + 2, min(len(term), LONGEST_READY_PREFIX + 1) + 1):
                self._open.append(_OpenPrefix(term[:length]))
            if self._open:
                self._open[-1].take([(count, first, term)], 1)
        return ended

    def finish(self) -> list[tuple[bytes, bytes]]:
        """Return the rows that the last term leaves."""
        return self._close("")

    def _close(self, term: str) -> list[tuple[bytes, bytes]]:
        rows = []
        while self._open and not term.startswith(self._open[-1].prefix):
            over = self._open.pop()
            if self._open:
                self._open[-1].take(over.items, over.terms)
            if row := over.ready():
                rows.append(row)
        return rows
