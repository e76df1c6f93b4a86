"""A lock file lets one process in, and opens when its holder dies."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.libs.locks import LockHeldError, locked

HOLD = "import sys, pathlib; from app.libs.locks import locked\nwith locked(pathlib.Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"


def test_a_second_holder_is_told_who_holds_it(tmp_path: Path) -> None:
    with locked(tmp_path / "x.lock"), pytest.raises(LockHeldError) as held, locked(tmp_path / "x.lock"):
        pass
    assert held.value.holder == str(os.getpid())


def test_it_can_be_taken_again_after_its_block(tmp_path: Path) -> None:
    for _ in range(2):
        with locked(tmp_path / "folder" / "x.lock"):
            pass


def test_a_killed_holder_leaves_it_open(tmp_path: Path) -> None:
    path = tmp_path / "x.lock"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdin
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(LockHeldError) as held, locked(path):
        pass
    assert held.value.holder == str(holder.pid)
    holder.kill()
    holder.wait()
    with locked(path):
        pass
    holder.stdin.close()
    holder.stdout.close()
