"""Raw SQL over a table whose rows are marked deleted says which of them it wants."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import app.models
from app.db.soft_delete import SoftDelete
from tests.support.literals import literals
from tests.support.paths import ROOT

APP = ROOT / "app"
assert app.models
TABLES = {model.__tablename__ for model in SoftDelete.classes}
_TAKEN = re.compile(
    r"\b(?:FROM|JOIN|UPDATE)\s+(\w+)(?:\s+(?:AS\s+)?(?!WHERE|SET|ON|ORDER|LEFT|JOIN|GROUP|CROSS|LIMIT)(\w+))?"
)


def silent(statement: str) -> list[str]:
    """Return the tables of a statement whose status it does not name."""
    found = []
    for table, alias in _TAKEN.findall(statement):
        named = rf"\b{alias}\.status\b" if alias else r"(?<![.\w])status\b"
        if table in TABLES and not re.search(named + r" (?:= 1|>= :status|IN \(0, 1\))", statement):
            found.append(table)
    return found


@pytest.mark.parametrize("module", sorted(APP.rglob("*.py")), ids=lambda path: path.relative_to(APP).as_posix())
def test_every_statement_names_the_status_of_rows_that_may_be_deleted(module: Path) -> None:
    statements = [
        text for text in literals(ast.parse(module.read_text("utf-8"))) if re.search(r"\b(?:FROM|UPDATE) ", text)
    ]
    assert {text: tables for text in statements if (tables := silent(text))} == {}


@pytest.mark.parametrize(
    ("statement", "tables"),
    [
        ("SELECT id FROM user WHERE id = :id", ["user"]),
        ("SELECT id FROM user WHERE id = :id AND status = 1", []),
        ("SELECT u.id FROM drift d JOIN user u ON u.id = d.giver_id WHERE d.status = 1", ["user"]),
        ("SELECT u.id FROM drift d LEFT JOIN user u ON u.id = d.giver_id AND u.status IN (0, 1)", []),
        ("SELECT 1 FROM user a JOIN user b ON b.id > a.id WHERE a.status = 1", ["user"]),
        ("SELECT number FROM book_list_row WHERE list_id = :id", []),
    ],
)
def test_a_statement_that_names_no_status_is_noticed(statement: str, tables: list[str]) -> None:
    assert silent(statement) == tables
