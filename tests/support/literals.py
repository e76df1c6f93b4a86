"""The texts of a module."""

from __future__ import annotations

import ast
from collections.abc import Iterator


def literals(node: ast.AST) -> Iterator[str]:
    """Return every text of a module; what is put into an f-string counts as a blank."""
    if isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else " ? " for part in node.values)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    else:
        for child in ast.iter_child_nodes(node):
            yield from literals(child)
