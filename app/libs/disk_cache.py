"""Leaf tool: files that can be made again, kept on disk up to a size; those that nobody asked for longest go first."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from threading import Lock
from time import time

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
