"""Whose receipts count: not those of a few who deal with each other."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable

import pytest

from app.domain.circle import CIRCLE, MOST_PARTNERS, MOST_READERS, Circles

Gifts = Iterable[tuple[int, int]]
GANG = range(CIRCLE)
#: Honest people: each has given to the next three.
CROWD = [(one, 100 + (one - 100 + step) % 300) for one in range(100, 400) for step in (1, 2, 3)]


class Drawn:
    """Gifts drawn by hand, each received and pressed; counts what it is asked."""

    def __init__(self, gifts: Gifts, mailboxes: int = 1000) -> None:
        self._gifts = set(gifts)
        self._mailboxes = mailboxes
        self.looked_up = 0
        self.limits: set[int] = set()

    def count_mailboxes(self) -> int:
        return self._mailboxes

    def list_readers(self, givers: Collection[int], *, but: Collection[int], limit: int) -> set[int]:
        return self._some({reader for giver, reader in self._gifts if giver in givers and reader not in but}, limit)

    def list_partners(self, person: int, *, limit: int) -> set[int]:
        pairs = itertools.chain(self._gifts, ((reader, giver) for giver, reader in self._gifts))
        return self._some({other for one, other in pairs if one == person}, limit)

    def _some(self, found: set[int], limit: int) -> set[int]:
        self.looked_up += 1
        self.limits.add(limit)
        return set(sorted(found)[:limit])


def witnesses(gifts: Gifts, giver: int = 0, *, mailboxes: int = 1000) -> int:
    return Circles(Drawn(gifts, mailboxes)).count_witnesses(giver, enough=100)


@pytest.mark.parametrize(
    "shams",
    [
        pytest.param([(0, 1), (1, 0)], id="a pair"),
        pytest.param([(one, (one + 1) % CIRCLE) for one in GANG], id="a ring of twenty"),
        pytest.param(list(itertools.permutations(GANG, 2)), id="all with all"),
        pytest.param(list(itertools.combinations(GANG, 2)), id="no ring anywhere"),
        pytest.param([(one, other) for one in GANG[:10] for other in GANG[10:]], id="ten who give and ten who take"),
        pytest.param([(one, (one + step) % CIRCLE) for one in GANG for step in range(1, 6)], id="a loose net"),
    ],
)
def test_twenty_who_deal_with_each_other_have_no_witness(shams: list[tuple[int, int]]) -> None:
    takes = [(100 + one, one) for one in GANG]
    assert [witnesses([*CROWD, *shams, *takes], giver) for giver in GANG] == [0] * CIRCLE


def test_a_book_really_given_makes_its_giver_one_witness_and_not_the_gang() -> None:
    shams = list(itertools.permutations(GANG, 2))
    counted = [witnesses([*CROWD, *shams, (7, 100)], giver) for giver in GANG]
    assert counted == [1] * CIRCLE, "the one who gave it vouches for the others, and its reader for that one"


def test_readers_whose_books_went_on_are_witnesses() -> None:
    assert witnesses([*CROWD, (0, 100), (0, 150), (0, 1)]) == 2, "1 has given nothing yet"
    assert witnesses([*CROWD, (0, 1), (1, 2), (2, 150)]) == 1, "by way of others"


@pytest.mark.parametrize(("reached", "counted"), [(19, 0), (20, 1)])
def test_a_reader_whose_books_reached_twenty_is_a_witness_and_is_followed_no_further(
    reached: int, counted: int
) -> None:
    drawn = Drawn([(0, 1), *((1, 100 + one) for one in range(reached))])
    assert Circles(drawn).count_witnesses(0, enough=100) == counted
    assert drawn.looked_up == (3 if counted else 4), "readers, partners, and how far the one reader's books went"


def test_nobody_looks_for_more_witnesses_than_are_wanted() -> None:
    gifts = [*CROWD, *((0, 100 + 50 * one) for one in range(5))]
    drawn = Drawn(gifts)
    assert Circles(drawn).count_witnesses(0, enough=0) == drawn.looked_up == 0
    for mailboxes in (1000, 2 * CIRCLE - 1):
        counts = [Circles(Drawn(gifts, mailboxes)).count_witnesses(0, enough=enough) for enough in (1, 4, 5, 6)]
        assert counts == [1, 4, 5, 5]


def test_on_a_small_site_everybody_knows_everybody() -> None:
    pair = [(0, 1), (1, 0)]
    assert witnesses(pair, mailboxes=2 * CIRCLE - 1) == 1
    assert witnesses(pair, mailboxes=2 * CIRCLE) == 0


@pytest.mark.parametrize("steps", [(1, 3), (1, 3, 4, 9, 11), (1, 3, 4, 9, 11, 13, 16)])
def test_a_class_of_thirty_is_a_circle_large_enough(steps: tuple[int, ...]) -> None:
    """Their books go round among them alone, and the more they gave, the more of each other they have dealt with."""
    gifts = [(500 + one, 500 + (one + step) % 30) for one in range(30) for step in steps]
    assert [witnesses([*CROWD, *gifts], giver) for giver in range(500, 530)] == [len(steps)] * 30


def test_a_look_around_is_bounded_however_large_the_site() -> None:
    everybody = [(one, other) for one in range(120) for other in range(120) if one != other]
    drawn = Drawn(everybody)
    assert Circles(drawn).count_witnesses(0, enough=10) == 10, "so many are no small circle"
    assert drawn.looked_up <= 3 + MOST_READERS
    assert drawn.limits == {CIRCLE, MOST_READERS, MOST_PARTNERS} == {20, 50, 200}
    chain = Drawn([*((0, one) for one in range(1, 100)), *((one, one + 1) for one in range(1, 2000))])
    Circles(chain).count_witnesses(0, enough=10)
    assert chain.looked_up <= 3 + MOST_READERS * (CIRCLE + 1)
    assert MOST_PARTNERS > MOST_READERS
