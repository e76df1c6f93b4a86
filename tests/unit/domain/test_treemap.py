"""A treemap fills its picture, and words stay within their rectangle."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.treemap import fit, fit_or_cut, treemap, width_of

numbers = st.lists(st.integers(1, 10**9), min_size=1, max_size=40).map(lambda found: sorted(found, reverse=True))


@given(numbers, st.integers(1, 2000), st.integers(1, 2000))
def test_each_rectangle_is_as_large_as_its_number_and_stays_in_the_picture(found: list[int], width: int, height: int):
    places = treemap(found, width, height)
    assert len(places) == len(found)
    for number, place in zip(found, places, strict=True):
        assert place.width * place.height == pytest.approx(width * height * number / sum(found), rel=1e-6)
        assert -1e-6 <= place.x <= place.x + place.width <= width + 1e-6 * width
        assert -1e-6 <= place.y <= place.y + place.height <= height + 1e-6 * height


def test_no_two_rectangles_overlap():
    places = treemap([60, 60, 40, 30, 20, 10, 10], 320, 620)
    for number, one in enumerate(places):
        for other in places[number + 1 :]:
            across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
            down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
            assert across <= 1e-6 or down <= 1e-6


def test_equal_numbers_are_nearly_squares():
    assert all(0.5 <= place.width / place.height <= 2 for place in treemap([1] * 12, 650, 460))


def test_without_numbers_there_is_no_rectangle():
    assert treemap([], 100, 100) == []


@given(
    st.sampled_from(["青春文学", "Biography & Autobiography", "Sci-Fi", "心理学"]),
    st.integers(1, 400),
    st.integers(1, 300),
)
def test_words_fit_or_are_left_out(text: str, width: int, height: int):
    label = fit(text, width, height)
    if label is not None:
        assert all(width_of(line) * label.size < width for line in label.lines)
        assert len(label.lines) * label.size < height
        assert "".join(label.lines).replace(" ", "") == text.replace(" ", "")


def test_words_without_room_are_cut_and_end_in_an_ellipsis():
    text = "Biography & Autobiography"
    assert fit_or_cut(text, 130, 80) == fit(text, 130, 80)
    assert fit(text, 60, 30) is None
    cut = fit_or_cut(text, 60, 30)
    assert cut is not None
    [line] = cut.lines
    assert line.endswith("…")
    assert text.startswith(line[:-1])
    assert len(line) > 4
    assert fit_or_cut(text, 12, 12) is None


def test_a_name_stays_in_one_line_where_it_can_be_read_so():
    label = fit("心理学", 60, 80)
    assert label is not None
    assert label.lines == ("心理学",)
    broken = fit("Biography & Autobiography", 130, 80)
    assert broken is not None
    assert broken.lines == ("Biography &", "Autobiography")
