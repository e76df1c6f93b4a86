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


def test_an_exception_needs_its_reason_to_be(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "ALLOWED", {"find": "…", "State": "…"})
    (tree / "app/web/drift.py").write_text("class State: ...\n")
    assert names.find_faults(tree) == ["tests/lint/names.py: 'find' stands once or not at all; delete the line"]
