"""Make a page of the books that answer a question: its rows, its numbers, its filters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any, Final

from app.domain.book import language_alone
from app.queries.book import BookQueries, BookRow
from app.search.analyzer import language_term
from app.search.answerer import Answerer, SearchAnswer, understanding
from app.search.index.port import OFFERED, Count, Index, TermSet
from app.search.query_parser import ParsedQuery
from app.search.rank import one_of_each_work
from app.search.results import SearchPage, Window

RESULTS_PER_PAGE: Final = 20
MOST_SHOWN: Final = 2000
"""Paging ends here; who has not found it by then needs other words."""

_ALWAYS_COUNTED: Final = ("zh", "en")

ReadBlock = Callable[[], AbstractContextManager[Any]]


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which of the books that answer are wanted."""

    language: str | None = None
    offered: bool = False

    @property
    def terms(self) -> TermSet:
        """The terms that these have besides."""
        return ((language_term(self.language),) if self.language else ()) + ((OFFERED,) if self.offered else ())


class Pager:
    """Reads pages of answers from the index."""

    def __init__(self, books: BookQueries, index: Index, answerer: Answerer) -> None:
        self._books = books
        self._index = index
        self._answerer = answerer

    def page(self, answer: SearchAnswer, page: int, only: Narrowing, *, exact: bool, grouped: bool) -> SearchPage:
        """Return a page of an answer; numbers beyond the ends give the first or the last page."""
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

    def window(self, answer: SearchAnswer, start: int, count: int) -> Window:
        """Return `count` books of an answer from an offset on, editions not grouped."""
        head = [ranked.book for ranked in answer.head]
        rows = self._slice(answer, head, start, min(count, max(0, MOST_SHOWN - start)), ())
        total = self._count(answer)
        if total.value > MOST_SHOWN:
            return Window(rows, MOST_SHOWN, "capped")
        if not total.is_exact and len(rows) < count:
            ends_here = start + len(rows) if rows or not start else min(start, total.value)
            return Window(rows, ends_here, "exact" if rows else "estimate")
        return Window(rows, total.value, "exact" if total.is_exact else "estimate")

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

    def _count(self, answer: SearchAnswer) -> Count:
        seen = len(answer.head)
        return _at_least(seen, self._index.count(answer.plans)) if answer.more else _exactly(seen)

    def _counts(self, answer: SearchAnswer, only: Narrowing) -> tuple[Count, tuple[tuple[str, Count], ...]]:
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

    def _gifts(self, answer: SearchAnswer, only: Narrowing) -> Count:
        """Count the books that can be had, whether or not only these are shown."""
        return self._index.count(answer.plans, having=replace(only, offered=True).terms)


def empty_page(reading: ParsedQuery) -> SearchPage:
    """Return the page of a question that no book answers."""
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
    return language_alone(book.facts.language)


def weight_of(page: SearchPage) -> int:
    """Return about how many bytes a page holds."""
    nearest = page.isbn.nearest if page.isbn else ()
    return weight_of_rows((*page.rows, *nearest))


def weight_of_rows(books: tuple[BookRow, ...]) -> int:
    """Return about how many bytes books hold."""
    return 1000 + sum(2000 + 3 * len(book.facts.summary) for book in books)
