"""Leaf tool: a point in time after which the sockets that were opened for a task are shut, whatever they are doing.

A timeout on each read is no limit for the whole: a server that sends a byte a second never trips it. Shutting the
connection from outside ends a handshake, a header and a body alike.
"""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from threading import Lock, Timer
from time import monotonic
from types import TracebackType
from typing import Self


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
