"""Which works stand together: those that enough persons have on their lists besides one another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Final, NamedTuple

#: A pair of works that fewer persons share is nobody's business.
FEWEST_PERSONS: Final = 20
#: Neighbours of one work that are kept, and those that its books' pages show.
MOST_NEIGHBOURS: Final = 16
NEIGHBOURS_SHOWN: Final = 8


class Neighbour(NamedTuple):
    """A work, and how many persons have it besides the one that it is a neighbour of."""

    work_id: int
    members: int


def shared_works(lists: Iterable[Collection[int]]) -> list[Neighbour]:
    """Return the works that are on at least `FEWEST_PERSONS` of the lists, those of most persons first.

    :param lists: the works of one person each.
    """
    counts = Counter(work for works in lists for work in set(works))
    shared = [Neighbour(work, members) for work, members in counts.items() if members >= FEWEST_PERSONS]
    return sorted(shared, key=lambda one: (-one.members, one.work_id))
