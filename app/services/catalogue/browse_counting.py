"""Count what the page for browsing shows: languages and decades by the index, the works that are wished and travel most.

A run reads in slices and writes once at its end; a run that was killed has changed nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from heapq import nlargest
from operator import itemgetter
from typing import Final

from app.db.sql_helper import SqlHelper
from app.domain.browse import BrowseKind
from app.libs.clock import Clock, epoch
from app.queries.browse import BrowseCountRow, BrowseQueries, WorkCountRow
from app.search.analyzer import DECADE_LETTER, LANGUAGE_LETTER
from app.search.index.port import Index, TermUse
from app.services.unit_of_work import use_case

#: Ids of works of one slice.
SPAN: Final = 20_000
#: Works that are kept; three times as many are looked at, for some have accounts that are gone.
SHOWN: Final = 12
_CANDIDATES: Final = 3 * SHOWN
#: Languages and decades that are read, and languages that are kept.
_MOST_TERMS: Final = 500
_MOST_LANGUAGES: Final = 40
#: A sign that no term has, behind all of theirs.
_BEHIND_ALL: Final = "~"

_DELETE = "DELETE FROM browse_count WHERE kind = :kind"
_INSERT = "INSERT INTO browse_count (kind, item, number, had, create_time) VALUES (:kind, :item, :number, :had, :now)"

Most = Callable[..., list[tuple[int, int]]]


class BrowseCounting:
    """Counts from the rows and the index each time."""

    def __init__(self, sql: SqlHelper, index: Index, counts: BrowseQueries, clock: Clock) -> None:
        self._sql = sql
        self._index = index
        self._counts = counts
        self._clock = clock

    def run(self) -> None:
        """Count everything, and keep the numbers. While the index has no terms of today, those that it told before stay."""
        found: dict[BrowseKind, list[BrowseCountRow]] = {
            BrowseKind.WISHED: _rows(
                BrowseKind.WISHED, self._counts.count_wishers(self._most(self._counts.list_most_wished))
            ),
            BrowseKind.TRAVELLED: _rows(
                BrowseKind.TRAVELLED, self._counts.count_readers(self._most(self._counts.list_most_launched))
            ),
        }
        status = self._index.status()
        if status.state == "ready" and not status.is_outdated:
            languages = self._terms(BrowseKind.LANGUAGE, LANGUAGE_LETTER)
            found[BrowseKind.LANGUAGE] = nlargest(_MOST_LANGUAGES, languages, key=lambda row: row.number)
            found[BrowseKind.DECADE] = [
                BrowseCountRow(row.kind, f"{row.item}0", row.number, row.had)
                for row in self._terms(BrowseKind.DECADE, DECADE_LETTER)
            ]
        self._keep(found)

    def _most(self, most: Most) -> list[int]:
        """Return the works that come most often, by slices of their ids."""
        best: list[tuple[int, int]] = []
        for after in range(0, self._counts.find_last_listed(), SPAN):
            best += most(after, after + SPAN, limit=_CANDIDATES)
            best = nlargest(_CANDIDATES, best, key=itemgetter(1))
        return [work for work, _number in best]

    def _terms(self, kind: BrowseKind, letter: str) -> list[BrowseCountRow]:
        uses: Sequence[TermUse] = self._index.list_terms(letter, letter + _BEHIND_ALL, limit=_MOST_TERMS, some=0)
        return [BrowseCountRow(kind, use.term[1:], use.books, use.offered) for use in uses if use.books]

    @use_case
    def _keep(self, found: dict[BrowseKind, list[BrowseCountRow]]) -> None:
        now = epoch(self._clock.now())
        self._sql.execute_many(_DELETE, [{"kind": kind.value} for kind in found])
        self._sql.execute_many(_INSERT, list(_values(found, now)))


def _rows(kind: BrowseKind, counted: Sequence[WorkCountRow]) -> list[BrowseCountRow]:
    """Return the works that most people wish or got, each by one edition; an edition that two have, for it was moved, stands for the larger."""
    by_edition: dict[str, BrowseCountRow] = {}
    for row in sorted(counted, key=lambda row: row.people, reverse=True):
        by_edition.setdefault(row.isbn13, BrowseCountRow(kind, row.isbn13, row.people, 0))
    return list(by_edition.values())[:SHOWN]


def _values(found: dict[BrowseKind, list[BrowseCountRow]], now: int) -> Iterator[dict[str, object]]:
    for kind, rows in found.items():
        for row in rows:
            yield {"kind": kind.value, "item": row.item, "number": row.number, "had": row.had, "now": now}
