"""Lists of books without a query: those filed under a name, in a language, of a decade; those that came last; those like another one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import nullcontext
from typing import Final

from app.domain.catalogue_name import NameKind, name_key
from app.queries.book import BookQueries, BookRow
from app.search.analyzer import decade_term, language_term, listed_term
from app.search.answerer import Answerer, SearchAnswer
from app.search.index.port import OFFERED, Index, IndexUnavailable, TermSet
from app.search.match import Match
from app.search.pager import Narrowing, Pager, ReadBlock, empty_page, weight_of, weight_of_rows
from app.search.query_cache import QueryCache, ReadStamp, never_the_same
from app.search.query_parser import Interpretation, ParsedQuery
from app.search.rank import Ranked, in_volume_order, one_of_each_work
from app.search.results import SearchPage
from app.search.similar import likeness, likeness_plans

LISTED_HEAD: Final = 100
"""Of so many books that are listed by a name, a work has one row; the pages after them list single editions."""

LIKE_HEAD: Final = 60
"""So many books that are like another one are compared with it."""

_KEPT_BYTES: Final = 8 * 1024 * 1024


class CatalogueLists:
    """Find books by what they have in common.

    :param reading: opens a block within which all reads see one state of the database (`SqlHelper.reading`)
    :param stamp: gives what stays equal while the catalogue does: so long, the same list is given
    """

    def __init__(
        self, books: BookQueries, index: Index, reading: ReadBlock = nullcontext, stamp: ReadStamp = never_the_same
    ) -> None:
        self._index = index
        self._pager = Pager(books, index, Answerer(index))
        self._reading = reading
        self._pages = QueryCache(stamp, weight_of, limit=_KEPT_BYTES)
        self._similar = QueryCache(stamp, weight_of_rows, limit=_KEPT_BYTES)

    def list_books(
        self, kind: NameKind, name: str, *, page: int = 1, language: str | None = None, offered: bool = False
    ) -> SearchPage:
        """Return a page of the books that are listed by a name in any of its spellings; none if no book is.

        In rank order (what can be had in front, then what is read most), of the first ones a work in one row; a series in the order of its
        volumes where most are known.
        """
        key = name_key(kind, name)
        question = (kind, listed_term(kind, name), key, page, Narrowing(language, offered))
        return self._pages.get(question, lambda: self._list(*question)) if key else empty_page(_listing("", ()))

    def list_language(
        self, code: str, *, page: int = 1, language: str | None = None, offered: bool = False
    ) -> SearchPage:
        """Return a page of the books in a language (``zh`` holds both scripts), in rank order, of the first ones a work in one row."""
        question = (None, language_term(code), "", page, Narrowing(language, offered))
        return self._pages.get(question, lambda: self._list(*question))

    def list_decade(
        self, decade: int, *, page: int = 1, language: str | None = None, offered: bool = False
    ) -> SearchPage:
        """Return a page of the books that came out in a decade, which its first year names, in the same order."""
        question = (None, decade_term(decade), "", page, Narrowing(language, offered))
        return self._pages.get(question, lambda: self._list(*question))

    def newest(self, kind: NameKind, name: str, *, limit: int) -> tuple[BookRow, ...]:
        """Return the books listed by a name that came last, the newest first."""
        with self._reading():
            return self._index.newest((listed_term(kind, name),), limit=limit) if name_key(kind, name) else ()

    def list_offered(self, kind: NameKind, name: str, *, limit: int) -> tuple[BookRow, ...]:
        """Return the first books listed by a name that can be had, in rank order."""
        if not name_key(kind, name):
            return ()
        with self._reading():
            return tuple(self._index.candidates([(listed_term(kind, name),)], limit=limit, having=(OFFERED,)).books)

    def similar(self, book: BookRow, *, but: Collection[int] = (), limit: int) -> tuple[BookRow, ...]:
        """Return books like another one, one of each work: by its author or of its series, else of its language and subjects.

        Those that have more of these in common stand in front, of equals what can be had, then what is read most. None where the index
        cannot be read: the page of a book does without them.

        :param but: works that are left out, besides the book's own
        """
        question = (book.id, book.version, frozenset((book.work_id, *but)), limit)
        try:
            return self._similar.get(question, lambda: self._find_similar(book, question[2], limit))
        except IndexUnavailable:
            return ()

    def _find_similar(self, book: BookRow, but: frozenset[int], limit: int) -> tuple[BookRow, ...]:
        asked = likeness_plans(book.facts)
        with self._reading():
            found = self._ask_similar(book, but, asked.plans, asked.first)
            if len(found) < limit and asked.wider:
                found = self._ask_similar(book, but, asked.wider, asked.first)
        return tuple(sorted(found, key=lambda other: -likeness(book.facts, other.facts))[:limit])

    def _ask_similar(
        self, book: BookRow, but: frozenset[int], plans: Sequence[TermSet], first: Sequence[TermSet]
    ) -> list[BookRow]:
        found = self._index.candidates(plans, limit=LIKE_HEAD, first=first).books if plans or first else ()
        others = (other for other in found if other.id != book.id and (not other.work_id or other.work_id not in but))
        return one_of_each_work(Ranked(other, Match.ELSEWHERE, place) for place, other in enumerate(others))

    def _list(self, kind: NameKind | None, term: str, key: str, page: int, only: Narrowing) -> SearchPage:
        plan = (term,)
        with self._reading():
            found = self._index.candidates([plan], limit=LISTED_HEAD, having=only.terms)
            head = [Ranked(book, Match.ELSEWHERE, place) for place, book in enumerate(found.books)]
            if kind is NameKind.SERIES:
                head = in_volume_order(head, key)
            answer = SearchAnswer(_listing(key, plan), head, found.more)
            return self._pager.page(answer, page, only, exact=True, grouped=True)


def _listing(said: str, plan: TermSet) -> ParsedQuery:
    """Return a question for all books that have these terms."""
    plans = (Interpretation(plan, "words", said),) if plan else ()
    return ParsedQuery(said=said, folded=said, words=(), plans=plans)
