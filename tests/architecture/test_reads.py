"""Rows are read by name, and the states that SQL asks for are the domain's."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

from app import domain
from app.domain import account, beans
from tests.support.literals import literals
from tests.support.paths import ROOT

APP = ROOT / "app"
READERS = [path for room in ("queries", "search", "services") for path in sorted((APP / room).rglob("*.py"))]
MODULES = [path for path in sorted(APP.rglob("*.py")) if path.parent != APP / "domain"]
_STATES = {"state", "pause", "outcome", "verdict"}
_SQL = re.compile(r"\b(?:SELECT|FROM|WHERE|JOIN|UPDATE|AND|OR|CASE|IN|NOT)\b|=|<>")


def name_of(module: Path) -> str:
    return module.relative_to(APP).as_posix()


def indexed_rows(tree: ast.AST) -> Iterator[str]:
    """Return each place at which a later column of a row is taken by its number."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Subscript):
            continue
        of = ast.unparse(node.value)
        first = node.slice.lower if isinstance(node.slice, ast.Slice) else node.slice
        is_row = re.fullmatch(r"(\w*_)?(row|counts)|(\w*_)?rows\[.+\]|.*\.(fetchone|fetchall)\(\)(\[.+\])?", of)
        if is_row and isinstance(first, ast.Constant) and isinstance(first.value, int) and first.value > 0:
            yield ast.unparse(node)


@cache
def domain_states() -> set[str]:
    """Return the values of the domain's enums, and the names of roles and of the site's own accounts."""
    modules = [import_module(f"app.domain.{module.name}") for module in iter_modules(domain.__path__)]
    enums = {one for module in modules for one in vars(module).values() if isinstance(one, type)}
    states = {str(value) for one in enums if issubclass(one, StrEnum) for value in one}
    return states | set(account.ROLES) | {beans.ESCROW, beans.MINT, beans.COVER, beans.WELCOME}


def written_states(text: str) -> set[str]:
    """Return the domain's states that a piece of SQL writes out."""
    return set(re.findall(r"'([^']*)'", text)) & domain_states() if _SQL.search(text) else set()


def spelt_states(tree: ast.AST) -> Iterator[str]:
    """Yield each comparison of a state with a text, and each default, that spells a state of the domain's enums."""
    states = domain_states() - set(account.ROLES)
    for node in ast.walk(tree):
        values: list[ast.expr] = []
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Attribute) and node.left.attr in _STATES:
            values = [one for value in node.comparators for one in getattr(value, "elts", [value])]
        elif isinstance(node, ast.Call):
            values = [keyword.value for keyword in node.keywords if keyword.arg in {"default", *_STATES}]
        if any(isinstance(value, ast.Constant) and value.value in states for value in values):
            yield ast.unparse(node)


@pytest.mark.parametrize("module", READERS, ids=name_of)
def test_no_column_is_read_by_its_number(module: Path) -> None:
    assert list(indexed_rows(ast.parse(module.read_text("utf-8")))) == []


@pytest.mark.parametrize(
    ("code", "is_noticed"),
    [
        ("row[4]", True),
        ("row[2:]", True),
        ("rows[0][1]", True),
        ("counts[1]", True),
        ("cursor.execute(x).fetchone()[1]", True),
        ("row[0]", False),
        ("row['title']", False),
        ("pair[1]", False),
    ],
)
def test_a_column_read_by_its_number_is_noticed(code: str, *, is_noticed: bool) -> None:
    assert bool(list(indexed_rows(ast.parse(code)))) is is_noticed


@pytest.mark.parametrize("module", READERS, ids=name_of)
def test_no_statement_writes_out_a_state_that_the_domain_knows(module: Path) -> None:
    written = {
        text: states for text in literals(ast.parse(module.read_text("utf-8"))) if (states := written_states(text))
    }
    assert written == {}


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("SELECT id FROM gift WHERE state = 'open'", {"open"}),
        ("d.state IN ('waiting', 'mailed')", {"waiting", "mailed"}),
        ("SELECT amount FROM bean_transfer WHERE source = 'mint'", {"mint"}),
        ("SELECT id FROM outbox_mail WHERE state = 'queued'", set()),
        ("open", set()),
    ],
)
def test_a_state_that_is_written_out_is_noticed(text: str, states: set[str]) -> None:
    assert written_states(text) == states


def test_no_state_that_the_domain_knows_is_spelt_elsewhere() -> None:
    spelt = {name_of(module): list(spelt_states(ast.parse(module.read_text("utf-8")))) for module in MODULES}
    assert {module: places for module, places in spelt.items() if places} == {}


@pytest.mark.parametrize(
    ("code", "is_noticed"),
    [
        ("Gift.state == 'open'", True),
        ("row.state in ('waiting', other)", True),
        ("mapped_column(Key(10), default='open')", True),
        ("update(Gift).values(state='open')", True),
        ("Gift.state == GiftState.OPEN.value", False),
        ("mail.state == 'queued'", False),
        ("mapped_column(Key(8), default='zh')", False),
    ],
)
def test_a_state_that_is_spelt_is_noticed(code: str, *, is_noticed: bool) -> None:
    assert bool(list(spelt_states(ast.parse(code)))) is is_noticed
