"""The first word of a docstring: it says whether a value is returned, yielded or stored, so not "Give", "Say" or "Tell"."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

PLACES = ("app", "config", "docs", "migrations", "tests")
_VAGUE = re.compile(r"\s*(give|say|tell)s?\b", re.IGNORECASE)
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def find_faults(root: Path) -> list[str]:
    """Return a line for each docstring of the tree that begins with one of these words."""
    files = sorted(file for place in PLACES for file in (root / place).rglob("*.py"))
    return [
        f"{file.relative_to(root).as_posix()}:{line}: the docstring begins with {word!r}; write Return, Yield, Store …"
        for file in files
        for line, word in vague_openings(file.read_text(encoding="utf-8"))
    ]


def vague_openings(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and first word of each docstring that begins with one of these words."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, _DOCUMENTED) and (text := ast.get_docstring(node)) and (found := _VAGUE.match(text)):
            yield node.body[0].lineno, found[0]
