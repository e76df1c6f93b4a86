"""The door for all who look for books by what they type. `Search.find` gives a page of results, `Search.suggest` a list while typing.

Answers given a moment ago are given again while the catalogue stays the same. They are everybody's: nothing of a member is in them.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from typing import Final

from app.domain.isbn import TypedIsbn
from app.queries.book import BookQueries
from app.search.answerer import Answerer
from app.search.index.port import Index
from app.search.pager import RESULTS_PER_PAGE, Narrowing, Pager, ReadBlock, empty_page, weight_of
from app.search.query_cache import QueryCache, ReadStamp, never_the_same
from app.search.query_parser import LONGEST_QUERY, ParsedQuery, clip, parse_query
from app.search.results import IsbnReading, SearchPage, Suggestion, Understanding, Window
from app.search.suggest import suggest

_KEPT_BYTES: Final = 16 * 1024 * 1024


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
        self._pager = Pager(books, index, self._answerer)
        self._reading = reading
        self._pages = QueryCache(stamp, weight_of, limit=_KEPT_BYTES)
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
        question = (said, page, Narrowing(language, offered), exact, grouped)
        answer = self._pages.get(question, lambda: self._find(*question))
        return replace(answer, clipped=True) if len(said) < len(text.strip()) else answer

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
            return self._pager.window(self._answerer.answer(reading, (), exact=False), start, count)

    def suggest(self, text: str, *, limit: int = 10) -> tuple[Suggestion, ...]:
        """Return what a text that is being typed may become: titles, and authors' names; any text will do."""
        question = (text[:LONGEST_QUERY], limit)
        return self._suggestions.get(question, lambda: self._suggest(*question))

    def _find(self, text: str, page: int, only: Narrowing, exact: bool, grouped: bool) -> SearchPage:  # noqa: FBT001 - a question
        reading = parse_query(text, exact=exact)
        with self._reading():
            if _is_number(reading):
                return self._by_number(reading)
            answer = self._answerer.answer(reading, only.terms, exact=exact)
            return self._pager.page(answer, page, only, exact=exact, grouped=grouped)

    def _suggest(self, text: str, limit: int) -> tuple[Suggestion, ...]:
        with self._reading():
            return suggest(text, self._index, limit=limit)

    def _by_number(self, reading: ParsedQuery) -> SearchPage:
        """Return the book of an ISBN, or the books whose numbers are one edit away, and never another book as if it were it."""
        typed = reading.isbn or TypedIsbn(reading.said, is_valid=False)
        book = self._books.resolve(typed.isbn13) if typed.is_valid else None
        rows = (book,) if book else ()
        nearest = () if typed.is_valid else self._books.find_many(typed.nearest)
        if reading.is_shortened or (reading.barcode and not nearest):
            return empty_page(reading)
        isbn = IsbnReading(typed.hyphenated, typed.isbn13 or None, nearest)
        return SearchPage(
            text=reading.said, page=1, pages=len(rows), per_page=RESULTS_PER_PAGE, total=len(rows), total_is_exact=True, rows=rows,
            understood=Understanding("isbn", reading.said, typed.hyphenated), isbn=isbn,
        )  # fmt: skip


def _is_number(reading: ParsedQuery) -> bool:
    """Return whether a query is a number, of a book or of something else, and no words."""
    return reading.isbn is not None or reading.barcode is not None or reading.is_shortened


def _weight_of_suggestions(suggestions: tuple[Suggestion, ...]) -> int:
    return 500 + 400 * len(suggestions)
