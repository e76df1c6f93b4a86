"""Who had to do with whom: who pressed "received" on whose books, and who posted books to whom. For circles."""

from __future__ import annotations

from collections.abc import Collection

from app.db.sql_helper import SqlHelper, in_list
from app.domain.drift import DriftState

_READERS = (
    "SELECT DISTINCT reader.person_id FROM user giver "
    f"CROSS JOIN drift d ON d.giver_id = giver.id AND d.state = '{DriftState.RECEIVED}' AND d.confirmed_by_reader = 1 "
    "JOIN user reader ON reader.id = d.requester_id AND reader.status IN (0, 1) "
    "WHERE giver.status IN (0, 1) AND giver.person_id IN ({persons}) AND reader.person_id NOT IN ({but}) LIMIT :limit"
)
_PARTNERS = (
    "SELECT DISTINCT other.person_id FROM user mine JOIN drift d ON d.{mine} = mine.id AND d.mailed_at IS NOT NULL "
    "JOIN user other ON other.id = d.{other} AND other.status IN (0, 1) "
    "WHERE mine.status IN (0, 1) AND mine.person_id IN ({persons}) AND other.person_id NOT IN ({but}) LIMIT :limit"
)


class AcquaintanceQueries:
    """Looks the persons up in their drifts, by key and never further than the limit."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def count_mailboxes(self) -> int:
        """Return how many mailboxes were ever confirmed on the site: marks are numbered and stay."""
        return self._sql.fetchvalue("SELECT MAX(id) FROM mark") or 0

    def list_readers(self, givers: Collection[int], *, but: Collection[int], limit: int) -> set[int]:
        """Return who pressed "received" on a book of one of the givers."""
        return self._read(_READERS, givers, but, limit)

    def list_partners(self, person: int, *, limit: int) -> set[int]:
        """Return who posted a book to a person, or was posted one by them."""
        sides = (("giver_id", "requester_id"), ("requester_id", "giver_id"))
        found = (
            self._read(_PARTNERS.replace("{mine}", mine).replace("{other}", other), {person}, {person}, limit)
            for mine, other in sides
        )
        return set().union(*found)

    def _read(self, statement: str, persons: Collection[int], but: Collection[int], limit: int) -> set[int]:
        these, params = in_list("person", sorted(persons))
        others, more = in_list("but", sorted(but))
        found = self._sql.fetchcolumn(statement.format(persons=these, but=others), params | more | {"limit": limit})
        return set(found)
