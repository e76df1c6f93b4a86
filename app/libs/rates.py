"""Rate limits, counted in a store that several processes may share, exactly, however many requests arrive at once."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from time import monotonic, time
from typing import Any

import structlog
from limits import RateLimitItem
from limits.errors import StorageError
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import SlidingWindowCounterRateLimiter
from redis.backoff import NoBackoff
from redis.retry import Retry

#: How long a shared store that is away is not asked again, so that not every request waits for it.
REST_SECONDS = 5.0
_log = structlog.get_logger()


class RateExceededError(Exception):
    """There was no room; `seconds` tells when there may be some."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"again in {seconds} s")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Rate:
    """One limit, and for whom it is counted."""

    limit: RateLimitItem
    key: tuple[str, ...]


class ExactMemoryStorage(MemoryStorage):
    """The library's counts in memory, which lose hits when several threads make the first one of a window at once."""

    STORAGE_SCHEME = ["exact-memory"]  # noqa: RUF012 - the library's own way to register a store

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        super().__init__()

    def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count a hit if there is room."""
        with self._one_at_a_time:
            return super().acquire_sliding_window_entry(key, limit, expiry, amount)

    def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """Return the counts of the window before and of this one, each with the seconds that it still matters."""
        with self._one_at_a_time:
            return super().get_sliding_window(key, expiry)


class Taken:
    """Hits that were counted, and where: they can be taken back."""

    def __init__(self) -> None:
        self._hits: list[tuple[SlidingWindowCounterRateLimiter, Rate]] = []

    def add(self, counter: SlidingWindowCounterRateLimiter, rate: Rate) -> None:
        """Remember one hit."""
        self._hits.append((counter, rate))

    def give_back(self) -> None:
        """Uncount the hits. A store that went away meanwhile keeps them: too many is the safe side."""
        for counter, rate in self._hits:
            try:
                counter.hit(rate.limit, *rate.key, cost=-1)
            except StorageError:
                _log.warning("shared counts are away, a hit stays counted")
        self._hits.clear()


class Rates:
    """Counts hits. While the shared store is away (Redis is down) this process counts alone.

    :param url: where the counts lie: `memory://` or `redis://…`.
    """

    def __init__(self, url: str) -> None:
        self._shared = SlidingWindowCounterRateLimiter(_storage(url))
        self._own = SlidingWindowCounterRateLimiter(ExactMemoryStorage())
        self._rests_until = 0.0

    def take(self, rates: Iterable[Rate]) -> Taken:
        """Count one hit of each rate, or of none.

        :raises RateExceededError: when one of them has no room.
        """
        taken = Taken()
        for rate in rates:
            counter, has_room = self._ask(rate, counting=True)
            if not has_room:
                taken.give_back()
                raise RateExceededError(_seconds_until_room(counter, rate))
            taken.add(counter, rate)
        return taken

    def ensure_room(self, rates: Iterable[Rate]) -> None:
        """Look whether each rate has room, and count nothing.

        :raises RateExceededError: when one of them has none.
        """
        for rate in rates:
            counter, has_room = self._ask(rate, counting=False)
            if not has_room:
                raise RateExceededError(_seconds_until_room(counter, rate))

    def _ask(self, rate: Rate, *, counting: bool) -> tuple[SlidingWindowCounterRateLimiter, bool]:
        if monotonic() >= self._rests_until:
            try:
                return self._shared, _has_room(self._shared, rate, counting=counting)
            except StorageError:
                self._rests_until = monotonic() + REST_SECONDS
                _log.warning("shared counts are away, counting alone")
        return self._own, _has_room(self._own, rate, counting=counting)


def _has_room(counter: SlidingWindowCounterRateLimiter, rate: Rate, *, counting: bool) -> bool:
    return (counter.hit if counting else counter.test)(rate.limit, *rate.key)


def _seconds_until_room(counter: SlidingWindowCounterRateLimiter, rate: Rate) -> int:
    try:
        reset = counter.get_window_stats(rate.limit, *rate.key).reset_time
    except StorageError:
        return rate.limit.get_expiry()
    return max(1, ceil(reset - time()))


def _storage(url: str) -> Storage:
    if url.startswith("memory:"):
        return ExactMemoryStorage()
    # A Redis that is away must be noticed at once: one short try.
    patience: dict[str, Any] = {"socket_connect_timeout": 1, "socket_timeout": 1, "retry": Retry(NoBackoff(), 0)}
    storage = storage_from_string(url, wrap_exceptions=True, **patience)
    assert isinstance(storage, Storage)  # noqa: S101 - the library has asynchronous ones, too, under other schemes
    return storage
