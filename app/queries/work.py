"""Read works: those that are one book in several languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.db.row_mapper import RowMapper
from app.db.sql_helper import SqlHelper, in_list
from app.domain.gift import GiftState
from app.queries.book import BOOK, BookRow

#: Of a family so many works are shown; one has a handful.
MOST_RELATIVES = 50
#: The id of a family: that of the original, which itself has none.
FAMILY_OF = "CASE {work}.family_id WHEN 0 THEN {work}.id ELSE {work}.family_id END"
#: The works of the family that the work ``:work`` belongs to, itself among them.
FAMILY = (
    f"SELECT k.id FROM work me JOIN work k ON k.family_id = {FAMILY_OF.format(work='me')} WHERE me.id = :work "
    f"UNION SELECT {FAMILY_OF.format(work='me')} FROM work me WHERE me.id = :work UNION SELECT :work"
)
#: The work that has the books of ``work m`` by now: one that a moderator has merged into another has none.
NOW = "CASE m.same_as WHEN 0 THEN m.id ELSE m.same_as END"
#: Those of the family that have books. The outer join lets MariaDB begin with the family, and not with all works.
FAMILY_NOW = f"SELECT DISTINCT {NOW} AS id FROM ({FAMILY}) f LEFT JOIN work m ON m.id = f.id"

#: The works that the owner of the wish ``:wish`` for any language was shown, besides ``:work``, its own: those of them that are of its
#: family by now, or all where it has none.
SHOWN_WORKS = (
    "SELECT t.work_id FROM wish_work t WHERE t.wish_id = :wish AND t.work_id <> :work "
    f"AND (t.work_id IN ({FAMILY}) OR NOT EXISTS (SELECT 1 FROM ({FAMILY}) f WHERE f.id <> :work))"
)


@dataclass(frozen=True, slots=True)
class RelativeRow:
    """A work by its most popular edition, and how many members give one of its editions."""

    book: BookRow
    givers: int


_RELATIVE = RowMapper(
    RelativeRow,
    book=BOOK,
    givers=f"(SELECT COUNT(*) FROM gift g WHERE g.work_id = b.work_id AND g.state = '{GiftState.OPEN}')",
)


@dataclass(frozen=True, slots=True)
class TranslationRow:
    """A book that says what its original is called."""

    book: BookRow
    family_id: int


_TRANSLATION = RowMapper(TranslationRow, book=BOOK, family_id="k.family_id")


class WorkQueries:
    """Look up works and their families."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def list_relatives(self, work_id: int, limit: int) -> tuple[RelativeRow, ...]:
        """Return the other works of a work's family, the most popular first, at most `limit`; one statement."""
        if not work_id:
            return ()
        rows = self._sql.fetchall(
            f"SELECT {_RELATIVE.columns} FROM (SELECT f.id, (SELECT e.id FROM book e WHERE e.work_id = f.id "
            f"ORDER BY e.popularity DESC, e.id DESC LIMIT 1) AS top FROM ({FAMILY_NOW}) f WHERE f.id <> :work) r "
            "JOIN book b ON b.id = r.top ORDER BY b.popularity DESC, b.id DESC LIMIT :limit",
            {"work": work_id, "limit": limit},
        )
        return _RELATIVE.read_all(rows)

    def list_links(self) -> list[tuple[int, int]]:
        """Return the works that are linked with their original, and that one, in the order of their ids."""
        return self._sql.fetchall("SELECT id, family_id FROM work WHERE family_id <> 0 AND same_as = 0 ORDER BY id")

    def find_tellers(self, works: Sequence[int]) -> dict[int, BookRow]:
        """Return of each of these works an edition: the most popular one that says what its original is called, else of all. One statement."""
        if not works:
            return {}
        marks, params = in_list("w", works)
        rows = self._sql.fetchall(
            f"SELECT {BOOK.columns} FROM (SELECT (SELECT e.id FROM book e WHERE e.work_id = k.id "
            f"ORDER BY e.original_title = '', e.popularity DESC, e.id DESC LIMIT 1) AS id FROM work k WHERE k.id IN ({marks})) t "
            "JOIN book b ON b.id = t.id",
            params,
        )
        return {book.work_id: book for book in map(BOOK.read, rows)}

    def list_translations(self, after: int, upto: int, limit: int) -> tuple[TranslationRow, ...]:
        """Return the books behind one id up to another that say what their original is called, in the order of their ids."""
        rows = self._sql.fetchall(
            f"SELECT {_TRANSLATION.columns} FROM book b JOIN work k ON k.id = b.work_id "
            "WHERE b.id > :after AND b.id <= :upto AND b.original_title <> '' ORDER BY b.id LIMIT :limit",
            {"after": after, "upto": upto, "limit": limit},
        )
        return _TRANSLATION.read_all(rows)

    def find_last(self) -> int:
        """Return the highest id of a work; 0 where there is none."""
        return int(self._sql.fetchvalue("SELECT MAX(id) FROM work") or 0)

    def list_families(self, works: Sequence[int]) -> dict[int, int]:
        """Return of each of these works the family it belongs to: its own id where it is nobody's translation."""
        if not works:
            return {}
        marks, params = in_list("w", works)
        select = f"SELECT k.id, {FAMILY_OF.format(work='k')} FROM work k WHERE k.id IN ({marks})"
        return dict(self._sql.fetchall(select, params))
