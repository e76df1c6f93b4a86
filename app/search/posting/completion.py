"""Search: completions. A prefix with few terms is answered by a range scan over the heads; for one with many a ready list is kept.

The completions of a prefix are the terms of its best ranked books, then its most frequent terms.
"""

from __future__ import annotations

from heapq import nlargest, nsmallest
from operator import itemgetter
from typing import TYPE_CHECKING

from app.search.index import COMPLETED_KINDS, Completion

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FEW_TERMS = 64
LONGEST_READY_PREFIX = 6
KEPT = 10
MOST_HELD = 512

Scored = tuple[int, int, str]
"""(count, first position, term)"""
_count = itemgetter(0)
_first = itemgetter(1)


def may_complete(term: str) -> bool:
    """Say whether a term is offered as a completion."""
    return term[:1] in COMPLETED_KINDS and "\0" not in term


def best_of(terms: Iterable[Scored], limit: int) -> tuple[Completion, ...]:
    """Return half of the limit by best rank, and the rest by frequency."""
    scored = list(terms)
    by_rank = sorted(scored, key=lambda item: (item[1], item[2]))[: (limit + 1) // 2]
    chosen = dict.fromkeys(by_rank)
    for item in sorted(scored, key=lambda item: (-item[0], item[2])):
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
    __slots__ = ("items", "prefix", "terms")

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.terms = 0
        self.items: list[Scored] = []

    def add(self, item: Scored) -> None:
        self.terms += 1
        self.items.append(item)
        if len(self.items) == MOST_HELD:
            best = nlargest(KEPT, self.items, key=_count)
            self.items = list({*best, *nsmallest(KEPT, self.items, key=_first)})

    def ready(self) -> tuple[bytes, bytes] | None:
        if self.terms <= FEW_TERMS:
            return None
        return self.prefix.encode(), pack(best_of(self.items, KEPT))


class ReadyPrefixes:
    """Fed with all terms in order, it gives the ready list of each prefix as soon as the prefix is over."""

    def __init__(self) -> None:
        self._open: list[_OpenPrefix] = []

    def add(self, term: str, count: int, first: int) -> Iterator[tuple[bytes, bytes]]:
        """Take the next term; return the rows ``(prefix, data)`` that it ends. Rows come innermost first, so not in order."""
        yield from self._close(term)
        if not may_complete(term):
            return
        for length in range(len(self._open) + 2, min(len(term), LONGEST_READY_PREFIX + 1) + 1):
            self._open.append(_OpenPrefix(term[:length]))
        item = (count, first, term)
        for prefix in self._open:
            prefix.add(item)

    def finish(self) -> Iterator[tuple[bytes, bytes]]:
        """Return the rows that the last term leaves."""
        yield from self._close("")

    def _close(self, term: str) -> Iterator[tuple[bytes, bytes]]:
        while self._open and not term.startswith(self._open[-1].prefix):
            row = self._open.pop().ready()
            if row is not None:
                yield row
