"""services: which book does a row of somebody's list mean? Asked of the catalogue by ISBN, else by title and author."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.domain.book import BookFacts
from app.domain.isbn import find_isbn
from app.domain.reading_list import ListRow, Verdict, bare_title
from app.libs.batches import batches
from app.search.analyzer import main_part
from app.search.text import fold

#: So many books a row may be told to choose from.
MOST_CHOICES = 8
#: Seconds for one question; the catalogue needs thousandths of it.
_PATIENCE = 5.0


class Catalogue(Protocol):
    """The catalogue, as a source of books."""

    def find_many(self, isbns: Sequence[str], *, seconds: float) -> Mapping[str, BookFacts]:
        """Give the books of those ISBN-13 that it has."""

    def search(self, words: str, *, seconds: float) -> Sequence[BookFacts]:
        """Give the best books for words."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict and the ISBNs it is about: one book, several to choose from, or the one that nobody here knows."""

    verdict: Verdict
    isbns: tuple[str, ...] = ()

    @property
    def waits_for_sources(self) -> bool:
        """Whether a source may know the book that the catalogue lacks."""
        return self.verdict is Verdict.UNKNOWN and bool(self.isbns)


class Judging:
    """Judge rows."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def judge_all(self, rows: Sequence[ListRow]) -> list[Judgement]:
        """Judge many rows; the ISBNs are looked up together."""
        numbers = [_isbn13(row) for row in rows]
        wanted = sorted(set(filter(None, numbers)))
        known = {
            isbn13 for part in batches(wanted, 500) for isbn13 in self._catalogue.find_many(part, seconds=_PATIENCE)
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
        found = self._catalogue.search(title, seconds=_PATIENCE) if fold(title) else ()
        same = [facts for facts in found if _has_title(facts, title)]
        if row.author:
            same = _narrowed(same, fold(row.author))
        if not same:
            return Judgement(Verdict.UNKNOWN)
        verdict = Verdict.MATCHED if len(same) == 1 else Verdict.AMBIGUOUS
        return Judgement(verdict, tuple(facts.isbn13 for facts in same[:MOST_CHOICES]))


def _isbn13(row: ListRow) -> str:
    typed = find_isbn(row.isbn) if row.isbn else None
    return typed.isbn13 if typed and typed.is_valid else ""


def _has_title(facts: BookFacts, title: str) -> bool:
    return fold(title) in {fold(facts.title), fold(main_part(facts.title)), fold(f"{facts.title} {facts.subtitle}")}


def _narrowed(books: Iterable[BookFacts], said: str) -> list[BookFacts]:
    """Keep the books of the author that is said; if a publisher is said too (Douban writes both), those of that publisher."""
    by_author = [facts for facts in books if not facts.authors or _is_one_of(facts.authors, said)]
    by_publisher = [facts for facts in by_author if (name := fold(facts.publisher)) and name in said]
    return by_publisher or by_author


def _is_one_of(names: Iterable[str], said: str) -> bool:
    """Tell whether a name stands in what is said, or the other way round; the order of a Western name does not matter."""
    words = set(said.split())
    return any((name := fold(each)) and (name in said or said in name or set(name.split()) <= words) for each in names)
