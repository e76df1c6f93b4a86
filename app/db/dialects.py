"""The two databases' drivers behind one face: how to connect, how a transaction begins, how a parameter is written."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import pymysql
from pymysql.constants import CLIENT
from sqlalchemy.engine import URL, make_url

from app.libs.deadline import time_left, whole_seconds_left

Params = Mapping[str, Any]
#: What the drivers raise; SQLAlchemy wraps it, except where a transaction begins.
DRIVER_ERRORS = (sqlite3.Error, pymysql.MySQLError)

#: From so many parameters on it costs less to give them by place.
_MANY = 100


class Dialect(Protocol):
    """What the pool and `SqlHelper` need to know of a database."""

    NAME: str
    #: What `begin()` of a connection takes for a read-only snapshot and for a write.
    READ: str
    WRITE: str
    ERRORS: type[Exception]
    #: Whether only one connection at a time can write.
    ONE_WRITER: bool
    #: How long one wait for a lock may take.
    timeout_seconds: float

    def connect(self) -> Any:
        """Open a connection that is in no transaction."""

    def statement(self, named: str, params: Params) -> tuple[str, Any]:
        """Write a statement with ``:name`` parameters, and these, the driver's way."""


class _SQLiteConnection(sqlite3.Connection):
    """A connection in autocommit mode whose transactions begin as the door says.

    It stays in the mode of its last transaction: changing it makes SQLite forget every prepared statement.
    """

    is_query_only = False
    timeout_seconds = 0.0
    _waits_seconds: int | None = None

    def begin(self, mode: str) -> None:
        self.keep_to_time_left()
        is_read = mode == SQLite.READ
        if is_read != self.is_query_only:
            self.execute(f"PRAGMA query_only = {'ON' if is_read else 'OFF'}")
            self.is_query_only = is_read
        self.execute("BEGIN" if is_read else "BEGIN IMMEDIATE")

    def keep_to_time_left(self) -> None:
        """Wait for a lock no longer than there is time."""
        seconds = whole_seconds_left(self.timeout_seconds)
        if seconds != self._waits_seconds:
            self.execute(f"PRAGMA busy_timeout = {seconds * 1000}")
            self._waits_seconds = seconds


class SQLite:
    """A SQLite file in WAL mode."""

    NAME = "sqlite"
    READ = "read"
    WRITE = "write"
    ERRORS: type[Exception] = sqlite3.Error
    ONE_WRITER = True

    def __init__(self, file: Path, *, timeout_seconds: float) -> None:
        self.file = file
        self.timeout_seconds = timeout_seconds

    def connect(self) -> sqlite3.Connection:
        """Open the file, making it and its folder when missing."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(
            self.file,
            timeout=time_left(self.timeout_seconds),
            isolation_level=None,
            check_same_thread=False,
            factory=_SQLiteConnection,
            cached_statements=256,
        )
        connection.timeout_seconds = self.timeout_seconds
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "secure_delete = ON",
            "temp_store = MEMORY",
            "cache_size = -16000",
        ):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    def statement(self, named: str, params: Params) -> tuple[str, Any]:
        """Return both unchanged: sqlite3 knows named parameters. But it looks for each name among all, so many go by place."""
        if len(params) < _MANY:
            return named, params
        text, names = _positional(named)
        return text, [params[name] for name in names]


class _MySQLConnection(pymysql.connections.Connection):
    """A connection whose transactions begin as the door says, and whose statements wait no longer than there is time.

    :param timeout_seconds: how long one wait for a lock may take. An answer may take six times that: it may be a large one.
    """

    def __init__(self, *, timeout_seconds: float, **arguments: Any) -> None:
        self._timeout_seconds = timeout_seconds
        self._waits_seconds: int | None = None
        super().__init__(read_timeout=self._patience(), write_timeout=timeout_seconds * 6, **arguments)

    def query(self, sql: str | bytes, unbuffered: bool = False) -> int:  # noqa: FBT001, FBT002 - as PyMySQL has it
        """Send a statement, once the server and this end know how long it may wait."""
        seconds = whole_seconds_left(self._timeout_seconds)
        if seconds != self._waits_seconds:
            self._waits_seconds = seconds
            super().query(f"SET SESSION innodb_lock_wait_timeout={seconds}")
        self._read_timeout = self._patience()
        return super().query(sql, unbuffered)

    def begin(self, mode: str = "") -> None:
        if mode == MySQL.READ:
            self.query("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
        else:
            self.query("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
            self.query("START TRANSACTION")

    def _patience(self) -> float:
        """Return how long to wait for an answer: a second at least, which is no wait for others but the way there and back."""
        return max(1.0, time_left(self._timeout_seconds * 6))


class MySQL:
    """MariaDB or MySQL through PyMySQL, utf8mb4."""

    NAME = "mysql"
    READ = "read"
    WRITE = "write"
    ERRORS: type[Exception] = pymysql.MySQLError
    ONE_WRITER = False

    def __init__(self, url: URL, *, timeout_seconds: float, ca: str = "") -> None:
        self.timeout_seconds = timeout_seconds
        self._arguments: dict[str, Any] = {
            "host": url.host or "127.0.0.1",
            "port": url.port or 3306,
            "user": url.username or "",
            "password": url.password or "",
            "database": url.database,
        }
        if socket := url.query.get("unix_socket"):
            self._arguments["unix_socket"] = socket
        if ca:
            self._arguments |= {"ssl_ca": ca, "ssl_verify_cert": True, "ssl_verify_identity": True}

    def connect(self) -> _MySQLConnection:
        """Connect; strict SQL mode, times in UTC, snapshots for readers."""
        return _MySQLConnection(
            charset="utf8mb4",
            collation="utf8mb4_unicode_ci",
            autocommit=True,
            client_flag=CLIENT.FOUND_ROWS,
            timeout_seconds=self.timeout_seconds,
            connect_timeout=max(1, whole_seconds_left(self.timeout_seconds)),
            init_command=(
                "SET SESSION sql_mode='STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO', "
                "time_zone='+00:00', tx_isolation='REPEATABLE-READ'"
            ),
            **self._arguments,
        )

    def statement(self, named: str, params: Params) -> tuple[str, Any]:
        """Write ``:name`` as ``%(name)s``, leaving quoted text alone and doubling ``%``."""
        return _pyformat(named), params


_TOKEN = re.compile(r"('(?:[^']|'')*'|`[^`]*`)|(?<![:\w]):([A-Za-z_]\w*)|%")


@lru_cache(maxsize=1024)
def _pyformat(statement: str) -> str:
    def rewrite(token: re.Match[str]) -> str:
        quoted, name = token.groups()
        if quoted is not None:
            return quoted.replace("%", "%%")
        return "%%" if name is None else f"%({name})s"

    return _TOKEN.sub(rewrite, statement)


@lru_cache(maxsize=64)
def _positional(statement: str) -> tuple[str, list[str]]:
    """Write ``?`` for each ``:name``, and give the names in the same order."""
    names: list[str] = []

    def rewrite(token: re.Match[str]) -> str:
        if token[2] is None:
            return token[0]
        names.append(token[2])
        return "?"

    return _TOKEN.sub(rewrite, statement), names


def dialect_of(url: str, *, data_dir: Path, timeout_seconds: float, ca: str = "") -> SQLite | MySQL:
    """Choose the dialect for a database's address; a relative SQLite file lies in `data_dir`."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return SQLite(data_dir / str(parsed.database), timeout_seconds=timeout_seconds)
    return MySQL(parsed, timeout_seconds=timeout_seconds, ca=ca)
