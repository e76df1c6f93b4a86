"""Search: the one door for whoever looks for books. `Search.find` gives a page of results, `Search.suggest` a list while typing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Final, Literal

from app.domain.isbn import TypedIsbn
from app.queries.book import Book, Books
from app.search.analyzer import language_term, main_part
from app.search.index import OFFERED, Count, Index, Plan
from app.search.kept import KeptAnswers, Stamp, never_the_same
from app.search.rank import BY_SOUND, SOUNDS_WHOLE, Match, Ranked, natural, rerank
from app.search.reader import LONGEST_QUERY, Reading, read
from app.search.results import IsbnReading, SearchPage, Suggestion, Understanding, Window
from app.search.suggest import suggest
from app.search.typo import corrections
from app.search.wider import wider_readings

PER_PAGE: Final = 20
HEAD: Final = 40
"""So many of the best ranked books are sorted anew by how they answer; pages behind them go on in rank order."""

MOST_SHOWN: Final = 2000
"""Paging ends here; who has not found it by then needs other words."""

FEW: Final = 2
"""With so few results a better spelling is proposed."""

_PROPOSALS: Final = 3
_TIMES_AS_MANY: Final = 5
_ALWAYS_COUNTED: Final = ("zh", "en")
_KEPT_BYTES: Final = 16 * 1024 * 1024

Reader = Callable[[], AbstractContextManager[Any]]


@dataclass(frozen=True, slots=True)
class _Answer:
    """A reading with the best ranked of its books, and whether there are more than these."""

    reading: Reading
    head: list[Ranked]
    more: bool

    @property
    def plans(self) -> list[Plan]:
        """The terms of each way to read the query."""
        return [plan.terms for plan in self.reading.plans]


@dataclass(frozen=True, slots=True)
class _Filter:
    """Which of the books that answer are wanted."""

    language: str | None = None
    offered: bool = False

    @property
    def terms(self) -> Plan:
        """The terms that these have besides."""
        return ((language_term(self.language),) if self.language else ()) + ((OFFERED,) if self.offered else ())


class Search:
    """Find books by whatever a person types.

    :param reading: opens a block within which all reads see one state of the database (`SqlHelper.reading`)
    :param stamp: gives what stays equal while the catalogue does: so long, the same question gets the same answer
    """

    def __init__(
        self, books: Books, index: Index, reading: Reader = nullcontext, stamp: Stamp = never_the_same
    ) -> None:
        self._books = books
        self._index = index
        self._reading = reading
        self._pages = KeptAnswers(stamp, _weight_of_page, limit=_KEPT_BYTES)
        self._suggestions = KeptAnswers(stamp, _weight_of_suggestions, limit=_KEPT_BYTES // 8)

    def find(
        self, text: str, *, page: int = 1, language: str | None = None, offered: bool = False, exact: bool = False
    ) -> SearchPage:
        """Give a page of the books that answer a query; any text and any page number will do.

        :param page: from 1; numbers beyond the ends give the first or the last page
        :param language: only books of this language (``zh``, ``en`` …)
        :param offered: only books that can be had as a gift
        :param exact: take the query as words: no ISBN, no pinyin, no correction
        """
        question = (text.strip()[:LONGEST_QUERY], page, _Filter(language, offered), exact)
        return self._pages.get(question, lambda: self._find(*question))

    def window(self, text: str, *, start: int, count: int) -> Window:
        """Give `count` books from an offset on; any text will do. Windows that follow each other leave nothing out.

        `total` is what can be paged to, so that a program that pages up to it ends.
        """
        reading = read(text)
        with self._reading():
            if reading.isbn is not None:
                rows = self._by_isbn(reading, reading.isbn).rows
                return Window(rows[start : start + count], len(rows), "exact")
            return self._window(self._answer(reading, (), exact=False), start, count)

    def suggest(self, text: str, *, limit: int = 10) -> tuple[Suggestion, ...]:
        """Give what a text that is being typed may become: titles, and authors' names; any text will do."""
        question = (text[:LONGEST_QUERY], limit)
        return self._suggestions.get(question, lambda: self._suggest(*question))

    def _find(self, text: str, page: int, only: _Filter, exact: bool) -> SearchPage:  # noqa: FBT001 - a question
        reading = read(text, exact=exact)
        with self._reading():
            if reading.isbn is not None:
                return self._by_isbn(reading, reading.isbn)
            return self._page(self._answer(reading, only.terms, exact=exact), page, only, exact=exact)

    def _suggest(self, text: str, limit: int) -> tuple[Suggestion, ...]:
        with self._reading():
            return suggest(text, self._index, limit=limit)

    def _window(self, answer: _Answer, start: int, count: int) -> Window:
        rows = self._slice(answer, start, min(count, max(0, MOST_SHOWN - start)), ())
        total = self._count(answer)
        if total.value > MOST_SHOWN:
            return Window(rows, MOST_SHOWN, "capped")
        if not total.is_exact and len(rows) < count:
            ends_here = start + len(rows) if rows or not start else min(start, total.value)
            return Window(rows, ends_here, "exact" if rows else "estimate")
        return Window(rows, total.value, "exact" if total.is_exact else "estimate")

    def _by_isbn(self, reading: Reading, typed: TypedIsbn) -> SearchPage:
        """Give the book of an ISBN, or the books whose numbers are one slip away, and never another book as if it were it."""
        book = self._books.resolve(typed.isbn13) if typed.is_valid else None
        rows = (book,) if book else ()
        nearest = () if typed.is_valid else self._books.find_many(typed.nearest)
        isbn = IsbnReading(typed.hyphenated, typed.isbn13 or None, nearest)
        return SearchPage(
            text=reading.said, page=1, pages=len(rows), per_page=PER_PAGE, total=len(rows), total_is_exact=True, rows=rows,
            understood=Understanding("isbn", reading.said, typed.hyphenated), isbn=isbn,
        )  # fmt: skip

    def _ask(self, reading: Reading, having: Plan) -> _Answer:
        plans = [plan.terms for plan in reading.plans]
        if not plans:
            return _Answer(reading, [], more=False)
        found = self._index.candidates(plans, limit=HEAD, having=having, first=reading.first)
        return _Answer(reading, rerank(found.books, reading), found.more)

    def _answer(self, reading: Reading, having: Plan, *, exact: bool) -> _Answer:
        """Ask for a query as it stands and, if no book answers whatever the filter, for what else it can mean."""
        answer = self._ask(reading, having)
        if answer.head or exact or (having and self._ask(reading, ()).head):
            return answer
        for wider in wider_readings(reading, self._index):
            if self._ask(wider, ()).head:
                return self._ask(wider, having)
        return answer

    def _page(self, answer: _Answer, page: int, only: _Filter, *, exact: bool) -> SearchPage:
        count, languages = self._counts(answer, only)
        total = count.value
        pages = -(-min(total, MOST_SHOWN) // PER_PAGE)
        page = max(1, min(page, pages))
        return SearchPage(
            text=answer.reading.said,
            page=page,
            pages=pages,
            per_page=PER_PAGE,
            total=total,
            total_is_exact=count.is_exact,
            rows=self._slice(answer, (page - 1) * PER_PAGE, PER_PAGE, only.terms),
            understood=_understanding(answer),
            did_you_mean=None if exact or only.terms else self._better(answer),
            languages=languages,
            language=only.language,
            gifts=self._gifts(answer, only),
            offered=only.offered,
            exact=exact,
            capped=total > MOST_SHOWN,
        )

    def _count(self, answer: _Answer) -> Count:
        seen = len(answer.head)
        return _at_least(seen, self._index.count(answer.plans)) if answer.more else _exactly(seen)

    def _counts(self, answer: _Answer, only: _Filter) -> tuple[Count, tuple[tuple[str, Count], ...]]:
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

    def _slice(self, answer: _Answer, start: int, limit: int, having: Plan) -> tuple[Book, ...]:
        """Give the books from an offset on: the best ranked as they were sorted anew, those behind them in rank order."""
        rows = tuple(ranked.book for ranked in answer.head[start : start + limit])
        missing = limit - len(rows)
        if not missing or not answer.more:
            return rows
        offset, first = max(start, len(answer.head)), answer.reading.first
        found = self._index.candidates(answer.plans, limit=missing, offset=offset, having=having, first=first)
        return rows + found.books

    def _gifts(self, answer: _Answer, only: _Filter) -> Count:
        """Count the books that can be had, whether or not only these are shown."""
        return self._index.count(answer.plans, having=replace(only, offered=True).terms)

    def _better(self, answer: _Answer) -> str | None:
        """Propose another spelling where few books answer, none of them in its title, and many answer the other one."""
        head, reading = answer.head, answer.reading
        if not 0 < len(head) <= FEW or head[0].match <= Match.IN_TITLE or head[0].match in BY_SOUND:
            return None
        if _is_corrected(reading):
            return None
        for text in islice(corrections(reading.words, self._index), _PROPOSALS):
            other = self._ask(read(text), ())
            if len(other.head) >= _TIMES_AS_MANY * len(head):
                return natural(text, other.head)
        return None


def _exactly(books: int) -> Count:
    return Count(books, is_exact=True)


def _at_least(books: int, count: Count) -> Count:
    return Count(max(books, count.value), count.is_exact)


def _group(book: Book) -> str:
    return book.facts.language.partition("-")[0].lower()


def _is_corrected(reading: Reading) -> bool:
    return any(plan.kind == "typo" for plan in reading.plans)


def _understanding(answer: _Answer) -> Understanding | None:
    """Say how the query was read, if any of the best books does not have its words as they were typed."""
    reading = answer.reading
    if _is_corrected(reading):
        shown = natural(reading.plans[0].shown, answer.head)
        return Understanding("typo", reading.said, shown)
    heard = next((ranked for ranked in answer.head if ranked.match in BY_SOUND), None)
    if heard is None:
        return None
    kinds = ("name",) if heard.match == Match.SOUND_OF_NAME else ("pinyin", "initials")
    plan = next((plan for plan in reading.plans if plan.kind in kinds), None)
    if plan is None:
        return None
    kind: Literal["pinyin", "initials"] = "initials" if plan.kind == "initials" else "pinyin"
    is_title = heard.match in SOUNDS_WHOLE
    return Understanding(kind, reading.said, main_part(heard.book.facts.title) if is_title else plan.shown)


def _weight_of_page(page: SearchPage) -> int:
    nearest = page.isbn.nearest if page.isbn else ()
    return 1000 + sum(2000 + 3 * len(book.facts.summary) for book in (*page.rows, *nearest))


def _weight_of_suggestions(suggestions: tuple[Suggestion, ...]) -> int:
    return 500 + 400 * len(suggestions)
