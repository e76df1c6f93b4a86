"""The rule that says which editions are one work does what readers say of real pairs of books."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from app.domain.volumes import written
from app.domain.work import work_key
from app.domain.work_title import read_title, work_title
from tests.golden.starter import read_starter
from tests.golden.works import FOURTH, PAIRS, THIRD, UNSEEN, read_pairs


@pytest.mark.parametrize(
    ("file", "precision", "recall"),
    [
        pytest.param(PAIRS, 0.99, 0.95, id="made with them"),
        pytest.param(UNSEEN, 0.99, 0.93, id="mended by them"),
        pytest.param(THIRD, 0.99, 0.93, id="mended again by these"),
        pytest.param(FOURTH, 0.99, 0.93, id="never seen"),
    ],
)
def test_the_key_of_a_work_merges_what_people_call_one_work_and_hardly_anything_else(
    file: Path, precision: float, recall: float
) -> None:
    keys = {facts.isbn13: work_key(facts) for facts in read_starter()}
    pairs = read_pairs(file)
    merged = {pair: keys[pair.isbn13_a] == keys[pair.isbn13_b] for pair in pairs}
    said = Counter((pair.same, merged[pair]) for pair in pairs)
    wrong = [pair for pair in pairs if pair.same != merged[pair]]
    assert said[True, True] / (said[True, True] + said[False, True]) >= precision, wrong
    assert said[True, True] / (said[True, True] + said[True, False]) >= recall, wrong


def test_a_title_that_is_not_read_part_by_part_says_nothing_that_would_be_found() -> None:
    # Most titles are known at a glance to be their own key; the glance may miss nothing.
    missed = [facts.title for facts in read_starter() if work_title(facts) != read_title(facts, written(facts.title))]
    assert missed == []
