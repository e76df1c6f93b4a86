"""Search: the doc map, from a position in rank order to (book, ver), in blocks of 128.

A block's data: a tag (bit 0: ids of 8 bytes instead of 4; bit 1: versions follow, else all are 1), the ids, the versions (4 bytes each).
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

BLOCK = 128
_WIDE_IDS = 1
_HAS_VERSIONS = 2
_LARGEST_NARROW = 2**32 - 1

Docs = tuple["array[int]", "array[int]"]


def encode_block(ids: Sequence[int], vers: Sequence[int]) -> bytes:
    """Return the bytes of at most `BLOCK` books."""
    is_wide = max(ids) > _LARGEST_NARROW
    has_versions = any(ver != 1 for ver in vers)
    tag = _WIDE_IDS * is_wide | _HAS_VERSIONS * has_versions
    packed = array("Q" if is_wide else "I", ids).tobytes()
    return bytes((tag,)) + packed + (array("I", vers).tobytes() if has_versions else b"")


def decode_block(data: bytes) -> Docs:
    """Return the ids and the versions of a block."""
    tag = data[0]
    width = 8 if tag & _WIDE_IDS else 4
    count = (len(data) - 1) // (width + 4) if tag & _HAS_VERSIONS else (len(data) - 1) // width
    ids = array("Q" if tag & _WIDE_IDS else "I", data[1 : 1 + width * count])
    vers = array("I", data[1 + width * count :]) if tag & _HAS_VERSIONS else array("I", (1,)) * count
    return ids, vers
