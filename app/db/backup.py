"""Backups: one file that holds a whole site's database, written from one snapshot of any database and read into any database.

It is a compressed tar of a manifest, which says what is in it, and one file for each table: one JSON list per line; the first line holds
the names of the columns, bytes are ``{"b": base64}``. In every function that reads or writes tables `database` is "sqlite" or "mysql" and
`connection` the driver's own.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import tarfile
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

from pymysql.cursors import SSCursor

#: What can be made again from the rest: the search index. The schema's revision is told apart from the rows.
DERIVED = ("idx_", "search_")
REVISION = "alembic_version"
_BATCH = 500
_LIST_TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~'",
    "mysql": "SELECT table_name FROM information_schema.tables "
    "WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'",
}
_FOREIGN_KEYS = {
    "sqlite": ("PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys = ON"),
    "mysql": ("SET FOREIGN_KEY_CHECKS = 0", "SET FOREIGN_KEY_CHECKS = 1"),
}


def list_tables(connection: Any, database: str) -> list[str]:
    """List every table, sorted."""
    with closing(connection.cursor()) as cursor:
        cursor.execute(_LIST_TABLES[database])
        return sorted(name for (name,) in cursor.fetchall())


def kept_tables(connection: Any, database: str) -> list[str]:
    """List the tables that a backup needs."""
    return [name for name in list_tables(connection, database) if not name.startswith(DERIVED) and name != REVISION]


def count_rows(connection: Any, database: str) -> dict[str, int]:
    """Count the rows of each table that a backup needs."""
    with closing(connection.cursor()) as cursor:
        return {name: _value(cursor, f"SELECT COUNT(*) FROM `{name}`") for name in kept_tables(connection, database)}


def find_revision(connection: Any, database: str) -> str | None:
    """Return the revision of the schema; None for a database without one."""
    if REVISION not in list_tables(connection, database):
        return None
    with closing(connection.cursor()) as cursor:
        cursor.execute(f"SELECT version_num FROM {REVISION}")
        row = cursor.fetchone()
    return None if row is None else str(row[0])


def dump(connection: Any, database: str, folder: Path) -> dict[str, int]:
    """Write the tables as they are in the connection's snapshot, and give the number of rows of each."""
    folder.mkdir(parents=True)
    return {
        name: _dump_table(connection, database, name, folder / f"{name}.jsonl")
        for name in kept_tables(connection, database)
    }


def load(connection: Any, database: str, folder: Path) -> None:
    """Read dumped tables into a database that has the same schema and no rows; the caller commits."""
    mark = "?" if database == "sqlite" else "%s"
    for file in sorted(folder.glob("*.jsonl")):
        with file.open(encoding="utf-8") as lines, closing(connection.cursor()) as cursor:
            names = json.loads(next(lines))
            columns, marks = ", ".join(f"`{name}`" for name in names), ", ".join([mark] * len(names))
            while batch := list(islice(lines, _BATCH)):
                rows = [[_decoded(value) for value in json.loads(line)] for line in batch]
                cursor.executemany(f"INSERT INTO `{file.stem}` ({columns}) VALUES ({marks})", rows)


def drop_all(connection: Any, database: str) -> None:
    """Drop every table."""
    with without_foreign_keys(connection, database), closing(connection.cursor()) as cursor:
        for name in list_tables(connection, database):
            cursor.execute(f"DROP TABLE `{name}`")


@contextmanager
def without_foreign_keys(connection: Any, database: str) -> Iterator[None]:
    """Let rows come in any order."""
    off, on = _FOREIGN_KEYS[database]
    with closing(connection.cursor()) as cursor:
        cursor.execute(off)
        try:
            yield
        finally:
            cursor.execute(on)


def _dump_table(connection: Any, database: str, name: str, file: Path) -> int:
    # On MariaDB a cursor that does not fetch everything at once: a catalogue may be larger than memory.
    cursor = connection.cursor(SSCursor) if database == "mysql" else connection.cursor()
    count = 0
    with closing(cursor), file.open("w", encoding="utf-8") as out:
        cursor.execute(f"SELECT * FROM `{name}`")
        out.write(json.dumps([column[0] for column in cursor.description]) + "\n")
        for row in cursor:
            out.write(json.dumps([_encoded(value) for value in row], ensure_ascii=False) + "\n")
            count += 1
    return count


def _encoded(value: Any) -> Any:
    return {"b": b64encode(value).decode("ascii")} if isinstance(value, bytes) else value


def _decoded(value: Any) -> Any:
    return b64decode(value["b"]) if isinstance(value, dict) else value


def _value(cursor: Any, statement: str) -> int:
    cursor.execute(statement)
    return int(cursor.fetchone()[0])


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
