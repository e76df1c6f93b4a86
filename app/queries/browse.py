"""Read what can be browsed, and what it is counted from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.db.row_mapper import RowMapper
from app.db.sql_helper import SqlHelper, in_list
from app.domain.browse import BrowseKind
from app.domain.drift import DriftState
from app.domain.gift import GiftState
from app.domain.wish import WishState


@dataclass(frozen=True, slots=True)
class BrowseCountRow:
    """One number, see `BrowseCount`."""

    kind: BrowseKind
    item: str
    number: int
    had: int


@dataclass(frozen=True, slots=True)
class WorkCountRow:
    """How many people wish a work, or got a copy of it, and the edition that most of them did."""

    work_id: int
    isbn13: str
    people: int


_COUNT = RowMapper(BrowseCountRow)

#: Both walk an index that has all they read.
_MOST = "AND work_id > :after AND work_id <= :upto GROUP BY work_id ORDER BY COUNT(*) DESC, work_id LIMIT :limit"
_MOST_WISHED = f"SELECT work_id, COUNT(*) FROM wish WHERE state = '{WishState.OPEN}' {_MOST}"
_MOST_LAUNCHED = f"SELECT work_id, COUNT(*) FROM gift WHERE state = '{GiftState.LAUNCHED}' {_MOST}"

_WISHERS = (
    "FROM wish w JOIN user u ON u.id = w.user_id AND u.status = 1 AND u.disabled_at IS NULL "
    f"WHERE w.work_id IN ({{works}}) AND w.state = '{WishState.OPEN}'"
)
_COUNT_WISHERS = (
    f"SELECT w.work_id, '', COUNT(DISTINCT u.person_id) {_WISHERS} GROUP BY w.work_id UNION ALL "
    f"SELECT w.work_id, w.isbn13, COUNT(*) {_WISHERS} GROUP BY w.work_id, w.isbn13"
)
_READERS = (
    f"FROM gift g JOIN drift d ON d.gift_id = g.id AND d.state = '{DriftState.RECEIVED}' "
    f"WHERE g.work_id IN ({{works}}) AND g.state = '{GiftState.LAUNCHED}'"
)
_COUNT_READERS = (
    f"SELECT g.work_id, '', COUNT(*) {_READERS} GROUP BY g.work_id UNION ALL "
    f"SELECT g.work_id, g.isbn13, COUNT(*) {_READERS} GROUP BY g.work_id, g.isbn13"
)


class BrowseQueries:
    """Look up the numbers of the page for browsing, and count them."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def list_counts(self) -> tuple[BrowseCountRow, ...]:
        """Return all numbers, the largest of each kind first; one statement."""
        rows = self._sql.fetchall(f"SELECT {_COUNT.columns} FROM browse_count ORDER BY kind, number DESC, item")
        return _COUNT.read_all(rows)

    def find_last_listed(self) -> int:
        """Return the highest id of a work that anybody has listed; 0 where there is none."""
        found = self._sql.fetchone("SELECT (SELECT MAX(work_id) FROM wish), (SELECT MAX(work_id) FROM gift)")
        return max((number or 0 for number in found or ()), default=0)

    def list_most_wished(self, after: int, upto: int, *, limit: int) -> list[tuple[int, int]]:
        """Return the works with after < id <= upto that have most open wishes, as (id, wishes)."""
        return self._sql.fetchall(_MOST_WISHED, {"after": after, "upto": upto, "limit": limit})

    def list_most_launched(self, after: int, upto: int, *, limit: int) -> list[tuple[int, int]]:
        """Return the works with after < id <= upto of which most copies were sent, as (id, copies)."""
        return self._sql.fetchall(_MOST_LAUNCHED, {"after": after, "upto": upto, "limit": limit})

    def count_wishers(self, works: Sequence[int]) -> list[WorkCountRow]:
        """Count for each of these works the persons who wish it; those that nobody does are left out. One statement."""
        return self._count(_COUNT_WISHERS, works)

    def count_readers(self, works: Sequence[int]) -> list[WorkCountRow]:
        """Count for each of these works how often a copy reached a reader; those that never did are left out. One statement."""
        return self._count(_COUNT_READERS, works)

    def _count(self, statement: str, works: Sequence[int]) -> list[WorkCountRow]:
        if not works:
            return []
        marks, params = in_list("w", works)
        people: dict[int, int] = {}
        editions: dict[int, tuple[int, str]] = {}
        for work, isbn13, number in self._sql.fetchall(statement.format(works=marks), params):
            if isbn13:
                editions[work] = max(editions.get(work, (0, "")), (number, isbn13))
            else:
                people[work] = number
        return [WorkCountRow(work, editions[work][1], people[work]) for work in works if work in editions]
