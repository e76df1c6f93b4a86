"""Leaf tool: values that are remembered for a while, so that the same question is not asked again and again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from time import monotonic
from typing import Generic, TypeVar

T = TypeVar("T")


class Memory(Generic[T]):
    """Keeps values for the seconds given with each; the oldest go when there are more than `capacity`."""

    def __init__(self, *, capacity: int = 10_000, now: Callable[[], float] = monotonic) -> None:
        self._capacity = capacity
        self._now = now
        self._lock = Lock()
        self._kept: OrderedDict[str, tuple[float, T]] = OrderedDict()

    def recall(self, key: str) -> T | None:
        """Return the value kept under `key`, unless its time is over."""
        with self._lock:
            until, value = self._kept.get(key, (0.0, None))
            if value is None or self._now() < until:
                return value
            del self._kept[key]
            return None

    def keep(self, key: str, value: T, *, seconds: float) -> None:
        """Keep `value` under `key` for so many seconds."""
        with self._lock:
            self._kept.pop(key, None)
            self._kept[key] = (self._now() + seconds, value)
            if len(self._kept) > self._capacity:
                self._kept.popitem(last=False)
