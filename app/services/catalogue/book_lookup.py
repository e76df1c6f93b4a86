"""services: find the book of an ISBN: in the catalogue, else at the sources outside, whose answer the catalogue keeps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog
from sqlalchemy.exc import DBAPIError

from app.db.dialects import DRIVER_ERRORS
from app.db.pool import PoolExhaustedError
from app.domain.book import BookFacts, Lookup
from app.libs.deadline import waiting_at_most
from app.queries.book import BookQueries, BookRow

_STORE_SECONDS = 1.0
_log = structlog.get_logger()


class LookupSources(Protocol):
    """The sources outside."""

    def find(self, isbn13: str) -> Lookup:
        """Return what they say of an ISBN-13, within their time; it never raises."""


@dataclass(frozen=True, slots=True)
class Found:
    """The book, or None. `is_certain` is False when a source did not answer, so that asking again later makes sense."""

    book: BookRow | None
    is_certain: bool = True


class BookLookup:
    """Find books by ISBN, wherever they are known.

    :param store: keeps facts in the catalogue, findable by the next search.
    """

    def __init__(
        self, *, books: BookQueries, sources: LookupSources, store: Callable[[Sequence[BookFacts]], object]
    ) -> None:
        self._books = books
        self._sources = sources
        self._store = store

    def find(self, isbn13: str) -> Found:
        """Return the book that a canonical ISBN-13 leads to; one that the catalogue lacked is in it afterwards.

        Its own number may be another: what is done with the book is done under `book.facts.isbn13`.

        It is a page that asks, so keeping waits for hardly anybody: where others write, it is asked for again later.

        Must not be called while a connection is held: the sources may take their whole time.
        """
        book = self._books.resolve(isbn13)
        if book is not None:
            return Found(book)
        lookup = self._sources.find(isbn13)
        if lookup.facts is None:
            return Found(None, is_certain=lookup.is_certain)
        try:
            with waiting_at_most(_STORE_SECONDS):
                self._store([lookup.facts])
        except (DBAPIError, *DRIVER_ERRORS, PoolExhaustedError) as error:
            _log.warning("book not kept", isbn=isbn13, problem=type(error).__name__)
            return Found(None, is_certain=False)
        return Found(self._books.find(isbn13))
