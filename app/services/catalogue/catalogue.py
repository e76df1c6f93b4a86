"""The catalogue: facts of books are stored, and found by the next search."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any

from app.db.sql_helper import SqlHelper, in_list
from app.domain.book import BY_MEMBER, BookFacts
from app.domain.book_entry import is_placeholder
from app.domain.text_encoding import UNREADABLE
from app.libs.clock import Clock, epoch
from app.queries.book import BOOK, FACT_COLUMNS, BookRow
from app.queries.catalogue import IndexedBookQueries
from app.search.index.port import BookTerms, Index, entry_of
from app.services.catalogue.works import FOR_UPDATE, UNLESS_KNOWN, Works, key_of_work
from app.services.unit_of_work import use_case

Terms = Callable[[BookFacts], BookTerms]
#: Other numbers under which books are found, by the facts that state them.
Aliases = Mapping[BookFacts, Sequence[str]]
NO_ALIASES: Aliases = {}
#: Tells of a known book and what is said of its ISBN whether they may be the same book.
SameBook = Callable[[BookFacts, BookFacts], bool]

_INSERT = (
    f"INSERT INTO book ({', '.join(FACT_COLUMNS)}, work_id, version, create_time, update_time) "
    f"VALUES ({', '.join(f':{name}' for name in FACT_COLUMNS)}, :work, 0, :now, :now)"
)
#: Rows are born with version 0, which no other transaction ever sees: what has it after the INSERT is ours, the rest
#: was stored by somebody else a moment ago and is treated as known.
_UPDATE = (
    f"UPDATE book SET {', '.join(f'{name} = :{name}' for name in FACT_COLUMNS)}, work_id = :work, "
    "version = version + 1, update_time = :now "
    "WHERE id = :id"
)
_INSERT_ALIAS = "INSERT INTO book_alias (isbn13, book_id, create_time) VALUES (:isbn13, :book_id, :now)"
_END_ALIAS = "DELETE FROM book_alias WHERE isbn13 = :isbn13"
_NEXT_VERSION = "UPDATE book SET version = version + 1 WHERE id = :id"
_values = attrgetter(*FACT_COLUMNS)


@dataclass(frozen=True, slots=True)
class Refused:
    """Facts that were not stored, for the ISBN is that of a book with quite another title."""

    facts: BookFacts
    known_title: str


@dataclass(frozen=True, slots=True)
class StoreOutcome:
    """What became of the facts given: every one counts exactly once."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: tuple[Refused, ...] = ()

    def __add__(self, other: StoreOutcome) -> StoreOutcome:
        return StoreOutcome(
            self.new + other.new,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.refused + other.refused,
        )


@dataclass(slots=True)
class _Work:
    """One wave: what to insert, what to update (id → facts), how many need nothing, and what is refused."""

    new: list[BookFacts] = field(default_factory=list)
    changed: dict[int, BookFacts] = field(default_factory=dict)
    unchanged: int = 0
    refused: list[Refused] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Prepared:
    """Facts to be stored, how, the terms of those that the index will want, and the keys of their works."""

    facts: Sequence[BookFacts]
    aliases: Aliases
    index_new: bool
    is_same: SameBook
    terms: Mapping[BookFacts, BookTerms]
    works: Mapping[BookFacts, str]


def _any_book(_known: BookFacts, _said: BookFacts) -> bool:
    return True


class Catalogue:
    """Store books and their index entries in one transaction.

    :param terms: what a book can be found by; pure, and slow enough to be asked before the transaction begins.
    """

    def __init__(self, sql: SqlHelper, index: Index, terms: Terms, clock: Clock) -> None:
        self._sql = sql
        self._indexed = IndexedBookQueries(sql)
        self._works = Works(sql, clock)
        self._index = index
        self._terms = terms
        self._clock = clock

    def store(
        self, facts: Sequence[BookFacts], *, aliases: Aliases = NO_ALIASES, index_new: bool = True
    ) -> StoreOutcome:
        """Insert or update books by their ISBN-13; say how many were new, changed and as before.

        A fact that is not empty replaces the stored one; an empty one takes nothing away. A book that stays the same
        is not touched; a changed one gets the next `version`. In an open use case it joins that one.

        :param aliases: other numbers under which these books are found. One that is a book's own, or another book's
            alias, is left out.
        :param index_new: False leaves new books out of the index: for an import that ends with a rebuild.
        """
        return self.store_prepared(self.prepare(facts, aliases=aliases, index_new=index_new))

    def prepare(
        self,
        facts: Sequence[BookFacts],
        *,
        aliases: Aliases = NO_ALIASES,
        index_new: bool = True,
        is_same: SameBook = _any_book,
    ) -> Prepared:
        """Work out, before any lock is taken, the terms that will be needed if nobody else writes these books meanwhile.

        :param is_same: facts for which this is false of the known book are refused.
        """
        wave = {each.isbn13: each for each in facts}
        work = _compare(wave, self._load(list(wave)), is_same)
        to_index = (*(work.new if index_new else ()), *work.changed.values())
        return Prepared(
            tuple(facts),
            aliases,
            index_new,
            is_same,
            terms={each: self._terms(each) for each in to_index},
            works={each: key_of_work(each) for each in (*work.new, *work.changed.values())},
        )

    @use_case
    def store_prepared(self, books: Prepared) -> StoreOutcome:
        """Store what `prepare` was given. In an open use case it joins that one."""
        outcome = StoreOutcome()
        for wave in _waves(books.facts):
            outcome += self._store(wave, books)
        refused = {each.facts for each in outcome.refused}
        self._store_aliases({said: numbers for said, numbers in books.aliases.items() if said not in refused})
        return outcome

    def offers_changed(self, isbns: Collection[str]) -> None:
        """Write for books that can or cannot be had any more their next `version` and an index entry that says so.

        Call it last in the transaction that changes the gifts: it holds the books' rows, in order of ISBN, so of two that
        change gifts of one book the second sees what the first has done.
        """
        held = self._load(sorted(isbns), lock=True)
        self._sql.execute_many(_NEXT_VERSION, [{"id": book.id} for book in held.values()])
        self._write_entries(list(held), {})

    def _store(self, wave: Mapping[str, BookFacts], books: Prepared) -> StoreOutcome:
        known = self._load(list(wave), lock=True)
        work = _compare(wave, known, books.is_same)
        stored = [*work.new, *work.changed.values()]
        works = self._works.store({facts: books.works.get(facts) or key_of_work(facts) for facts in stored})
        late = self._insert(work.new, works)
        self._update(work.changed, works)
        self._works.follow([known[facts.isbn13] for facts in work.changed.values()])
        to_index = [facts.isbn13 for facts in work.changed.values()]
        to_index += [facts.isbn13 for facts in work.new if books.index_new and facts.isbn13 not in late]
        self._write_entries(to_index, books.terms)
        outcome = StoreOutcome(len(work.new) - len(late), len(work.changed), work.unchanged, tuple(work.refused))
        return outcome + self._store(late, books) if late else outcome

    def _load(self, isbns: Sequence[str], *, lock: bool = False) -> dict[str, BookRow]:
        if not isbns:
            return {}
        marks, params = in_list("i", isbns)
        ending = FOR_UPDATE[self._sql.dialect] if lock else ""
        rows = self._sql.fetchall(f"SELECT {BOOK.columns} FROM book b WHERE b.isbn13 IN ({marks}){ending}", params)
        return {book.facts.isbn13: book for book in map(BOOK.read, rows)}

    def _insert(self, new: Sequence[BookFacts], works: Mapping[BookFacts, int]) -> dict[str, BookFacts]:
        """Insert the new books; give those that somebody else had stored first, by ISBN."""
        if not new:
            return {}
        now = epoch(self._clock.now())
        insert = _INSERT + UNLESS_KNOWN[self._sql.dialect]
        self._sql.execute_many(insert, [_columns(facts) | {"work": works[facts], "now": now} for facts in new])
        marks, params = in_list("i", [facts.isbn13 for facts in new])
        born = self._sql.fetchall(f"SELECT id, isbn13 FROM book WHERE isbn13 IN ({marks}) AND version = 0", params)
        self._sql.execute_many("UPDATE book SET version = 1 WHERE id = :id", [{"id": id_} for id_, _isbn in born])
        ours = {isbn for _id, isbn in born}
        self._sql.execute_many(_END_ALIAS, [{"isbn13": isbn} for isbn in sorted(ours)])
        return {facts.isbn13: facts for facts in new if facts.isbn13 not in ours}

    def _store_aliases(self, aliases: Aliases) -> None:
        """Note the other numbers of books that are stored. A book with one of them as its own always goes before it."""
        owner_of = {alias: facts.isbn13 for facts, others in aliases.items() for alias in others}
        if not owner_of:
            return
        marks, params = in_list("i", sorted({*owner_of, *owner_of.values()}))
        ids: dict[str, int] = dict(self._sql.fetchall(f"SELECT isbn13, id FROM book WHERE isbn13 IN ({marks})", params))
        now = epoch(self._clock.now())
        self._sql.execute_many(
            _INSERT_ALIAS + UNLESS_KNOWN[self._sql.dialect],
            [
                {"isbn13": alias, "book_id": ids[isbn], "now": now}
                for alias, isbn in sorted(owner_of.items())
                if alias not in ids
            ],
        )

    def _update(self, changed: Mapping[int, BookFacts], works: Mapping[BookFacts, int]) -> None:
        now = epoch(self._clock.now())
        self._sql.execute_many(
            _UPDATE,
            [_columns(facts) | {"id": id_, "work": works[facts], "now": now} for id_, facts in changed.items()],
        )

    def _write_entries(self, isbns: Sequence[str], ahead: Mapping[BookFacts, BookTerms]) -> None:
        """Make books findable as they are now. Their rows are held, so whether one can be had is not decided again meanwhile."""
        offered = self._indexed.list_offered(isbns)
        self._index.add(
            [
                entry_of(book, ahead.get(book.facts) or self._terms(book.facts), is_offered=isbn in offered)
                for isbn, book in self._load(isbns).items()
            ]
        )


def _waves(facts: Sequence[BookFacts]) -> Iterator[dict[str, BookFacts]]:
    """Part the facts so that no ISBN comes twice in one wave; within a wave in order of ISBN, so that locks never cross."""
    left = list(facts)
    while left:
        wave: dict[str, BookFacts] = {}
        again: list[BookFacts] = []
        for each in left:
            if each.isbn13 in wave:
                again.append(each)
            else:
                wave[each.isbn13] = each
        yield dict(sorted(wave.items()))
        left = again


def _compare(wave: Mapping[str, BookFacts], known: Mapping[str, BookRow], is_same: SameBook) -> _Work:
    work = _Work()
    for isbn, said in wave.items():
        book = known.get(isbn)
        if book is None:
            work.new.append(said)
        elif not is_same(book.facts, said):
            work.refused.append(Refused(said, book.facts.title))
        elif (merged := merge_facts(book.facts, said)) == book.facts:
            work.unchanged += 1
        else:
            work.changed[book.id] = merged
    return work


def merge_facts(known: BookFacts, said: BookFacts) -> BookFacts:
    """Return the known facts with those that are said and not empty; who said them matters if that changes any, or confirms
    what a member wrote down.

    A text with bytes that could not be read, and a title that is none ("Untitled"), replace nothing.
    """
    news = {
        name: value
        for name in FACT_COLUMNS
        if name != "source" and (value := getattr(said, name)) != (before := getattr(known, name)) and value
        and not (before and _is_worse(name, value))
    }  # fmt: skip
    if not news and known.source != BY_MEMBER:
        return known
    return replace(known, **news, source=said.source or known.source)


def _is_worse(name: str, value: Any) -> bool:
    return UNREADABLE in str(value) or (name == "title" and is_placeholder(value))


def _columns(facts: BookFacts) -> dict[str, Any]:
    values = zip(FACT_COLUMNS, _values(facts), strict=True)
    return {name: ";".join(value) if isinstance(value, tuple) else value for name, value in values}
