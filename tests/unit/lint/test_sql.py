"""The check of SQL in tests finds statements, whichever way they are written, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint import sql


@pytest.mark.parametrize(
    "source",
    [
        'rows = fetchall("SELECT id FROM user")',
        'f"SELECT {columns} FROM user"',
        'add = "INSERT INTO user (id) " "VALUES (1)"',
        'execute("""\n    UPDATE user SET status = 0\n""")',
        'run("DELETE FROM user")',
        'run("CREATE TRIGGER refuse BEFORE INSERT ON user")',
    ],
)
def test_a_statement_is_found(source: str) -> None:
    assert list(sql.list_statements(source)) == [1]


@pytest.mark.parametrize(
    "source",
    [
        '"""SELECT is what this module is about."""',
        'def find():\n    """UPDATE user SET status."""',
        'word = "UPDATE"',
        'title = "SELECTED works"',
        'text = "\'; DROP TABLE user"',
        'User.query.filter_by(status=1).update({"status": 0})',
    ],
)
def test_other_texts_pass(source: str) -> None:
    assert list(sql.list_statements(source)) == []


def test_a_test_needs_a_reason_and_a_reason_needs_a_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql, "ALLOWED", {"tests/db/": "…", "tests/test_gone.py": "…"})
    (tmp_path / "tests/db").mkdir(parents=True)
    for place in ("db/test_tables.py", "test_pages.py"):
        (tmp_path / "tests" / place).write_text('def test():\n    "SELECT is said"\n    one("SELECT 1")\n', "utf-8")
    assert sql.find_faults(tmp_path) == [
        "tests/test_pages.py:3: a test writes SQL; ask a model, a query or a page (docs/testing.md)",
        "tests/lint/sql.py: no SQL in tests/test_gone.py; delete the line",
    ]
