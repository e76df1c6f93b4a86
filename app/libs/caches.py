"""Caches: values with a time to live, values up to a weight, and files on disk up to a size."""

from __future__ import annotations

import os
import secrets
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from threading import Lock
from time import monotonic, time
from typing import Generic, TypeVar

T = TypeVar("T")


class TtlCache(Generic[T]):
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


K = TypeVar("K")
V = TypeVar("V")


class TwoGenerationCache(Generic[K, V]):
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


#: When the cap is passed, this part of it is left, so that not every file that comes makes one go.
_LEFT_AFTER_CLEARING = 0.9
#: A file's time is renewed at most this often when it is read, in seconds.
_RENEWED_AFTER = 3600.0


class DiskCache:
    """Keeps bytes by name in a folder; several processes may share it. `max_bytes` counts the files' contents."""

    def __init__(self, folder: Path, *, max_bytes: int) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._lock = Lock()
        self._bytes: int | None = None

    def find(self, name: str) -> bytes | None:
        """Return what was kept under `name`, or None."""
        file = self._file(name)
        try:
            with file.open("rb") as opened:
                status = os.fstat(opened.fileno())
                data = opened.read()
            if status.st_mtime + _RENEWED_AFTER < time():
                os.utime(file)
        except OSError:
            return None
        return data

    def keep(self, name: str, data: bytes) -> None:
        """Keep bytes under `name`, whole or not at all; a full disk is no error."""
        if len(data) > self._max_bytes:
            return
        file = self._file(name)
        draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(data)
            draft.replace(file)
        except OSError:
            with suppress(OSError):
                draft.unlink()
            return
        with self._lock:
            self._bytes = self._measured() if self._bytes is None else self._bytes + len(data)
            if self._bytes > self._max_bytes:
                self._bytes = self._clear()

    def _file(self, name: str) -> Path:
        key = blake2b(name.encode(), digest_size=16).hexdigest()
        return self._folder / key[:2] / key

    def _measured(self) -> int:
        return sum(size for _, size, _ in self._files())

    def _clear(self) -> int:
        """Remove the files that nobody asked for longest, and give how many bytes are left."""
        files = sorted(self._files())
        left = sum(size for _, size, _ in files)
        for _, size, file in files:
            if left <= self._max_bytes * _LEFT_AFTER_CLEARING:
                break
            file.unlink(missing_ok=True)
            left -= size
        return left

    def _files(self) -> list[tuple[float, int, Path]]:
        found = []
        for file in self._folder.glob("??/*"):
            try:
                status = file.stat()
            except FileNotFoundError:
                continue
            found.append((status.st_mtime, status.st_size, file))
        return found
