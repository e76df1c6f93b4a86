"""Every permission is asked for by some page, and every page asks for one that exists."""

from __future__ import annotations

import ast
from typing import get_args

from app.domain.account import Permission
from tests.support.paths import ROOT

APP = ROOT / "app"


def test_every_permission_guards_a_page() -> None:
    asked = {
        argument.value
        for path in APP.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "permission_required"
        for argument in node.args
        if isinstance(argument, ast.Constant)
    }
    assert asked == set(get_args(Permission))
