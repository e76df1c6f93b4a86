"""Read works that are on the same members' lists, and the lists that tell so.

What is read of a work or a member is bounded: of each kind and state the newest rows, along an index. Accounts that were closed do
not count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from app.db.row_mapper import RowMapper
from app.db.sql_helper import SqlHelper, in_list
from app.domain.drift import DriftState
from app.domain.gift import GiftState
from app.domain.neighbours import Neighbour
from app.domain.wish import WishScope, WishState
from app.libs.batches import batches
from app.queries.book import BOOK, BookRow
from app.queries.work import FAMILY, FAMILY_OF

#: Persons of one work, and entries of one person, that are looked at: the newest.
MOST_PERSONS: Final = 200
MOST_ENTRIES: Final = 40
#: Members whose entries are read by one statement, which is as long as they are many.
_AT_ONCE: Final = 16

_LISTED_GIFTS: Final = frozenset({GiftState.OPEN, GiftState.RESERVED, GiftState.PAUSED, GiftState.LAUNCHED})
_LISTED_WISHES: Final = frozenset({WishState.OPEN, WishState.FULFILLED})


@dataclass(frozen=True, slots=True)
class NeighbourRow:
    """A work by one edition: one that can be had (`is_had`), else the most popular one."""

    book: BookRow
    is_had: bool


_NEIGHBOUR = RowMapper(NeighbourRow, book=BOOK, is_had="r.had IS NOT NULL")
_SHOW = (
    f"SELECT {_NEIGHBOUR.columns} FROM (SELECT n.other_id, n.members, "
    "(SELECT e.id FROM gift g JOIN book e ON e.isbn13 = g.isbn13 WHERE g.work_id = n.other_id "
    f"AND g.state = '{GiftState.OPEN}' ORDER BY g.user_id, g.id LIMIT 1) AS had, "
    "(SELECT e.id FROM book e WHERE e.work_id = n.other_id ORDER BY e.popularity DESC, e.id DESC LIMIT 1) AS top "
    f"FROM work_neighbour n WHERE n.work_id = :work AND n.other_id NOT IN ({FAMILY})) r "
    "JOIN book b ON b.id = COALESCE(r.had, r.top) "
    "ORDER BY r.had IS NULL, r.members DESC, r.other_id LIMIT :limit"
)

_FAMILY_AND_HAD = (
    f"SELECT b.id, {FAMILY_OF.format(work='k')}, EXISTS (SELECT 1 FROM gift g WHERE g.isbn13 = b.isbn13 AND g.state = '{GiftState.OPEN}') "
    "FROM book b LEFT JOIN work k ON k.id = b.work_id WHERE b.id IN ({books})"
)

#: A work that fewer gifts and fewer wishes name, whatever became of them, has not twenty members: a gift has a giver and a reader.
_FEWEST_LISTINGS: Final = 7
_LIST_CANDIDATES = (
    "SELECT k.id FROM work k WHERE k.id > :after AND k.id <= :upto AND ("
    + " OR ".join(
        f"(SELECT l.work_id FROM {table} l WHERE l.work_id = k.id LIMIT 1 OFFSET {_FEWEST_LISTINGS - 1}) IS NOT NULL"
        for table in ("wish", "gift")
    )
    + ") ORDER BY k.id LIMIT :limit"
)


def _part(select: str, number: int) -> str:
    return f"SELECT * FROM ({select}) p{number}"


_GIFTS_OF_WORK = (
    "SELECT {what} FROM gift g WHERE g.work_id = :work AND g.state = '{state}' ORDER BY g.user_id DESC LIMIT :most"
)
_HOLDER_PARTS = (
    *(
        f"SELECT w.user_id FROM wish w WHERE w.work_id = :work AND w.state = '{state}' AND w.scope = '{scope}' "
        "ORDER BY w.id DESC LIMIT :most"
        for state, scope in product(sorted(_LISTED_WISHES), sorted(WishScope))
    ),
    *(_GIFTS_OF_WORK.format(what="g.user_id", state=state) for state in sorted(_LISTED_GIFTS)),
    (
        f"SELECT d.requester_id FROM ({_GIFTS_OF_WORK.format(what='g.id', state=GiftState.LAUNCHED)}) l "
        f"JOIN drift d ON d.gift_id = l.id AND d.state = '{DriftState.RECEIVED}'"
    ),
)
_LIST_HOLDERS = (
    f"SELECT MAX(u.id) FROM ({' UNION ALL '.join(_part(part, number) for number, part in enumerate(_HOLDER_PARTS))}) h "
    "JOIN user u ON u.id = h.user_id AND u.status = 1 AND u.disabled_at IS NULL WHERE u.person_id IS NOT NULL "
    "GROUP BY u.person_id ORDER BY u.person_id DESC LIMIT :most"
)

_ENTRY_PARTS = (
    *(
        f"SELECT l.user_id, l.create_time, '{table}' AS kind, l.id, l.work_id, l.state FROM {table} l "
        f"WHERE l.user_id = :{{member}} ORDER BY l.id DESC LIMIT {MOST_ENTRIES}"
        for table in ("gift", "wish")
    ),
    (
        "SELECT d.requester_id, d.create_time, 'drift', d.id, g.work_id, '' FROM (SELECT r.id, r.requester_id, r.create_time, r.gift_id "
        f"FROM drift r WHERE r.requester_id = :{{member}} AND r.state = '{DriftState.RECEIVED}' ORDER BY r.id DESC LIMIT {MOST_ENTRIES}) d "
        "JOIN gift g ON g.id = d.gift_id"
    ),
)
_COUNTED_STATES: Final = frozenset({"", *_LISTED_GIFTS, *_LISTED_WISHES})


class NeighbourQueries:
    """Look up the neighbours of works, and what they are counted from."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def list_of(self, work_id: int, limit: int) -> tuple[NeighbourRow, ...]:
        """Return the neighbours of a work, those that can be had in front, then those that most members share; one statement.

        Works that have no book any more, and those of its own family, are left out.
        """
        if not work_id:
            return ()
        return _NEIGHBOUR.read_all(self._sql.fetchall(_SHOW, {"work": work_id, "limit": limit}))

    def list_one_of_each_family(self, books: Sequence[BookRow]) -> tuple[NeighbourRow, ...]:
        """Return of these books the first of each family, and whether it can be had; one statement."""
        if not books:
            return ()
        marks, params = in_list("b", [book.id for book in books])
        rows = self._sql.fetchall(_FAMILY_AND_HAD.format(books=marks), params)
        found = {id_: (family or -id_, bool(had)) for id_, family, had in rows}
        first: dict[int, NeighbourRow] = {}
        for book in books:
            if book.id in found:
                family, is_had = found[book.id]
                first.setdefault(family, NeighbourRow(book, is_had))
        return tuple(first.values())

    def list_stored(self, after: int, upto: int) -> dict[int, list[Neighbour]]:
        """Return the neighbours of the works with after < id <= upto as they are stored, in the order in which they are counted."""
        rows = self._sql.fetchall(
            "SELECT work_id, other_id, members FROM work_neighbour WHERE work_id > :after AND work_id <= :upto "
            "ORDER BY work_id, members DESC, other_id",
            {"after": after, "upto": upto},
        )
        stored: defaultdict[int, list[Neighbour]] = defaultdict(list)
        for work_id, other_id, members in rows:
            stored[work_id].append(Neighbour(other_id, members))
        return dict(stored)

    def list_candidates(self, after: int, upto: int, limit: int) -> list[int]:
        """Return the works with after < id <= upto that twenty members may have listed, in the order of their ids."""
        return self._sql.fetchcolumn(_LIST_CANDIDATES, {"after": after, "upto": upto, "limit": limit})

    def list_holders(self, work_id: int) -> list[int]:
        """Return the members who have a work on their lists or received it, the newest first: one of each person, at most `MOST_PERSONS`."""
        return self._sql.fetchcolumn(_LIST_HOLDERS, {"work": work_id, "most": MOST_PERSONS})

    def list_entries(self, members: Sequence[int]) -> dict[int, set[int]]:
        """Return of each of these members the works of the newest `MOST_ENTRIES` gifts, wishes and received books, as far as they count."""
        found: defaultdict[int, list[tuple[int, str, int, int]]] = defaultdict(list)
        for some in batches(members, _AT_ONCE):
            params = {f"m{number}": member for number, member in enumerate(some)}
            parts = [part.format(member=name) for name in params for part in _ENTRY_PARTS]
            statement = " UNION ALL ".join(_part(part, number) for number, part in enumerate(parts))
            for member, time, kind, id_, work, state in self._sql.fetchall(statement, params):
                if state in _COUNTED_STATES:
                    found[member].append((time, kind, id_, work))
        return {
            member: {entry[-1] for entry in sorted(entries, reverse=True)[:MOST_ENTRIES] if entry[-1]}
            for member, entries in found.items()
        }
