"""The one door for all who look for books. `Search.find` gives a page of results, `Search.suggest` a list while typing.

Answers given a moment ago are given again while the catalogue stays the same. They are everybody's: nothing of a member is in them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any, Final, Generic, TypeVar

from app.domain.catalogue_name import NameKind, name_key
from app.domain.isbn import TypedIsbn
from app.libs.caches import TwoGenerationCache
from app.queries.book import BookQueries, BookRow
from app.search.analyzer import decade_term, language_term, listed_term
from app.search.answerer import Answerer, SearchAnswer, understanding
from app.search.index.port import OFFERED, Count, Index, TermSet
from app.search.match import Match
from app.search.query_parser import LONGEST_QUERY, Interpretation, ParsedQuery, clip, parse_query
from app.search.rank import Ranked, in_volume_order, one_of_each_work
from app.search.results import IsbnReading, SearchPage, Suggestion, Understanding, Window
from app.search.suggest import suggest

SECONDS: Final = 60
"""The longest that an answer is kept, for what no stamp tells: a book deleted by hand."""

ReadStamp = Callable[[], object]
T = TypeVar("T")


def never_the_same() -> object:
    """Return a stamp that never comes again, so that nothing is kept."""
    return object()


class QueryCache(Generic[T]):
    """Remember answers by question, up to about `limit` bytes.

    :param stamp: gives what stays equal while the catalogue does
    :param weigh: gives about how many bytes an answer holds
    """

    def __init__(self, stamp: ReadStamp, weigh: Callable[[T], int], *, limit: int) -> None:
        self._stamp = stamp
        self._weigh = weigh
        self._kept: TwoGenerationCache[Hashable, tuple[object, T]] = TwoGenerationCache(limit)

    def get(self, question: Hashable, ask: Callable[[], T]) -> T:
        """Return the kept answer, or ask and keep what is said."""
        stamp = (self._stamp(), monotonic() // SECONDS)
        kept = self._kept.get(question)
        if kept is not None and kept[0] == stamp:
            return kept[1]
        answer = ask()
        self._kept.put(question, (stamp, answer), self._weigh(answer))
        return answer


RESULTS_PER_PAGE: Final = 20
MOST_SHOWN: Final = 2000
"""Paging ends here; who has not found it by then needs other words."""

LISTED_HEAD: Final = 100
"""Of so many books that are listed by a name, a work has one row; the pages after them list single editions."""

_ALWAYS_COUNTED: Final = ("zh", "en")
_KEPT_BYTES: Final = 16 * 1024 * 1024

ReadBlock = Callable[[], AbstractContextManager[Any]]


@dataclass(frozen=True, slots=True)
class _Filter:
    """Which of the books that answer are wanted."""

    language: str | None = None
    offered: bool = False

    @property
    def terms(self) -> TermSet:
        """The terms that these have besides."""
        return ((language_term(self.language),) if self.language else ()) + ((OFFERED,) if self.offered else ())


class Search:
    """Find books by what a person types.

    :param reading: opens a block within which all reads see one state of the database (`SqlHelper.reading`)
    :param stamp: gives what stays equal while the catalogue does: so long, the same question gets the same answer
    """

    def __init__(
        self, books: BookQueries, index: Index, reading: ReadBlock = nullcontext, stamp: ReadStamp = never_the_same
    ) -> None:
        self._books = books
        self._index = index
        self._answerer = Answerer(index)
        self._reading = reading
        self._pages = QueryCache(stamp, _weight_of_page, limit=_KEPT_BYTES)
        self._suggestions = QueryCache(stamp, _weight_of_suggestions, limit=_KEPT_BYTES // 8)

    def find(
        self,
        text: str,
        *,
        page: int = 1,
        language: str | None = None,
        offered: bool = False,
        exact: bool = False,
        grouped: bool = False,
    ) -> SearchPage:
        """Return a page of the books that answer a query; any text and any page number will do.

        :param page: from 1; numbers beyond the ends give the first or the last page
        :param language: only books of this language (``zh``, ``en`` …)
        :param offered: only books that can be had as a gift
        :param exact: take the query as words: no ISBN, no pinyin, no correction
        :param grouped: give the best ranked books of one work one row: the edition that can be had, else the most popular one
        """
        said = clip(text).strip()
        question = (said, page, _Filter(language, offered), exact, grouped)
        answer = self._pages.get(question, lambda: self._find(*question))
        return replace(answer, clipped=True) if len(said) < len(text.strip()) else answer

    def list_books(
        self, kind: NameKind, name: str, *, page: int = 1, language: str | None = None, offered: bool = False
    ) -> SearchPage:
        """Return a page of the books that are listed by a name in any of its spellings; none if no book is.

        In rank order (what can be had in front, then what is read most), of the first ones a work in one row; a series in the order of its
        volumes where most are known.
        """
        key = name_key(kind, name)
        question = (kind, listed_term(kind, name), key, page, _Filter(language, offered))
        return self._pages.get(question, lambda: self._list(*question)) if key else _nothing(_listing("", ()))

    def list_language(self, code: str, *, page: int = 1, offered: bool = False) -> SearchPage:
        """Return a page of the books in a language (``zh`` holds both scripts), in rank order, of the first ones a work in one row."""
        question = (None, language_term(code), "", page, _Filter(None, offered))
        return self._pages.get(question, lambda: self._list(*question))

    def list_decade(
        self, decade: int, *, page: int = 1, language: str | None = None, offered: bool = False
    ) -> SearchPage:
        """Return a page of the books that came out in a decade, which its first year names, in the same order."""
        question = (None, decade_term(decade), "", page, _Filter(language, offered))
        return self._pages.get(question, lambda: self._list(*question))

    def newest(self, kind: NameKind, name: str, *, limit: int) -> tuple[BookRow, ...]:
        """Return the books listed by a name that came last, the newest first."""
        with self._reading():
            return self._index.newest((listed_term(kind, name),), limit=limit) if name_key(kind, name) else ()

    def is_whole(self) -> bool:
        """Return whether the index knows today's terms of all books: one that an older version built is being replaced."""
        status = self._index.status()
        return status.state != "missing" and not status.is_outdated

    def window(self, text: str, *, start: int, count: int) -> Window:
        """Return `count` books from an offset on; any text will do. Windows that follow each other leave nothing out.

        `total` is what can be paged to, so that a program that pages up to it ends.
        """
        reading = parse_query(text)
        with self._reading():
            if _is_number(reading):
                rows = self._by_number(reading).rows
                return Window(rows[start : start + count], len(rows), "exact")
            return self._window(self._answerer.answer(reading, (), exact=False), start, count)

    def suggest(self, text: str, *, limit: int = 10) -> tuple[Suggestion, ...]:
        """Return what a text that is being typed may become: titles, and authors' names; any text will do."""
        question = (text[:LONGEST_QUERY], limit)
        return self._suggestions.get(question, lambda: self._suggest(*question))

    def _find(self, text: str, page: int, only: _Filter, exact: bool, grouped: bool) -> SearchPage:  # noqa: FBT001 - a question
        reading = parse_query(text, exact=exact)
        with self._reading():
            if _is_number(reading):
                return self._by_number(reading)
            answer = self._answerer.answer(reading, only.terms, exact=exact)
            return self._page(answer, page, only, exact=exact, grouped=grouped)

    def _list(self, kind: NameKind | None, term: str, key: str, page: int, only: _Filter) -> SearchPage:
        plan = (term,)
        with self._reading():
            found = self._index.candidates([plan], limit=LISTED_HEAD, having=only.terms)
            head = [Ranked(book, Match.ELSEWHERE, place) for place, book in enumerate(found.books)]
            if kind is NameKind.SERIES:
                head = in_volume_order(head, key)
            answer = SearchAnswer(_listing(key, plan), head, found.more)
            return self._page(answer, page, only, exact=True, grouped=True)

    def _suggest(self, text: str, limit: int) -> tuple[Suggestion, ...]:
        with self._reading():
            return suggest(text, self._index, limit=limit)

    def _window(self, answer: SearchAnswer, start: int, count: int) -> Window:
        head = [ranked.book for ranked in answer.head]
        rows = self._slice(answer, head, start, min(count, max(0, MOST_SHOWN - start)), ())
        total = self._count(answer)
        if total.value > MOST_SHOWN:
            return Window(rows, MOST_SHOWN, "capped")
        if not total.is_exact and len(rows) < count:
            ends_here = start + len(rows) if rows or not start else min(start, total.value)
            return Window(rows, ends_here, "exact" if rows else "estimate")
        return Window(rows, total.value, "exact" if total.is_exact else "estimate")

    def _by_number(self, reading: ParsedQuery) -> SearchPage:
        """Return the book of an ISBN, or the books whose numbers are one edit away, and never another book as if it were it."""
        typed = reading.isbn or TypedIsbn(reading.said, is_valid=False)
        book = self._books.resolve(typed.isbn13) if typed.is_valid else None
        rows = (book,) if book else ()
        nearest = () if typed.is_valid else self._books.find_many(typed.nearest)
        if reading.is_shortened or (reading.barcode and not nearest):
            return _nothing(reading)
        isbn = IsbnReading(typed.hyphenated, typed.isbn13 or None, nearest)
        return SearchPage(
            text=reading.said, page=1, pages=len(rows), per_page=RESULTS_PER_PAGE, total=len(rows), total_is_exact=True, rows=rows,
            understood=Understanding("isbn", reading.said, typed.hyphenated), isbn=isbn,
        )  # fmt: skip

    def _page(self, answer: SearchAnswer, page: int, only: _Filter, *, exact: bool, grouped: bool) -> SearchPage:
        count, languages = self._counts(answer, only)
        total = count.value
        head = one_of_each_work(answer.head) if grouped else [ranked.book for ranked in answer.head]
        pages = -(-(min(total, MOST_SHOWN) - len(answer.head) + len(head)) // RESULTS_PER_PAGE)
        page = max(1, min(page, pages))
        rows = self._slice(answer, head, (page - 1) * RESULTS_PER_PAGE, RESULTS_PER_PAGE, only.terms)
        return SearchPage(
            text=answer.reading.said,
            page=page,
            pages=pages,
            per_page=RESULTS_PER_PAGE,
            total=total,
            total_is_exact=count.is_exact,
            rows=rows,
            understood=understanding(answer),
            did_you_mean=None if exact or only.terms else self._answerer.better(answer),
            languages=languages,
            language=only.language,
            gifts=self._gifts(answer, only),
            offered=only.offered,
            exact=exact,
            capped=total > MOST_SHOWN,
            grouped=grouped,
            merged=len(answer.head) - len(head),
            editions=self._books.count_editions([row.work_id for row in rows if row.work_id]) if grouped else {},
        )

    def _count(self, answer: SearchAnswer) -> Count:
        seen = len(answer.head)
        return _at_least(seen, self._index.count(answer.plans)) if answer.more else _exactly(seen)

    def _counts(self, answer: SearchAnswer, only: _Filter) -> tuple[Count, tuple[tuple[str, Count], ...]]:
        """Count the books that answer, and those of each language that the best ranked ones have, whichever is chosen; most books first."""
        groups = Counter(_group(ranked.book) for ranked in answer.head)
        total = _exactly(len(answer.head))
        counts = {code: _exactly(books) for code, books in groups.items()}
        if answer.more or only.language:
            codes = sorted({*_ALWAYS_COUNTED, *groups} - {""})
            having = replace(only, language=None).terms
            all_, *each = self._index.count_each(answer.plans, [language_term(code) for code in codes], having=having)
            counts = dict(zip(codes, each, strict=True))
            if answer.more:
                total = _at_least(len(answer.head), counts[only.language] if only.language else all_)
        most = sorted(counts.items(), key=lambda item: -item[1].value)
        return total, tuple((code, count) for code, count in most if code and count.value)

    def _slice(
        self, answer: SearchAnswer, head: Sequence[BookRow], start: int, limit: int, having: TermSet
    ) -> tuple[BookRow, ...]:
        """Return the books from an offset on: `head`, what is shown of the best ranked; those after them in rank order."""
        rows = tuple(head[start : start + limit])
        missing = limit - len(rows)
        if not missing or not answer.more:
            return rows
        offset, first = len(answer.head) + max(0, start - len(head)), answer.reading.first
        found = self._index.candidates(answer.plans, limit=missing, offset=offset, having=having, first=first)
        return rows + found.books

    def _gifts(self, answer: SearchAnswer, only: _Filter) -> Count:
        """Count the books that can be had, whether or not only these are shown."""
        return self._index.count(answer.plans, having=replace(only, offered=True).terms)


def _listing(said: str, plan: TermSet) -> ParsedQuery:
    """Return a question for all books that have these terms."""
    plans = (Interpretation(plan, "words", said),) if plan else ()
    return ParsedQuery(said=said, folded=said, words=(), plans=plans)


def _is_number(reading: ParsedQuery) -> bool:
    """Return whether a query is a number, of a book or of something else, and no words."""
    return reading.isbn is not None or reading.barcode is not None or reading.is_shortened


def _nothing(reading: ParsedQuery) -> SearchPage:
    return SearchPage(
        text=reading.said,
        page=1,
        pages=0,
        per_page=RESULTS_PER_PAGE,
        total=0,
        total_is_exact=True,
        rows=(),
        barcode=reading.barcode,
        is_shortened=reading.is_shortened,
    )


def _exactly(books: int) -> Count:
    return Count(books, is_exact=True)


def _at_least(books: int, count: Count) -> Count:
    return Count(max(books, count.value), count.is_exact)


def _group(book: BookRow) -> str:
    return book.facts.language.partition("-")[0].lower()


def _weight_of_page(page: SearchPage) -> int:
    nearest = page.isbn.nearest if page.isbn else ()
    return 1000 + sum(2000 + 3 * len(book.facts.summary) for book in (*page.rows, *nearest))


def _weight_of_suggestions(suggestions: tuple[Suggestion, ...]) -> int:
    return 500 + 400 * len(suggestions)
