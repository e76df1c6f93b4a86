"""From documents in rank order and posting lists in term order to the rows of a generation."""

from __future__ import annotations

from array import array
from collections import defaultdict
from typing import TYPE_CHECKING

from app.search.index.generation import META_BOOKS, META_FIRSTS, META_RANKS
from app.search.index.port import is_correctable
from app.search.index.posting_list import BLOCK, encode_block, shard_of, store
from app.search.index.vocabulary import DeletionTable, ReadyPrefixes

if TYPE_CHECKING:
    from app.search.index.generation import Writer

BATCH_ROWS = 2000
BATCH_BYTES = 2 << 20
EXACT_RANKS = 4096
BOOKS_PER_RANK = 1024


class GenerationWriter:
    """Writes one generation. Call `add_book` for all books, then `add_list` for all terms, then `finish`; memory stays bounded."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._rows = defaultdict[str, list[tuple[object, ...]]](list)
        self._bytes = 0
        self._ids = array("Q")
        self._versions = array("I")
        self._ranks = array("q")
        self._firsts = array("Q")
        self._blocks = 0
        self._shard_id = 0
        self._prefixes = ReadyPrefixes()
        self._total = 0
        self._words = 0
        self._deletions = DeletionTable()

    @property
    def books(self) -> int:
        """Return the number of books so far, which is the position of the next one."""
        return self._total + len(self._ids)

    def add_book(self, book_id: int, version: int, rank_value: int) -> None:
        """Take the next book in rank order."""
        position, known = self.books, self._ranks
        if not known or (
            rank_value != known[-2] and (len(known) < 2 * EXACT_RANKS or position >= known[-1] + BOOKS_PER_RANK)
        ):
            known.extend((rank_value, position))
        self._ids.append(book_id)
        self._versions.append(version)
        if len(self._ids) == BLOCK:
            self._end_block()

    def add_list(self, key: bytes, positions: array[int]) -> None:
        """Take the next term in order of its bytes, with its rising, non-empty positions."""
        data, shards = store(positions, self._shard_id)
        count = len(positions)
        self._put("head", (key, count, data), len(data))
        if shards:
            for shard_id, shard in shards:
                self._put("shard", (shard_id, shard), len(shard))
            self._shard_id += shard_of(positions[-1]) + 1
        term = key.decode("utf-8", "surrogatepass")
        for prefix, ready in self._prefixes.add(term, count, positions[0]):
            self._put("prefix", (prefix, ready), len(ready))
        if is_correctable(term):
            self._add_word(term, key)

    def finish(self) -> None:
        """Write what is left, and make the generation readable."""
        if self._ids:
            self._end_block()
        for prefix, ready in self._prefixes.finish():
            self._put("prefix", (prefix, ready), len(ready))
        for bucket, deletions in self._deletions.rows():
            self._put("typo", (bucket, deletions), len(deletions))
        self._put("meta", (META_BOOKS, str(self._total).encode()), 0)
        self._put("meta", (META_RANKS, self._ranks.tobytes()), 0)
        self._put("meta", (META_FIRSTS, self._firsts.tobytes()), 0)
        self._flush()
        self._writer.finish()

    def close(self) -> None:
        """Let go of the generation, finished or not."""
        self._writer.close()

    def _end_block(self) -> None:
        self._total += len(self._ids)
        self._firsts.append(self._ids[0])
        self._put("doc", (self._blocks, encode_block(self._ids, self._versions)), 600)
        self._blocks += 1
        self._ids, self._versions = array("Q"), array("I")

    def _add_word(self, term: str, key: bytes) -> None:
        self._put("word", (self._words, key), 0)
        self._deletions.add(term, self._words)
        self._words += 1

    def _put(self, table: str, row: tuple[object, ...], size: int) -> None:
        rows = self._rows[table]
        rows.append(row)
        self._bytes += size
        if len(rows) >= BATCH_ROWS or self._bytes >= BATCH_BYTES:
            self._flush()

    def _flush(self) -> None:
        for table, rows in self._rows.items():
            self._writer.write(table, rows)
        self._rows.clear()
        self._bytes = 0
