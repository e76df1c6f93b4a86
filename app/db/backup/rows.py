"""Tables as rows in text files: written from one snapshot of any database, read into any database.

One file per table, one JSON list per line; the first line holds the names of the columns, bytes are ``{"b": base64}``.
In every function `database` is "sqlite" or "mysql" and `connection` the driver's own.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
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
