"""What holds for every module of the program."""

import ast
from collections.abc import Iterator

import pytest

from tests.support.paths import ROOT

MODULES = sorted(path.relative_to(ROOT).as_posix() for top in ("app", "config") for path in (ROOT / top).rglob("*.py"))


@pytest.mark.parametrize("module", MODULES)
def test_a_module_says_in_its_first_line_what_it_is(module: str) -> None:
    source = (ROOT / module).read_text(encoding="utf-8")
    assert not source.strip() or ast.get_docstring(ast.parse(source)), f"{module} has no docstring"


def test_no_page_and_no_command_opens_a_transaction() -> None:
    """A use case is a method of a service; who needs two of them at once gives the service a third."""
    others = [module for module in MODULES if not module.startswith(("app/db/", "app/services/"))]
    opening = {"auto_commit", "use_cases", "UseCases"}
    assert {module: names for module in others if (names := _names(module) & opening)} == {}


@pytest.mark.parametrize("module", [module for module in MODULES if module.startswith("app/services/")])
def test_the_state_of_a_gift_is_written_in_one_place(module: str) -> None:
    """Elsewhere the search would not hear of it."""
    calls = [node for node in ast.walk(ast.parse((ROOT / module).read_text("utf-8"))) if isinstance(node, ast.Call)]
    written = [
        call
        for call in calls
        if ("Gift(" in (code := ast.unparse(call.func) + "(") or "update(Gift)" in code)
        and {"state", "pause"} & {keyword.arg for keyword in call.keywords}
    ]
    assert not written or module.endswith("/gift_states.py"), [ast.unparse(call) for call in written]


TESTS = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("*.py"))
#: The naive site fails these very tests; what is said of it is printed from them.
_OF_TESTS = {"tests/unit/docs/test_naive_page.py": "tests.functional.test_faults_of_the_course"}


def test_what_several_tests_use_lies_in_support() -> None:
    borrowed = {module: list(_borrowed(module)) for module in TESTS}
    assert {module: sources for module, sources in borrowed.items() if sources} == {}


def _borrowed(module: str) -> Iterator[str]:
    """Yield the modules of tests and fixtures that a module imports from."""
    for node in ast.walk(ast.parse((ROOT / module).read_text("utf-8"))):
        source = (isinstance(node, ast.ImportFrom) and node.module) or ""
        if source.rpartition(".")[2].startswith(("test_", "conftest")) and source != _OF_TESTS.get(module):
            yield source


def _names(module: str) -> set[str]:
    """Return the names and attributes that a module uses."""
    nodes = ast.walk(ast.parse((ROOT / module).read_text("utf-8")))
    return {getattr(node, "attr", getattr(node, "id", "")) for node in nodes}
