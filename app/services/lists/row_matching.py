"""Which book does a row of somebody's list mean? Asked of the catalogue by ISBN, else by title and author."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from app.domain.book import BookFacts
from app.domain.cells import read_isbn_cell
from app.domain.isbn import TypedIsbn
from app.domain.isbn_candidates import is_shortened
from app.domain.reading_list import ListRow, Verdict
from app.domain.text import fold
from app.libs.batches import batches
from app.services.catalogue.book_matching import (
    has_author_in_other_script,
    is_by,
    is_other_title,
    is_other_volume,
    is_same_title,
    may_be_other_title,
    said_titles,
)

#: So many books a row may be told to choose from.
MOST_CHOICES = 8
#: Seconds for one question; the catalogue needs thousandths of it.
_PATIENCE = 5.0


class KnownBooks(Protocol):
    """The catalogue, as a source of books."""

    def find_many(self, isbns: Sequence[str], *, seconds: float) -> Mapping[str, BookFacts]:
        """Return the books of those ISBN-13 that it has."""

    def search(self, words: str, *, seconds: float) -> Sequence[BookFacts]:
        """Return the best books for words."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict and the ISBNs it is about: one book, several to choose from, or the number that nobody here knows.

    With `waits_for_sources` a source may know the book that the catalogue lacks.
    """

    verdict: Verdict
    isbns: tuple[str, ...] = ()
    waits_for_sources: bool = False


class RowMatching:
    """Judge rows."""

    def __init__(self, catalogue: KnownBooks) -> None:
        self._catalogue = catalogue

    def judge_all(self, rows: Sequence[ListRow]) -> list[Judgement]:
        """Judge many rows; the ISBNs are looked up together."""
        numbers = [read_isbn_cell(row.isbn) if row.isbn else None for row in rows]
        known = self._find(typed.isbn13 for typed in numbers if typed and typed.is_valid)
        return [self._judge(row, typed, known) for row, typed in zip(rows, numbers, strict=True)]

    def judge(self, row: ListRow) -> Judgement:
        """Judge one row."""
        return self.judge_all([row])[0]

    def compare(self, row: ListRow, facts: BookFacts, verdict: Verdict) -> Judgement:
        """Return the verdict on the book that has the row's number, or `LOOK` when the row's title is that of another."""
        if not row.title or not (is_other_title(facts, row.title) or self._is_title_of_another(row, facts)):
            return Judgement(verdict, (facts.isbn13,))
        return Judgement(Verdict.LOOK, _choices([facts, *self._by_title(row)]))

    def _is_title_of_another(self, row: ListRow, facts: BookFacts) -> bool:
        """Return whether another book of the author has the row's very title."""
        author = row.author or " ".join(facts.authors)
        whole = said_titles(row.title)[0]
        return may_be_other_title(facts, row.title) and bool(self._titled(whole, replace(row, author=author)))

    def unknown(self, row: ListRow, isbn13: str) -> Judgement:
        """Return the verdict on a number that nobody knows: other editions of the same book are offered."""
        return Judgement(Verdict.UNKNOWN, (isbn13, *_choices(self._by_title(row))))

    def _judge(self, row: ListRow, typed: TypedIsbn | None, known: Mapping[str, BookFacts]) -> Judgement:
        if typed is None or not typed.is_valid:
            return self._judge_title(row, typed)
        facts = known.get(typed.isbn13)
        if facts is None:
            return Judgement(Verdict.UNKNOWN, (typed.isbn13,), waits_for_sources=True)
        return self.compare(row, facts, Verdict.MATCHED)

    def _judge_title(self, row: ListRow, typed: TypedIsbn | None) -> Judgement:
        """Judge a row that has no number, or a wrong or a shortened one."""
        near = typed.nearest if typed else ()
        books = self._by_title(row)
        books = [facts for facts in books if facts.isbn13 in near] or books
        if not books:
            return Judgement(Verdict.UNKNOWN if row.title else Verdict.NO_BOOK, self._near(near))
        is_sure = len(books) == 1 and not is_shortened(row.isbn) and is_by(books[0], row.author)
        return Judgement(Verdict.MATCHED if is_sure else Verdict.AMBIGUOUS, _choices(books))

    def _near(self, numbers: Sequence[str]) -> tuple[str, ...]:
        """Return the numbers next to a wrong one, only those of known books if there are any."""
        return _choices(self._find(numbers).values()) or tuple(numbers[:MOST_CHOICES])

    def _by_title(self, row: ListRow) -> list[BookFacts]:
        """Find the books of a row's title, or of its main part, by its author."""
        return next(filter(None, (self._titled(title, row) for title in said_titles(row.title))), [])

    def _titled(self, title: str, row: ListRow) -> list[BookFacts]:
        """Find the books of a title, by the row's author."""
        found = self._catalogue.search(title, seconds=_PATIENCE) if fold(title) else ()
        same = [facts for facts in found if is_same_title(facts, title) and not is_other_volume(facts.title, row.title)]
        return _narrowed(same, row.author)

    def _find(self, isbns: Iterable[str]) -> dict[str, BookFacts]:
        found: dict[str, BookFacts] = {}
        for part in batches(sorted(set(isbns)), 500):
            found |= self._catalogue.find_many(part, seconds=_PATIENCE)
        return found


def _choices(books: Iterable[BookFacts]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(facts.isbn13 for facts in books))[:MOST_CHOICES]


def _narrowed(books: Sequence[BookFacts], said: str) -> list[BookFacts]:
    """Keep the books of the author that is said; if a publisher is said too (Douban writes both), those of that publisher.

    An author in another script than the book's may be the same person: such books are kept where there are no others.
    """
    by_author = [facts for facts in books if is_by(facts, said)]
    by_publisher = [facts for facts in by_author if (name := fold(facts.publisher)) and name in fold(said)]
    return by_publisher or by_author or [facts for facts in books if has_author_in_other_script(facts, said)]
