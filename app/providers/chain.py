"""Providers: the enabled sources as one, asked in order inside one time budget.

A page that asks the sources waits for at most the budget, and at most `slots` pages wait at a time: the others are told
at once that the sources are busy. So however slowly the sources answer, most threads keep serving the catalogue.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock, Semaphore
from time import monotonic

import structlog

from app.domain.lookup import Lookup
from app.libs.memory import Memory
from app.providers.breaker import Breaker
from app.providers.port import Source, SourceFailedError

#: Seconds for which an answer is remembered: "nobody knows it", "somebody failed", and a book that nobody fetched.
MISS_KEPT = 24 * 60 * 60.0
ERROR_KEPT = 60.0

_log = structlog.get_logger()


_NOBODY_KNOWS = Lookup(None, is_certain=True)
_NO_ANSWER = Lookup(None, is_certain=False)


class SourceChain:
    """Asks the sources for one ISBN after another; `budget` is seconds for all sources together.

    `slots`: how many callers may wait at a time, and how many threads ask.
    """

    def __init__(
        self, sources: Sequence[Source], *, budget: float, slots: int, now: Callable[[], float] = monotonic
    ) -> None:
        self._sources = [(source, Breaker(now=now)) for source in sources]
        self._budget = budget
        self._now = now
        self._memory: Memory[Lookup] = Memory(now=now)
        self._slots = Semaphore(slots)
        self._threads = ThreadPoolExecutor(max_workers=slots, thread_name_prefix="sources")
        self._running: dict[str, Future[Lookup]] = {}
        self._lock = Lock()

    def find(self, isbn13: str) -> Lookup:
        """Give what the sources know of an ISBN-13, within the budget; never raises for anything that a source does."""
        if not self._sources:
            return _NOBODY_KNOWS
        remembered = self._memory.recall(isbn13)
        if remembered is not None:
            return remembered
        if not self._slots.acquire(blocking=False):
            return _NO_ANSWER
        try:
            return self._asked(isbn13).result(timeout=self._budget)
        except TimeoutError:
            return _NO_ANSWER
        finally:
            self._slots.release()

    def _asked(self, isbn13: str) -> Future[Lookup]:
        """Ask about this ISBN, or join whoever asks or has just asked."""
        with self._lock:
            running = self._running.get(isbn13)
            if running is not None:
                return running
            answered = self._memory.recall(isbn13)
            if answered is not None:
                return _done(answered)
            asking = self._threads.submit(self._ask_and_keep, isbn13, monotonic() + self._budget)
            self._running[isbn13] = asking
            return asking

    def _ask_and_keep(self, isbn13: str, deadline: float) -> Lookup:
        try:
            if monotonic() >= deadline:  # no thread was free in time, which says nothing about the sources
                return _NO_ANSWER
            lookup = self._ask_all(isbn13, deadline)
            self._memory.keep(isbn13, lookup, seconds=MISS_KEPT if lookup == _NOBODY_KNOWS else ERROR_KEPT)
            return lookup
        finally:
            with self._lock:
                del self._running[isbn13]

    def _ask_all(self, isbn13: str, deadline: float) -> Lookup:
        """Ask one source after another; each may take its share of the time that is left."""
        every_source_answered = True
        for place, (source, breaker) in enumerate(self._sources):
            seconds = (deadline - monotonic()) / (len(self._sources) - place)
            if seconds <= 0 or not breaker.may_ask():
                every_source_answered = False
                continue
            try:
                facts = source.find_many([isbn13], seconds=seconds).get(isbn13)
            except SourceFailedError as failed:
                breaker.failed(rest=failed.retry_after)
                every_source_answered = False
                _log.warning("source failed", source=source.name, isbn13=isbn13, reason=str(failed))
            else:
                breaker.succeeded()
                if facts is not None:
                    return Lookup(facts, is_certain=True)
        return Lookup(None, is_certain=every_source_answered)


def _done(lookup: Lookup) -> Future[Lookup]:
    future: Future[Lookup] = Future()
    future.set_result(lookup)
    return future
