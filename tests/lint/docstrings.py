"""The words of a docstring: the first says whether a value is returned, yielded or stored, so not "Give", "Say" or "Tell"; some are none of the field's."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

PLACES = ("app", "config", "docs", "migrations", "tests")
_VAGUE = re.compile(r"\s*(give|say|tell)s?\b", re.IGNORECASE)
_LEFT_OUT = re.compile(r"\b(beside|whatever|whoever|anew|reckon)\b", re.IGNORECASE)
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def find_faults(root: Path) -> list[str]:
    """Return a line for each docstring of the tree that begins with one of these words, or has one that code leaves out (`docs` may)."""
    files = sorted(file for place in PLACES for file in (root / place).rglob("*.py"))
    return [
        f"{place}:{line}: {fault}"
        for place, source in ((file.relative_to(root).as_posix(), file.read_text(encoding="utf-8")) for file in files)
        for line, fault in (
            *(
                (line, f"the docstring begins with {word!r}; write Return, Yield, Store …")
                for line, word in vague_openings(source)
            ),
            *(
                (line, f"the docstring says {word!r}")
                for line, word in left_out(source)
                if not place.startswith("docs/")
            ),
        )
    ]


def vague_openings(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and first word of each docstring that begins with one of these words."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, _DOCUMENTED) and (text := ast.get_docstring(node)) and (found := _VAGUE.match(text)):
            yield node.body[0].lineno, found[0]


def left_out(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and word for each word of a docstring that a reader of English as a second language has to look up."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, _DOCUMENTED) and (text := ast.get_docstring(node)):
            yield from ((node.body[0].lineno, word) for word in _LEFT_OUT.findall(text))
