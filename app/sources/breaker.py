"""Providers: a circuit breaker: a source that keeps failing is left alone for a while, so that nobody waits for it."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from time import monotonic

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
