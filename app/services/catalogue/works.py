"""Works: the rows that editions have in common, made as books are stored, and assigned to the books of before while the site runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter

from app.db.sql_helper import SqlHelper, in_list
from app.domain.book import BY_MEMBER, BookFacts
from app.domain.work import work_key
from app.libs.clock import Clock, epoch
from app.queries.book import BookRow
from app.queries.catalogue import IndexedBookQueries
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
_ASSIGN = "UPDATE book SET work_id = :work WHERE id = :id AND version = :version AND work_id = 0"


def key_of_work(facts: BookFacts) -> str:
    """Return the key of a book's work; what a member wrote down is a work of its own until a source has confirmed it."""
    key = work_key(facts)
    return (key._replace(author=facts.isbn13) if facts.source == BY_MEMBER else key).hash


class Works:
    """Store works, and assign books to theirs. Assigning goes on where it was stopped: a book that was assigned has a work."""

    def __init__(self, sql: SqlHelper, clock: Clock) -> None:
        self._sql = sql
        self._indexed = IndexedBookQueries(sql)
        self._clock = clock

    def store(self, keys: Mapping[BookFacts, str]) -> dict[BookFacts, int]:
        """Return the ids of the works with these keys, by the facts that have them; those that are new are there afterwards."""
        if not keys:
            return {}
        marks, params = in_list("k", sorted(set(keys.values())))
        select = f"SELECT work_key, id FROM work WHERE work_key IN ({marks})"
        ids: dict[str, int] = dict(self._sql.fetchall(select, params))
        if missing := sorted(set(keys.values()) - ids.keys()):
            now = epoch(self._clock.now())
            insert = _INSERT + UNLESS_KNOWN[self._sql.dialect]
            self._sql.execute_many(insert, [{"key": key, "now": now} for key in missing])
            ids = dict(self._sql.fetchall(select + FOR_UPDATE[self._sql.dialect], params))
        return {facts: ids[key] for facts, key in keys.items()}

    def assign(self, limit: int) -> int:
        """Assign the next books that have no work yet to theirs; return how many there were.

        Their version and the index stay: what a book is found by is the same. A changed book gets its work when it is stored.
        """
        books = self._indexed.list_without_work(limit)
        self._assign(books, {book.facts: key_of_work(book.facts) for book in books})
        return len(books)

    @use_case
    def _assign(self, books: Sequence[BookRow], keys: Mapping[BookFacts, str]) -> None:
        works = self.store(keys)
        rows = [{"id": book.id, "version": book.version, "work": works[book.facts]} for book in books]
        self._sql.execute_many(_ASSIGN, sorted(rows, key=itemgetter("id")))

    def take_turn(self) -> None:
        """Assign the next ones, and leave the others for the next turn."""
        for _ in range(SLICES_OF_A_TURN):
            if not self.assign(SLICE):
                break

    def assign_all(self, progress: Callable[[int], object] = lambda _done: None) -> int:
        """Assign all of them and return how many there were; `progress` is told how many are done."""
        done = 0
        while books := self.assign(SLICE):
            done += books
            progress(done)
        return done
