"""The port of the index, with the plain values that cross it.

Three adapters implement it and pass the same tests: posting shards on SQLite, the same shards on MariaDB, and a memory fake.
All of them answer in *rank order*: books with a higher ``rank_value`` first, among equals those with the higher id (the newer).
A change that waits to be merged stands before its equals.

A *term* is a string that begins with one letter naming its kind ("w" word, bigram or character, "p" pinyin, "i" initials,
"t" exact title, "l" language, "g" offered as a gift …). The index gives the letter no meaning, except that terms of
the kinds in `COMPLETED_KINDS` can be completed and that `is_correctable` terms can be corrected.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from app.domain.errors import Refusal
from app.queries.book import BookRow
from app.queries.catalogue import rank_of

OFFERED = "g"
"""The term of books that can be had as a gift; its letter is all of it."""

COMPLETED_KINDS = "wpi"
CORRECTED_KINDS = "wp"
SHORTEST_CORRECTED = 4

TermSet: TypeAlias = tuple[str, ...]
"""Terms that a book must have all of."""

Progress: TypeAlias = Callable[[str, int, int], None]
"""Called as ``progress(step, done, total)``; the step is a short English word, total is 0 where it is unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookTerms:
    """Everything a book can be found by: one set, whichever field a term came from."""

    words: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexEntry:
    """One state of one book, as the index is to know it. Books with a higher `rank_value` come first; see `entry_of`."""

    book_id: int
    version: int
    rank_value: int
    terms: BookTerms


@dataclass(frozen=True, slots=True)
class Candidates:
    """Live books in rank order; `more` says that further ones follow, `stale` that entries were dropped on the way."""

    books: tuple[BookRow, ...]
    more: bool
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """How many books match. Not exact once counting was cut short, or with changes if the index cannot tell where their books stand in it."""

    value: int
    is_exact: bool


NONE = Count(0, is_exact=True)


@dataclass(frozen=True, slots=True)
class Completion:
    """A term of the index that begins as asked, and the number of books that have it."""

    term: str
    books: int


@dataclass(frozen=True, slots=True)
class TermUse:
    """How many books have a term, how many of these can be had as a gift, and the ids of some of them."""

    term: str
    books: int
    offered: int
    some: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """A term of the index that is `distance` edits away from the one asked for."""

    term: str
    books: int
    distance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexStatus:
    """What an operator and `/readyz` want to know. `state`: empty (never built), ready, missing (its files are gone or damaged).

    `is_outdated` says that its terms were made by other rules than today's: it answers, but should be rebuilt.
    """

    state: str
    generation: int
    books: int
    built_at: int
    waiting: int
    busy_with: str
    bytes_on_disk: int
    is_outdated: bool = False


def entry_of(book: BookRow, terms: BookTerms, *, is_offered: bool) -> IndexEntry:
    """Return the entry of a book as it stands; if it can be had as a gift, with the term for that, and ranked accordingly."""
    return IndexEntry(
        book_id=book.id,
        version=book.version,
        rank_value=rank_of(book.facts.popularity, is_offered=is_offered),
        terms=BookTerms(words=terms.words | {OFFERED}) if is_offered else terms,
    )


class Index(Protocol):
    """Terms in, books out."""

    def add(self, entries: Sequence[IndexEntry]) -> None:
        """Make these states of books findable, inside the caller's open write transaction, for the next query of any process.

        A newer state needs no removal of the older one: entries count only while `book.version` is theirs.
        """

    def candidates(
        self,
        plans: Sequence[TermSet],
        *,
        limit: int,
        offset: int = 0,
        having: TermSet = (),
        first: Sequence[TermSet] = (),
    ) -> Candidates:
        """Return the books of any of the plans, each once, in rank order, stale entries already dropped.

        Books of a plan in `first` (an exact title) come before all others, among themselves in rank order.
        `having` are further terms that every book must have (filters). An unknown term matches nothing; so does an empty plan.
        """

    def count(self, plans: Sequence[TermSet], *, having: TermSet = ()) -> Count:
        """Return how many books match any of the plans and have all of the filter terms."""

    def count_each(self, plans: Sequence[TermSet], terms: Sequence[str], *, having: TermSet = ()) -> tuple[Count, ...]:
        """Return what `count` does, and then for each of the terms, in the order asked, how many of these books have it."""

    def complete(self, prefix: str, *, limit: int = 10) -> tuple[Completion, ...]:
        """Return terms that begin with `prefix` (its kind letter included): those of the best ranked books and the most frequent.

        Only kinds in `COMPLETED_KINDS` are completed; the bare kind letter completes to nothing.
        """

    def known(self, terms: Collection[str]) -> frozenset[str]:
        """Return those of the terms that any book has, or had a moment ago; one statement for hundreds of terms."""

    def newest(self, plan: TermSet, *, limit: int) -> tuple[BookRow, ...]:
        """Return the books that came last of those that have all terms of a plan, the newest first."""

    def list_terms(self, after: str, end: str, *, limit: int, some: int) -> tuple[TermUse, ...]:
        """Return the next terms behind `after` and before `end`, in order, that any book has or had a moment ago; at most `limit`.

        :param some: how many books of each to name at most.
        """

    def list_uses(self, terms: Collection[str]) -> tuple[TermUse, ...]:
        """Return of these terms, in their order, how many books have each, and how many of these can be had; without the books."""

    def near(self, term: str, *, limit: int = 5) -> tuple[Correction, ...]:
        """Return `is_correctable` terms of the same kind one edit away (two if it is long), nearest first, then most frequent."""

    def status(self) -> IndexStatus:
        """Return the state of the index."""

    def rebuild(self, progress: Progress | None = None) -> IndexStatus:
        """Build a new generation from table `book` and switch to it; goes on where a killed rebuild stopped.

        :raises IndexBusy: another process is building.
        """

    def merge(self, progress: Progress | None = None) -> IndexStatus:
        """Make a new generation of the current one and the waiting changes, and switch to it; rebuild if it is outdated.

        :raises IndexBusy: another process is building.
        """

    def drop_old_generations(self) -> int:
        """Remove generations and merged changes that no query can still be reading; return how many generations went."""


class IndexBusy(Exception):
    """Another process is rebuilding or merging."""


class IndexUnavailable(Refusal):
    """The index cannot be read; the worker builds it from the catalogue."""

    zh = "书目索引暂时读不出来，正在自动重建。请过几分钟再搜。"
    en = "The search index cannot be read at the moment and is being rebuilt. Please search again in a few minutes."
    status = 503


def is_correctable(term: str) -> bool:
    """Return whether a term belongs to the vocabulary of the typo table: a Latin word or pinyin of at least four letters."""
    return term[:1] in CORRECTED_KINDS and len(term) > SHORTEST_CORRECTED and term[1:].isascii() and term[1:].isalpha()
