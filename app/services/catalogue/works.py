"""Works: the rows that editions have in common, made as books are stored, and assigned to the books of before while the site runs.

Books of before are those without a work, and, when the rule has changed, all of them: the rule's number and the last book that was
looked at since stand in `site_count`, so that each slice goes on where the last one ended. What moderators decided comes before what
the rule says (`WorkOverrides`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple

from app.db.sql_helper import SqlHelper, in_list
from app.domain.book import BY_MEMBER, BookFacts
from app.domain.work import RULE, work_key
from app.libs.clock import Clock, epoch
from app.queries.book import BOOK, BookRow
from app.queries.catalogue import IndexedBookQueries
from app.services.catalogue.listed_works import ListedWorks
from app.services.catalogue.work_overrides import WorkOverrides
from app.services.site_numbers import keep_numbers
from app.services.unit_of_work import use_case

#: Books of one transaction: a tenth of a second of the one writer's time on SQLite.
SLICE = 2_000
#: Slices of one turn of the worker, which has other jobs: 600,000 books an hour.
SLICES_OF_A_TURN = 5

#: What an INSERT ends with, so that a row with a key that is there already is left as it is.
UNLESS_KNOWN = {"sqlite": " ON CONFLICT DO NOTHING", "mysql": " ON DUPLICATE KEY UPDATE id = id"}
#: What a SELECT ends with, so that it sees what others have committed meanwhile, and holds it.
FOR_UPDATE = {"sqlite": "", "mysql": " FOR UPDATE"}

_INSERT = "INSERT INTO work (work_key, create_time) VALUES (:key, :now)"
#: Whoever changes the facts meanwhile writes the work, too.
_ASSIGN = "UPDATE book SET work_id = :work WHERE id = :id AND version = :version AND work_id = :before"

#: By what names `site_count` keeps the number of the rule, and the last book that was looked at since it is in force.
RULE_NOTED, UPTO_NOTED = "rule of works", "works renewed"
_PROGRESS = "SELECT name, number FROM site_count WHERE name IN (:rule, :upto)"


def key_of_work(facts: BookFacts) -> str:
    """Return the key of a book's work; what a member wrote down is a work of its own until a source has confirmed it."""
    key = work_key(facts)
    return (key._replace(author=facts.isbn13) if facts.source == BY_MEMBER else key).hash


class _Slice(NamedTuple):
    """How many books were looked at, and how many of them got a work, or another one."""

    books: int
    assigned: int


class Works:
    """Store works, and assign books to theirs. Assigning goes on where it was stopped."""

    def __init__(self, sql: SqlHelper, clock: Clock) -> None:
        self._sql = sql
        self._indexed = IndexedBookQueries(sql)
        self._clock = clock
        self._listed = ListedWorks(sql, clock)
        self._overrides = WorkOverrides(sql)

    def store(self, keys: Mapping[BookFacts, str]) -> dict[BookFacts, int]:
        """Return the ids of the works of books, by the facts that have these keys; works that are new are there afterwards."""
        ids = self.find_or_add(set(keys.values()))
        works = self._overrides.apply({facts.isbn13: ids[key] for facts, key in keys.items()})
        return {facts: works[facts.isbn13] for facts in keys}

    def find_or_add(self, keys: Collection[str]) -> dict[str, int]:
        """Return the ids of the works with these keys before merging; those that are new are there afterwards."""
        if not keys:
            return {}
        marks, params = in_list("k", sorted(keys))
        select = f"SELECT work_key, id FROM work WHERE work_key IN ({marks})"
        ids: dict[str, int] = dict(self._sql.fetchall(select, params))
        if missing := sorted(set(keys) - ids.keys()):
            now = epoch(self._clock.now())
            insert = _INSERT + UNLESS_KNOWN[self._sql.dialect]
            self._sql.execute_many(insert, [{"key": key, "now": now} for key in missing])
            ids = dict(self._sql.fetchall(select + FOR_UPDATE[self._sql.dialect], params))
        return ids

    def look_again(self, works: Collection[int], isbns: Collection[str]) -> None:
        """Move the books of these works and numbers to where they belong since something was decided. Their rows are held."""
        held: dict[str, BookRow] = {}
        for column, values in (("isbn13", sorted(isbns)), ("work_id", sorted(works))):
            marks, params = in_list("v", values)
            select = f"SELECT {BOOK.columns} FROM book b WHERE b.{column} IN ({marks}){FOR_UPDATE[self._sql.dialect]}"
            held |= {book.facts.isbn13: book for book in map(BOOK.read, self._sql.fetchall(select, params))}
        self._look_at(list(held.values()))

    def hold(self, isbn13: str) -> BookRow | None:
        """Return a book, held until the transaction ends, with its work: one that had none yet is assigned to it."""
        book = self._lock(isbn13)
        if book is None or book.work_id:
            return book
        self._look_at([book])
        return self._lock(isbn13)

    def follow(self, books: Sequence[BookRow]) -> None:
        """Let gifts, wishes and families follow books to their works, as the last thing of what moves them; `books` as they were before."""
        self._listed.follow(books)

    def assign(self, limit: int) -> int:
        """Assign the next books to their works, as `assign_all` does; return how many were looked at."""
        return self._next(limit).books

    def take_turn(self) -> None:
        """Assign the next ones, and leave the others for the next turn."""
        for _ in range(SLICES_OF_A_TURN):
            if not self.assign(SLICE):
                break

    def count_left(self) -> int:
        """Count the books that `assign_all` would look at."""
        return self._indexed.count_without_work() + self._indexed.count_after(self._renewed_upto())

    def assign_all(self, progress: Callable[[int], object] = lambda _done: None) -> int:
        """Assign the books that have no work, and those that have another one by this rule; return how many they were.

        Their version and the index stay: what a book is found by is the same. The rows of all other books stay untouched, and a
        changed book gets its work when it is stored. `progress` is told how many were looked at.
        """
        done = assigned = 0
        while (slice_ := self._next(SLICE)).books:
            done += slice_.books
            assigned += slice_.assigned
            progress(done)
        return assigned

    def _next(self, limit: int) -> _Slice:
        """Look at the next books without a work, or, when all have one, at the next since this rule is in force."""
        books = self._indexed.list_without_work(limit)
        return self._look_at(books) if books else self._renew(limit)

    def _renew(self, limit: int) -> _Slice:
        if not self._is_renewing():
            self.renew_overrides()
        books = self._indexed.list_after(self._renewed_upto(), limit)
        return self._look_at(books, upto=books[-1].id) if books else _Slice(0, 0)

    def _renewed_upto(self) -> int:
        """Return the id of the last book that was looked at since this rule is in force, or 0."""
        return self._noted().get(UPTO_NOTED, 0) if self._is_renewing() else 0

    def _is_renewing(self) -> bool:
        """Return whether books were looked at since this rule is in force."""
        return self._noted().get(RULE_NOTED) == RULE

    def _noted(self) -> dict[str, int]:
        return dict(self._sql.fetchall(_PROGRESS, {"rule": RULE_NOTED, "upto": UPTO_NOTED}))

    @use_case
    def renew_overrides(self) -> None:
        """Let what was decided while another rule was in force be about the works that this one makes of the same editions."""
        known_by = self._overrides.list_known_by(rule=RULE)
        if not known_by:
            return
        marks, params = in_list("i", known_by)
        rows = self._sql.fetchall(f"SELECT {BOOK.columns} FROM book b WHERE b.isbn13 IN ({marks})", params)
        keys = {book.facts.isbn13: key_of_work(book.facts) for book in map(BOOK.read, rows)}
        works = self.find_or_add(set(keys.values()))
        merged = self._overrides.list_merged(rule=RULE)
        self._overrides.renew({isbn: works[key] for isbn, key in keys.items()}, rule=RULE)
        self._listed.hand_on({old: works[keys[isbn]] for old, isbn in reversed(merged) if isbn in keys})

    def _look_at(self, books: Sequence[BookRow], upto: int | None = None) -> _Slice:
        return self._assign(books, {book.facts: key_of_work(book.facts) for book in books}, upto)

    @use_case
    def _assign(self, books: Sequence[BookRow], keys: Mapping[BookFacts, str], upto: int | None) -> _Slice:
        works = self.store(keys)
        rows = [
            {"id": book.id, "version": book.version, "before": book.work_id, "work": works[book.facts]}
            for book in books
            if works[book.facts] != book.work_id
        ]
        self._sql.execute_many(_ASSIGN, sorted(rows, key=itemgetter("id")))
        self._listed.follow([book for book in books if works[book.facts] != book.work_id])
        if upto is not None:
            keep_numbers({RULE_NOTED: RULE, UPTO_NOTED: upto}, now=epoch(self._clock.now()))
        return _Slice(len(books), len(rows))

    def _lock(self, isbn13: str) -> BookRow | None:
        locked = f"SELECT {BOOK.columns} FROM book b WHERE b.isbn13 = :isbn{FOR_UPDATE[self._sql.dialect]}"
        return BOOK.read_optional(self._sql.fetchone(locked, {"isbn": isbn13}))
