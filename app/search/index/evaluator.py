"""The walk over shards. Unions of intersections, best shard first, only as far as asked.

Per shard the rarest list of a plan comes first; a plan is out as soon as a part is empty, and shards of the longer lists are only
read where the rarer ones have something. So a common word costs one small shard in any catalogue, and two common words that
rarely meet cost two compressed bitmaps per shard, intersected at memory speed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice, pairwise, takewhile

from pyroaring import BitMap

from app.search.index import codec
from app.search.index.generation import Generation, Reader
from app.search.index.posting_list import BLOCK, Docs, PostingList, decode_block, read_head, shard_range
from app.search.index.vocabulary import bucket_of, read_bucket

KeyPlan = tuple[bytes, ...]
COUNTED_SHARDS = 5
"""These reach to position 2^20."""

ENOUGH = 2000
"""Nobody can page further, so from there on "about" will do."""

_EMPTY = BitMap()


class QueryEvaluator:
    """One question to one generation over one reader."""

    def __init__(self, generation: Generation, reader: Reader) -> None:
        self._generation = generation
        self._reader = reader
        self.position_of = generation.position_of

    def lists(self, terms: Iterable[bytes]) -> dict[bytes, PostingList]:
        """Return the posting lists of those terms that exist."""
        found: dict[bytes, PostingList] = {}
        unread: list[bytes] = []
        held = self._generation.lists
        for term in set(terms):
            posting = held.get(term)
            if posting is None:
                unread.append(term)
            else:
                found[term] = posting
        if unread:
            for term, count, data in self._reader.heads(unread):
                found[term] = posting = read_head(count, data)
                held.put(term, posting, len(data) + 200)
        return found

    def lists_from(self, first: bytes, end: bytes, limit: int) -> dict[bytes, PostingList]:
        """Return the posting lists of the terms with first <= term < end, the first ones in order."""
        return {term: read_head(count, data) for term, count, data in self._reader.heads_from(first, end, limit)}

    def words_of_deletions(self, deletions: set[int], limit: int) -> list[str]:
        """Return the words of the vocabulary that share a deletion, at most so many."""
        numbers: set[int] = set()
        for bucket, data in self._reader.typos(sorted(set(map(bucket_of, deletions)))):
            numbers.update(read_bucket(bucket, data, deletions))
        some = sorted(numbers)[:limit]
        return [term.decode() for _, term in self._reader.words(some)] if some else []

    def plans(self, plans: Sequence[KeyPlan]) -> list[list[PostingList]]:
        """Return each plan's lists, rarest first, without the plans that cannot match."""
        lists = self.lists(term for plan in plans for term in plan)
        known = [
            sorted((lists[term] for term in set(plan)), key=_count)
            for plan in plans
            if plan and all(t in lists for t in plan)
        ]
        return [plan for plan in known if plan]

    def matches(self, plans: Sequence[Sequence[PostingList]]) -> Iterator[BitMap]:
        """Return for one shard after the other the positions that match any of the plans."""
        last = max((min(posting.shards for posting in plan) for plan in plans), default=0)
        done = 0
        step = 1
        while done < last:
            ahead = range(done, min(done + step, last))
            starts = {(shard, number): _narrow(plan, shard) for shard in ahead for number, plan in enumerate(plans)}
            self._read_shards(starts, plans)
            for shard in ahead:
                parts = (self._intersect(starts[shard, number], plan, shard) for number, plan in enumerate(plans))
                yield _union([part for part in parts if part])
            done += len(ahead)
            step = self._reader.read_ahead

    def count(
        self, plans: Sequence[Sequence[PostingList]], filters: Sequence[PostingList] = (), but: BitMap = _EMPTY
    ) -> tuple[list[int], bool]:
        """Return how many positions match any of the plans, in all and then with each of the filters, and whether that is exact.

        Positions in `but` do not count.

        The first `COUNTED_SHARDS` are always counted; where these hold `ENOUGH` matches, the rest is estimated from how many
        more positions the rarest list of each plan has there.
        """
        if len(plans) == 1 and len(plans[0]) == 1 and not filters:
            return [plans[0][0].count - self.overlap(plans[0][0], but)], True
        totals = [0] * (1 + len(filters))
        for shard, matching in enumerate(self.matches(plans)):
            if shard == COUNTED_SHARDS and totals[0] >= ENOUGH:
                here = sum(sum(plan[0].shard_counts[:shard]) for plan in plans)
                whole = sum(plan[0].count for plan in plans)
                return [total * whole // here for total in totals], False
            if but and matching.intersect(but):
                matching = matching - but  # noqa: PLW2901 - what counts of it
            totals[0] += len(matching)
            if matching and filters:
                for number, posting in enumerate(filters, 1):
                    totals[number] += matching.intersection_cardinality(self._part(posting, shard))
        return totals, True

    def positions(self, posting: PostingList) -> BitMap:
        """Return all positions of a list."""
        if posting.whole is not None:
            return posting.whole
        return BitMap.union(*(self._part(posting, shard) for shard in range(posting.shards)))

    def some(self, posting: PostingList, limit: int) -> list[int]:
        """Return at most so many positions of a list, spread over it; of a long one over the first shard that has any."""
        found = posting.whole
        if found is None:
            found = self._part(posting, next(shard for shard in range(posting.shards) if posting.has_shard(shard)))
        count = len(found)
        return [found[at * count // limit] for at in range(limit)] if count > limit else list(found)

    def newest(self, plan: KeyPlan, limit: int) -> list[int]:
        """Return positions among which are those of the newest books of a plan: the first ones of each rank, at most `limit` of each."""
        stretches = list(pairwise((*self._generation.starts, self._generation.books)))
        left = [limit] * len(stretches)
        found: list[int] = []
        for matching in self.matches(self.plans([plan])):
            if not matching:
                continue
            first, last = matching.min(), matching.max()
            for number in range(bisect_right(self._generation.starts, first) - 1, len(stretches)):
                start, end = stretches[number]
                if start > last:
                    break
                some = list(islice(takewhile(end.__gt__, matching.iter_equal_or_larger(start)), left[number]))
                left[number] -= len(some)
                found += some
        return found

    def docs(self, positions: Sequence[int]) -> list[tuple[int, int]]:
        """Return (book, version) for each position, in the order asked."""
        blocks = self.blocks({position // BLOCK for position in positions})
        found = []
        for position in positions:
            ids, versions = blocks[position // BLOCK]
            found.append((ids[position % BLOCK], versions[position % BLOCK]))
        return found

    def blocks(self, numbers: Collection[int]) -> dict[int, Docs]:
        """Return blocks of the doc map by their numbers."""
        held = self._generation.docs
        blocks = {}
        unread = []
        for number in numbers:
            block = held.get(number)
            if block is None:
                unread.append(number)
            else:
                blocks[number] = block
        if unread:
            for number, data in self._reader.docs(unread):
                blocks[number] = block = decode_block(data)
                held.put(number, block, len(data) + 300)
        return blocks

    def _read_shards(
        self, starts: dict[tuple[int, int], BitMap | None], plans: Sequence[Sequence[PostingList]]
    ) -> None:
        held = self._generation.shards
        unread: set[int] = set()
        for (shard, number), start in starts.items():
            if start is None or start:
                wanted = (posting.base + shard for posting in plans[number] if posting.has_shard(shard))
                unread.update(wanted_id for wanted_id in wanted if held.get(wanted_id) is None)
        if unread:
            for shard_id, data in self._reader.shards(sorted(unread)):
                held.put(shard_id, codec.decode(data), len(data) + 100)

    def overlap(self, posting: PostingList, positions: BitMap) -> int:
        """Return how many of the positions are in a list; only the shards that have any are read."""
        if posting.whole is not None:
            return posting.whole.intersection_cardinality(positions)
        shards = [shard for shard in range(posting.shards) if positions.intersect(shard_range(shard))]
        return sum(self._part(posting, shard).intersection_cardinality(positions) for shard in shards)

    def _part(self, posting: PostingList, shard: int) -> BitMap:
        if posting.whole is not None:
            return posting.whole
        if not posting.has_shard(shard):
            return _EMPTY
        part = self._generation.shards.get(posting.base + shard)
        if isinstance(part, BitMap):
            return part
        ((_, data),) = self._reader.shards((posting.base + shard,))
        part = codec.decode(data)
        self._generation.shards.put(posting.base + shard, part, len(data) + 100)
        return part

    def _intersect(self, start: BitMap | None, plan: Sequence[PostingList], shard: int) -> BitMap:
        for posting in plan:
            if start is not None and not start:
                return start
            if posting.whole is None:
                part = self._part(posting, shard)
                start = part if start is None else start & part
        return _EMPTY if start is None else start


def _count(posting: PostingList) -> int:
    return posting.count


def _narrow(plan: Sequence[PostingList], shard: int) -> BitMap | None:
    """Return what the whole lists of a plan leave of a shard; None if it has only sharded ones (and all of them reach here)."""
    start: BitMap | None = None
    for posting in plan:
        if posting.whole is None:
            if not posting.has_shard(shard):
                return _EMPTY
        else:
            start = (shard_range(shard) if start is None else start) & posting.whole
    return start


def _union(parts: Sequence[BitMap]) -> BitMap:
    if not parts:
        return _EMPTY
    return parts[0] if len(parts) == 1 else BitMap.union(*parts)
