"""A posting list as it is stored: one head row, and shards if it is long.

Position 0 is the best ranked book. Shard 0 holds positions below 2^16, shard k those from 2^(15+k) up to 2^(16+k): a search that walks
from the best shard on sees few bytes until the first results are there, and few shards until the end.

The head row is ``(term, count, data)``. Data is either the whole list in `codec` bytes, if these are at most `LONGEST_HEAD`, or a
directory: tag 8, the first position (4 bytes), the id of shard 0 (8 bytes), the counts of the shards (4 bytes each).
Shard k lies at id + k; an empty shard has no row.

The doc map leads from a position in rank order to (book, version), in blocks of 128. A block's data: a tag (bit 0: ids of 8 bytes instead of
4; bit 1: versions follow, else all are 1), the ids, the versions (4 bytes each).
"""

from __future__ import annotations

import struct
from array import array
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING

from pyroaring import BitMap

from app.search.index import codec

if TYPE_CHECKING:
    from collections.abc import Sequence


LONGEST_HEAD = 900
FIRST_SHARD_BITS = 16
DIRECTORY = 8
LONGEST_KEY = 64
_DIRECTORY_HEAD = struct.Struct("<BIQ")


def key_of(term: str) -> bytes:
    """Return the bytes under which a term is stored: itself, or for a very long one its beginning and a hash after a NUL."""
    key = term.encode("utf-8", "surrogatepass")
    if len(key) <= LONGEST_KEY:
        return key
    start = key[: LONGEST_KEY - 28].decode("utf-8", "ignore").encode()
    return start + b"\0" + blake2b(key, digest_size=12).hexdigest().encode()


def shard_of(position: int) -> int:
    """Return the number of the shard that a position lies in."""
    return max(0, position.bit_length() - FIRST_SHARD_BITS)


def shard_end(shard: int) -> int:
    """Return the first position behind a shard."""
    return 1 << (FIRST_SHARD_BITS + shard)


@cache
def shard_range(shard: int) -> BitMap:
    """Return all positions of a shard."""
    return BitMap(range(shard_end(shard - 1) if shard else 0, shard_end(shard)))


@dataclass(frozen=True, slots=True)
class PostingList:
    """A head row, read: the whole list, or where its shards are."""

    count: int
    first: int
    whole: BitMap | None
    base: int = 0
    shard_counts: tuple[int, ...] = ()

    @property
    def shards(self) -> int:
        """Return how many shards the list reaches into."""
        return len(self.shard_counts) if self.whole is None else shard_of(self.whole.max()) + 1

    def has_shard(self, shard: int) -> bool:
        """Return whether a stored row exists for this shard."""
        return shard < len(self.shard_counts) and self.shard_counts[shard] > 0


def read_head(count: int, data: bytes) -> PostingList:
    """Return the list that a head row describes."""
    if data[0] != DIRECTORY:
        whole = codec.decode(data)
        return PostingList(count, whole.min(), whole)
    _, first, base = _DIRECTORY_HEAD.unpack_from(data)
    counts = array("I", data[_DIRECTORY_HEAD.size :])
    return PostingList(count, first, None, base, tuple(counts))


def store(positions: array[int], next_shard_id: int) -> tuple[bytes, list[tuple[int, bytes]]]:
    """Return the head row's data and the shard rows ``(id, data)`` of a rising list."""
    if len(positions) <= LONGEST_HEAD * 8:
        data = codec.encode(positions)
        if len(data) <= LONGEST_HEAD:
            return data, []
    counts = array("I")
    rows = []
    start = 0
    for shard in range(shard_of(positions[-1]) + 1):
        end = bisect_left(positions, shard_end(shard), start)
        counts.append(end - start)
        if end > start:
            rows.append((next_shard_id + shard, codec.encode(positions[start:end])))
        start = end
    return _DIRECTORY_HEAD.pack(DIRECTORY, positions[0], next_shard_id) + counts.tobytes(), rows


BLOCK = 128
_WIDE_IDS = 1
_HAS_VERSIONS = 2
_LARGEST_NARROW = 2**32 - 1

Docs = tuple["array[int]", "array[int]"]


def encode_block(ids: Sequence[int], versions: Sequence[int]) -> bytes:
    """Return the bytes of at most `BLOCK` books."""
    is_wide = max(ids) > _LARGEST_NARROW
    has_versions = any(version != 1 for version in versions)
    tag = _WIDE_IDS * is_wide | _HAS_VERSIONS * has_versions
    packed = array("Q" if is_wide else "I", ids).tobytes()
    return bytes((tag,)) + packed + (array("I", versions).tobytes() if has_versions else b"")


def decode_block(data: bytes) -> Docs:
    """Return the ids and the versions of a block."""
    tag = data[0]
    width = 8 if tag & _WIDE_IDS else 4
    count = (len(data) - 1) // (width + 4) if tag & _HAS_VERSIONS else (len(data) - 1) // width
    ids = array("Q" if tag & _WIDE_IDS else "I", data[1 : 1 + width * count])
    versions = array("I", data[1 + width * count :]) if tag & _HAS_VERSIONS else array("I", (1,)) * count
    return ids, versions
