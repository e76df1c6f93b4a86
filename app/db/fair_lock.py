"""Leaf tool: a lock that is handed on in the order in which it was asked for."""

from __future__ import annotations

from collections import deque
from threading import Lock


class FairLock:
    """First come, first served. A plain lock goes to whichever thread wakes first, so that one of many may wait for ever."""

    def __init__(self) -> None:
        self._mutex = Lock()
        self._is_held = False
        self._waiting: deque[Lock] = deque()

    def acquire(self, timeout: float) -> bool:
        """Take the lock, and return False when it did not come within so many seconds."""
        with self._mutex:
            if not self._is_held:
                self._is_held = True
                return True
            if timeout <= 0:
                return False
            turn = Lock()
            turn.acquire()
            self._waiting.append(turn)
        if turn.acquire(timeout=timeout):
            return True
        with self._mutex:
            if turn not in self._waiting:
                return True  # it was handed over in the very moment the time was up
            self._waiting.remove(turn)
            return False

    def release(self) -> None:
        """Hand the lock to who has waited longest."""
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_held = False
