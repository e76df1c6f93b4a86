"""A source with its circuit breaker: one that keeps failing is left alone for a while, so that nobody waits for it.

What it fails at is logged and counted, and the caller is simply given None.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from time import monotonic
from typing import TypeVar

import structlog

from app.domain.book import BookFacts
from app.sources.port import Source, SourceFailedError

#: A source that asks for six hours of rest gets ten minutes: it may have been restarted since.
LONGEST_REST = 600.0


class Breaker:
    """Opens after `failures` in a row, for `rest` seconds; then one question may try whether the source is back."""

    def __init__(self, *, failures: int = 5, rest: float = 60.0, now: Callable[[], float] = monotonic) -> None:
        self._limit = failures
        self._rest = rest
        self._now = now
        self._lock = Lock()
        self._failures = 0
        self._open_until = 0.0

    def may_ask(self) -> bool:
        """Whether the source may be asked now. When its rest is over, only one of many callers is told yes."""
        with self._lock:
            if self._now() < self._open_until:
                return False
            if self._failures >= self._limit:
                self._open_until = self._now() + self._rest
            return True

    def succeeded(self) -> None:
        """Take note of a usable answer."""
        with self._lock:
            self._failures, self._open_until = 0, 0.0

    def failed(self, *, rest: float | None = None) -> None:
        """Take note of a failure; `rest`: seconds for which the source asked to be left alone."""
        with self._lock:
            self._failures += 1
            if rest is not None:
                self._open_until = max(self._open_until, self._now() + min(rest, LONGEST_REST))
            if self._failures >= self._limit:
                self._open_until = max(self._open_until, self._now() + self._rest)


#: Open Library wants no more than one question a second of a program whose operator it does not know.
PAUSE = 1.0

T = TypeVar("T")
_log = structlog.get_logger()


class CircuitBreakingSource:
    """One source, asked only while its breaker lets it; the failures of all its questions count together."""

    def __init__(self, source: Source, *, now: Callable[[], float], wait: Callable[[float], None]) -> None:
        self.name = source.name
        self._source = source
        self._breaker = Breaker(now=now)
        self._now = now
        self._wait = wait
        self._lock = Lock()
        self._next_turn = 0.0

    def find(self, isbn13: str, *, seconds: float) -> Mapping[str, BookFacts] | None:
        """Return what the source knows of an ISBN-13; None when it does not answer, or is left alone."""
        return self._ask(lambda: self._source.find_many([isbn13], seconds=seconds), isbn13=isbn13)

    def search(self, words: str, *, seconds: float) -> Sequence[BookFacts] | None:
        """Return what the source finds for words; None when it does not answer, or is left alone.

        Anybody may type words, so searches keep the source's pace: `PAUSE` seconds lie between two of them.
        """
        waiting = self._turn(seconds)
        if waiting is None:
            return None
        self._wait(waiting)
        return self._ask(lambda: self._source.search(words, seconds=seconds - waiting), words=words)

    def _turn(self, patience: float) -> float | None:
        """Take the next turn to search and give the seconds until it comes; None when that is longer than `patience`."""
        with self._lock:
            now = self._now()
            waiting = max(0.0, self._next_turn - now)
            if waiting >= patience:
                return None
            self._next_turn = now + waiting + PAUSE
            return waiting

    def _ask(self, question: Callable[[], T], **about: str) -> T | None:
        if not self._breaker.may_ask():
            return None
        try:
            answer = question()
        except SourceFailedError as failed:
            self._breaker.failed(rest=failed.retry_after)
            _log.warning("source failed", source=self.name, reason=str(failed), **about)
            return None
        self._breaker.succeeded()
        return answer
