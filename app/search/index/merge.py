"""One merge (the live generation and the changes, document by document, then term by term), and when the worker begins one."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterator

from pyroaring import BitMap

from app.db.sql_helper import SqlHelper
from app.libs.clock import Clock, epoch
from app.queries.catalogue import IndexedBookQueries, rank_of
from app.search.index import codec, delta
from app.search.index.generation import META_BOOKS, GenerationMissing, Store
from app.search.index.generation_writer import GenerationWriter
from app.search.index.port import OFFERED, Index, IndexBusy, IndexStatus
from app.search.index.posting_list import BLOCK, DIRECTORY, decode_block, key_of, read_head

BLOCKS_PER_STEP = 8
HEADS_PER_STEP = 2000
_DEAD = 2**32 - 1
_LAST_KEY = b"\xff" * 65


class Merge:
    """Books keep their order, so old positions map to new ones without sorting; the changed books go in by rank.

    The database is read in short blocks, so no snapshot stays open for the length of a merge.
    """

    def __init__(self, sql: SqlHelper, books: IndexedBookQueries, store: Store, live: int) -> None:
        """Look at the live generation.

        :raises GenerationMissing: there is none.
        """
        if not live:
            raise GenerationMissing(generation=live)
        self._sql = sql
        self._books = books
        self._store = store
        self._live = live
        with self._sql as cursor, self._store.reading(live, cursor) as reader:
            self.books = int(reader.meta(META_BOOKS) or 0)
            offered = reader.heads((key_of(OFFERED),))
        self._offered = BitMap().union(*(BitMap(self._positions(count, data)) for _, count, data in offered))
        self._new_positions = array("I")
        self._incoming: deque[tuple[int, int, delta.Change]] = deque()
        self._changed: set[int] = set()
        self._added: dict[bytes, array[int]] = {}

    def read_changes(self, number: int) -> None:
        """Take the changes marked for the new generation that are still true."""
        latest = {change.book: change for change in delta.list_changes(self._sql, number)}
        found = []
        books = list(latest)
        for start in range(0, len(books), 1000):
            for book, version, _ in self._books.list_states(books[start : start + 1000]):
                if latest[book].version == version:
                    found.append((-latest[book].rank_value, -book, latest[book]))
        self._incoming = deque(sorted(found, key=lambda item: item[:2]))
        self._changed = {change.book for _, _, change in found}

    def renumber(self, writer: GenerationWriter) -> Iterator[int]:
        """Assign every living book its new position; yield the number of old positions done, from time to time."""
        self._new_positions = array("I", (_DEAD,)) * self.books
        blocks = -(-self.books // BLOCK)
        for first in range(0, blocks, BLOCKS_PER_STEP):
            self._renumber_blocks(range(first, min(first + BLOCKS_PER_STEP, blocks)), writer)
            yield first * BLOCK
        while self._incoming:
            self._add_change(writer)

    def lists(self) -> Iterator[tuple[bytes, array[int]]]:
        """Return every term's bytes in order, with its new positions."""
        waiting = deque(sorted(self._added))
        for key, positions in self._old_lists():
            while waiting and waiting[0] < key:
                new = waiting.popleft()
                yield new, self._added[new]
            moved = array("I", filter(_DEAD.__ne__, map(self._new_positions.__getitem__, positions)))
            if waiting and waiting[0] == key:
                moved = array("I", sorted(moved + self._added[waiting.popleft()]))
            if moved:
                yield key, moved
        for new in waiting:
            yield new, self._added[new]

    def _renumber_blocks(self, blocks: range, writer: GenerationWriter) -> None:
        docs: list[tuple[int, int]] = []
        with self._sql as cursor, self._store.reading(self._live, cursor) as reader:
            for _, data in sorted(reader.docs(blocks)):
                docs += zip(*decode_block(data), strict=True)
            now = {
                book: (version, popularity)
                for book, version, popularity in self._books.list_states([b for b, _ in docs])
            }
        for position, (book, version) in enumerate(docs, blocks.start * BLOCK):
            known = now.get(book)
            if known is None or known[0] != version or book in self._changed:
                continue
            rank = rank_of(known[1], is_offered=position in self._offered)
            while self._incoming and self._incoming[0][:2] < (-rank, -book):
                self._add_change(writer)
            self._new_positions[position] = writer.books
            writer.add_book(book, version, rank)

    def _add_change(self, writer: GenerationWriter) -> None:
        negative_rank, _, change = self._incoming.popleft()
        for term in change.terms:
            self._added.setdefault(term, array("I")).append(writer.books)
        writer.add_book(change.book, change.version, -negative_rank)

    def _old_lists(self) -> Iterator[tuple[bytes, array[int]]]:
        first = b""
        while True:
            with self._sql as cursor, self._store.reading(self._live, cursor) as reader:
                heads = reader.heads_from(first, _LAST_KEY, HEADS_PER_STEP)
            for key, count, data in heads:
                yield key, self._positions(count, data)
            if len(heads) < HEADS_PER_STEP:
                return
            first = heads[-1][0] + b"\0"

    def _positions(self, count: int, data: bytes) -> array[int]:
        if data[0] != DIRECTORY:
            return codec.read(data)
        posting = read_head(count, data)
        positions = array("I")
        ids = [posting.base + shard for shard in range(posting.shards) if posting.has_shard(shard)]
        with self._sql as cursor, self._store.reading(self._live, cursor) as reader:
            for _, shard in sorted(reader.shards(ids)):
                positions += codec.read(shard)
        return positions


MERGED_AT_ONCE = 2000
MERGED_AT_MOST = 10_000
MERGED_AFTER_SECONDS = 3600
PART = 100
"""A merge rewrites all books. In a large catalogue it waits for a change in so many books, and for a second for each so many."""


class MergePolicy:
    """Merge when many changes wait, as many go in a catalogue of its size, or a few for long, or the index is outdated.

    Rebuild when its files are gone or damaged, and remove what merges leave behind.
    """

    def __init__(self, index: Index, clock: Clock) -> None:
        self._index = index
        self._clock = clock

    def run(self) -> None:
        """Do what is due; leave it to the other if somebody builds already."""
        self._index.drop_old_generations()
        status = self._index.status()
        try:
            if status.state == "missing":
                self._index.rebuild()
            elif status.state == "ready" and (status.is_outdated or self._are_due(status)):
                self._index.merge()
        except IndexBusy:
            return

    def _are_due(self, status: IndexStatus) -> bool:
        part = status.books // PART
        many = min(max(MERGED_AT_ONCE, part), MERGED_AT_MOST)
        is_old = epoch(self._clock.now()) - status.built_at >= max(MERGED_AFTER_SECONDS, part)
        return status.waiting >= many or (status.waiting > 0 and is_old)
