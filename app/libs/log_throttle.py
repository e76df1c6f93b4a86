"""Leaf tool: say the same trouble once a second, however often it is met."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class LogThrottle:
    """Lets one message through in each interval and counts the others.

    :param seconds: the interval.
    """

    def __init__(self, seconds: float = 1.0, now: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._now = now
        self._lock = threading.Lock()
        self._next = float("-inf")
        self._suppressed = 0

    def admit(self) -> int | None:
        """Return how many messages were suppressed since the last one that may be written; None: suppress this one, too."""
        with self._lock:
            now = self._now()
            if now < self._next:
                self._suppressed += 1
                return None
            self._next = now + self._seconds
            suppressed, self._suppressed = self._suppressed, 0
            return suppressed


def first_line(error: BaseException) -> str:
    """Return an error's kind and the first line of what it says, at most 200 characters: a log line without a traceback."""
    said = str(getattr(error, "orig", None) or error).strip()
    return f"{type(error).__name__}: {said.splitlines()[0] if said else ''}"[:200]
