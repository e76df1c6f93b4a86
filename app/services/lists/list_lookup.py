"""Find out what the rows of a list are, a slice at a time, so that a long list needs no long request."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import update

from app.domain.reading_list import ListRow, Outcome, Verdict
from app.extensions import db
from app.libs.clock import Clock
from app.models.book_list import BookListRow
from app.queries.book_list import BookListQueries, StoredRow
from app.services.catalogue.book_lookup import BookLookup
from app.services.lists.row_matching import Judgement, RowMatching
from app.services.unit_of_work import use_case

#: Seconds of looking up for one request; what is left is done by the next.
LOOKUP_SECONDS = 2.0
_ROWS_AT_A_TIME = 50


class ListLookup:
    """Look up the rows of lists. A row is pending until its verdict is known; one with an ISBN then waits for the sources."""

    def __init__(
        self,
        *,
        clock: Clock,
        lists: BookListQueries,
        matching: RowMatching,
        book_lookup: BookLookup,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._lists = lists
        self._matching = matching
        self._book_lookup = book_lookup
        self._now = now

    def go_on(self, list_id: int) -> None:
        """Look up pending rows, as many as there is time for: all in the catalogue first, then at the sources.

        When none is pending, those that nobody knew are looked up again.
        """
        until = self._now() + LOOKUP_SECONDS
        rows = self._lists.list_pending(list_id, limit=_ROWS_AT_A_TIME) or self._reopened(list_id)
        while rows and self._now() < until:
            if new := [row for row in rows if not row.isbns]:
                self._judge(list_id, new)
            else:
                self._ask_sources(list_id, rows, until)
            rows = self._lists.list_pending(list_id, limit=_ROWS_AT_A_TIME)

    def judge(self, row: ListRow) -> Judgement:
        """Judge one row, in the catalogue and at the sources."""
        judgement = self._matching.judge(row)
        return self._ask_for(row, judgement.isbns[0]) if judgement.waits_for_sources else judgement

    def _judge(self, list_id: int, rows: Sequence[StoredRow]) -> None:
        self._note(list_id, rows, self._matching.judge_all([row.said for row in rows]))

    @use_case
    def _note(self, list_id: int, rows: Sequence[StoredRow], judged: Sequence[Judgement]) -> None:
        for row, judgement in zip(rows, judged, strict=True):
            verdict = Verdict.PENDING if judgement.waits_for_sources else judgement.verdict
            change_row(list_id, row.number, verdict=verdict.value, isbn13=";".join(judgement.isbns))

    def _ask_sources(self, list_id: int, rows: Sequence[StoredRow], until: float) -> None:
        for row in rows:
            if self._now() >= until:
                return
            self._set(list_id, row.number, self._ask_for(row.said, row.isbns[0]))

    def _ask_for(self, row: ListRow, isbn13: str) -> Judgement:
        """Judge a row whose number the catalogue lacks."""
        book = self._book_lookup.find(isbn13).book
        return (
            self._matching.unknown(row, isbn13)
            if book is None
            else self._matching.compare(row, book.facts, Verdict.FOUND)
        )

    @use_case
    def _set(self, list_id: int, number: int, judgement: Judgement) -> None:
        change_row(list_id, number, verdict=judgement.verdict.value, isbn13=";".join(judgement.isbns))

    def _reopened(self, list_id: int) -> list[StoredRow]:
        self._reopen(list_id)
        return self._lists.list_pending(list_id, limit=_ROWS_AT_A_TIME)

    @use_case
    def _reopen(self, list_id: int) -> None:
        is_unknown = BookListRow.verdict == Verdict.UNKNOWN.value
        _update(BookListRow.list_id == list_id, is_unknown, verdict=Verdict.PENDING.value, isbn13="")


def change_row(list_id: int, number: int, **values: object) -> None:
    """Change columns of one row, in the transaction that is open."""
    _update(BookListRow.list_id == list_id, BookListRow.number == number, **values)


def retry_rows(list_id: int) -> None:
    """Let the rows that were refused or undone wait again, in the transaction that is open."""
    ended = BookListRow.outcome.in_([Outcome.REFUSED.value, Outcome.UNDONE.value])
    _update(BookListRow.list_id == list_id, ended, outcome=Outcome.WAITING.value, reason="")


def _update(*where: Any, **values: object) -> None:
    changed = update(BookListRow).where(*where).values(**values).execution_options(synchronize_session=False)
    db.session.execute(changed)
