"""Titles spoilt as people spoil them still find their books."""

from collections import defaultdict

import pytest

from tests.golden.damage import SPOILS, damage
from tests.golden.judge import mean

EACH = 25
HARD = {"a letter left out", "two words written as one"}
"""Here another word is often as near as the right one."""


@pytest.mark.slow
def test_spoilt_titles_still_find_their_books(loaded):
    search, facts = loaded
    found = defaultdict(list)
    missed = []
    for spoilt in damage(facts, each=EACH):
        hit = spoilt.is_answered(search.find(spoilt.query))
        found[spoilt.kind].append(hit)
        if not hit:
            missed.append((spoilt.kind, spoilt.query, spoilt.facts.title))
    assert found.keys() == SPOILS.keys()
    assert all(len(hits) == EACH for hits in found.values())
    assert mean(hit for hits in found.values() for hit in hits) >= 0.97, missed
    assert all(mean(hits) >= (0.8 if kind in HARD else 0.9) for kind, hits in found.items()), missed
