"""How much work a database does for something: rows touched on MariaDB, steps of the virtual machine on SQLite; never a clock."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from app.db import dialects
from app.db.dialects import SQLite
from tests.support.mariadb import Server

#: SQLite is asked after so many steps; a row that is read costs it some ten.
STEPS_AT_ONCE = 50
STEPS_PER_ROW = 20
#: Tables that grow with the members.
LARGE = frozenset(
    [
        "account_token",
        "bean_balance",
        "bean_debt",
        "bean_transfer",
        "book_list",
        "book_list_row",
        "drift",
        "drift_address",
        "drift_event",
        "gift",
        "holiday",
        "invitation",
        "known_browser",
        "member_block",
        "member_mark",
        "moderation_case",
        "moderator_act",
        "notice",
        "open_listing",
        "outbox_mail",
        "throttle",
        "recovery_code",
        "report",
        "saved_address",
        "second_factor",
        "use_case_done",
        "user",
        "user_session",
        "wish",
        "mark",
    ]
)
_TABLE = re.compile(
    r"\b(?:FROM|JOIN|UPDATE|INTO)\s+[`\"]?(\w+)[`\"]?(?:\s+(?:AS\s+)?(?!WHERE\b|JOIN\b|LEFT\b|ON\b|SET\b|ORDER\b|GROUP\b|LIMIT\b|UNION\b)(\w+))?",
    re.IGNORECASE,
)
_DATA = re.compile(r"\s*(SELECT|UPDATE|DELETE|INSERT INTO \S+ .*SELECT|WITH)\b", re.IGNORECASE | re.DOTALL)


@dataclass(slots=True)
class Work:
    """What something cost: rows touched (or what comes to as many), and scans of large tables that nothing bounds."""

    rows: int = 0
    scans: list[str] = field(default_factory=list)


class Watch:
    """Watches every connection that the app opens from now on."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    @contextmanager
    def watching(self) -> Iterator[Work]:
        """Measure what is done in the block."""
        work = Work()
        self.statements.clear()
        before = self.read()
        yield work
        work.rows = self.read() - before - self.overhead
        seen = dict.fromkeys(text for text in self.statements if _DATA.match(text))
        work.scans = [scan for text in seen for scan in self.list_scans(text)]

    overhead = 0

    def read(self) -> int:
        """Return a number that rises with the work."""
        raise NotImplementedError

    def list_scans(self, statement: str) -> list[str]:
        """List the steps of a statement's plan that read a whole large table, unless a LIMIT ends them."""
        raise NotImplementedError


class SQLiteWatch(Watch):
    """Counts steps of SQLite's virtual machine and reads its plans."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        super().__init__()
        self._ticks = 0
        self._last: sqlite3.Connection | None = None
        connect = SQLite.connect

        def watched(dialect: SQLite) -> sqlite3.Connection:
            connection = connect(dialect)
            connection.set_progress_handler(self._tick, STEPS_AT_ONCE)
            connection.set_trace_callback(self.statements.append)
            self._file = dialect.file
            return connection

        patch.setattr(SQLite, "connect", watched)

    def _tick(self) -> int:
        self._ticks += 1
        return 0

    def read(self) -> int:
        return self._ticks * STEPS_AT_ONCE // STEPS_PER_ROW

    def list_scans(self, statement: str) -> list[str]:
        if "LIMIT" in statement:
            return []
        with closing(sqlite3.connect(self._file)) as connection:
            plan = [step for *_numbers, step in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
        own = {line.split()[-1] for line in plan if line.startswith(("MATERIALIZE", "CO-ROUTINE"))}
        names = {name: table for name, table in names_of(statement).items() if name not in own}
        scanned = (re.match(r"SCAN (\w+)", line) for line in plan)
        return [f"{found[0]}: {statement}" for found in scanned if found and names.get(found[1]) in LARGE]


class MariaDBWatch(Watch):
    """Counts the rows that the server's handlers read, and reads its plans."""

    def __init__(self, patch: pytest.MonkeyPatch, server: Server, database: str) -> None:
        super().__init__()
        self._connection = server.connect(database)
        query = dialects._MySQLConnection.query
        statements = self.statements

        def watched(connection: Any, sql: str | bytes, unbuffered: bool = False) -> int:
            statements.append(sql if isinstance(sql, str) else bytes(sql).decode(errors="replace"))
            return query(connection, sql, unbuffered)

        patch.setattr(dialects._MySQLConnection, "query", watched)
        first = self.read()
        self.overhead = self.read() - first

    def read(self) -> int:
        with self._connection.cursor() as cursor:
            cursor.execute(
                "SELECT CAST(SUM(variable_value) AS INTEGER) FROM information_schema.global_status "
                "WHERE variable_name LIKE 'Handler\\_read%'"
            )
            ((number,),) = cursor.fetchall()
        return int(number)

    def list_scans(self, statement: str) -> list[str]:
        if "LIMIT" in statement:
            return []
        with self._connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {statement}")
            plan = cursor.fetchall()
        names = names_of(statement)
        return [
            f"{row[3]} of {row[2]}: {statement}"
            for row in plan
            if row[3] in {"ALL", "index"} and names.get(row[2]) in LARGE and int(row[8] or 0) > 1_000
        ]


def names_of(statement: str) -> dict[str, str]:
    """Return the tables of a statement by the names that its plan gives them."""
    return {(alias or table): table for table, alias in _TABLE.findall(statement)}
