"""Let few threads wait for the sources, none of them long, and put no question twice.

A page that asks the sources waits for at most the budget, and at most `slots` pages wait at a time: the others are told
at once that the sources are busy. So however slowly the sources answer, most threads keep serving the catalogue.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Lock, Semaphore
from time import monotonic
from typing import Generic, TypeVar

from app.libs.caches import TtlCache

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Kept(Generic[T]):
    """An answer, and for how many seconds it is remembered."""

    answer: T
    seconds: float


class Waiting(Generic[T]):
    """Puts questions of one kind; `budget` is seconds for one of them.

    `slots`: how many callers may wait at a time, and how many threads ask. `capacity`: how many answers are remembered.
    """

    def __init__(self, *, budget: float, slots: int, capacity: int, now: Callable[[], float] = monotonic) -> None:
        self._budget = budget
        self._memory: TtlCache[T] = TtlCache(capacity=capacity, now=now)
        self._slots = Semaphore(slots)
        self._threads = ThreadPoolExecutor(max_workers=slots, thread_name_prefix="sources")
        self._running: dict[str, Future[T | None]] = {}
        self._lock = Lock()

    def ask(self, question: str, work: Callable[[float], Kept[T]]) -> T | None:
        """Return the answer of `work`, which is told its deadline (`time.monotonic`), or one that is remembered.

        None if it is not there within the budget, or if too many wait already.
        """
        remembered = self._memory.recall(question)
        if remembered is not None:
            return remembered
        if not self._slots.acquire(blocking=False):
            return None
        try:
            return self._asked(question, work).result(timeout=self._budget)
        except TimeoutError:
            return None
        finally:
            self._slots.release()

    def _asked(self, question: str, work: Callable[[float], Kept[T]]) -> Future[T | None]:
        """Ask, or join a caller who asks the same or has just asked it."""
        with self._lock:
            running = self._running.get(question)
            if running is not None:
                return running
            answered = self._memory.recall(question)
            if answered is not None:
                return _done(answered)
            asking = self._threads.submit(self._work, question, work, monotonic() + self._budget)
            self._running[question] = asking
            return asking

    def _work(self, question: str, work: Callable[[float], Kept[T]], deadline: float) -> T | None:
        try:
            if monotonic() >= deadline:  # no thread was free in time, which says nothing about the sources
                return None
            kept = work(deadline)
            self._memory.keep(question, kept.answer, seconds=kept.seconds)
            return kept.answer
        finally:
            with self._lock:
                del self._running[question]


def _done(answer: T) -> Future[T | None]:
    future: Future[T | None] = Future()
    future.set_result(answer)
    return future
