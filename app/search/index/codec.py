"""One posting list (positions in rank order, rising) as bytes.

Four codecs, the smallest one wins; the first byte of the bytes names it:

* *planes* (tags 1-4): each position as 1-4 bytes, all lowest bytes first, then all second ones … For a handful of far apart positions.
* *short gaps* and *wide gaps*: the first position (4 bytes), then the distances as 1 or 2 bytes; the largest value means "go on, no
  position here". `array` and `accumulate` read them at C speed, some 25 ns a position.
* *roaring*: compressed bitmaps, 0.03-8 ns a position, so the only codec for long lists.
"""

from __future__ import annotations

from array import array
from itertools import accumulate, compress
from operator import sub

from pyroaring import BitMap

SHORT_GAPS = 5
WIDE_GAPS = 6
ROARING = 7
SHORTEST_WITH_GAPS = 6
LONGEST_WITH_GAPS = 1500
_ESCAPE = {SHORT_GAPS: 0xFF, WIDE_GAPS: 0xFFFF}
_TAG = [bytes((tag,)) for tag in range(ROARING + 1)]
_TYPECODE = {SHORT_GAPS: "B", WIDE_GAPS: "H"}


def encode(positions: array[int]) -> bytes:
    """Return the bytes of a rising, non-empty list of positions below 2^32 (an ``array("I")``)."""
    count = len(positions)
    if count > LONGEST_WITH_GAPS:
        return _encode_roaring(positions)
    width = (positions[-1].bit_length() + 7) // 8 or 1
    if count <= SHORTEST_WITH_GAPS:
        return _encode_planes(positions, width)
    span = positions[-1] - positions[0]
    sizes = {
        width: count * width,
        SHORT_GAPS: 4 + count + span // 0xFF,
        WIDE_GAPS: 4 + 2 * (count + span // 0xFFFF),
        ROARING: 8 + 2 * count,
    }
    for tag in sorted(sizes, key=sizes.__getitem__):
        if tag == ROARING:
            packed = _encode_roaring(positions)
            if len(packed) <= min(size for other, size in sizes.items() if other != ROARING):
                return packed
        elif tag in _ESCAPE:
            return _encode_gaps(positions, tag)
        else:
            return _encode_planes(positions, tag)
    raise AssertionError


def decode(data: bytes) -> BitMap:
    """Return the positions that `encode` was given, as a set.

    :raises ValueError: the bytes are none of ours.
    """
    return BitMap.deserialize(data[1:]) if data[:1] == _TAG[ROARING] else BitMap(read(data))


def read(data: bytes) -> array[int]:
    """Return the positions that `encode` was given, in order.

    :raises ValueError: the bytes are none of ours.
    """
    tag = data[0] if data else 0
    if 0 < tag < SHORT_GAPS:
        return _decode_planes(data, tag)
    if tag in _ESCAPE:
        return _decode_gaps(data, tag)
    if tag == ROARING:
        return BitMap.deserialize(data[1:]).to_array()
    message = f"no posting list begins with {tag}"
    raise ValueError(message)


def _encode_roaring(positions: array[int]) -> bytes:
    bitmap = BitMap(positions)
    bitmap.run_optimize()
    return _TAG[ROARING] + bitmap.serialize()


def _encode_planes(positions: array[int], width: int) -> bytes:
    raw = positions.tobytes()
    if len(positions) == 1:
        return _TAG[width] + raw[:width]
    return _TAG[width] + b"".join([raw[plane::4] for plane in range(width)])


def _decode_planes(data: bytes, width: int) -> array[int]:
    count = (len(data) - 1) // width
    if count == 1:
        return array("I", (int.from_bytes(data[1:], "little"),))
    raw = bytearray(4 * count)
    for plane in range(width):
        raw[plane::4] = data[1 + plane * count : 1 + (plane + 1) * count]
    return array("I", bytes(raw))


def _encode_gaps(positions: array[int], tag: int) -> bytes:
    escape = _ESCAPE[tag]
    numbers = positions.tolist()
    gaps = list(map(sub, numbers[1:], numbers))
    if max(gaps) < escape:
        out = array(_TYPECODE[tag], gaps)
    else:
        out = array(_TYPECODE[tag])
        for gap in gaps:
            out.extend((escape,) * (gap // escape))
            out.append(gap % escape)
    return _TAG[tag] + positions[:1].tobytes() + out.tobytes()


def _decode_gaps(data: bytes, tag: int) -> array[int]:
    escape = _ESCAPE[tag]
    first = int.from_bytes(data[1:5], "little")
    gaps = array(_TYPECODE[tag], data[5:])
    sums = accumulate(gaps, initial=first)
    if escape not in gaps:
        return array("I", sums)
    is_position = [True, *map(escape.__ne__, gaps)]
    return array("I", compress(sums, is_position))
