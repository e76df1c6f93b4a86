"""How long the work at hand may take: a time for all its waits together, and a moment at which its sockets are shut.

A limit for each wait, or a timeout on each read, is no limit for the whole: six tries of ten seconds are a minute, and a server that
sends a byte a second never trips a timeout.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from math import ceil
from threading import Lock, Timer
from time import monotonic
from types import TracebackType
from typing import Self

_until: ContextVar[float | None] = ContextVar("waiting_until", default=None)


@contextmanager
def waiting_at_most(seconds: float, *, since: float | None = None) -> Iterator[None]:
    """Let everything in the block wait no longer than this, taken together; an outer block's time is not extended.

    :param since: the moment from which the seconds count, by `time.monotonic`; now when left out.
    """
    until, outer = (monotonic() if since is None else since) + seconds, _until.get()
    token = _until.set(until if outer is None else min(until, outer))
    try:
        yield
    finally:
        _until.reset(token)


def time_left(at_most: float) -> float:
    """Return the seconds that one wait may take here: `at_most`, or what is left of the block's time; never below zero."""
    until = _until.get()
    return at_most if until is None else max(0.0, min(at_most, until - monotonic()))


def whole_seconds_left(at_most: float) -> int:
    """Return the same in whole seconds, rounded up, for those that are set on a connection: it seldom changes."""
    return ceil(time_left(at_most))


class Deadline:
    """Use as ``with Deadline(seconds) as deadline:`` and give every new socket to `watch`."""

    def __init__(self, seconds: float) -> None:
        self._end = monotonic() + seconds
        self._watched: list[socket.socket] = []
        self._lock = Lock()
        self._timer = Timer(max(seconds, 0), self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            for sock in self._watched:
                sock.close()
            self._watched.clear()

    @property
    def has_passed(self) -> bool:
        """Whether the time is over."""
        return monotonic() >= self._end

    def left(self, at_most: float) -> float:
        """Return the seconds left, but not more than `at_most`.

        :raises TimeoutError: if none is left.
        """
        seconds = min(at_most, self._end - monotonic())
        if seconds <= 0:
            raise TimeoutError("the time is over")
        return seconds

    def watch(self, sock: socket.socket) -> None:
        """Shut this connection when the time is over.

        A second descriptor of the same connection is kept, because TLS takes the first one away from `sock`.
        """
        with self._lock:
            self._watched.append(socket.socket(sock.family, sock.type, fileno=os.dup(sock.fileno())))

    def _cut(self) -> None:
        with self._lock:
            for sock in self._watched:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
