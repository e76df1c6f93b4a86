"""Backups of the database: made while the site runs, checked by restoring them, restored into an empty database.

Why so, and what is not in them: ``docs/adr/backups.md``.
"""

from __future__ import annotations

import errno
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

from app.db import backup
from app.db.backup import BackupError, Manifest, key_marks, pack, unpack
from app.db.dialects import Dialect
from app.libs.clock import Clock

_FILE = "yushu.sqlite"
_ROWS = "tables"


class HasSchema(Protocol):
    """The migrations, as a restore needs them."""

    def knows(self, revision: str) -> bool:
        """Whether this program has the revision."""

    def upgrade(self, revision: str) -> None:
        """Bring the database to the revision; ``head`` is the newest."""


class Backups:
    """Backups of one database.

    :param keys: the address keys in use: a backup remembers which they were, not what they are.
    """

    def __init__(self, *, dialect: Dialect, schema: HasSchema, clock: Clock, keys: tuple[str, ...]) -> None:
        self._dialect = dialect
        self._schema = schema
        self._clock = clock
        self._key_marks = key_marks(keys)

    def create(self, file: Path, *, portable: bool = False) -> Manifest:
        """Write the database as it is at one moment; members may go on writing meanwhile.

        :param portable: rows instead of SQLite's own file, to move to another database.
        :raises BackupError: when the database has no schema yet, or the file exists.
        """
        if file.exists():
            raise BackupError(f"{file} exists already")
        with (
            _full_disk_told(file.parent),
            tempfile.TemporaryDirectory(dir=_made(file.parent), prefix=".backup-") as name,
        ):
            folder = Path(name)
            as_file = self._dialect.NAME == "sqlite" and not portable
            revision, tables = self._copy_file(folder / _FILE) if as_file else self._dump_rows(folder / _ROWS)
            if revision is None:
                raise BackupError("the database has no schema yet: start the site once")
            manifest = Manifest(
                kind="sqlite" if as_file else "rows",
                revision=revision,
                made_at=self._clock.now().isoformat(timespec="seconds"),
                tables=tables,
                key_marks=self._key_marks,
            )
            pack(folder, manifest, file)
        return manifest

    def restore(self, file: Path, *, force: bool = False) -> Manifest:
        """Put a backup into the database, then bring its schema up to date.

        :param force: replace what the database holds.
        :raises BackupError: for a database that is not empty, a damaged file, or one that fits no revision or database.
        """
        with tempfile.TemporaryDirectory(prefix="yushu-restore-") as name:
            folder = Path(name)
            manifest = unpack(file, folder)
            self._ensure_fits(manifest)
            with self._connection() as connection:
                held = sum(backup.count_rows(connection, self._dialect.NAME).values())
                if held and not force:
                    raise BackupError(f"the database is not empty ({held} rows): --force replaces it")
            if manifest.kind == "sqlite":
                self._restore_file(folder / _FILE)
            else:
                self._restore_rows(folder / _ROWS, manifest.revision)
            with self._connection() as connection:
                if backup.count_rows(connection, self._dialect.NAME) != manifest.tables:
                    raise BackupError("the restored tables do not have as many rows as the backup")
            self._schema.upgrade("head")
        return manifest

    def opens_addresses_of(self, manifest: Manifest) -> bool:
        """Whether one of the address keys in use is one of those that encrypted the backup's addresses."""
        return bool(set(self._key_marks) & set(manifest.key_marks))

    def list_faults(self) -> list[str]:
        """Ask the database itself what is wrong with it, a line each."""
        with self._connection() as connection, closing(connection.cursor()) as cursor:
            if self._dialect.NAME != "sqlite":
                return []
            cursor.execute("PRAGMA integrity_check")
            faults = [line for (line,) in cursor.fetchall() if line != "ok"]
            cursor.execute("PRAGMA foreign_key_check")
            return faults + [
                f"{table}: row {row} points at nothing in {parent}" for table, row, parent, _ in cursor.fetchall()
            ]

    def _ensure_fits(self, manifest: Manifest) -> None:
        if not self._schema.knows(manifest.revision):
            raise BackupError(
                f"the backup's schema ({manifest.revision}) is unknown here: use a newer version of the program"
            )
        if manifest.kind == "sqlite" and self._dialect.NAME != "sqlite":
            raise BackupError("this is a copy of a SQLite file; to move to MariaDB make the backup with --portable")

    def _copy_file(self, target: Path) -> tuple[str | None, dict[str, int]]:
        with self._connection() as source, closing(sqlite3.connect(target)) as copy:
            # All pages in one step: one snapshot, which writers neither wait for nor restart.
            source.backup(copy, pages=-1)
            copy.execute("PRAGMA journal_mode = DELETE")
            return backup.find_revision(copy, "sqlite"), backup.count_rows(copy, "sqlite")

    def _dump_rows(self, folder: Path) -> tuple[str | None, dict[str, int]]:
        with self._connection() as connection:
            connection.begin(self._dialect.READ)
            try:
                return backup.find_revision(connection, self._dialect.NAME), backup.dump(
                    connection, self._dialect.NAME, folder
                )
            finally:
                connection.rollback()

    def _restore_file(self, file: Path) -> None:
        with closing(sqlite3.connect(file)) as copy, self._connection() as target:
            try:
                copy.backup(target, pages=-1)
            except sqlite3.OperationalError as error:
                raise BackupError(f"the database cannot be replaced, stop the site first: {error}") from None

    def _restore_rows(self, folder: Path, revision: str) -> None:
        with self._connection() as connection:
            backup.drop_all(connection, self._dialect.NAME)
        self._schema.upgrade(revision)
        with self._connection() as connection, backup.without_foreign_keys(connection, self._dialect.NAME):
            connection.begin(self._dialect.WRITE)
            try:
                backup.load(connection, self._dialect.NAME, folder)
                connection.commit()
            except BaseException:
                connection.rollback()
                raise

    @contextmanager
    def _connection(self) -> Iterator[Any]:
        """Open a connection of its own, not one of the pool: a backup may take minutes."""
        with closing(self._dialect.connect()) as connection:
            yield connection


@contextmanager
def _full_disk_told(folder: Path) -> Iterator[None]:
    """Turn what a full disk makes the system, or SQLite, say into a line that helps."""
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        code = error.errno if isinstance(error, OSError) else error.sqlite_errorcode
        if code not in {errno.ENOSPC, errno.EDQUOT} and not (
            isinstance(error, sqlite3.OperationalError) and code == sqlite3.SQLITE_FULL
        ):
            raise
        free = shutil.disk_usage(folder).free
        raise BackupError(
            f"the disk is full: {folder} has {free / 1e6:,.1f} MB left, and no backup was written; "
            "make room, or name a FILE on another disk"
        ) from None


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
