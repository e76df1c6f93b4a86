"""Closed circles: whose parcels and receipts count as evidence, because they lead beyond a few people.

Somebody with several accounts, or a few friends, can press "received" for each other as often as they like. What they cannot
make up is that people outside get books from them. So a receipt counts when the reader's own books went on to at least
`CIRCLE` people without help from anybody whom the giver has dealt with. A loss between two who deal only with a few others, so
that parcels go round among them, or with each other in both directions, is theirs to settle.

Every question looks at a bounded neighbourhood: no more than `CIRCLE` persons beyond those whom the giver has dealt with, no
more than `MOST_PARTNERS` of these, no more than `MOST_READERS` readers.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

CIRCLE = 20
MOST_PARTNERS = 200
MOST_READERS = 50


class Acquaintance(Protocol):
    """Who has dealt with whom. Persons are numbers; an answer holds `limit` of them at most."""

    def count_mailboxes(self) -> int:
        """Return how many mailboxes were ever confirmed on the site."""

    def readers_of(self, givers: Collection[int], *, but: Collection[int], limit: int) -> set[int]:
        """Return who pressed "received" on a book of one of the givers."""

    def partners_of(self, persons: Collection[int], *, but: Collection[int], limit: int) -> set[int]:
        """Return who posted a book to one of the persons, or was posted one by them."""

    def count_parcels(self, persons: Collection[int]) -> int:
        """Count the books that were posted among the persons."""


class Circles:
    """Answers what the rules ask about circles. On a site of fewer mailboxes than two circles everybody counts: they know each other."""

    def __init__(self, acquaintance: Acquaintance) -> None:
        self._acquaintance = acquaintance

    def is_closed(self, persons: Collection[int]) -> bool:
        """Whether these and their partners, and theirs, are fewer than a circle, and their parcels go round among them.

        Newcomers who know nobody yet hang together like a tree: with one parcel less than persons.
        """
        if self._is_small_site():
            return False
        seen, edge = set(persons), set(persons)
        while edge and len(seen) < CIRCLE:
            edge = self._acquaintance.partners_of(edge, but=seen, limit=CIRCLE)
            seen |= edge
        return len(seen) < CIRCLE and self._acquaintance.count_parcels(seen) >= len(seen)

    def count_witnesses(self, giver: int, *, enough: int) -> int:
        """Count the readers whose receipts count for a giver; no further than `enough`."""
        if not enough:
            return 0
        readers = self._acquaintance.readers_of({giver}, but={giver}, limit=MOST_READERS)
        if self._is_small_site() or not readers:
            return min(len(readers), enough)
        partners = self._acquaintance.partners_of({giver}, but={giver}, limit=MOST_PARTNERS) | {giver}
        found = 0
        for reader in sorted(readers):
            found += self._gives_beyond(reader, partners)
            if found == enough:
                break
        return found

    def _gives_beyond(self, reader: int, partners: Collection[int]) -> bool:
        """Whether a reader's books, passed on and on, reach a circle of people none of whom is a partner."""
        seen, edge = {*partners, reader}, {reader}
        limit = len(seen) + CIRCLE
        while edge and len(seen) < limit:
            edge = self._acquaintance.readers_of(edge, but=seen, limit=CIRCLE)
            seen |= edge
        return len(seen) >= limit

    def _is_small_site(self) -> bool:
        return self._acquaintance.count_mailboxes() < 2 * CIRCLE
