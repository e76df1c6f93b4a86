"""Titles corrupted as people corrupt them still find their books."""

from collections import defaultdict

import pytest

from tests.golden.damage import CORRUPTIONS, damage
from tests.golden.judge import mean

EACH = 25
HARD = {"a letter left out", "two words written as one"}
"""Here another word is often as near as the right one."""


@pytest.mark.slow
def test_corrupted_titles_still_find_their_books(loaded):
    search, facts = loaded
    found = defaultdict(list)
    missed = []
    for corrupted in damage(facts, each=EACH):
        hit = corrupted.is_answered(search.find(corrupted.query))
        found[corrupted.kind].append(hit)
        if not hit:
            missed.append((corrupted.kind, corrupted.query, corrupted.facts.title))
    assert found.keys() == CORRUPTIONS.keys()
    assert all(len(hits) == EACH for hits in found.values())
    assert mean(hit for hits in found.values() for hit in hits) >= 0.97, missed
    assert all(mean(hits) >= (0.8 if kind in HARD else 0.9) for kind, hits in found.items()), missed
