"""The changes that the live generation does not hold, as one process knows them: postings in memory, in the form of the generation's.

Every changed book has its present state among them. So the books that match are those of the generation that are not *superseded*, and those
of the waiting states that are not *outdated* by a newer one of the same book. What is new is read before each question, by number.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from heapq import heapify, heappop
from operator import and_, itemgetter, neg
from threading import Lock
from time import monotonic

from pyroaring import BitMap

from app.db.sql_helper import QueryCursor
from app.libs.batches import batches
from app.queries.catalogue import OFFERED_RANK
from app.search.index.evaluator import KeyPlan, QueryEvaluator
from app.search.index.generation import Generation
from app.search.index.posting_list import BLOCK

_BLOCKS_PER_STEP = 500


def superseded_positions(
    changes: Iterable[tuple[int, int, int]], generation: Generation, walk: QueryEvaluator
) -> BitMap:
    """Return where the books of these changes, ``(book, version, rank value)``, stand: most often where their rank has them now,
    or had them before a gift of theirs came or went.
    """
    wanted = {book: (rank, version) for book, version, rank in changes}
    likely = {book: {rank, rank ^ OFFERED_RANK} for book, (rank, _) in wanted.items()}
    found = dict(_locate(likely, generation, walk))
    others = {-rank for rank in generation.ranks}
    elsewhere = {b: others - likely[b] for b, (_, version) in wanted.items() if b not in found and version > 1}
    return BitMap([*found.values(), *(position for _, position in _locate(elsewhere, generation, walk))])


def _locate(ranks_of: dict[int, set[int]], generation: Generation, walk: QueryEvaluator) -> Iterator[tuple[int, int]]:
    """Yield (book, position) of those books that stand in a stretch of one of their ranks."""
    places = [
        (block, book, stretch)
        for book, ranks in ranks_of.items()
        for rank in ranks
        for block, stretch in _block(book, rank, generation)
    ]
    places.sort(key=itemgetter(0))
    for some in batches(places, _BLOCKS_PER_STEP):
        blocks = walk.blocks({block for block, _, _ in some})
        for block, book, stretch in some:
            ids = blocks[block][0]
            if book in ids and (position := block * BLOCK + ids.index(book)) in stretch:
                yield book, position


def _block(book: int, rank: int, generation: Generation) -> Iterator[tuple[int, range]]:
    """Yield the one block in which a book of this rank can stand, with the stretch of the rank. Ids fall within a stretch."""
    place = bisect_left(generation.ranks, -rank)
    if place == len(generation.ranks) or generation.ranks[place] != -rank:
        return
    start, end = (*generation.starts, generation.books)[place : place + 2]
    block = bisect_right(generation.firsts, -book, -(-start // BLOCK), (end - 1) // BLOCK + 1, key=neg) - 1
    if (block + 1) * BLOCK > start:
        yield block, range(start, end)


GAP_SECONDS = 60
"""A number that was given to a change and is not there after so long belongs to a transaction that failed."""

COMPLETED_TERMS = 400
_SELECT = "SELECT seq, book, version, rank_value, terms FROM search_change WHERE"
_CHANGES = " UNION ALL ".join(
    (
        f"{_SELECT} seq > :floor AND (merged_in = 0 OR merged_in <> :generation)",
        f"{_SELECT} merged_in = 0 AND seq < :lowest",
        f"{_SELECT} merged_in > :generation AND +seq < :lowest",
    )
)
"""What the live generation holds and nobody has removed yet lies below `lowest` too: the index of `merged_in` passes it over. Sorted afterwards,
for SQLite would rather walk the table than sort."""

BookEntryState = tuple[int, int, int]
"""(negated rank value, negated book id, version): sorted, they are in rank order, newer books first among equals"""

_Row = tuple[int, int, int, int, bytes]
"""(seq, book, version, rank value, terms with line feeds between)"""


class SequenceTracker:
    """Which changes were read: all up to `floor`, and some apart. Where they can be late, transactions are committed in another order than
    their numbers were given in: then a number that is missing is asked for again for `GAP_SECONDS`, be it between others or below
    `lowest`, the first that was there. Numbers go on where they were, however long nothing waited, so where they begin the first one tells.
    """

    def __init__(self, *, late: bool) -> None:
        self._late = late
        self.floor = 0
        self.lowest = 0
        self._has_begun = False
        self._apart: set[int] = set()
        self._settled_at = 0.0
        self._settled_floor = 0

    def are_all_read(self, newest: int) -> bool:
        """Return whether nothing can have come since, when this is the highest number that is there."""
        return newest <= self.floor and not self.lowest

    def is_read(self, number: int) -> bool:
        """Return whether one that `floor` and `lowest` did not keep away was read before."""
        return number in self._apart

    def note(self, numbers: Sequence[int], newest: int) -> None:
        """Take these, which rise, as read."""
        if not self._has_begun:
            self._has_begun = True
            first = numbers[0] if numbers else newest + 1
            self.floor = first - 1
            self.lowest = first if self._late else 0
            self._settled_at = monotonic() + GAP_SECONDS
        self._apart.update(numbers)
        self._raise_floor()
        if monotonic() > self._settled_at:
            self._settle()

    def _settle(self) -> None:
        """Wait no longer for what was missing a while ago, but for what is missing now."""
        self.lowest = 0
        self.floor = max(self.floor, self._settled_floor)
        self._raise_floor()
        self._apart = {number for number in self._apart if number > self.floor}
        self._settled_floor = max(self._apart, default=0)
        self._settled_at = monotonic() + GAP_SECONDS

    def _raise_floor(self) -> None:
        while self.floor + 1 in self._apart:
            self.floor += 1
            self._apart.remove(self.floor)


class MemoryDelta:
    """The changes that go with one generation. Threads may share it; what one has read the others see, so it may be a moment ahead of a snapshot.

    :param live: the number of the live generation.
    :param generation: that generation, or the empty one if its files are gone.
    :param late: whether a change can be committed after one with a higher number, as where several write at a time.
    """

    def __init__(self, live: int, generation: Generation, *, late: bool) -> None:
        self.live = live
        self.generation = generation
        self._superseded = BitMap()
        self._numbers = SequenceTracker(late=late)
        self._states: list[BookEntryState] = []
        self._newest: dict[int, tuple[int, int]] = {}
        self._outdated = BitMap()
        self._postings: defaultdict[bytes, BitMap] = defaultdict(BitMap)
        self._terms: list[bytes] = []
        self._lock = Lock()

    @property
    def are_located(self) -> bool:
        """Return whether it is known where the changed books stand in the generation; an old one's form may not tell."""
        return bool(self.generation.firsts) or not self.generation.books or not self._states

    def read(self, newest: int, cursor: QueryCursor, walk: QueryEvaluator) -> None:
        """Read what the cursor's snapshot shows and is not known yet; `newest` is the highest number there."""
        with self._lock:
            if self._numbers.are_all_read(newest):
                return
            asked = {"floor": self._numbers.floor, "lowest": self._numbers.lowest, "generation": self.live}
            new = [row for row in sorted(cursor.execute(_CHANGES, asked)) if not self._numbers.is_read(row[0])]
            superseded = BitMap()
            if new and self.generation.firsts:
                changes = [(book, version, rank_value) for _, book, version, rank_value, _ in new]
                superseded = superseded_positions(changes, self.generation, walk)
            self._numbers.note([row[0] for row in new], newest)
            for _, book, version, rank_value, terms in new:
                self._add(book, version, rank_value, terms)
            self._superseded = self._superseded | superseded

    def matches(self, plans: Iterable[KeyPlan]) -> Iterator[BookEntryState]:
        """Return the states that match any of the plans, in rank order, outdated ones too: which is true the reader's snapshot tells."""
        with self._lock:
            found = [self._states[number] for number in self._matching(plans)]
        heapify(found)
        return (heappop(found) for _ in range(len(found)))

    def has_newer(self, book: int, version: int) -> bool:
        """Return whether a newer state of the book than this one is known."""
        return self._newest.get(book, (0, 0))[0] > version

    def count(self, plans: Iterable[KeyPlan], filters: Sequence[bytes]) -> tuple[BitMap, list[int]]:
        """Return the positions of the generation that do not count with these states, and how many books match any of the plans
        as they are now, in all and then with each of the filters.
        """
        with self._lock:
            found = self._matching(plans) - self._outdated
            counts = [len(found), *(found.intersection_cardinality(self._posting(term)) for term in filters)]
            return self._superseded, counts

    def known(self, terms: Iterable[bytes]) -> list[bytes]:
        """Return those of the terms that a waiting state has."""
        return [term for term in terms if term in self._postings]

    def terms_between(self, first: bytes, end: bytes) -> list[bytes]:
        """Return the terms of waiting states with first <= term < end, in order."""
        with self._lock:
            terms = self._sorted_terms()
            return terms[bisect_left(terms, first) : bisect_left(terms, end)]

    def use(self, term: bytes, offered: bytes) -> tuple[list[int], int]:
        """Return the books that have a term as they are now, and how many of these have the other one, too."""
        with self._lock:
            found = self._posting(term) - self._outdated
            return [-self._states[number][1] for number in found], found.intersection_cardinality(
                self._posting(offered)
            )

    @property
    def superseded(self) -> BitMap:
        """The positions of the generation that do not count with these states."""
        return self._superseded

    def complete(self, first: bytes, end: bytes) -> list[tuple[bytes, int, int]]:
        """Return (term, books, best rank value) for terms with first <= term < end, the first ones in order."""
        with self._lock:
            terms = self._sorted_terms()
            start = bisect_left(terms, first)
            some = terms[start : min(bisect_left(terms, end, start), start + COMPLETED_TERMS)]
            books = {term: self._postings[term] - self._outdated for term in some}
            return [
                (term, len(found), -min(self._states[number] for number in found)[0])
                for term, found in books.items()
                if found
            ]

    def _sorted_terms(self) -> list[bytes]:
        if len(self._terms) < len(self._postings):
            self._terms = sorted(self._postings)
        return self._terms

    def _add(self, book: int, version: int, rank_value: int, terms: bytes) -> None:
        number = len(self._states)
        self._states.append((-rank_value, -book, version))
        for term in terms.split(b"\n") if terms else ():
            self._postings[term].add(number)
        known_version, known = self._newest.get(book, (0, number))
        if version >= known_version:
            self._newest[book] = (version, number)
        if known != number:
            self._outdated.add(known if version >= known_version else number)

    def _matching(self, plans: Iterable[KeyPlan]) -> BitMap:
        postings = self._postings
        known = (plan for plan in plans if all(term in postings for term in plan))
        return BitMap().union(*(reduce(and_, (postings[term] for term in plan)) for plan in known))

    def _posting(self, term: bytes) -> BitMap:
        return self._postings.get(term) or BitMap()
