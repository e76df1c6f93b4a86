"""libs: one process at a time, by a file that the operating system unlocks when its holder dies."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

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
