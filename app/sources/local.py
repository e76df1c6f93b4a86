"""The site's own catalogue as a source like the others, but for the network: it cannot fail as they do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.domain.book import BookFacts
from app.queries.book import BookQueries
from app.search.search import Search
from app.sources.port import MOST_FOUND


class LocalCatalogue:
    """Answers from the database, at once: `seconds` are what it may take, and never needs."""

    name = "local"
    batch_size = 500

    def __init__(self, books: BookQueries, search: Search) -> None:
        self._books = books
        self._search = search

    def find_many(self, isbns: Sequence[str], *, seconds: float) -> Mapping[str, BookFacts]:  # noqa: ARG002 - the port's
        """Return what the catalogue holds of these ISBN-13; see `Source`."""
        return {isbn13: book.facts for isbn13, book in self._books.resolve_many(isbns).items()}

    def search(self, words: str, *, seconds: float) -> Sequence[BookFacts]:  # noqa: ARG002 - the port's
        """Return the books of the catalogue that hold the words; see `Source`."""
        return [book.facts for book in self._search.find(words, exact=True).rows[:MOST_FOUND]]
