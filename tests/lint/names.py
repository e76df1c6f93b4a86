"""One name, one thing: a public class, constant or function of the program stands once, or says here why it stands twice."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

#: Here a function, and a group of commands, is named after the address or the command that it answers.
_NAMED_BY_USERS = ("app/account/", "app/api/", "app/cli/", "app/user/", "app/web/")
ALLOWED: Final = {
    "draw": "the two kinds of drawn covers have one interface, and are asked for as `banded_cover.draw`",
    "init_app": "Flask's name for what a module adds to an app, called as `module.init_app`",
    "pack": "asked for by module: completions of the index, and backups",
    "unpack": "the other way round",
}


def find_faults(root: Path) -> list[str]:
    """Return a line for each name that stands for two things, and for each exception that is needed no longer."""
    places: dict[str, list[str]] = defaultdict(list)
    for file in sorted((root / "app").rglob("*.py")):
        place = file.relative_to(root).as_posix()
        for name in public_names(file.read_text(encoding="utf-8"), functions=not place.startswith(_NAMED_BY_USERS)):
            places[name].append(place)
    double = {name: where for name, where in places.items() if len(where) > 1}
    unneeded = [
        f"tests/lint/names.py: {name!r} stands once or not at all; delete the line" for name in ALLOWED.keys() - double
    ]
    return [
        f"{name} stands for {len(where)} things: {', '.join(where)}"
        for name, where in double.items()
        if name not in ALLOWED
    ] + unneeded


def public_names(source: str, *, functions: bool) -> Iterator[str]:
    """Yield the names of the classes and constants, and if wanted of the functions, that stand at the top of a module.

    Names of one letter are type variables.
    """
    for node in ast.parse(source).body:
        for name in _names_of(node, functions=functions):
            if len(name) > 1 and not name.startswith("_"):
                yield name


def _names_of(node: ast.stmt, *, functions: bool) -> list[str]:
    if isinstance(node, ast.ClassDef) or (functions and isinstance(node, ast.FunctionDef)):
        return [node.name]
    if not isinstance(node, ast.Assign | ast.AnnAssign):
        return []
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    names = [target.id for target in targets if isinstance(target, ast.Name)]
    return [name for name in names if functions or not name.islower()]
