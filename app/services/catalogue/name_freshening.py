"""How many books of a name can be had, soon after copies come and go, and without a round through all names.

Each change of what a book is found by, such as that somebody gives it, is a row of the index until a merge takes it in, with all terms of
the book. A turn reads the rows behind the last one it saw, and counts the names that they hold again. How far it came stands in
`site_count`. Rows that a merge took first are left to the daily round; after more than a turn can look at, an import, a round begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from app.db.sql_helper import SqlHelper
from app.domain.catalogue_name import NameKind
from app.libs.clock import Clock, epoch
from app.queries.catalogue_name import CatalogueNameQueries
from app.search.analyzer import NAME_LETTERS
from app.search.index.port import Index, TermUse
from app.services.catalogue.names import CatalogueNames
from app.services.site_numbers import keep_numbers
from app.services.unit_of_work import use_case

#: Changes of one turn, and changes that are too many to be looked at one by one.
CHANGES_AT_ONCE: Final = 200
MOST_BEHIND: Final = 10 * CHANGES_AT_ONCE

_UPTO: Final = "names fresh upto"
_PROGRESS: Final = f"SELECT number FROM site_count WHERE name = '{_UPTO}'"
_UPDATE: Final = (
    "UPDATE catalogue_name SET books = :books, had = :had "
    "WHERE kind = :kind AND name_key = :name_key AND (books <> :books OR had <> :had)"
)
_KINDS: Final = {ord(letter): kind for kind, letter in NAME_LETTERS.items()}


class NameFreshening:
    """Counts the names of books that have changed."""

    def __init__(
        self, sql: SqlHelper, index: Index, names: CatalogueNameQueries, writing: CatalogueNames, clock: Clock
    ) -> None:
        self._sql = sql
        self._index = index
        self._names = names
        self._writing = writing
        self._clock = clock

    def take_turn(self) -> None:
        """Count the names of the next books that have changed since the last turn, and leave the others for the next one."""
        if not self._writing.can_write():
            return
        upto, newest = self._sql.fetchvalue(_PROGRESS), self._names.find_newest_change()
        if upto is None or newest - upto > MOST_BEHIND:
            self._writing.want_round()
            self._write((), newest)
            return
        changes = self._names.list_changes(upto, CHANGES_AT_ONCE)
        if changes:
            terms = {term for _seq, terms in changes for term in terms if term and term[0] in _KINDS}
            self._write(self._index.list_uses(sorted(term.decode() for term in terms)), changes[-1][0])

    @use_case
    def _write(self, uses: Sequence[TermUse], upto: int) -> None:
        rows = [
            {"kind": _kind_of(use.term), "name_key": use.term[1:], "books": use.books, "had": use.offered}
            for use in uses
        ]
        self._sql.execute_many(_UPDATE, rows)
        keep_numbers({_UPTO: upto}, now=epoch(self._clock.now()))


def _kind_of(term: str) -> NameKind:
    return _KINDS[ord(term[0])]
