"""The simulated society in small: gangs gain less where circles are seen, and honest clubs are paid for their losses."""

from __future__ import annotations

import pytest

from app.domain.wish import WishScope
from tests.bench.economy import Case, simulate
from tests.bench.society.colluders import Tactic
from tests.bench.wishes import simulate_wishes

EMPTY_HANDED = frozenset(Tactic) - {Tactic.BAIT}


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_gang_takes_less_where_circles_are_seen():
    small = {"honest": 50, "days": 90, "sizes": (4,)}
    year, before = (
        simulate(Case(name="", lost=0.05, tactics=EMPTY_HANDED, credulous=credulous), **small)
        for credulous in (False, True)
    )
    assert year.breaches == before.breaches == 0
    assert year.taken[0].total <= 5
    assert year.taken[0].minted <= 2.5, "four bonuses and the welcome, however often they come back"
    for what in ("minted", "total"):
        taken, taken_before = (getattr(one.taken[0], what) for one in (year, before))
        assert taken < taken_before, "the tactics work where nobody sees circles"


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_nine_in_ten_real_losses_are_paid_in_clubs_that_deal_with_themselves_alone():
    """Five clubs of fifteen, in which one parcel in ten gets lost, on a site that is too large for everybody to be known."""
    year = simulate(Case(name="", lost=0.1), honest=1, days=150, sizes=(), clubs=(15,) * 5)
    losses, paid = (sum(getattr(club.repaid, field) for club in year.clubs) for field in ("losses", "paid"))
    assert losses >= 10
    assert paid >= 0.9 * losses
    assert year.breaches == 0


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_wishes_for_any_edition_bring_more_books_to_readers():
    by_edition, by_work = (
        simulate_wishes(scope, members=60, days=200, seed=1) for scope in (WishScope.EDITION, WishScope.LANGUAGE)
    )
    assert by_edition.fulfilled > 0
    assert by_work.fulfilled > by_edition.fulfilled
