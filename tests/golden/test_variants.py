"""A title is found whichever variants of its characters are typed."""

from __future__ import annotations

import pytest

from app.domain.text import fold, simplified
from tests.golden.damage import Damaged
from tests.golden.judge import mean
from tests.golden.variants import variant_pairs, varied_titles

EACH = 10


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    return variant_pairs(tmp_path_factory.mktemp("opencc"))


@pytest.mark.slow
def test_titles_are_found_by_every_variant_of_their_characters(loaded, pairs):
    # Searched exactly, so that no correction helps.
    search, facts = loaded
    found, missed = [], []
    for pair, query, wanted in varied_titles(facts, pairs, each=EACH):
        found.append(Damaged("variant", query, wanted).is_answered(search.find(query, exact=True)))
        if not found[-1]:
            missed.append((*pair, query, wanted.title))
    assert len(found) > 5000
    assert mean(found) >= 0.99, missed


def test_variants_are_one_but_for_common_characters_that_are_read_differently(pairs):
    apart = {frozenset(map(simplified, pair)) for pair in pairs if fold(pair[0]) != fold(pair[1])}
    assert apart == {frozenset("欠缺"), frozenset("沪滤")}
