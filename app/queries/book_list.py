"""Read people's own lists."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.db.row_mapper import Column, RowMapper
from app.db.soft_delete import ALIVE, DELETED
from app.db.sql_helper import SqlHelper, one_of
from app.domain.reading_list import KNOWN, UNSETTLED, ListRow, Outcome, Verdict

_TODO = f"(verdict IN {one_of(UNSETTLED)} OR outcome = '{Outcome.REFUSED}')"


@dataclass(frozen=True, slots=True)
class ListSummaryRow:
    """One list: `header` names the cells of its rows; `rows` is how many it has. Times are in epoch seconds.

    `encoding` is the one that it came in, "" for lists brought before that was noted.
    """

    id: int
    name: str
    header: tuple[str, ...]
    create_time: int
    rows: int
    deleted_at: int | None
    encoding: str


@dataclass(frozen=True, slots=True)
class StoredRow:
    """One row; `isbns` are the books it names, or may name. `reasons` are Chinese and English, or empty."""

    number: int
    cells: tuple[str, ...]
    isbn: str
    title: str
    author: str
    verdict: Verdict
    isbns: tuple[str, ...]
    outcome: Outcome
    kind: str
    listing_id: int | None
    reasons: tuple[str, ...]

    @property
    def said(self) -> ListRow:
        """What it says of a book, as its owner corrected it."""
        return ListRow(self.number, self.cells, self.isbn, self.title, self.author)

    @property
    def is_known(self) -> bool:
        """Whether it names one book."""
        return self.verdict in KNOWN


def _cells(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


_LIST = RowMapper(
    ListSummaryRow,
    "l",
    header=Column("l.header", _cells),
    rows="(SELECT COUNT(*) FROM book_list_row r WHERE r.list_id = l.id)",
)
_ROW = RowMapper(
    StoredRow,
    cells=Column("cells", _cells),
    isbns=Column("isbn13", lambda text: tuple(filter(None, text.split(";")))),
    reasons=Column("reason", lambda text: tuple(filter(None, text.split("\n")))),
)


class BookListQueries:
    """Look up lists and their rows; a list is only ever asked for together with its owner."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def list_of(self, member_id: int) -> list[ListSummaryRow]:
        """Return a member's lists, the newest first, deleted ones that can be restored among them."""
        return self._lists("l.user_id = :member", {"member": member_id, "status": DELETED})

    def find(self, member_id: int, list_id: int) -> ListSummaryRow | None:
        """Return one list of a member that is not deleted, or None."""
        found = self._lists("l.user_id = :member AND l.id = :id", {"member": member_id, "id": list_id, "status": ALIVE})
        return found[0] if found else None

    def count(self, list_id: int) -> Counter[tuple[Verdict, Outcome, str]]:
        """Count the rows of each verdict, outcome and kind (gift, wish or ""); the counts add up to the rows of the list."""
        counted = "SELECT verdict, outcome, kind, COUNT(*) FROM book_list_row WHERE list_id = :id GROUP BY verdict, outcome, kind"
        return Counter(
            {
                (Verdict(verdict), Outcome(outcome), kind): count
                for verdict, outcome, kind, count in self._sql.fetchall(counted, {"id": list_id})
            }
        )

    def count_todo(self, list_id: int) -> int:
        """Count the rows that are not settled."""
        counted = f"SELECT COUNT(*) FROM book_list_row WHERE list_id = :id AND {_TODO}"
        return int(self._sql.fetchvalue(counted, {"id": list_id}))

    def list_rows(self, list_id: int, *, limit: int, offset: int = 0, todo: bool = False) -> list[StoredRow]:
        """Return rows in their order; `todo` gives only those that are not settled."""
        also = f"AND {_TODO}" if todo else ""
        return self._rows(f"list_id = :id {also}", {"id": list_id, "limit": limit, "offset": offset})

    def list_by_outcome(self, list_id: int, outcome: Outcome) -> list[StoredRow]:
        """Return the rows that name one book and have this outcome."""
        where = f"list_id = :id AND verdict IN {one_of(KNOWN)} AND outcome = :outcome"
        return self._rows(where, {"id": list_id, "outcome": outcome.value, "limit": 1_000_000, "offset": 0})

    def list_pending(self, list_id: int, *, limit: int) -> list[StoredRow]:
        """Return rows that are not looked up yet; those that wait for the sources alone (they name a book) come last."""
        where = f"list_id = :id AND verdict = '{Verdict.PENDING}'"
        return self._rows(where, {"id": list_id, "limit": limit, "offset": 0}, order="isbn13 <> '', number")

    def find_row(self, list_id: int, number: int) -> StoredRow | None:
        """Return one row, or None."""
        where = "list_id = :id AND number = :number"
        rows = self._rows(where, {"id": list_id, "number": number, "limit": 1, "offset": 0})
        return rows[0] if rows else None

    def _lists(self, where: str, params: Mapping[str, Any]) -> list[ListSummaryRow]:
        rows = self._sql.fetchall(
            f"SELECT {_LIST.columns} FROM book_list l WHERE l.status >= :status AND {where} ORDER BY l.id DESC", params
        )
        return list(map(_LIST.read, rows))

    def _rows(self, where: str, params: Mapping[str, Any], order: str = "number") -> list[StoredRow]:
        statement = (
            f"SELECT {_ROW.columns} FROM book_list_row WHERE {where} ORDER BY {order} LIMIT :limit OFFSET :offset"
        )
        return list(map(_ROW.read, self._sql.fetchall(statement, params)))
