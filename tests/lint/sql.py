"""Tests that write SQL, each with its reason: a table, a lock or a statement is its subject. Others ask models, queries or pages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

#: A file, or a folder with all in it.
ALLOWED: Final = {
    "tests/architecture/": "samples of statements, for checks that read those of the program",
    "tests/bench/": "what is measured are statements, other engines, and years of rows added up",
    "tests/functional/test_api_mounted.py": "asks the database which index a statement uses",
    "tests/functional/test_schema_gate.py": "the revision that migrations wrote down",
    "tests/functional/test_start.py": "the revision that migrations wrote down",
    "tests/functional/test_write_lock.py": "locks rows, and counts who waits for them",
    "tests/growth/": "fills tables with a hundred thousand rows, and reads the plans of statements",
    "tests/integration/db/test_auto_commit.py": "writes by the other door while a session remembers a row",
    "tests/integration/db/test_migrations.py": "tables as they were before a migration, which no model knows",
    "tests/integration/db/test_purge_deleted.py": "holds an old snapshot of a table open",
    "tests/integration/db/test_sql_helper.py": "tests what runs SQL",
    "tests/integration/exchange/test_drift_deadlines.py": "the columns by which a deadline stands still and goes on",
    "tests/integration/exchange/test_drift_steps.py": "the columns that each step of a drift leaves behind",
    "tests/integration/exchange/test_ledger.py": "the rows of the ledger, its debts and balances",
    "tests/integration/exchange/test_kills.py": "finds the server's connections and cuts them",
    "tests/integration/members/test_account_repeats.py": "holds rows against others until there is a deadlock",
    "tests/integration/operations/test_backup.py": "every row of every table, a row that points at nothing, a table of another program",
    "tests/integration/search/test_damaged_index.py": "a file of another program where an index should be",
    "tests/support/greenlets.py": "tests what runs SQL",
    "tests/support/index_fixture.py": "writes and scans books by themselves, to compare an index with",
    "tests/support/mariadb.py": "makes and empties databases",
    "tests/support/routes.py": "every row of every table, to see that nothing changed",
    "tests/support/rows.py": "reads rows of any table as they are stored, for all tests; a trigger that refuses them",
}
_STATEMENT = re.compile(
    r"\s*(SELECT\s|INSERT\s+INTO\s|UPDATE\s+\S+\s+SET\s|DELETE\s+FROM\s|(CREATE|ALTER|DROP)\s+(TABLE|TRIGGER|INDEX|DATABASE)\s)"
)
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def find_faults(root: Path) -> list[str]:
    """Return a line for each place where a test writes SQL without a reason, and for each reason that is needed no longer."""
    found = [
        (place, line)
        for file in sorted((root / "tests").rglob("*.py"))
        for place in [file.relative_to(root).as_posix()]
        for line in list_statements(file.read_text(encoding="utf-8"))
    ]
    unneeded = {reason for reason in ALLOWED if not any(place.startswith(reason) for place, _ in found)}
    return [
        f"{place}:{line}: a test writes SQL; ask a model, a query or a page (docs/testing.md)"
        for place, line in found
        if not place.startswith(tuple(ALLOWED))
    ] + [f"tests/lint/sql.py: no SQL in {place}; delete the line" for place in sorted(unneeded)]


def list_statements(source: str) -> Iterator[int]:
    """Yield the line of each text of a module that begins as a statement does; docstrings are no statements."""
    tree = ast.parse(source)
    documented = [node.body[0] for node in ast.walk(tree) if isinstance(node, _DOCUMENTED) and node.body]
    docstrings = [node.value for node in documented if isinstance(node, ast.Expr)]
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docstrings
        if is_text and _STATEMENT.match(node.value):
            yield node.lineno
