"""What lies in the data folder is for the account alone that runs the site."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from app.libs.private_files import keep_private
from tests.support.live import LiveSite
from tests.support.site import ROOT, environ_of


@pytest.fixture(autouse=True)
def _usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> list[str]:
    return sorted(
        f"{path.relative_to(folder)} {stat.filemode(path.stat().st_mode)}"
        for path in (folder, *folder.rglob("*"))
        if path.exists() and path.stat().st_mode & 0o077
    )


def flask(folder: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "flask", "--app", "fisher", *arguments]
    subprocess.run(command, cwd=ROOT, env=environ_of(folder), check=True, capture_output=True, timeout=120)


def test_all_that_commands_write_is_closed_to_others(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    flask(folder, "db", "upgrade")
    books = tmp_path / "books.csv"
    books.write_text("isbn13,title\n9787536692930,三体\n,none\n", "utf-8")
    flask(folder, "catalogue", "import", str(books))
    flask(folder, "backup", "create", str(folder / "backups" / "one.tar"))
    assert len(list(folder.rglob("*"))) > 6
    assert open_to_others(folder) == []


def test_all_that_the_web_server_writes_is_closed_to_others(sqlite_template: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(sqlite_template, folder)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    with LiveSite(folder) as site:
        (folder / "granian.log").chmod(0o600)  # the test's own
        for path in ("/", "/cover/9787536692930-m.jpg", "/book/search?q=三体"):
            requests.get(f"{site.url}{path}", timeout=20)
        assert (folder / "yushu.sqlite-wal").exists()
        assert open_to_others(folder) == []


def test_a_folder_of_an_earlier_version_is_closed(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    folder.mkdir(mode=0o755)
    (folder / "yushu.sqlite").touch(0o644)
    keep_private(folder)
    assert open_to_others(folder) == []


def test_a_folder_for_everybody_stays_so(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    keep_private(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o1777
    (tmp_path / "new").touch()
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0
