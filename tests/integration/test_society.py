"""The simulated society in small: gangs gain less where circles are seen."""

from __future__ import annotations

import pytest

from tests.bench.economy import simulate
from tests.bench.society.colluders import Tactic


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_gang_takes_less_where_circles_are_seen():
    small = {"tactics": frozenset(Tactic), "honest": 50, "days": 90, "sizes": (4,)}
    year, before = simulate(**small), simulate(**small, credulous=True)
    assert year.breaches == before.breaches == 0
    assert year.taken[0].total <= 5
    assert year.taken[0].minted <= 2.5, "four bonuses and the welcome, however often they come back"
    assert before.taken[0].minted > year.taken[0].minted, "the tactics work where nobody sees circles"
