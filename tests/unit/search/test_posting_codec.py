"""The bytes of a posting list: what goes in comes out, and no codec is larger than plain numbers."""

import random
from array import array
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.search.posting import codec

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


CONTAINERS = st.lists(
    st.one_of(
        st.sets(st.integers(0, 65535), min_size=1, max_size=200),
        st.builds(
            lambda start, length: set(range(start, min(65536, start + length))),
            st.integers(0, 65535),
            st.integers(1, 9000),
        ),
        st.builds(lambda step: set(range(step, 65536, step)), st.integers(2, 14)),
        st.just(set[int]()),
    ),
    min_size=1,
    max_size=7,
)


@given(CONTAINERS, st.sets(st.integers(0, 8 * 65536 - 1), min_size=1, max_size=60))
def test_positions_looked_up_are_those_that_the_list_has(containers: list[set[int]], wanted: set[int]) -> None:
    held = {place << 16 | low for place, container in enumerate(containers) for low in container}
    data = codec.encode(array("I", sorted(held or {0})))
    few = sorted({*wanted, *random.Random(1).sample(sorted(held or {0}), min(len(held) or 1, 5))})
    found = codec.probe(BytesIO(data), few)
    assert found is None or list(found) == [position for position in few if position in (held or {0})]


@pytest.mark.parametrize("runs", [False, True])
def test_long_lists_are_looked_up_without_being_decoded(runs: bool) -> None:
    positions = [*range(0, 400_000, 3), *(range(400_000, 500_000) if runs else ())]
    assert list(codec.probe(BytesIO(codec.encode(array("I", positions))), [3, 4, 399_999, 400_001]) or ()) == [
        3,
        399_999,
        *[400_001] * runs,
    ]


@pytest.mark.parametrize("data", [b"", b"\x00abc", b"\x09abc"])
def test_bytes_that_are_no_list_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="no posting list"):
        codec.decode(data)
