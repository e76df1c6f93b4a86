"""Leaf tool: a small cache for what never changes."""

from __future__ import annotations

from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class TwoHandCache(Generic[K, V]):
    """Keep what was used lately, up to a weight (bytes), without bookkeeping per hit.

    Two dicts: new and looked-up things go into the young one; when that weighs half the limit it becomes the old one, and the
    former old one is forgotten. Threads need no lock: the worst that a race can do is to forget an entry.
    """

    def __init__(self, limit: int) -> None:
        self._half = limit // 2
        self._young: dict[K, tuple[V, int]] = {}
        self._old: dict[K, tuple[V, int]] = {}
        self._weight = 0

    @property
    def weight(self) -> int:
        """The bytes of all that is kept."""
        return sum(size for hand in (self._young, self._old) for _value, size in list(hand.values()))

    def get(self, key: K) -> V | None:
        """Return the value, or None if it is not (or no longer) here."""
        held = self._young.get(key)
        if held is not None:
            return held[0]
        held = self._old.get(key)
        if held is None:
            return None
        self.put(key, held[0], held[1])
        return held[0]

    def put(self, key: K, value: V, weight: int) -> None:
        """Keep a value that weighs so many bytes."""
        if self._weight + weight > self._half:
            self._old, self._young, self._weight = self._young, {}, 0
        self._young[key] = (value, weight)
        self._weight += weight
