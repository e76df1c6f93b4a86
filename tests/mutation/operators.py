"""The mutants of a module: every way to change one thing in its syntax tree."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from tests.support.paths import ROOT

#: Outcomes of mutants that a test has noticed.
KILLED = frozenset({"killed", "timeout"})
_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
#: Without these the module does not even load, so their mutants would only raise the score.
_ALWAYS_NOTICED = {"dataclass", "property", "staticmethod", "classmethod", "overload", "abstractmethod"}
#: A cache changes how long a call takes, not what it returns.
_CACHES = {"cache", "lru_cache"}
_KEPT = _ALWAYS_NOTICED | _CACHES
_REMOVABLE = (ast.AugAssign, ast.Raise, ast.Delete, ast.Continue, ast.Break)
_SHOWN = 110
_TYPES = {"annotation", "returns", "type_params"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: `setattr(node, field, value)` in the tree of a file."""

    path: str
    line: int
    key: str
    in_function: bool
    tree: ast.Module
    node: ast.AST
    field: str
    value: Any

    @property
    def module(self) -> str:
        """The dotted name of the module."""
        return module_of(self.path)

    def compile(self) -> Any:
        """Change the tree, for good, and compile it."""
        setattr(self.node, self.field, self.value)
        return compile(ast.fix_missing_locations(self.tree), str(ROOT / self.path), "exec", dont_inherit=True)


def module_of(path: str) -> str:
    """Return the dotted name of the module in a file."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def mutants_of(path: str, source: str | None = None) -> list[Mutant]:
    """Return the mutants of a file; their keys name no lines, so that they survive changes elsewhere."""
    tree = ast.parse((ROOT / path).read_text("utf-8") if source is None else source)
    seen: Counter[str] = Counter()
    found = []
    for scope, in_function, node in _walk(tree):
        for field, value in _edits(node):
            line = _line(node, field, value)
            before = _text(node)
            original = getattr(node, field)
            setattr(node, field, value)
            text = f"{path} {scope or 'module'}: {_change(before, _text(node))}"
            setattr(node, field, original)
            seen[text] += 1
            key = text if seen[text] == 1 else f"{text} #{seen[text]}"
            called = field == "body" if isinstance(node, ast.FunctionDef) else in_function
            found.append(Mutant(path, line, key, called, tree, node, field, value))
    return found


def sampled(mutants: list[Mutant], *, seed: str, share: float) -> list[Mutant]:
    """Return the share that the seed chooses; whether a mutant is chosen depends on nothing but its key."""
    return [m for m in mutants if int.from_bytes(sha256(f"{seed} {m.key}".encode()).digest()[:8]) < share * 2**64]


def _walk(tree: ast.AST, scope: str = "", *, in_function: bool = False) -> Iterator[tuple[str, bool, ast.AST]]:
    """Yield each node with its scope and whether it runs when a function is called, not when the module is loaded."""
    yield scope, in_function, tree
    for field, value in ast.iter_fields(tree):
        if field in _TYPES:
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or _is_log_line(child) or _is_for_types(child) or _is_cache(child):
                continue
            inside, called = scope, in_function
            if isinstance(tree, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                if field == "body":
                    inside = f"{scope}.{tree.name}".lstrip(".")
                    called = in_function or not isinstance(tree, ast.ClassDef)
                elif field == "decorator_list" and _name(child) in _KEPT:
                    continue
            yield from _walk(child, inside, in_function=called)


def _edits(node: ast.AST) -> Iterator[tuple[str, Any]]:
    match node:
        case ast.Compare(ops=ops):
            for at, operator in enumerate(ops):
                for other in _COMPARISONS[type(operator)]:
                    yield "ops", [*ops[:at], other(), *ops[at + 1 :]]
        case ast.BoolOp(op=operator):
            yield "op", ast.Or() if isinstance(operator, ast.And) else ast.And()
        case ast.BinOp(op=operator) | ast.AugAssign(op=operator) if type(operator) in _ARITHMETIC:
            yield "op", _ARITHMETIC[type(operator)]()
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield "operand", _negated(operand)
        case ast.UnaryOp(op=ast.USub()):
            yield "op", ast.UAdd()
        case ast.Constant(value=bool(value)):
            yield "value", not value
        case ast.Constant(value=int(value)):
            yield from (("value", value + 1), ("value", value - 1))
        case ast.Return(value=ast.expr() as value) if ast.unparse(value) not in {"None", "False"}:
            yield "value", ast.Constant(None)
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test) if _needs_negation(test):
            yield "test", _negated(test)
        case ast.comprehension(ifs=conditions):
            for at, test in enumerate(conditions):
                if _needs_negation(test):
                    yield "ifs", [*conditions[:at], _negated(test), *conditions[at + 1 :]]
        case ast.Call(keywords=keywords):
            for at, keyword in enumerate(keywords):
                if keyword.arg is not None and not _is_default_of_zip(keyword):
                    yield "keywords", [*keywords[:at], *keywords[at + 1 :]]
    yield from _removals(node)


def _removals(node: ast.AST) -> Iterator[tuple[str, Any]]:
    for field in ("body", "orelse", "finalbody"):
        statements = getattr(node, field, None)
        for at, statement in enumerate(statements if isinstance(statements, list) else ()):
            if _is_removable(statement):
                yield field, [*statements[:at], ast.copy_location(ast.Pass(), statement), *statements[at + 1 :]]
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    for at, decorator in enumerate(decorators):
        if _name(decorator) not in _KEPT:
            yield "decorator_list", [*decorators[:at], *decorators[at + 1 :]]


def _is_removable(statement: ast.AST) -> bool:
    match statement:
        case ast.Expr(value=ast.Constant()):
            return False  # a docstring
        case ast.Expr():
            return not _is_log_line(statement)
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            return True
    return isinstance(statement, _REMOVABLE)


def _is_log_line(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and ast.unparse(node).startswith("_log.")


def _is_default_of_zip(keyword: ast.keyword) -> bool:
    """Return whether it is `strict=False`, which the linter wants said though it is the default."""
    return keyword.arg == "strict" and isinstance(keyword.value, ast.Constant) and keyword.value.value is False


def _is_cache(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and _name(node) in _CACHES


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def _needs_negation(test: ast.expr) -> bool:
    """Whether no other operator makes the opposite of this condition."""
    return not isinstance(test, ast.Compare | ast.Constant) and not (
        isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)
    )


def _negated(test: ast.expr) -> ast.UnaryOp:
    return ast.copy_location(ast.UnaryOp(ast.Not(), test), test)


def _name(decorator: ast.AST) -> str:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return ast.unparse(called).rsplit(".", 1)[-1]


def _line(node: ast.AST, field: str, value: Any) -> int:
    """Return the line that runs when the changed place is reached."""
    old = getattr(node, field)
    if isinstance(old, list):  # the first element that is another one or gone
        changed = next((was for was, new in zip(old, [*value, None], strict=False) if was is not new), None)
        return getattr(changed, "lineno", 0) or getattr(node, "lineno", 0) or old[0].lineno
    return getattr(node, "lineno", 0) or getattr(old, "lineno", 1)


def _text(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())


def _change(before: str, after: str) -> str:
    """Show what differs, with a little of what stands around it."""
    if len(before) <= _SHOWN:
        return f"{before} → {after}"
    start = next((at for at, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), len(before))
    start = max(0, start - _SHOWN // 2)
    return f"…{before[start : start + _SHOWN]}… → …{after[start : start + _SHOWN]}…"
