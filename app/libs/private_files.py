"""What the program writes is for the account alone that runs it."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

_FOR_OTHERS = 0o077


def keep_private(folder: Path) -> None:
    """Make a folder for this account alone, and let every file that this process and its children make be so.

    The folder of an earlier version is closed, and so are the databases in it; a folder in which everybody may write, as in /tmp, stays
    so on purpose.
    """
    os.umask(_FOR_OTHERS)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not folder.stat().st_mode & stat.S_IWOTH:
        _close(folder)
    for database in folder.glob("*.sqlite*"):
        _close(database)


def _close(path: Path) -> None:
    with suppress(OSError):  # it may be another account's, gone by now, or on a disk without modes
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & _FOR_OTHERS:
            path.chmod(mode & ~_FOR_OTHERS)
