"""The environment file of the documentation means the same to a shell, to systemd and to compose, and cron reads it."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

import config
from tests.support.paths import ROOT

OPERATIONS = ROOT / "docs" / "operations.md"
#: What all three read alike: a name, and a value in double quotes without anything that one of them would expand.
LINE = re.compile(r'(#.*)?|(YUSHU_[A-Z_]+)="([^"$`\\]*)"')
KEYS = {"YUSHU_SECRET_KEY": "x" * 64, "YUSHU_ADDRESS_KEYS": "YS1rZXktZm9yLXRoaXMtdGVzdC1hbG9uZS0wMTIzNDU="}


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    """Write the file as the page shows it, with keys in the places of the dots."""
    (block,) = re.findall(r"^```sh\n(YUSHU_ENV=.*?)^```$", OPERATIONS.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    for name, key in KEYS.items():
        assert f'{name}="…"' in block
        block = block.replace(f'{name}="…"', f'{name}="{key}"')
    file = tmp_path / "yushu.env"
    file.write_text(block, "utf-8")
    return file


def plain(file: Path) -> dict[str, str]:
    """Read the lines by the rules that shell, systemd and compose have in common."""
    found = [LINE.fullmatch(line) for line in file.read_text("utf-8").splitlines()]
    assert all(found), [line for line in file.read_text("utf-8").splitlines() if not LINE.fullmatch(line)]
    return {match[2]: match[3] for match in found if match and match[2]}


def test_every_line_is_one_that_all_three_read_alike(env_file: Path) -> None:
    assert plain(env_file)["YUSHU_MAIL_FROM"] == "鱼书 <post@yushu.example>"


def test_a_shell_reads_it_as_it_stands(env_file: Path) -> None:
    script = f"set -eu; set -a; . '{env_file}'; env -0"
    said = subprocess.run(["sh", "-c", script], capture_output=True, env={"PATH": "/usr/bin:/bin"}, check=True)
    assert said.stderr == b""
    read = dict(entry.split("=", 1) for entry in said.stdout.decode().split("\0") if entry.startswith("YUSHU_"))
    assert read == plain(env_file)


def test_the_settings_in_it_are_taken_by_production(env_file: Path, tmp_path: Path) -> None:
    given = plain(env_file) | {"YUSHU_DATA_DIR": str(tmp_path)}
    loaded = config.load(given)
    assert loaded["ENV"] == "production"
    assert loaded["TRUSTED_PROXIES"] == 1


def test_the_line_for_cron_makes_a_backup_of_the_site_that_the_file_names(env_file: Path, tmp_path: Path) -> None:
    """cron knows neither the settings nor the project's programs; a stand-in for pipenv writes down how it is called."""
    (line,) = re.findall(r"^17 3 \* \* \*  (.*)$", OPERATIONS.read_text("utf-8"), re.MULTILINE)
    old = tmp_path / "backups" / "yushu-1.tar.gz"
    stand_in = tmp_path / "srv" / ".tools/venv/bin/pipenv"
    for file, text in ((old, ""), (stand_in, f"#!/bin/sh\necho $YUSHU_DATA_DIR $* > {tmp_path}/called\n")):
        file.parent.mkdir(parents=True)
        file.write_text(text, "utf-8")
    stand_in.chmod(0o700)
    os.utime(old, (1, 1))
    places = {"/etc/yushu.env": env_file, "/srv/yushu": tmp_path / "srv", "/var/lib/yushu/backups": old.parent}
    for said, place in places.items():
        assert said in line
        line = line.replace(said, str(place))
    subprocess.run(["sh", "-c", line], env={"PATH": "/usr/bin:/bin"}, check=True)
    assert (tmp_path / "called").read_text("utf-8") == "/var/lib/yushu run flask --app fisher backup create\n"
    assert not old.exists()
