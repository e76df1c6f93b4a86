"""The tool that changes code changes one thing at a time, and tells whether a test noticed."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.mutation.__main__ import survivors
from tests.mutation.choice import importing
from tests.mutation.command import show
from tests.mutation.operators import ROOT, mutants_of, sampled
from tests.mutation.parts import PARTS

PATH = "app/domain/example.py"


def changes(source: str) -> set[str]:
    return {mutant.key.partition(": ")[2] for mutant in mutants_of(PATH, source)}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a < b", {"a < b → a <= b", "a < b → a >= b"}),
        ("a is b", {"a is b → a is not b"}),
        ("a and b", {"a and b → a or b"}),
        ("a - b", {"a - b → a + b"}),
        ("x = 5", {"5 → 6", "5 → 4"}),
        ("x = True", {"True → False"}),
        ("not a", {"not a → not not a"}),
        ("zip(a, b, strict=False)", {"False → True"}),
        ("f(a, key=b)", {"f(a, key=b) → f(a)"}),
        ("def f():\n    return a", {"return a → return None"}),
        ("def f():\n    return None", set()),
        ("x: int = y", set()),
        ("@dataclass(frozen=True)\nclass A: ...", set()),
        ("if TYPE_CHECKING:\n    x = 1", set()),
        ('"""A docstring."""', set()),
    ],
)
def test_one_thing_is_changed_in_each_way(source: str, expected: set[str]) -> None:
    removed = {"a < b", "a is b", "a and b", "a - b", "not a", "f(a, key=b)", "zip(a, b, strict=False)"}
    assert changes(source) == expected | ({f"{source} → pass"} if source in removed else set())


def test_decorators_statements_and_conditions_are_removed_and_turned() -> None:
    found = changes("@cached\ndef f(a):\n    if a:\n        raise E\n    _log.info('seen')\n    g.x = a")
    assert "if a: raise E → if not a: raise E" in found
    assert "if a: raise E → if a: pass" in found
    assert any(text.startswith("@cached def") and "→ def f(a)" in text for text in found)
    assert any(text.endswith("_log.info('seen') pass") for text in found)
    assert not any("_log.info('seen')" not in text.split("→")[1] for text in found if text.startswith("def f"))


@pytest.mark.parametrize("decorator", ["cache", "functools.cache", "lru_cache(maxsize=9)"])
def test_a_cache_stays_for_it_changes_nothing_but_time(decorator: str) -> None:
    assert changes(f"@{decorator}\ndef f():\n    pass") == set()
    assert changes(f"f = {decorator}(g)") == set()


def test_the_tree_is_whole_again_and_a_mutant_differs_in_one_place() -> None:
    source = "def f(a, b):\n    return a < b and b > 1"
    for mutant in mutants_of(PATH, source):
        assert ast.unparse(mutant.tree) == source
        assert compile(mutant.tree, PATH, "exec") != mutant.compile()
        setattr(mutant.node, mutant.field, mutant.value)
        break


def test_each_mutant_has_a_key_of_its_own_and_the_seed_chooses_by_keys() -> None:
    mutants = [mutant for part in PARTS.values() for path in part.paths() for mutant in mutants_of(path)]
    assert len({mutant.key for mutant in mutants}) == len(mutants)
    some = {mutant.key for mutant in sampled(mutants, seed="1", share=0.1)}
    more = {mutant.key for mutant in sampled(mutants, seed="1", share=0.2)}
    assert some < more
    assert len(mutants) * 0.07 < len(some) < len(mutants) * 0.13


def test_the_survivors_of_a_report_are_those_that_no_test_noticed(tmp_path: Path) -> None:
    outcomes = ["killed", "timeout", "survived", "not run"]
    lines = [
        {"part": "numbers", "all": 9, "chosen": 4},
        *({"key": outcome, "outcome": outcome} for outcome in outcomes),
    ]
    report = tmp_path / "report"
    report.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    assert survivors(report) == {"survived", "not run"}


def test_a_constant_is_held_by_the_tests_whose_file_imports_its_module(request: pytest.FixtureRequest) -> None:
    paths = ["tests/mutation/operators.py", "app/domain/isbn.py"]
    found = importing([request.node], paths)
    assert found == {paths[0]: [request.node.nodeid], paths[1]: []}


@pytest.mark.parametrize(
    ("line", "sees"),
    [
        ("from app.domain.gift import GiftState", True),
        ("from app.domain import gift, wish", True),
        ("import app.domain.gift", True),
        ("import app.domain", True),
        ("from app.domain import wish", False),
        ("from app.domain.gifts import Gifts", False),
        ("import app.domain.wish", False),
    ],
)
def test_a_file_imports_a_module_by_its_name_or_with_its_package(tmp_path: Path, line: str, *, sees: bool) -> None:
    item = SimpleNamespace(path=tmp_path / "test_it.py", nodeid="test_it.py::test_it")
    item.path.write_text(line, "utf-8")
    assert importing([item], ["app/domain/gift.py"]) == {"app/domain/gift.py": [item.nodeid] if sees else []}


def test_each_file_is_in_one_part_and_each_part_has_tests() -> None:
    paths = [path for part in PARTS.values() for path in part.paths()]
    assert len(set(paths)) == len(paths)
    patterns = [pattern for part in PARTS.values() for pattern in (*part.files, *part.tests)]
    assert [pattern for pattern in patterns if not list(ROOT.glob(pattern))] == []


def test_a_survivor_without_a_reason_and_a_mutant_that_was_not_tried_fail(capsys: pytest.CaptureFixture[str]) -> None:
    head = {"part": "numbers", "all": 9, "chosen": 2}
    killed = {"part": "numbers", "key": "a", "line": 1, "outcome": "killed"}
    left = {"part": "numbers", "key": "b", "line": 2, "outcome": "survived"}
    assert not show([head, killed, left], {})
    assert show([head, killed, left], {"b": "nobody can see it"})
    assert not show([head, killed], {})
    assert "1 of 2 killed ( 50.0 %), 2 of 9 tried" in capsys.readouterr().out
