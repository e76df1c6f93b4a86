"""While every source hangs, the catalogue answers as if nothing were."""

from __future__ import annotations

import pytest

from tests.bench.hanging_sources import BUDGET, PEOPLE, measure


@pytest.mark.slow
def test_200_people_who_wait_for_hanging_sources_do_not_slow_the_search() -> None:
    _alone, busy, crowded = measure()
    assert crowded.count == PEOPLE
    assert crowded.worst < (BUDGET + 2) * 1000, crowded
    assert crowded.p50 < BUDGET * 1000, "most are told at once that the sources are busy"
    assert busy.worst < BUDGET * 1000, "no search waits for a source"
