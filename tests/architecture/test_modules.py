"""What holds for every module of the program."""

import ast

import pytest

from tests.support.paths import ROOT

MODULES = sorted(path.relative_to(ROOT).as_posix() for top in ("app", "config") for path in (ROOT / top).rglob("*.py"))


@pytest.mark.parametrize("module", MODULES)
def test_a_module_says_in_its_first_line_what_it_is(module: str) -> None:
    source = (ROOT / module).read_text(encoding="utf-8")
    assert not source.strip() or ast.get_docstring(ast.parse(source)), f"{module} has no docstring"


@pytest.mark.parametrize(
    "module", [module for module in MODULES if not module.startswith(("app/db/", "app/services/"))]
)
def test_no_page_and_no_command_opens_a_transaction(module: str) -> None:
    """A use case is a method of a service; whoever needs two of them at once gives the service a third."""
    names = {
        getattr(node, "attr", getattr(node, "id", ""))
        for node in ast.walk(ast.parse((ROOT / module).read_text("utf-8")))
        if isinstance(node, (ast.Attribute, ast.Name))
    }
    assert names & {"auto_commit", "use_cases", "UseCases"} == set()


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
