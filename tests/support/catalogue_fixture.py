"""A few books on a shelf, searched through the memory index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.book import BookFacts
from app.domain.isbn import to_isbn13
from app.queries.book import BookRow
from app.queries.catalogue import rank_of
from app.search.analyzer import terms
from app.search.index.port import IndexEntry
from app.search.lists import CatalogueLists
from app.search.results import SearchPage
from app.search.search import Search
from tests.support.memory_index import MemoryIndex


class Shelf:
    """Books by number and by id, and a search over them."""

    def __init__(self) -> None:
        self._books: dict[int, BookRow] = {}
        self.index = MemoryIndex(_ById(self._books))
        by_isbn = _ByIsbn(self._books)
        self.search = Search(by_isbn, self.index)  # type: ignore[arg-type]
        self.lists = CatalogueLists(by_isbn, self.index)  # type: ignore[arg-type]

    def put(self, title: str, *authors: str, work_id: int = 0, offered: bool = False, **facts: Any) -> BookRow:
        """Add a book; its number is made of its id unless it is given."""
        id_ = len(self._books) + 1
        known = {"isbn13": to_isbn13(f"{id_:09d}0"), "title": title, "authors": authors, "language": "zh"} | facts
        book = BookRow(id_, 1, BookFacts(**known), work_id)
        self._books[id_] = book
        rank = rank_of(book.facts.popularity, is_offered=offered)
        self.index.add([IndexEntry(book_id=id_, version=1, rank_value=rank, terms=terms(book.facts))])
        return book

    def titles(self, query: str, **options: Any) -> list[str]:
        return titles(self.search.find(query, **options))

    def suggested(self, text: str) -> list[str]:
        return [suggestion.text for suggestion in self.search.suggest(text)]


def titles(page: SearchPage) -> list[str]:
    return [book.facts.title for book in page.rows]


class _ById:
    def __init__(self, books: Mapping[int, BookRow]) -> None:
        self._books = books

    def find_many(self, ids: Sequence[int]) -> dict[int, BookRow]:
        return {id_: self._books[id_] for id_ in ids if id_ in self._books}


class _ByIsbn:
    def __init__(self, books: Mapping[int, BookRow]) -> None:
        self._books = books

    def resolve(self, isbn13: str) -> BookRow | None:
        return next(iter(self.find_many([isbn13])), None)

    def count_editions(self, works: Sequence[int]) -> dict[int, int]:
        return dict(Counter(book.work_id for book in self._books.values() if book.work_id in works))

    def find_many(self, isbns: Sequence[str]) -> tuple[BookRow, ...]:
        return tuple(book for isbn in isbns for book in self._books.values() if book.facts.isbn13 == isbn)
