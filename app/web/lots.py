"""What a page tells of lots: somebody gives a whole set with the book, or single books of the wished set. Neither is offered for the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.container import container
from app.domain.book import BookFacts
from app.domain.lots import lots_of, volumes_of


@dataclass(frozen=True, slots=True)
class ToldOfLot:
    """A book of which somebody gives a copy, and whether it is the set rather than one of its books."""

    facts: BookFacts
    is_lot: bool


def find_lots(books: Sequence[BookFacts], *, member_id: int | None) -> Mapping[str, ToldOfLot]:
    """Return what is told of each of these books, by its ISBN, of those of which there is something to tell; one statement."""
    asked = {facts.isbn13: (lots_of(facts), volumes_of(facts)) for facts in books}
    keys = frozenset[str]().union(*(keys for both in asked.values() for keys in both))
    given = container.exchange.shelf.find_given(sorted(keys), member_id=member_id)
    told = {}
    for isbn13, both in asked.items():
        for is_lot, wanted in zip((True, False), both, strict=True):
            found = next((given[key] for key in sorted(wanted & given.keys())), None)
            if found is not None and isbn13 not in told:
                told[isbn13] = ToldOfLot(found.facts, is_lot)
    return told
