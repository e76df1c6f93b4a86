"""Editions that may be one volume of what their work's other editions hold whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.db.sql_helper import Row, SqlHelper, in_list
from app.domain.edition_pages import may_be_one_volume, median_of
from app.queries.book import BOOK, BookRow


@dataclass(frozen=True, slots=True)
class ShortEditionRow:
    """An edition that may be one volume, and how many pages the median edition of its work has."""

    book: BookRow
    median: int


_OPEN = "FROM short_edition s JOIN book b ON b.isbn13 = s.isbn13 AND b.work_id = s.work_id WHERE s.decision_id = 0"


class ShortEditionQueries:
    """Look up the list, and what it is made from."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def list_open(self, *, limit: int, offset: int = 0) -> tuple[ShortEditionRow, ...]:
        """Return a part of those that wait for a moderator, by their works; two statements.

        One whose facts, or whose sisters' facts, have changed since the last round is left out.
        """
        rows = self._sql.fetchall(
            f"SELECT {BOOK.columns} {_OPEN} ORDER BY s.work_id, s.isbn13 LIMIT :limit OFFSET :offset",
            {"limit": limit, "offset": offset},
        )
        books = [BOOK.read(row) for row in rows]
        pages = self._list_told([book.work_id for book in books])
        return tuple(
            ShortEditionRow(book, round(median_of(pages[book.work_id]) or 0))
            for book in books
            if may_be_one_volume(book.facts.pages, pages[book.work_id])
        )

    def has_open(self, *, offset: int) -> bool:
        """Whether more than `offset` wait for a moderator."""
        return self._sql.fetchone(f"SELECT 1 {_OPEN} LIMIT 1 OFFSET :offset", {"offset": offset}) is not None

    def count_open(self) -> int:
        """Count the rows that wait for a moderator, those that have become out of date, too."""
        return int(self._sql.fetchvalue("SELECT COUNT(*) FROM short_edition WHERE decision_id = 0") or 0)

    def list_whole(self, isbns: Sequence[str]) -> list[str]:
        """Return which of some editions moderators have called whole."""
        if not isbns:
            return []
        marks, params = in_list("i", isbns)
        return self._sql.fetchcolumn(
            f"SELECT isbn13 FROM short_edition WHERE isbn13 IN ({marks}) AND decision_id <> 0", params
        )

    def list_pages(self, after: int, upto: int) -> list[Row]:
        """Return (work, ISBN-13, pages) of the editions that tell their pages, of the works with after < id <= upto."""
        return self._sql.fetchall(
            "SELECT work_id, isbn13, pages FROM book WHERE work_id > :after AND work_id <= :upto AND pages <> ''",
            {"after": after, "upto": upto},
        )

    def list_stored(self, after: int, upto: int) -> dict[str, int]:
        """Return the works of the rows of the works with after < id <= upto, by ISBN-13."""
        return dict(
            self._sql.fetchall(
                "SELECT isbn13, work_id FROM short_edition WHERE work_id > :after AND work_id <= :upto",
                {"after": after, "upto": upto},
            )
        )

    def _list_told(self, works: Sequence[int]) -> dict[int, list[str]]:
        told: dict[int, list[str]] = {work: [] for work in works}
        if told:
            marks, params = in_list("w", sorted(told))
            for work, pages in self._sql.fetchall(
                f"SELECT work_id, pages FROM book WHERE work_id IN ({marks})", params
            ):
                told[work].append(pages)
        return told
