"""Overrides: what moderators decided about works, applied to each book that is stored or looked at again.

An override names an edition and the work that it belongs to; the newest one of an edition counts. Two works of one decision are
merged: in `work.same_as` all works of such a group name the oldest of them, the only one that has books.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

from app.db.sql_helper import Row, SqlHelper, in_list

#: What a SELECT ends with, so that it sees what others have committed meanwhile, and keeps them from changing it.
IN_SHARE_MODE: Final = {"sqlite": "", "mysql": " LOCK IN SHARE MODE"}

_OF_EDITIONS = (
    "SELECT isbn13, work_id, known_by FROM work_override WHERE isbn13 IN ({marks}) ORDER BY decision_id{lock}"
)
_MERGED_INTO = "SELECT id, same_as FROM work WHERE id IN ({marks}){lock}"
_LINKS = (
    "SELECT o.work_id, p.work_id FROM work_override o JOIN work_override p ON p.decision_id = o.decision_id "
    "AND p.work_id <> o.work_id WHERE o.work_id IN ({marks}){lock}"
)
_KNOWN_BY = "SELECT DISTINCT known_by FROM work_override WHERE known_by <> '' AND rule <> :rule"
_MERGED_BY = (
    "SELECT DISTINCT o.work_id, o.known_by FROM work_override o JOIN work k ON k.id = o.work_id AND k.same_as <> 0 "
    "WHERE o.known_by <> '' AND o.rule <> :rule ORDER BY o.work_id, o.known_by"
)
_RENEW = "UPDATE work_override SET work_id = :work, rule = :rule WHERE known_by = :isbn AND rule <> :rule"
_ALL_CONCERNED = "SELECT work_id FROM work_override UNION SELECT id FROM work WHERE same_as <> 0"
_OF_DECISION = "SELECT DISTINCT work_id FROM work_override WHERE decision_id = :decision"
_HOLD_WORKS = {"sqlite": "", "mysql": " FOR UPDATE"}
_MERGE = "UPDATE work SET same_as = :root WHERE id = :id"


class WorkSide(NamedTuple):
    """The work that an edition is known by before merging, and whose facts make its key: "" where a decision made it."""

    work_id: int
    known_by: str


class WorkOverrides:
    """Looks up and applies overrides, inside the transaction that stores or moves books."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def apply(self, by_rule: Mapping[str, int]) -> dict[str, int]:
        """Return the works of editions, by ISBN, where the rule alone says `by_rule`."""
        if not by_rule:
            return {}
        works = dict(by_rule) | {isbn: side.work_id for isbn, side in self.find_sides(list(by_rule)).items()}
        merged = self._find_merged(set(works.values()))
        return {isbn: merged.get(work) or work for isbn, work in works.items()}

    def find_sides(self, isbns: Sequence[str]) -> dict[str, WorkSide]:
        """Return the works of those editions that have an override, before merging."""
        rows = self._read(_OF_EDITIONS, isbns)
        return {isbn: WorkSide(work_id, known_by) for isbn, work_id, known_by in rows}

    def find_group(self, works: Collection[int]) -> set[int]:
        """Return these works with all that are merged with them, by whichever chain of decisions."""
        found: set[int] = set()
        new = set(works)
        while new:
            found |= new
            new = {other for _work, other in self._read(_LINKS, sorted(new))} - found
        return found

    def merge(self, works: Collection[int]) -> None:
        """Write of each of these works, which are whole groups, which one it is merged into."""
        before = self._find_merged(works, lock=_HOLD_WORKS)
        links = self._read(_LINKS, sorted(works))
        root = {work: work for work in works}
        for one, other in links:
            low, high = sorted((root[one], root[other]))
            root = {work: low if of == high else of for work, of in root.items()}
        rows = [{"id": work, "root": 0 if of == work else of} for work, of in sorted(root.items())]
        self._sql.execute_many(_MERGE, [row for row in rows if before.get(row["id"], 0) != row["root"]])

    def list_works(self, decision_id: int) -> list[int]:
        """Return the works that a decision is about."""
        return self._sql.fetchcolumn(_OF_DECISION, {"decision": decision_id})

    def list_known_by(self, *, rule: int) -> list[str]:
        """Return the editions whose facts made, by another rule, the keys of works that something was decided about."""
        return self._sql.fetchcolumn(_KNOWN_BY, {"rule": rule})

    def list_merged(self, *, rule: int) -> list[tuple[int, str]]:
        """Return the works that are merged into others, each with an edition whose facts made its key by another rule."""
        return [(work, isbn) for work, isbn in self._sql.fetchall(_MERGED_BY, {"rule": rule})]

    def renew(self, works: Mapping[str, int], *, rule: int) -> None:
        """Write that by this rule these editions' facts make these works, and merge those instead of the ones of before."""
        self._sql.execute_many(
            _RENEW, [{"isbn": isbn, "work": work, "rule": rule} for isbn, work in sorted(works.items())]
        )
        if concerned := self._sql.fetchcolumn(_ALL_CONCERNED):
            self.merge(concerned)

    def _find_merged(self, works: Collection[int], *, lock: Mapping[str, str] = IN_SHARE_MODE) -> dict[int, int]:
        """Return which works these are merged into; 0 for none."""
        return dict(self._read(_MERGED_INTO, sorted(works), lock=lock))

    def _read(self, statement: str, values: Sequence[object], *, lock: Mapping[str, str] = IN_SHARE_MODE) -> list[Row]:
        marks, params = in_list("v", values)
        return self._sql.fetchall(statement.format(marks=marks, lock=lock[self._sql.dialect]), params)
