"""The check of names finds one name for two things."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint import names


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(names, "ALLOWED", {})
    for folder in ("domain", "web"):
        (tmp_path / "app" / folder).mkdir(parents=True)
    (tmp_path / "app/domain/drift.py").write_text("class State: ...\ndef _own(): ...\ndef find(): ...\n")
    return tmp_path


def test_a_class_in_two_modules_is_found(tree: Path) -> None:
    (tree / "app/web/drift.py").write_text("class State: ...\ndef _own(): ...\n")
    assert names.find_faults(tree) == ["State stands for 2 things: app/domain/drift.py, app/web/drift.py"]


def test_a_function_in_two_modules_is_found_but_where_addresses_name_it(tree: Path) -> None:
    (tree / "app/web/drift.py").write_text("def find(): ...\n")
    assert names.find_faults(tree) == []
    (tree / "app/domain/gift.py").write_text("def find(): ...\n")
    assert names.find_faults(tree) == ["find stands for 2 things: app/domain/drift.py, app/domain/gift.py"]


@pytest.mark.parametrize("line", ["BATCH = 20", "BATCH: Final = 20", "Row = tuple[int, ...]"])
def test_a_constant_in_two_modules_is_found(tree: Path, line: str) -> None:
    name = line.split(maxsplit=1)[0].strip(":")
    for file in ("domain/gift.py", "web/gift.py"):
        (tree / "app" / file).write_text(f"T = TypeVar('T')\n_{line}\n{line}\n")
    assert names.find_faults(tree) == [f"{name} stands for 2 things: app/domain/gift.py, app/web/gift.py"]


def test_what_blueprints_and_groups_of_commands_are_called_is_the_users_choice(tree: Path) -> None:
    (tree / "app/web/user.py").write_text("user = Blueprint('user')\n")
    (tree / "app/domain/user.py").write_text("user = 1\n")
    assert names.find_faults(tree) == []


def test_an_exception_needs_its_reason_to_be(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "ALLOWED", {"find": "…", "State": "…"})
    (tree / "app/web/drift.py").write_text("class State: ...\n")
    assert names.find_faults(tree) == ["tests/lint/names.py: 'find' stands once or not at all; delete the line"]
