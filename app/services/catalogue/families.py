"""Families: translations linked with their originals, so that a wish may be for any language.

A translation says what its original is called. Once a day a round goes through the books that do, in slices; how far it came stands in
`site_count`, so that a worker that dies goes on where it stopped. What is linked stays linked while the rule is the same.
Lots of several books and selections are in no family, though they name the same original.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from app.db.sql_helper import SqlHelper, in_list
from app.domain.book import BY_MEMBER, BookFacts
from app.domain.lots import holds_other_text, is_of_other_length, keys_of_parts
from app.domain.work import WorkKey, work_key
from app.domain.work_family import Original, may_be_author, original_of, whole_title
from app.libs.clock import Clock
from app.queries.book import BookRow
from app.queries.work import WorkQueries
from app.search.search import Search
from app.services.catalogue.daily_round import DailyRound
from app.services.site_numbers import keep_numbers
from app.services.unit_of_work import use_case

#: Books of one slice, and those of them that are looked up before something is written.
IDS_AT_ONCE: Final = 2_000
TRANSLATIONS: Final = 200
#: Slices of one turn of the worker, which has other jobs: 360,000 books an hour.
TURN_SLICES: Final = 3
#: A title that so many pages of results have is that of many books.
_PAGES: Final = 5
_LONGEST_QUERY: Final = 100

_UPTO: Final = "families upto"
#: The number of the rule by which links are made; where it has risen those of before are made anew.
FAMILY_RULE: Final = 3
_RULE_NOTED: Final = "rule of families"
_NOTED = f"SELECT number FROM site_count WHERE name = '{_RULE_NOTED}'"
_UNLINK = "UPDATE work SET family_id = 0 WHERE family_id <> 0"
_KNOWN = (
    "SELECT COUNT(*) FROM work k WHERE k.work_key IN ({marks}) AND EXISTS (SELECT 1 FROM book b WHERE b.work_id = k.id)"
)
_LINK = (
    "UPDATE work SET family_id = :family WHERE id = :work AND family_id = 0",
    "UPDATE work SET family_id = :family WHERE family_id = :work",
)


class Families:
    """Link translations with their originals."""

    def __init__(self, sql: SqlHelper, works: WorkQueries, search: Search, clock: Clock) -> None:
        self._sql = sql
        self._works = works
        self._search = search
        self._clock = clock
        self._round = DailyRound(sql, clock, _UPTO, self._link_next)

    def take_turn(self) -> None:
        """Link the next translations, if a round is under way or due, and leave the others for the next turn."""
        self._forget_old_links()
        self._round.take_turn(TURN_SLICES)

    def link_all(self, progress: Callable[[int], object] = lambda _upto: None) -> None:
        """Link all translations of the catalogue; `progress` is told the id of the last book that was looked at."""
        self._forget_old_links()
        for upto in self._round.go_through():
            progress(upto or self._last())

    def _forget_old_links(self) -> None:
        """Take back the links that another rule has made, once, and let a round begin."""
        if self._sql.fetchvalue(_NOTED) != FAMILY_RULE:
            self._unlink()

    @use_case
    def _unlink(self) -> None:
        self._sql.execute_many(_UNLINK, [{}])
        keep_numbers({_RULE_NOTED: FAMILY_RULE, _UPTO: 0}, now=0)

    def _link_next(self, after: int) -> int | None:
        """Link the next translations behind a book; return the last that was looked at, or None when it was the last of all."""
        upto = after + IDS_AT_ONCE
        rows = self._works.list_translations(after, upto, TRANSLATIONS)
        links = {}
        for row in rows:
            if not row.family_id and (original := self._find_original(row.book)):
                links[row.book.work_id] = original
        if len(rows) == TRANSLATIONS:
            upto = rows[-1].book.id
        reached = None if upto >= self._last() else upto
        self._link(links, reached)
        return reached

    @use_case
    def _link(self, links: Mapping[int, int], upto: int | None) -> None:
        for work, original in links.items():
            families = self._works.list_families([original])
            if families.get(original, work) == work:
                continue
            for statement in _LINK:
                self._sql.execute_many(statement, [{"family": families[original], "work": work}])
        self._round.keep(upto)

    def _find_original(self, book: BookRow) -> int | None:
        """Return the work of which a book is a translation, if its title names one author's book here."""
        original = original_of(book.facts)
        if original is None or book.facts.source == BY_MEMBER or self._is_of_several(book.facts):
            return None
        key = work_key(book.facts)
        titled = self._titled(book.facts.original_title, original)
        found = [other for other in titled if _may_be(other, key, original)]
        keys = {work_key(other.facts)[:3] for other in found}
        if len(keys) != 1 or not (original.author or may_be_author(book.facts, work_key(found[0].facts).author)):
            return None
        pages = [other.facts.pages for other in found]
        return None if is_of_other_length(book.facts.pages, pages) else found[0].work_id

    def _is_of_several(self, facts: BookFacts) -> bool:
        """Return whether a book holds several, or a part of one: it says so, or its title lists two that are known here."""
        if holds_other_text(facts):
            return True
        parts = keys_of_parts(facts)
        if not parts:
            return False
        marks, params = in_list("k", sorted(parts))
        return int(self._sql.fetchvalue(_KNOWN.format(marks=marks), params)) > 1

    def _titled(self, title: str, original: Original) -> list[BookRow]:
        """Return the books that have this very title, none where they are too many to be told apart."""
        titled: list[BookRow] = []
        for page in range(1, _PAGES + 1):
            found = self._search.find(title[:_LONGEST_QUERY], exact=True, page=page)
            same = [book for book in found.rows if whole_title(book.facts) == original.title]
            titled += same
            if len(same) < len(found.rows) or page >= found.pages:
                return titled
        return []

    def _last(self) -> int:
        return self._sql.fetchvalue("SELECT MAX(id) FROM book") or 0


def _may_be(other: BookRow, key: WorkKey, original: Original) -> bool:
    """Return whether a book of the original's title may be the original: in another language, of the same format, by its author."""
    there = work_key(other.facts)
    is_other = there.language != key.language and there.format == key.format and other.work_id != 0
    is_whole = _is_confirmed(other.facts) and not holds_other_text(other.facts)
    return is_other and original.author in {"", there.author} and is_whole


def _is_confirmed(facts: BookFacts) -> bool:
    return facts.source != BY_MEMBER
