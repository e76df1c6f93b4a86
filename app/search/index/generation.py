"""What a store of generations must offer. A generation is one immutable build of the whole index.

Its parts, alike on both databases:

* ``head(term, n, data)`` and ``shard(id, data)``: the posting lists (`lists`);
* ``doc(block, data)``: position to (book, version) (`docs`);
* ``prefix(prefix, data)``: ready completions, only for prefixes with many terms (`completion`);
* ``word(no, term)`` and ``typo(bucket, data)``: the vocabulary and its deletion table (`typo`);
* ``meta(name, value)``: see `META_BOOKS`, `META_RANKS`, `META_FIRSTS`.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from operator import neg
from typing import Protocol

from pyroaring import BitMap

from app.db.sql_helper import QueryCursor
from app.libs.caches import TwoGenerationCache
from app.search.index.port import IndexUnavailable
from app.search.index.posting_list import Docs, PostingList

META_BOOKS = "books"
META_RANKS = "ranks"
META_FIRSTS = "firsts"
TABLES = ("head", "shard", "doc", "prefix", "word", "typo", "meta")
CACHED_LISTS = 8 << 20
CACHED_SHARDS = 256 << 20
CACHED_DOCS = 12 << 20

HeadRow = tuple[bytes, int, bytes]
DataRow = tuple[int, bytes]


class Reader(Protocol):
    """Rows of one generation, over one connection. Rows come in any order unless said; what does not exist is left out."""

    read_ahead: int
    """How many shards to fetch at once: 1 where a statement costs nothing, more where it is a round trip."""

    def heads(self, terms: Sequence[bytes]) -> list[HeadRow]:
        """Return the head rows of these terms."""

    def heads_from(self, first: bytes, end: bytes, limit: int) -> list[HeadRow]:
        """Return head rows with first <= term < end, in order."""

    def shards(self, ids: Sequence[int]) -> list[DataRow]:
        """Return the shards with these ids."""

    def docs(self, blocks: Sequence[int]) -> list[DataRow]:
        """Return these blocks of the doc map."""

    def prefix(self, prefix: bytes) -> bytes | None:
        """Return the ready completions of a prefix, if it has such."""

    def typos(self, buckets: Sequence[int]) -> list[DataRow]:
        """Return these buckets of the deletion table."""

    def words(self, numbers: Sequence[int]) -> list[DataRow]:
        """Return words of the vocabulary by number."""

    def meta(self, name: str) -> bytes | None:
        """Return a value about the generation."""


class Writer(Protocol):
    """A generation being written; readable only after `finish`."""

    def write(self, table: str, rows: Sequence[tuple[object, ...]]) -> None:
        """Append rows to one of `TABLES`, in rising order of their key."""

    def finish(self) -> None:
        """Make it durable and readable."""

    def close(self) -> None:
        """Let go of it, finished or not."""


class EmptyReader:
    """A generation without a book, for before the first build."""

    read_ahead = 1

    def heads(self, terms: Sequence[bytes]) -> list[HeadRow]:  # noqa: ARG002 - the port's signature
        """Return nothing."""
        return []

    def heads_from(self, first: bytes, end: bytes, limit: int) -> list[HeadRow]:  # noqa: ARG002 - the port's signature
        """Return nothing."""
        return []

    def shards(self, ids: Sequence[int]) -> list[DataRow]:  # noqa: ARG002 - the port's signature
        """Return nothing."""
        return []

    docs = typos = words = shards

    def prefix(self, prefix: bytes) -> bytes | None:  # noqa: ARG002 - the port's signature
        """Return nothing."""
        return None

    def meta(self, name: str) -> bytes | None:  # noqa: ARG002 - the port's signature
        """Return nothing."""
        return None


@dataclass(slots=True)
class Generation:
    """An open generation with what this process has read of it lately.

    `ranks` are rank values, negated and rising; each holds from the position of the same place in `starts` on. `firsts` are the ids
    that the blocks of the doc map begin with.
    """

    number: int
    books: int
    ranks: Sequence[int]
    starts: Sequence[int]
    firsts: Sequence[int] = ()
    lists: TwoGenerationCache[bytes, PostingList] = field(default_factory=lambda: TwoGenerationCache(CACHED_LISTS))
    shards: TwoGenerationCache[int, BitMap] = field(default_factory=lambda: TwoGenerationCache(CACHED_SHARDS))
    docs: TwoGenerationCache[int, Docs] = field(default_factory=lambda: TwoGenerationCache(CACHED_DOCS))

    def position_of(self, rank_value: int) -> int:
        """Return where a book of this rank value belongs: before its equals."""
        place = bisect_left(self.ranks, -rank_value)
        return self.starts[place] if place < len(self.starts) else self.books


def open_generation(number: int, reader: Reader) -> Generation:
    """Read what must be known of a generation before its first use."""
    pairs = array("q", reader.meta(META_RANKS) or b"")
    books = int(reader.meta(META_BOOKS) or 0)
    firsts = array("Q", reader.meta(META_FIRSTS) or b"")
    return Generation(number, books, list(map(neg, pairs[::2])), pairs[1::2], firsts)


class Store(Protocol):
    """Where generations lie."""

    def reading(self, number: int, cursor: QueryCursor) -> AbstractContextManager[Reader]:
        """Lend a reader of a finished generation; `cursor` is an open one on the site's database.

        :raises GenerationMissing: it is not there.
        """

    def keep_only(self, number: int) -> None:
        """Let go of what is held open for other generations."""

    def create(self, number: int) -> Writer:
        """Begin a generation, removing what a killed builder left under this number."""

    def drop(self, number: int) -> None:
        """Remove a generation, whole or half written; nothing happens if there is none."""

    def numbers(self) -> Iterable[int]:
        """Return the numbers of all generations here, whole or half written."""

    def size(self, number: int) -> int:
        """Return the bytes that a generation takes on disk."""


class GenerationMissing(IndexUnavailable):
    """The pointer names a generation whose file or tables are gone, damaged or of another site."""
