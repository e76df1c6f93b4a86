"""How commands end: one plain line for a wrong setting, and no word when nobody reads on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.apps import close, make_app
from tests.support.members import make_member
from tests.support.site import ROOT, environ_of

COMMANDS = ["web", "worker --once", "settings", "user list", "db current"]


def run(data_dir: Path, command: str, *, stdout: int, **settings: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "fisher", *command.split()],
        cwd=ROOT,
        env=environ_of(data_dir, LOG_LEVEL="error", **settings),
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("key", ["no key", "unreadable file"])
def test_a_key_that_cannot_be_read_ends_every_command_with_one_line(data_dir: Path, command: str, key: str) -> None:
    if key == "no key":
        ended = run(data_dir, command, stdout=subprocess.PIPE, ADDRESS_KEYS="short")
    else:
        (data_dir / "address_keys").unlink(missing_ok=True)
        (data_dir / "address_keys").mkdir()
        ended = run(data_dir, command, stdout=subprocess.PIPE)
    assert ended.returncode == 1
    assert ended.stderr.startswith("YuShu cannot start: ")
    assert ended.stderr.count("\n") == 1, ended.stderr


@pytest.mark.parametrize("command", ["user list", "settings", "catalogue status", "ledger verify", "drift diagram"])
def test_a_command_whose_reader_has_left_ends_quietly(data_dir: Path, command: str) -> None:
    app = make_app(data_dir)
    make_member(app)
    close(app)
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ended = run(data_dir, command, stdout=writing)
    finally:
        os.close(writing)
    assert ended.stderr == ""
    assert ended.returncode == 1
