"""The index port on posting shards and a delta; the same code on SQLite and MariaDB."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Lock
from weakref import WeakKeyDictionary

from pyroaring import BitMap

from app.db.sql_helper import QueryCursor, SqlHelper
from app.libs.clock import Clock
from app.queries.book import BookRow
from app.queries.catalogue import IndexedBookQueries
from app.search.index import delta, vocabulary
from app.search.index.builder import Builder
from app.search.index.evaluator import KeyPlan, QueryEvaluator
from app.search.index.generation import (
    EmptyReader,
    Generation,
    GenerationMissing,
    Reader,
    Store,
    open_generation,
)
from app.search.index.manifest import IndexManifest, LiveGeneration, read_live, read_manifest
from app.search.index.memory_delta import MemoryDelta
from app.search.index.port import (
    OFFERED,
    Candidates,
    Completion,
    Correction,
    Count,
    IndexEntry,
    IndexStatus,
    Progress,
    TermSet,
    TermUse,
    is_correctable,
)
from app.search.index.posting_list import PostingList, key_of
from app.search.index.retrieval import live_books, states

MOST_TYPO_WORDS = 2000
_EMPTY = Generation(0, 0, (), ())
_OFFERED = key_of(OFFERED)


@dataclass(frozen=True, slots=True)
class _Opened:
    """What one query reads."""

    live: LiveGeneration
    generation: Generation
    reader: Reader

    def walk(self) -> QueryEvaluator:
        return QueryEvaluator(self.generation, self.reader)


class PostingIndex:
    """Ask generations and delta together, and tell the builder when to make a new generation.

    :param builder: makes generations in `store`.
    """

    def __init__(self, sql: SqlHelper, books: IndexedBookQueries, store: Store, clock: Clock, builder: Builder) -> None:
        self._sql = sql
        self._books = books
        self._store = store
        self._clock = clock
        self._builder = builder
        self._generation = _EMPTY
        self._waiting = self._nothing_read(0, _EMPTY)
        self._seen: WeakKeyDictionary[QueryCursor, LiveGeneration] = WeakKeyDictionary()
        self._loading = Lock()

    def add(self, entries: Sequence[IndexEntry]) -> None:
        """Make these states findable, on the caller's open write transaction."""
        delta.add(self._sql, entries)

    def candidates(
        self,
        plans: Sequence[TermSet],
        *,
        limit: int,
        offset: int = 0,
        having: TermSet = (),
        first: Sequence[TermSet] = (),
    ) -> Candidates:
        """Return the live books of any of the plans in rank order, those of `first` before the others."""
        groups = [_keyed(group, having) for group in (first, plans)]
        with self._sql.reading() as cursor, self._open(cursor) as opened:
            waiting = self._changes(opened, cursor)
            found = states(opened.walk(), waiting, groups, offset + limit + 1)
            return live_books(found, self._books, waiting, offset=offset, limit=limit)

    def count(self, plans: Sequence[TermSet], *, having: TermSet = ()) -> Count:
        """Return how many books match any of the plans and have all of the filter terms."""
        return self._count(_keyed(plans, having), ())[0]

    def count_each(self, plans: Sequence[TermSet], terms: Sequence[str], *, having: TermSet = ()) -> tuple[Count, ...]:
        """Return what `count` does, and how many of these books have each of the terms."""
        return self._count(_keyed(plans, having), [key_of(term) for term in terms])

    def complete(self, prefix: str, *, limit: int = 10) -> tuple[Completion, ...]:
        """Return terms that begin with `prefix`."""
        if len(prefix) < 2 or not vocabulary.may_complete(prefix):
            return ()
        first = key_of(prefix)
        end = first + b"\xff"
        with self._sql.reading() as cursor, self._open(cursor) as opened:
            changed = self._changes(opened, cursor).complete(first, end)
            waiting = [(key, count, opened.generation.position_of(rank)) for key, count, rank in changed]
            ready = opened.reader.prefix(first) if len(prefix) <= vocabulary.LONGEST_READY_PREFIX + 1 else None
            if ready is not None:
                found = vocabulary.unpack(ready)
                known = {item.term for item in found}
                rest = vocabulary.best_of(_unknown(waiting, known), limit - min(len(found), limit))
                return (*found[:limit], *rest)
            lists = opened.walk().lists_from(first, end, vocabulary.FEW_TERMS)
        scored = {key.decode(): (posting.count, posting.first) for key, posting in lists.items()}
        for key, count, position in waiting:
            have = scored.get(key.decode(), (0, position))
            scored[key.decode()] = (have[0] + count * (have[0] == 0), min(have[1], position))
        return vocabulary.best_of(
            ((count, position, term) for term, (count, position) in scored.items() if vocabulary.may_complete(term)),
            limit,
        )

    def known(self, terms: Collection[str]) -> frozenset[str]:
        """Return those of the terms that any book has, or had a moment ago."""
        keys = {key_of(term): term for term in terms}
        if not keys:
            return frozenset()
        with self._sql.reading() as cursor, self._open(cursor) as opened:
            found = opened.walk().lists(keys).keys()
            waiting = self._changes(opened, cursor).known(key for key in keys if key not in found)
        return frozenset(keys[key] for key in (*found, *waiting))

    def newest(self, plan: TermSet, *, limit: int) -> tuple[BookRow, ...]:
        """Return the books that came last of those that have all terms of a plan, the newest first."""
        keys = tuple(map(key_of, plan))
        with self._sql.reading() as cursor, self._open(cursor) as opened:
            walk, waiting = opened.walk(), self._changes(opened, cursor)
            states = {(-book, version) for _, book, version in waiting.matches([keys])}
            states.update(walk.docs(walk.newest(keys, limit)))
            found = live_books(iter(sorted(states, reverse=True)), self._books, waiting, offset=0, limit=limit)
        return found.books

    def list_terms(self, after: str, end: str, *, limit: int, some: int) -> tuple[TermUse, ...]:
        """Return the next terms behind `after` and before `end`, with the books that have them."""
        first, last = key_of(after) + b"\0", key_of(end)
        with self._sql.reading() as cursor, self._open(cursor) as opened:
            walk, waiting = opened.walk(), self._changes(opened, cursor)
            lists = walk.lists_from(first, last, limit)
            if len(lists) == limit:
                last = max(lists) + b"\0"
            terms = sorted({*lists, *waiting.terms_between(first, last)})[:limit]
            had = _had(walk, waiting)
            uses = [_use(term, lists.get(term), walk, waiting, had=had, some=some) for term in terms]
            books = dict(zip(places := sorted({p for use in uses for p in use[3]}), walk.docs(places), strict=True))
        return tuple(
            TermUse(term.decode(), count, offers, tuple(dict.fromkeys((*new, *(books[p][0] for p in old))))[:some])
            for term, count, offers, old, new in uses
        )

    def list_uses(self, terms: Collection[str]) -> tuple[TermUse, ...]:
        """Return how many books have each of these terms."""
        keys = [key_of(term) for term in terms]
        with self._sql.reading() as cursor, self._open(cursor) as opened:
            walk, waiting = opened.walk(), self._changes(opened, cursor)
            lists, had = walk.lists(keys), _had(walk, waiting)
            uses = [_use(key, lists.get(key), walk, waiting, had=had, some=0) for key in keys]
        return tuple(TermUse(key.decode(), books, offered, ()) for key, books, offered, _, _ in uses)

    def near(self, term: str, *, limit: int = 5) -> tuple[Correction, ...]:
        """Return correctable terms one edit away, two if it is long."""
        if not is_correctable(term):
            return ()
        allowed = vocabulary.allowed_edits(term)
        with self._sql.reading() as cursor, self._open(cursor) as opened:
            walk = opened.walk()
            words = walk.words_of_deletions(vocabulary.deletions(term), MOST_TYPO_WORDS)
            distances = {
                word: vocabulary.distance(term, word, allowed) for word in words if word[0] == term[0] and word != term
            }
            close = [word for word, distance in distances.items() if distance <= allowed]
            lists = walk.lists(map(key_of, close))
        found = [Correction(word, lists[key_of(word)].count, distances[word]) for word in close]
        return tuple(sorted(found, key=lambda item: (item.distance, -item.books, item.term))[:limit])

    def status(self) -> IndexStatus:
        """Return the state of the index."""
        with self._sql.reading() as cursor:
            pointer = read_manifest(cursor)
            waiting = delta.count_waiting(cursor, pointer.generation)
            state = self._state(pointer, cursor)
        return IndexStatus(
            state=state,
            generation=pointer.generation,
            books=pointer.books,
            built_at=pointer.switched_at,
            waiting=waiting,
            busy_with=pointer.lease_for if pointer.lease_until > self._clock.now().timestamp() else "",
            bytes_on_disk=self._store.size(pointer.generation) if pointer.generation else 0,
            is_outdated=self._builder.is_outdated(pointer),
        )

    def _state(self, pointer: IndexManifest, cursor: QueryCursor) -> str:
        if not pointer.generation:
            return "empty"
        with suppress(GenerationMissing), self._open(cursor):
            if pointer.generation in self._store.numbers():
                return "ready"
        self._generation = _EMPTY
        return "missing"

    def rebuild(self, progress: Progress | None = None) -> IndexStatus:
        """Build a new generation from table `book` and switch to it."""
        self._builder.rebuild(progress)
        return self.status()

    def merge(self, progress: Progress | None = None) -> IndexStatus:
        """Make a new generation of the current one and the waiting changes, and switch to it."""
        self._builder.merge(progress)
        return self.status()

    def drop_old_generations(self) -> int:
        """Remove generations and merged changes that no query can still be reading."""
        return self._builder.drop_old()

    def _count(self, plans: Sequence[KeyPlan], filters: Sequence[bytes]) -> tuple[Count, ...]:
        with self._sql.reading() as cursor, self._open(cursor) as opened:
            walk = opened.walk()
            lists = walk.lists(filters)
            known = [lists[term] for term in filters if term in lists]
            changes = self._changes(opened, cursor)
            superseded, added = changes.count(plans, filters)
            (total, *parts), is_counted = walk.count(walk.plans(plans), known, superseded)
            merged = dict(zip((term for term in filters if term in lists), parts, strict=True))
        totals = [total, *(merged.get(term, 0) for term in filters)]
        is_exact = is_counted and changes.are_located
        return tuple(Count(one + new, is_exact) for one, new in zip(totals, added, strict=True))

    def _changes(self, opened: _Opened, cursor: QueryCursor) -> MemoryDelta:
        """Return what waits for the opened generation. A search that still reads an older one, or sees what is not committed yet, reads for itself."""
        live, generation = opened.live, opened.generation
        with self._loading:
            waiting = self._waiting
            is_other = (waiting.live, waiting.generation.number) != (live.generation, generation.number)
            if is_other or self._sql.is_writing:
                waiting = self._nothing_read(live.generation, generation)
                if live.generation >= self._waiting.live and not self._sql.is_writing:
                    self._waiting = waiting
        waiting.read(live.newest, cursor, opened.walk())
        return waiting

    def _nothing_read(self, live: int, generation: Generation) -> MemoryDelta:
        """Begin with what waits for a generation. SQLite has one writer at a time, so none is late."""
        return MemoryDelta(live, generation, late=self._sql.dialect != "sqlite")

    @contextmanager
    def _open(self, cursor: QueryCursor) -> Iterator[_Opened]:
        """Lend the generation that the cursor's snapshot names; an empty one if none was ever built.

        :raises GenerationMissing: it is gone or cannot be read: an answer without it would hide books.
        """
        live = self._live(cursor)
        if not live.generation:
            yield _Opened(live, _EMPTY, EmptyReader())
            return
        with self._store.reading(live.generation, cursor) as reader:
            yield _Opened(live, self._known(live.generation, reader, cursor), reader)

    def _live(self, cursor: QueryCursor) -> LiveGeneration:
        """Return what `read_live` does. A snapshot is asked once, however many questions it answers; a writer may see others' commits."""
        live = None if self._sql.is_writing else self._seen.get(cursor)
        if live is None:
            live = self._seen[cursor] = read_live(cursor)
        return live

    def _known(self, number: int, reader: Reader, cursor: QueryCursor) -> Generation:
        generation = self._generation
        if generation.number != number:
            generation = open_generation(number, reader)
            if generation.books != read_manifest(cursor).books:
                raise GenerationMissing(generation=number)
            self._generation = generation
            self._store.keep_only(number)
        return generation


def _had(walk: QueryEvaluator, waiting: MemoryDelta) -> BitMap:
    """Return the places of the books of the generation that can be had still."""
    offered = walk.lists([_OFFERED]).get(_OFFERED)
    return walk.positions(offered) - waiting.superseded if offered else BitMap()


def _use(
    term: bytes, posting: PostingList | None, walk: QueryEvaluator, waiting: MemoryDelta, *, had: BitMap, some: int
) -> tuple[bytes, int, int, list[int], list[int]]:
    """Return a term, how many books have it, how many of these can be had, the places of some of them, and the waiting ones."""
    new, offers = waiting.use(term, _OFFERED)
    if posting is None:
        return term, len(new), offers, [], new
    count = posting.count - walk.overlap(posting, waiting.superseded)
    return term, count + len(new), walk.overlap(posting, had) + offers, walk.some(posting, some), new


def _keyed(plans: Iterable[TermSet], having: TermSet) -> list[KeyPlan]:
    more = tuple(map(key_of, having))
    return [(*map(key_of, plan), *more) for plan in plans if plan]


def _unknown(waiting: Iterable[tuple[bytes, int, int]], known: set[str]) -> Iterator[vocabulary.Scored]:
    for key, count, position in waiting:
        term = key.decode()
        if term not in known and vocabulary.may_complete(term):
            yield count, position, term
