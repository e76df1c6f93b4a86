"""Search: which positions of a generation a count must leave out, because changes of their books wait in the delta.

Every book with a change has its present state in the delta, so the books that match are those of the generation that are not *touched*, and
those of the delta that are as their rows say. Each process keeps the touched positions and looks only at the changes since.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter, neg
from time import monotonic

from pyroaring import BitMap

from app.libs.batches import batches
from app.libs.sql_helper import Cursor
from app.queries.indexed_books import OFFERED_RANK
from app.search.posting.docs import BLOCK
from app.search.posting.generation import Generation
from app.search.posting.pointer import Live
from app.search.posting.walk import Walk

GAP_SECONDS = 60
"""A number that was given to a change and is not there after so long belongs to a transaction that failed."""

_BLOCKS_PER_STEP = 500
_CHANGES = "SELECT seq, book, ver, rank_value FROM search_change WHERE seq > :floor OR seq < :lowest ORDER BY seq"

_Change = tuple[int, int, int, int]
"""(seq, book, ver, rank value)"""


@dataclass(frozen=True, slots=True)
class Touched:
    """What one process knows of the changes in the delta. Transactions may commit in another order than their numbers were given
    in, so what is above `floor` or below `lowest` is read again until `settled_at`.
    """

    generation: int = 0
    tidied: int = -1
    lowest: int = 0
    floor: int = 0
    newest: int = 0
    settled_at: float = 0.0
    positions: BitMap = field(default_factory=BitMap)

    @property
    def age(self) -> tuple[int, int, int]:
        """Return what rises from one state to the next."""
        return self.generation, self.tidied, self.newest

    def as_of(self, live: Live, cursor: Cursor, generation: Generation, walk: Walk) -> Touched:
        """Return what the cursor's snapshot shows."""
        known = self
        if (live.generation, live.tidied) != (self.generation, self.tidied) or live.newest < self.newest:
            known = Touched(live.generation, live.tidied, settled_at=monotonic() + GAP_SECONDS)
        elif live.newest == self.floor and monotonic() > self.settled_at:
            return self
        changes = cursor.execute(_CHANGES, {"floor": known.floor, "lowest": known.lowest}).fetchall()
        return known._with(changes, generation, walk)

    def _with(self, changes: Sequence[_Change], generation: Generation, walk: Walk) -> Touched:
        if not changes:
            return self
        lowest = min(self.lowest or changes[0][0], changes[0][0])
        floor = self.floor or lowest - 1
        for seq, *_ in changes:
            floor += seq == floor + 1
        newest = max(self.newest, changes[-1][0])
        settled_at = self.settled_at
        if floor < newest and self.floor == self.newest:
            settled_at = monotonic() + GAP_SECONDS
        if monotonic() > settled_at:
            floor = newest
        positions = self.positions | BitMap(_positions(changes, generation, walk))
        return Touched(self.generation, self.tidied, lowest, floor, newest, settled_at, positions)


def _positions(changes: Iterable[_Change], generation: Generation, walk: Walk) -> Iterator[int]:
    """Yield where the books stand: most often where their rank has them now, or had them before a gift of theirs came or went."""
    wanted = {book: (rank, ver) for _, book, ver, rank in changes}
    likely = {book: {rank, rank ^ OFFERED_RANK} for book, (rank, _) in wanted.items()}
    found = set()
    for book, position in _locate(likely, generation, walk):
        found.add(book)
        yield position
    others = {-rank for rank in generation.ranks}
    elsewhere = {b: others - likely[b] for b, (_, ver) in wanted.items() if b not in found and ver > 1}
    yield from (position for _, position in _locate(elsewhere, generation, walk))


def _locate(ranks_of: dict[int, set[int]], generation: Generation, walk: Walk) -> Iterator[tuple[int, int]]:
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
