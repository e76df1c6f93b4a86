"""The two READMEs say the same, and what they tell one to type exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from tests.support.paths import ROOT

READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]


def lines_to_type(readme: Path) -> list[str]:
    """Return what stands in blocks of code, without comments."""
    blocks = re.findall(r"^```\w+\n(.*?)^```", readme.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    return [line.split("  #")[0].rstrip() for block in blocks for line in block.splitlines()]


def test_both_tell_the_same_lines_and_start_and_test_come_first() -> None:
    english, chinese = map(lines_to_type, READMES)
    assert english == chinese
    assert english[:2] == ["python3 run.py start", "python3 run.py test"]


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_the_two_lines_stand_on_the_first_screen(readme: Path) -> None:
    assert readme.read_text("utf-8").splitlines().index("python3 run.py test") < 20


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_every_link_leads_to_a_file(readme: Path) -> None:
    links = re.findall(r"\]\(([^)]+)\)", readme.read_text("utf-8"))
    assert len(links) >= 5
    assert [
        link for link in links if not link.startswith("https://") and not (ROOT / link.partition("#")[0]).exists()
    ] == []


@pytest.mark.parametrize(("readme", "index"), list(zip(READMES, ["README.md", "README.zh.md"], strict=True)))
def test_every_page_of_the_documentation_is_linked(readme: Path, index: str) -> None:
    links = set(re.findall(r"\]\(docs/([^)#]+)\)", readme.read_text("utf-8")))
    pages = {page.name for page in (ROOT / "docs").glob("*.md")}
    translated = {name for name in pages if name.replace(".md", ".zh.md") in pages}
    other = translated if index == "README.zh.md" else {name.replace(".md", ".zh.md") for name in translated}
    assert pages - other <= links


def test_every_command_exists(app: Flask) -> None:
    text = "\n".join(readme.read_text("utf-8") for readme in READMES)
    scripts = set(re.findall(r"^(\w+) = ", (ROOT / "Pipfile").read_text("utf-8").split("[scripts]")[1], re.MULTILINE))
    assert set(re.findall(r"(?:pipenv run|run\.py) (?!flask)(\w+)", text)) <= scripts
    typed = re.findall(r"(?:run\.py|`) ?flask (?:--app fisher )?(\w+)(?: ([a-z][a-z-]*))?", text)
    assert len(typed) > 10
    for group, command in typed:
        found = app.cli.commands[group]
        assert not command or command in getattr(found, "commands", {}), f"{group} {command}"
