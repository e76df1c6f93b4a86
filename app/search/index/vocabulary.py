"""The words that the index knows: which are close to a misspelt one, and which complete a prefix.

Typos are found by a deletion table over the vocabulary (the idea of SymSpell). Two words one edit apart (a letter more, fewer, other, or
two swapped) share a string that each becomes by leaving out at most one letter. So the index keeps, for each word, the hashes of what is
left of its first seven letters; a question does the same and compares. Words of eight letters and more may be two edits off.

A prefix with few terms is answered by a range scan over the heads; for one with many a ready list is kept: the terms of its best ranked
books, then its most frequent terms.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache
from heapq import nsmallest
from itertools import combinations, repeat
from operator import itemgetter
from struct import Struct
from typing import TYPE_CHECKING
from zlib import crc32

from rapidfuzz.distance import OSA

from app.search.index.port import COMPLETED_KINDS, Completion

if TYPE_CHECKING:
    from collections.abc import Iterable


LOOKED_AT = 7
LONG_WORD = 8


def allowed_edits(term: str) -> int:
    """Return how many edits a term of this length may contain (its kind letter does not count)."""
    return 2 if len(term) > LONG_WORD else 1


def deletions(term: str) -> set[int]:
    """Return the hashes (32 bits) under which a term is kept and asked for."""
    data = term[: 1 + LOOKED_AT].encode()
    kind, start = crc32(data[:1]), data[1:]
    places, shapes = _shapes(len(start), allowed_edits(term))
    return set(map(crc32, shapes.unpack(places.translate(start.ljust(256))), repeat(kind)))


@cache
def _shapes(letters: int, left_out: int) -> tuple[bytes, Struct]:
    """Return the places of the letters in what is left, one shape behind the other, and where these are parted."""
    shapes = [bytes(shape) for fewer in range(left_out + 1) for shape in combinations(range(letters), letters - fewer)]
    return b"".join(shapes), Struct("".join(f"{len(shape)}s" for shape in shapes))


class DeletionTable:
    """Collects (deletion, word number) pairs and gives them as rows ``(bucket, data)``.

    A bucket holds the deletions with the same upper 16 bits. Its data: a tag, which is the width of a word number in bytes; the
    lower 16 bits of all deletions (2 bytes each); the lowest bytes of all word numbers, their second bytes, and so on. The pairs are sorted
    part by part, so that memory stays small.
    """

    def __init__(self) -> None:
        self._parts = [array("Q") for _ in range(256)]

    def add(self, term: str, number: int) -> None:
        """Take a word."""
        parts = self._parts
        for deletion in deletions(term):
            parts[deletion >> 24].append(deletion << 32 | number)

    def rows(self) -> Iterator[tuple[int, bytes]]:
        """Return the rows in order."""
        for part in self._parts:
            yield from _buckets(array("Q", sorted(part)))


def bucket_of(deletion: int) -> int:
    """Return the bucket that a deletion lies in."""
    return deletion >> 16


def read_bucket(bucket: int, data: bytes, wanted: set[int]) -> Iterator[int]:
    """Return the word numbers that stand with one of the wanted deletions."""
    width = data[0]
    count = (len(data) - 1) // (2 + width)
    raw = bytearray(4 * count)
    for plane in range(width):
        raw[plane::4] = data[1 + (2 + plane) * count : 1 + (3 + plane) * count]
    lows = array("H", data[1 : 1 + 2 * count])
    return (number for low, number in zip(lows, array("I", bytes(raw)), strict=True) if bucket << 16 | low in wanted)


def _buckets(pairs: array[int]) -> Iterator[tuple[int, bytes]]:
    """Cut sorted pairs into rows; what is the same for all is taken apart at once."""
    raw = pairs.tobytes()
    lows, numbers = array("H", raw)[2::4].tobytes(), array("I", raw)[::2]
    planes = [raw[plane::8] for plane in range(4)]
    start = 0
    while start < len(pairs):
        bucket = pairs[start] >> 48
        end = bisect_left(pairs, bucket + 1 << 48, start)
        width = (max(numbers[start:end]).bit_length() + 7) // 8 or 1
        some = [plane[start:end] for plane in planes[:width]]
        yield bucket, b"".join((bytes((width,)), lows[2 * start : 2 * end], *some))
        start = end


def distance(one: str, other: str, limit: int) -> int:
    """Return the number of edits between two words (swapped neighbours are one), or limit + 1 if there are more."""
    return OSA.distance(one, other, score_cutoff=limit)


FEW_TERMS = 64
LONGEST_READY_PREFIX = 6
COMPLETIONS_KEPT = 10
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
                rows.append((self._open.encode(), pack(best_of(self._held[held_before:], COMPLETIONS_KEPT))))
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
        self._held[start:] = {
            *nsmallest(COMPLETIONS_KEPT, items, key=_by_rank),
            *nsmallest(COMPLETIONS_KEPT, items, key=_by_count),
        }
