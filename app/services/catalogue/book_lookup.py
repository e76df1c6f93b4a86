"""Find the book of an ISBN in the catalogue, else at the sources outside, whose answer is kept; and fill the gaps of known books from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

import structlog
from sqlalchemy import delete
from sqlalchemy.exc import DBAPIError

from app.db.dialects import DRIVER_ERRORS
from app.db.pool import PoolExhaustedError
from app.domain.book import BookFacts, Lookup
from app.extensions import db
from app.libs.clock import Clock, epoch
from app.libs.deadline import waiting_at_most
from app.models.book import Enrichment
from app.queries.book import BookQueries, BookRow
from app.queries.catalogue import IncompleteBookQueries
from app.services.catalogue.catalogue import Catalogue, Prepared, merge_facts
from app.services.unit_of_work import use_case

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


#: Books that one question is about.
BOOKS_OF_A_QUESTION = 25
#: A book that was asked about is left in peace for so long, with any outcome.
REST = timedelta(days=30)


class BatchSources(Protocol):
    """Who is asked."""

    def find_many(self, isbns: Sequence[str]) -> Mapping[str, BookFacts]:
        """Return what they know of these ISBN-13. :raises SourcesSilent: when nobody answers."""


@dataclass(frozen=True, slots=True)
class Enriched:
    """What came of it: books asked about, those the sources knew, and those that gained a fact."""

    asked: int = 0
    known: int = 0
    filled: int = 0


class Enriching:
    """Fill gaps, batch after batch. Each batch is stored with the note that it was asked, so that a killed run goes on."""

    def __init__(self, *, clock: Clock, gaps: IncompleteBookQueries, catalogue: Catalogue) -> None:
        self._clock = clock
        self._gaps = gaps
        self._catalogue = catalogue

    def run(self, sources: BatchSources, progress: Callable[[Enriched, int], None], *, listed: bool = True) -> Enriched:
        """Ask about every book with gaps and keep what is new; a fact that is there is never replaced.

        :param progress: is told what was done so far, and of how many.
        :param listed: only books that somebody gives or wishes.
        :raises SourcesSilent: when nobody answers any more; what was found before is kept.
        """
        before = epoch(self._clock.now() - REST)
        total = self._gaps.count(before=before, listed=listed)
        done, after = Enriched(), ""
        progress(done, total)
        while books := self._gaps.list_next(after, before=before, listed=listed, limit=BOOKS_OF_A_QUESTION):
            answers = sources.find_many([book.isbn13 for book in books])
            filled = self._keep(books, answers)
            done = Enriched(done.asked + len(books), done.known + len(answers), done.filled + filled)
            after = books[-1].isbn13
            progress(done, total)
        return done

    def _keep(self, books: Sequence[BookFacts], answers: Mapping[str, BookFacts]) -> int:
        better = [filled(book, answers[book.isbn13]) for book in books if book.isbn13 in answers]
        return self._store(self._catalogue.prepare(better), [book.isbn13 for book in books])

    @use_case
    def _store(self, better: Prepared, asked: Sequence[str]) -> int:
        now = epoch(self._clock.now())
        outcome = self._catalogue.store_prepared(better)
        db.session.execute(delete(Enrichment).where(Enrichment.isbn13.in_(asked)))
        db.session.add_all(Enrichment(isbn13=isbn, asked_time=now, create_time=now) for isbn in asked)
        return outcome.changed


def filled(known: BookFacts, said: BookFacts) -> BookFacts:
    """Return the known facts with the gaps filled by what is said; what is known stays, its source too."""
    return replace(merge_facts(said, known), source=known.source)
