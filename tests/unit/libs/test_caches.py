from __future__ import annotations

import os
from pathlib import Path

from app.libs.caches import DiskCache


def age(folder: Path, seconds: float) -> None:
    """Make every file look older."""
    for file in folder.glob("??/*"):
        status = file.stat()
        os.utime(file, (status.st_atime - seconds, status.st_mtime - seconds))


def size_of(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.glob("??/*"))


def test_what_was_kept_is_found_by_every_process(tmp_path: Path) -> None:
    DiskCache(tmp_path, max_bytes=1000).keep("../../etc/passwd ☃", b"picture")
    other = DiskCache(tmp_path, max_bytes=1000)
    assert other.find("../../etc/passwd ☃") == b"picture"
    assert other.find("another") is None
    assert {file.parent.parent for file in tmp_path.rglob("*") if file.is_file()} == {tmp_path}


def test_the_cap_holds_and_what_nobody_asked_for_longest_goes_first(tmp_path: Path) -> None:
    cache = DiskCache(tmp_path, max_bytes=1000)
    for name in ("old", "asked for", "new"):
        cache.keep(name, name.encode() * 0 + bytes(300))
        age(tmp_path, 5000)
    assert cache.find("asked for")
    cache.keep("newest", bytes(300))
    assert cache.find("old") is None
    assert cache.find("asked for")
    assert cache.find("newest")
    assert size_of(tmp_path) <= 1000


def test_files_that_were_there_before_count(tmp_path: Path) -> None:
    DiskCache(tmp_path, max_bytes=10_000).keep("before", bytes(900))
    age(tmp_path, 100)
    DiskCache(tmp_path, max_bytes=1000).keep("after", bytes(900))
    assert size_of(tmp_path) == 900


def test_what_is_larger_than_the_cap_is_not_kept(tmp_path: Path) -> None:
    cache = DiskCache(tmp_path, max_bytes=100)
    cache.keep("large", bytes(101))
    assert cache.find("large") is None


def test_a_folder_that_cannot_be_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "covers").write_text("a file is in the way")
    cache = DiskCache(tmp_path / "covers", max_bytes=100)
    cache.keep("name", b"data")
    assert cache.find("name") is None
