"""The bytes of a posting list: what goes in comes out, and no codec is larger than plain numbers."""

import random
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.search.index import codec

LISTS = {
    "the first position alone": [0],
    "the last position alone": [2**32 - 1],
    "two far apart": [0, 2**31],
    "every position of a shard": list(range(65536)),
    "gaps of exactly the short escape": list(range(0, 255 * 300, 255)),
    "gaps of twice the short escape": list(range(7, 510 * 300, 510)),
    "gaps of exactly the wide escape": list(range(3, 65535 * 400, 65535)),
    "one huge gap among small ones": [*range(0, 600, 2), *range(9_000_000, 9_000_600, 2)],
    "a long thin list": list(range(0, 10_000_000, 5_000)),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_comes_back_as_it_went_in(name: str) -> None:
    assert list(codec.decode(codec.encode(array("I", LISTS[name])))) == LISTS[name]


@given(st.sets(st.integers(0, 2**32 - 1), min_size=1, max_size=300))
def test_any_list_comes_back_as_it_went_in(positions: set[int]) -> None:
    rising = sorted(positions)
    assert list(codec.decode(codec.encode(array("I", rising)))) == rising


@pytest.mark.parametrize(
    ("count", "universe"),
    [(1, 10**7), (10, 10**7), (100, 10**7), (400, 10**7), (400, 10**5), (3000, 65536), (30000, 65536)],
)
def test_a_list_takes_no_more_room_than_plain_numbers(count: int, universe: int) -> None:
    rising = sorted(random.Random(count).sample(range(universe), count))
    width = 3 if universe > 65536 else 2
    assert len(codec.encode(array("I", rising))) <= count * width + 20


@pytest.mark.parametrize(
    ("positions", "tag"),
    [
        ([5, 9_000_000], 3),
        (list(range(1000, 60_000, 100)), codec.SHORT_GAPS),
        (list(range(0, 9_000_000, 20_000)), codec.WIDE_GAPS),
        (list(range(0, 65536, 2)), codec.ROARING),
    ],
)
def test_the_smallest_codec_is_chosen(positions: list[int], tag: int) -> None:
    assert codec.encode(array("I", positions))[0] == tag


@pytest.mark.parametrize("data", [b"", b"\x00abc", b"\x09abc"])
def test_bytes_that_are_no_list_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="no posting list"):
        codec.decode(data)
