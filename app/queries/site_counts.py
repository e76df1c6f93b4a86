"""Read how many books there are, how many copies can be had, how many reached a reader."""

from __future__ import annotations

from dataclasses import dataclass, fields

from app.db.sql_helper import SqlHelper
from app.domain.drift import State as DriftState
from app.domain.gift import State as GiftState

#: What is counted, by the names of `Counts`. Each is answered by an index alone.
_COUNTED = {
    "books": "FROM book",
    "offered": f"FROM gift WHERE state = '{GiftState.OPEN}'",
    "delivered": f"FROM drift WHERE state = '{DriftState.RECEIVED}'",
}
#: Up to here each look counts by itself.
_FEW = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Books in the catalogue, copies on the shelf, and books that reached a reader."""

    books: int
    offered: int
    delivered: int


class SiteCountQueries:
    """Look up what the first page counts."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def read(self) -> Counts:
        """Return small numbers as they are, large ones as the worker counted them last."""
        few = ", ".join(
            f"(SELECT COUNT(*) FROM (SELECT 1 {counted} LIMIT {_FEW}) {name})" for name, counted in _COUNTED.items()
        )
        with self._sql.reading() as cursor:
            row = cursor.execute(f"SELECT {few}").fetchone() or (0, 0, 0)
            kept: dict[str, int] = dict(cursor.execute("SELECT name, number FROM site_count").fetchall())
        exact = dict(zip(_COUNTED, map(int, row), strict=True))
        return Counts(**{name: kept.get(name, number) if number == _FEW else number for name, number in exact.items()})

    def count(self) -> Counts:
        """Count everything; the work grows with the site."""
        row = self._sql.fetchone("SELECT " + ", ".join(f"(SELECT COUNT(*) {counted})" for counted in _COUNTED.values()))
        return Counts(**dict(zip([field.name for field in fields(Counts)], map(int, row or (0, 0, 0)), strict=True)))
