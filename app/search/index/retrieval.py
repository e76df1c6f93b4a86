"""From matching positions to live books: main and delta in one rank order, stale states dropped, pages without gaps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from app.queries.book import BookRow
from app.queries.catalogue import IndexedBookQueries
from app.search.index.evaluator import KeyPlan, QueryEvaluator
from app.search.index.memory_delta import MemoryDelta
from app.search.index.port import Candidates

LARGEST_STEP = 1024

BookState = tuple[int, int]
"""(book, version)"""

_BEHIND_ALL = 1 << 32
_NONE = (_BEHIND_ALL, (0, 0))


def states(
    walk: QueryEvaluator, waiting: MemoryDelta, groups: Iterable[Sequence[KeyPlan]], wanted: int
) -> Iterator[BookState]:
    """Return each matching state of a book once, group after group, each in rank order.

    :param wanted: how many will likely be taken.
    """
    seen: set[BookState] = set()
    for plans in groups:
        if not plans:
            continue
        for state in _group(walk, waiting, plans, wanted):
            if state not in seen:
                seen.add(state)
                yield state


def live_books(
    found: Iterator[BookState], books: IndexedBookQueries, waiting: MemoryDelta, *, offset: int, limit: int
) -> Candidates:
    """Return the books behind the states that are true of them now.

    Stale states that nothing waiting tells of cost a step; each further step takes four times as many.
    """
    stale = False
    given: set[int] = set()
    while len(given) < offset and (some := list(islice(found, min(offset - len(given), LARGEST_STEP)))):
        now = {book: version for book, version, _ in books.list_states([book for book, _ in some])}
        live = {book for book, version in some if now.get(book) == version}
        stale = stale or len(live) < len(some)
        given |= live
    page: dict[int, BookRow] = {}
    step = limit + 1
    while len(page) <= limit and (some := _take(found, step, waiting)):
        rows = books.find_many([book for book, _ in some])
        live_here = {book: rows[book] for book, version in some if book in rows and rows[book].version == version}
        stale = stale or len(live_here) < len(some)
        page |= {book: row for book, row in live_here.items() if book not in given}
        step = min(step * 4, LARGEST_STEP)
    return Candidates(tuple(islice(page.values(), limit)), more=len(page) > limit, stale=stale)


def _take(found: Iterator[BookState], wanted: int, waiting: MemoryDelta) -> list[BookState]:
    """Take so many states, and between them those that are likely stale; what is, the rows will tell."""
    some: list[BookState] = []
    while wanted and (state := next(found, None)):
        some.append(state)
        wanted -= not waiting.has_newer(*state)
    return some


def _group(walk: QueryEvaluator, waiting: MemoryDelta, plans: Sequence[KeyPlan], wanted: int) -> Iterator[BookState]:
    changed = ((walk.position_of(-rank), (-book, version)) for rank, book, version in waiting.matches(plans))
    place, changed_state = next(changed, _NONE)
    step = min(wanted, LARGEST_STEP)
    for matching in walk.matches(walk.plans(plans)):
        positions = iter(matching)
        while chunk := list(islice(positions, step)):
            for position, state in zip(chunk, walk.docs(chunk), strict=True):
                while place <= position:
                    yield changed_state
                    place, changed_state = next(changed, _NONE)
                yield state
            step = min(step * 4, LARGEST_STEP)
    while place < _BEHIND_ALL:
        yield changed_state
        place, changed_state = next(changed, _NONE)
