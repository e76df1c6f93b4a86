"""Circles: whose receipts count as evidence that somebody gives, because they lead beyond a few people.

Somebody with several accounts, or a few friends, can press "received" for each other as often as they like. What they cannot
make up is that many people get books from them. So a receipt counts when the reader's own books went on, from hand to hand,
to at least `CIRCLE` people. Books that go on by way of somebody whom the giver has dealt with are not followed further, or one
real book out of a circle would lend its evidence to everybody in it.

Every question looks at a bounded neighbourhood: no more than `CIRCLE` persons from each reader, no more than `MOST_READERS`
readers, no more than `MOST_PARTNERS` whom the giver has dealt with.
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

    def list_readers(self, givers: Collection[int], *, but: Collection[int], limit: int) -> set[int]:
        """Return who pressed "received" on a book of one of the givers."""

    def list_partners(self, person: int, *, limit: int) -> set[int]:
        """Return who posted a book to a person, or was posted one by them."""


class Circles:
    """Answers what the rules ask about circles. On a site of fewer mailboxes than two circles every reader counts."""

    def __init__(self, acquaintance: Acquaintance) -> None:
        self._acquaintance = acquaintance

    def count_witnesses(self, giver: int, *, enough: int) -> int:
        """Count the readers whose receipts count for a giver; no further than `enough`."""
        if not enough:
            return 0
        readers = self._acquaintance.list_readers({giver}, but={giver}, limit=MOST_READERS)
        if not readers or self._is_small_site():
            return min(len(readers), enough)
        partners = self._acquaintance.list_partners(giver, limit=MOST_PARTNERS)
        found = 0
        for reader in sorted(readers):
            found += self._gives_beyond(reader, giver, partners)
            if found == enough:
                break
        return found

    def _gives_beyond(self, reader: int, giver: int, partners: Collection[int]) -> bool:
        """Whether a reader's books, passed on and on, reach a circle of people; a partner of the giver passes none on."""
        reached: set[int] = set()
        edge = {reader}
        while edge and len(reached) < CIRCLE:
            found = self._acquaintance.list_readers(edge, but={giver, reader, *reached}, limit=CIRCLE)
            reached |= found
            edge = found.difference(partners)
        return len(reached) >= CIRCLE

    def _is_small_site(self) -> bool:
        return self._acquaintance.count_mailboxes() < 2 * CIRCLE
