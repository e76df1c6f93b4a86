"""Search: completions. A prefix with few terms is answered by a range scan over the heads; for one with many a ready list is kept.

The completions of a prefix are the terms of its best ranked books, then its most frequent terms.
"""

from __future__ import annotations

from heapq import nsmallest
from operator import itemgetter
from typing import TYPE_CHECKING

from app.search.index.port import COMPLETED_KINDS, Completion

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
    """Return whether a term is offered as a completion."""
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


class ReadyPrefixes:
    """Fed with all terms in order, it gives the ready list of each prefix as soon as the prefix is over.

    All open prefixes are beginnings of one text. Of each is kept where its terms begin among those held, and how many terms had come
    before it: few of the terms are held when there are many.
    """

    def __init__(self) -> None:
        self._open = ""
        self._begins: list[tuple[int, int]] = []
        self._held: list[Scored] = []
        self._terms = 0

    def add(self, term: str, count: int, first: int) -> list[tuple[bytes, bytes]]:
        """Take the next term; return the rows ``(prefix, data)`` that it ends. Rows come innermost first, so not in order."""
        ended = self._close(term)
        if may_complete(term):
            longest = term[: LONGEST_READY_PREFIX + 1]
            if more := len(longest) - 1 - len(self._begins):
                self._open = longest
                self._begins += [(len(self._held), self._terms)] * more
            if self._begins:
                self._held.append((count, first, term))
                self._terms += 1
                if len(self._held) - self._begins[-1][0] >= MOST_HELD:
                    self._let_go()
        return ended

    def finish(self) -> list[tuple[bytes, bytes]]:
        """Return the rows that the last term leaves."""
        return self._close("")

    def _close(self, term: str) -> list[tuple[bytes, bytes]]:
        rows = []
        while self._begins and not term.startswith(self._open):
            held_before, terms_before = self._begins.pop()
            if self._terms - terms_before > FEW_TERMS:
                rows.append((self._open.encode(), pack(best_of(self._held[held_before:], KEPT))))
            self._open = self._open[:-1]
            if not self._begins:
                self._held.clear()
            elif len(self._held) - self._begins[-1][0] >= MOST_HELD:
                self._let_go()
        return rows

    def _let_go(self) -> None:
        """Let go of those terms of the innermost open prefix that will be in no list."""
        start = self._begins[-1][0]
        items = self._held[start:]
        self._held[start:] = {*nsmallest(KEPT, items, key=_by_rank), *nsmallest(KEPT, items, key=_by_count)}
