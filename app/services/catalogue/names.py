"""The names by which books are listed, written from the index: what its hashes cannot tell, such as how a name is spelt.

A round goes through all names once a day, in slices: each reads the index and some books first, and then writes in one short
transaction what has changed, and how far it came. So a worker that dies goes on where it stopped, and two that meet do no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from string import ascii_letters, digits
from typing import Final, NamedTuple

from app.db.sql_helper import SqlHelper
from app.domain.book import BookFacts
from app.domain.catalogue_name import NameKind, names_of, usual_spelling
from app.libs.clock import Clock, epoch
from app.queries.catalogue_name import CatalogueNameQueries, CatalogueNameRow, NameRoundRow
from app.search.analyzer import NAME_LETTERS, listed_term
from app.search.index.port import Index, IndexUnavailable, TermUse
from app.services.site_numbers import keep_numbers
from app.services.unit_of_work import use_case

#: Names of one transaction, and slices of one turn of the worker: twenty thousand names a minute, so that the
#: first turn of a new site writes all of the starter catalogue.
NAMES_AT_ONCE: Final = 500
SLICES_AT_ONCE: Final = 40
#: So many books of a name are read to see how it is spelt.
SPELLINGS: Final = 30
#: An author of fewer books has no row; the page shows the spelling of the book.
FEWEST_OF_AN_AUTHOR: Final = 2
EVERY: Final = timedelta(days=1)
#: How long after the last one a round begins that is wanted, because a file of books was imported.
WANTED_AFTER: Final = timedelta(minutes=10)

_WANTED: Final = "names are wanted"
_IS_WANTED: Final = f"SELECT number FROM site_count WHERE name = '{_WANTED}'"

#: The kinds in the order of their terms in the index, with where these begin.
_KINDS: Final = sorted((letter, kind) for kind, letter in NAME_LETTERS.items())
_SIGNS: Final = sorted(f"-_{digits}{ascii_letters}")

_INSERT = (
    "INSERT INTO catalogue_name (kind, name_key, shown, books, had, create_time) "
    "VALUES (:kind, :name_key, :shown, :books, :had, :now)"
)
_UNLESS_KNOWN = {"sqlite": " ON CONFLICT DO NOTHING", "mysql": " ON DUPLICATE KEY UPDATE kind = VALUES(kind)"}
_UPDATE = "UPDATE catalogue_name SET shown = :shown, books = :books, had = :had WHERE id = :id"
_DELETE = "DELETE FROM catalogue_name WHERE id = :id"
_BEGIN_ROUND = {
    "sqlite": "INSERT OR REPLACE INTO name_round (id, begun_time, ended_time, upto, create_time) VALUES (1, :now, 0, '', :now)",
    "mysql": "REPLACE INTO name_round (id, begun_time, ended_time, upto, create_time) VALUES (1, :now, 0, '', :now)",
}
_NOTE_ROUND = "UPDATE name_round SET upto = :upto, ended_time = :ended WHERE id = 1 AND begun_time = :begun"

#: Rows of the table that one transaction looks at.
_MOST_STORED: Final = 4 * NAMES_AT_ONCE
#: A sign that no hash has, behind all of theirs.
_BEHIND_ALL: Final = "~"

#: Called with how many names were looked at, and the share of all, from 0 to 1.
NameProgress = Callable[[int, float], object]


class _Span(NamedTuple):
    """Terms behind `after` up to `upto`; `is_end` says that no further ones follow."""

    after: str
    upto: str
    is_end: bool


class CatalogueNames:
    """Writes the table of names."""

    def __init__(self, sql: SqlHelper, index: Index, names: CatalogueNameQueries, clock: Clock) -> None:
        self._sql = sql
        self._index = index
        self._names = names
        self._clock = clock

    def take_turn(self) -> None:
        """Write the next names, if a round is under way or one is due, and leave the others for the next turn."""
        if not self.can_write():
            return
        for _ in range(SLICES_AT_ONCE):
            begun = self._round(is_due=self._is_due)
            if begun is None:
                break
            self._write_next(begun)

    def write_all(self, progress: NameProgress = lambda _names, _share: None) -> int:
        """Write all names, those first that an interrupted round has left; return how many were looked at.

        :raises IndexUnavailable: there is no index, or one of an older version.
        """
        if not self.can_write():
            raise IndexUnavailable
        begun = self._round(is_due=lambda _round: True)
        done = 0
        while begun is not None and begun.ended_time == 0:
            done += self._write_next(begun)
            begun = self._names.find_round()
            if begun is not None:
                progress(done, _share(begun.upto))
        return done

    @use_case
    def want_round(self) -> None:
        """Let the worker begin a round soon: more has changed than `NameFreshening` looks at."""
        keep_numbers({_WANTED: 1}, now=epoch(self._clock.now()))

    def can_write(self) -> bool:
        """Return whether the index has the terms of today: one that an older version built would empty the table."""
        status = self._index.status()
        return status.state == "ready" and not status.is_outdated

    def _is_due(self, last: NameRoundRow) -> bool:
        pause = WANTED_AFTER if self._sql.fetchvalue(_IS_WANTED) else EVERY
        return epoch(self._clock.now()) >= last.begun_time + pause.total_seconds()

    def _round(self, *, is_due: Callable[[NameRoundRow], bool]) -> NameRoundRow | None:
        """Return the round that is under way, or a new one if it is due."""
        last = self._names.find_round()
        if last is None or (last.ended_time and is_due(last)):
            self._begin_round()
            last = self._names.find_round()
        return last if last is not None and not last.ended_time else None

    def _write_next(self, begun: NameRoundRow) -> int:
        """Write the next slice of a round, and return how many names were looked at."""
        letter, kind = next(each for each in _KINDS if begun.upto < each[0] + _BEHIND_ALL)
        after, end = max(begun.upto, letter), letter + _BEHIND_ALL
        uses = self._index.list_terms(after, end, limit=NAMES_AT_ONCE, some=SPELLINGS)
        is_last = len(uses) < NAMES_AT_ONCE
        span = _Span(after, end if is_last else uses[-1].term, is_end=is_last and letter == _KINDS[-1][0])
        self._write(begun, kind, span, tuple(self._rows(kind, uses)))
        return len(uses)

    def _rows(self, kind: NameKind, uses: Sequence[TermUse]) -> Iterator[CatalogueNameRow]:
        fewest = FEWEST_OF_AN_AUTHOR if kind is NameKind.AUTHOR else 1
        wanted = [use for use in uses if use.books >= fewest]
        facts = self._names.list_named(sorted({book for use in wanted for book in use.some}))
        for use in wanted:
            shown = usual_spelling(_spellings(kind, use.term, [facts[book] for book in use.some if book in facts]))
            if shown:
                yield CatalogueNameRow(0, kind, use.term[1:], shown, use.books, use.offered)

    @use_case
    def _begin_round(self) -> None:
        now = epoch(self._clock.now())
        self._sql.execute_many(_BEGIN_ROUND[self._sql.dialect], [{"now": now}])
        keep_numbers({_WANTED: 0}, now=now)

    @use_case
    def _write(self, begun: NameRoundRow, kind: NameKind, span: _Span, rows: tuple[CatalogueNameRow, ...]) -> None:
        now = epoch(self._clock.now())
        stored = {
            row.name_key: row for row in self._names.list_keys(kind, span.after[1:], span.upto[1:], limit=_MOST_STORED)
        }
        if len(stored) == _MOST_STORED:  # most of them have disappeared: the others are the next slice's
            last = span.upto[0] + max(stored)
            span = _Span(span.after, last, is_end=False)
            rows = tuple(row for row in rows if row.name_key <= last[1:])
        here = {row.name_key for row in rows}
        new = [_values(row) | {"now": now} for row in rows if row.name_key not in stored]
        changed = [
            _values(row) | {"id": stored[row.name_key].id}
            for row in rows
            if row.name_key in stored and _values(row) != _values(stored[row.name_key])
        ]
        self._sql.execute_many(_INSERT + _UNLESS_KNOWN[self._sql.dialect], new)
        self._sql.execute_many(_UPDATE, changed)
        self._sql.execute_many(_DELETE, [{"id": row.id} for key, row in stored.items() if key not in here])
        progress = {"upto": span.upto, "ended": now if span.is_end else 0, "begun": begun.begun_time}
        self._sql.execute_many(_NOTE_ROUND, [progress])


def _spellings(kind: NameKind, term: str, books: Sequence[BookFacts]) -> Iterator[str]:
    """Yield how these books spell the name that the term stands for."""
    return (name for facts in books for name in names_of(facts, kind) if listed_term(kind, name) == term)


def _values(row: CatalogueNameRow) -> dict[str, object]:
    return {"kind": row.kind, "name_key": row.name_key, "shown": row.shown, "books": row.books, "had": row.had}


def _share(upto: str) -> float:
    """Return which share of all terms lies before one: hashes are spread evenly."""
    if not upto:
        return 0.0
    place = next(number for number, (letter, _) in enumerate(_KINDS) if letter == upto[0])
    sign = _SIGNS.index(upto[1]) if upto[1:2] in _SIGNS else len(_SIGNS)
    return (place + sign / len(_SIGNS)) / len(_KINDS)
