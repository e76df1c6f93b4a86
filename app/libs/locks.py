"""Locks: one process at a time, by a file; threads in the order in which they came; and blocks that are open one at a time."""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from threading import Lock
from typing import IO, TypeVar

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

#: Held in the data folder while `pipenv run start` runs there.
START_LOCK = "start.lock"
#: On Windows a locked byte cannot be read by others: lock one that lies behind the text.
_LOCKED_BYTE = 1 << 20


class LockHeldError(Exception):
    """Another process holds the lock; `holder` is its process id as it wrote it, or "" if it cannot be read."""

    def __init__(self, path: Path, holder: str) -> None:
        super().__init__(f"{path} is held by process {holder or 'unknown'}")
        self.path = path
        self.holder = holder


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file while the block runs; it is made when missing and never removed.

    :raises LockHeldError: at once, when another process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            _lock(file)
        except OSError:
            file.seek(0)
            raise LockHeldError(path, file.read(20).strip()) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


def _lock(file: IO[str]) -> None:
    if sys.platform == "win32":
        file.seek(_LOCKED_BYTE)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


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


T = TypeVar("T")


def one_at_a_time(open_block: Callable[[], AbstractContextManager[T]]) -> Callable[[], AbstractContextManager[T]]:
    """Return a way to open the same blocks of which only one is open at a time: other threads wait. They must not nest."""
    turn = Lock()

    @contextmanager
    def open_in_turn() -> Iterator[T]:
        with turn, open_block() as opened:
            yield opened

    return open_in_turn
