"""The file of a backup: a compressed tar of the data and a manifest that says what is in it."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import tarfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

FORMAT = 1
MANIFEST = "manifest.json"


class BackupError(Exception):
    """A backup that cannot be made, read or restored; the text is one line for the person at the terminal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds.

    `kind`: ``sqlite`` (a copy of the database's file) or ``rows`` (each table's rows, for any database). `revision`: that of
    the schema. `made_at`: ISO 8601, UTC. `tables`: rows of each table. `key_marks`: fingerprints of the address keys that
    were in use; the keys themselves are never in a backup.
    """

    kind: str
    revision: str
    made_at: str
    tables: Mapping[str, int]
    key_marks: tuple[str, ...]


def key_marks(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Return fingerprints by which keys are told apart and that say nothing about them."""
    return tuple(hashlib.sha256(b"yushu backup " + key.encode()).hexdigest()[:16] for key in keys)


def pack(folder: Path, manifest: Manifest, file: Path) -> None:
    """Write every file of `folder` into `file`: whole or not at all, readable by its owner alone."""
    parts = sorted(path for path in folder.rglob("*") if path.is_file())
    facts = asdict(manifest) | {
        "format": FORMAT,
        "parts": {path.relative_to(folder).as_posix(): _digest(path) for path in parts},
    }
    (folder / MANIFEST).write_text(json.dumps(facts, indent=1), "utf-8")
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
            with (
                gzip.GzipFile(fileobj=out, mode="wb", compresslevel=5) as packed,
                tarfile.open(fileobj=packed, mode="w|") as tar,
            ):
                for path in (folder / MANIFEST, *parts):
                    tar.add(path, path.relative_to(folder).as_posix())
            out.flush()
            os.fsync(out.fileno())
        draft.rename(file)
    finally:
        draft.unlink(missing_ok=True)


def unpack(file: Path, folder: Path) -> Manifest:
    """Take a backup apart into `folder` and give its manifest.

    :raises BackupError: when it is no backup, is damaged, or has a part too many or too few.
    """
    try:
        with tarfile.open(file, "r:gz") as tar:
            for member in tar:
                _take_out(tar, member, folder)
        facts = json.loads((folder / MANIFEST).read_text("utf-8"))
        parts: dict[str, str] = facts.pop("parts")
        if facts.pop("format") != FORMAT:
            raise BackupError(f"{file} was made by another version of the program")
        manifest = Manifest(**facts | {"key_marks": tuple(facts["key_marks"])})
    except FileNotFoundError as error:
        missing = error.filename if error.filename == str(file) else f"{file} is no backup: its manifest"
        raise BackupError(f"{missing} is missing") from None
    except (tarfile.TarError, EOFError, gzip.BadGzipFile, ValueError, KeyError, TypeError, OSError) as error:
        raise BackupError(f"{file} cannot be read: {error}") from None
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    del found[MANIFEST]
    if found.keys() != parts.keys():
        raise BackupError(f"{file} is damaged: parts are missing or were added")
    for name, path in found.items():
        if _digest(path) != parts[name]:
            raise BackupError(f"{file} is damaged: the checksum of {name} is wrong")
    return manifest


def _take_out(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """Write a part of a backup into the folder. `extractall` is safe since Python 3.11.4 only."""
    name = PurePosixPath(member.name)
    source = tar.extractfile(member) if member.isreg() else None
    if source is None or name.is_absolute() or ".." in name.parts:
        raise tarfile.TarError(f"{member.name} is no part of a backup")
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with source, path.open("xb") as out:
        shutil.copyfileobj(source, out)


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
