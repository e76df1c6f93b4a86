"""Leaf tool: taking turns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import Lock
from typing import TypeVar

T = TypeVar("T")


def one_at_a_time(open_block: Callable[[], AbstractContextManager[T]]) -> Callable[[], AbstractContextManager[T]]:
    """Return a way to open the same blocks of which only one is open at a time: other threads wait. They must not nest."""
    turn = Lock()

    @contextmanager
    def open_in_turn() -> Iterator[T]:
        with turn, open_block() as opened:
            yield opened

    return open_in_turn
