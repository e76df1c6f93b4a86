"""services: which book does a row of somebody's list mean? Asked of the catalogue by ISBN, else by title and author."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.domain.isbn import find_isbn
from app.domain.reading_list import ListRow, Verdict, bare_title
from app.queries.book import Book, Books
from app.search.analyzer import main_part
from app.search.results import SearchPage
from app.search.text import fold

#: So many books a row may be told to choose from.
MOST_CHOICES = 8


class Searcher(Protocol):
    """Finds books by words."""

    def find(self, text: str, *, exact: bool = False) -> SearchPage:
        """Give the first page of results."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict and the ISBNs it is about: one book, several to choose from, or the one that nobody here knows."""

    verdict: Verdict
    isbns: tuple[str, ...] = ()


class Judging:
    """Judge rows."""

    def __init__(self, books: Books, search: Searcher) -> None:
        self._books = books
        self._search = search

    def judge_all(self, rows: Sequence[ListRow]) -> list[Judgement]:
        """Judge many rows; the ISBNs are looked up together."""
        numbers = [_isbn13(row) for row in rows]
        known = {
            book.facts.isbn13 for part in _parts(sorted(filter(None, numbers))) for book in self._books.find_many(part)
        }
        return [self._judge(row, number, number in known) for row, number in zip(rows, numbers, strict=True)]

    def judge(self, row: ListRow) -> Judgement:
        """Judge one row."""
        return self.judge_all([row])[0]

    def _judge(self, row: ListRow, isbn13: str, is_known: bool) -> Judgement:  # noqa: FBT001 - private, named by its caller
        if isbn13:
            return Judgement(Verdict.MATCHED if is_known else Verdict.UNKNOWN, (isbn13,))
        return self._by_title(row) if row.title else Judgement(Verdict.NO_BOOK)

    def _by_title(self, row: ListRow) -> Judgement:
        title = bare_title(row.title)
        found = self._search.find(title, exact=True).rows if fold(title) else ()
        same = [book for book in found if _has_title(book, title)]
        if row.author:
            same = _narrowed(same, fold(row.author))
        if not same:
            return Judgement(Verdict.UNKNOWN)
        verdict = Verdict.MATCHED if len(same) == 1 else Verdict.AMBIGUOUS
        return Judgement(verdict, tuple(book.facts.isbn13 for book in same[:MOST_CHOICES]))


def _isbn13(row: ListRow) -> str:
    typed = find_isbn(row.isbn) if row.isbn else None
    return typed.isbn13 if typed and typed.is_valid else ""


def _has_title(book: Book, title: str) -> bool:
    facts = book.facts
    return fold(title) in {fold(facts.title), fold(main_part(facts.title)), fold(f"{facts.title} {facts.subtitle}")}


def _narrowed(books: Iterable[Book], said: str) -> list[Book]:
    """Keep the books of the author that is said; if a publisher is said too (Douban writes both), those of that publisher."""
    by_author = [book for book in books if not book.facts.authors or _is_one_of(book.facts.authors, said)]
    by_publisher = [book for book in by_author if (name := fold(book.facts.publisher)) and name in said]
    return by_publisher or by_author


def _is_one_of(names: Iterable[str], said: str) -> bool:
    """Tell whether a name stands in what is said, or the other way round; the order of a Western name does not matter."""
    words = set(said.split())
    return any((name := fold(each)) and (name in said or said in name or set(name.split()) <= words) for each in names)


def _parts(isbns: Sequence[str]) -> list[Sequence[str]]:
    return [isbns[start : start + 500] for start in range(0, len(isbns), 500)]
