"""Search: where the books stand in a generation that have changes waiting."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from operator import itemgetter, neg

from pyroaring import BitMap

from app.libs.batches import batches
from app.queries.catalogue import OFFERED_RANK
from app.search.index.doc_map import BLOCK
from app.search.index.evaluator import QueryEvaluator
from app.search.index.generation import Generation

_BLOCKS_PER_STEP = 500


def superseded_positions(
    changes: Iterable[tuple[int, int, int]], generation: Generation, walk: QueryEvaluator
) -> BitMap:
    """Return where the books of these changes, ``(book, ver, rank value)``, stand: most often where their rank has them now,
    or had them before a gift of theirs came or went.
    """
    wanted = {book: (rank, ver) for book, ver, rank in changes}
    likely = {book: {rank, rank ^ OFFERED_RANK} for book, (rank, _) in wanted.items()}
    found = dict(_locate(likely, generation, walk))
    others = {-rank for rank in generation.ranks}
    elsewhere = {b: others - likely[b] for b, (_, ver) in wanted.items() if b not in found and ver > 1}
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
