"""What the documentation says of the project's shape is read from the project."""

from __future__ import annotations

import re
import runpy
import subprocess

import pytest
import yaml
from flask import Flask

from tests.support.paths import ROOT

DOCS = ROOT / "docs"
TRANSLATED = sorted([*ROOT.glob("*.zh-CN.md"), *DOCS.rglob("*.zh.md")])


def test_the_picture_of_the_layers_is_drawn_from_the_contract_that_the_linter_checks() -> None:
    drawn = runpy.run_path(str(DOCS / "site/layers.py"))["draw"]()
    assert (DOCS / "pictures/layers.svg").read_text("utf-8") == drawn, "run `python docs/site/layers.py`"


def test_the_picture_of_the_states_is_drawn_from_the_table_of_the_rules() -> None:
    drawn = runpy.run_path(str(DOCS / "site/states.py"))["draw"]()
    assert (DOCS / "pictures/drift.svg").read_text("utf-8") == drawn, "run `python docs/site/states.py`"


@pytest.mark.parametrize("index", ["README.md", "README.zh.md"])
def test_the_index_leads_to_every_page(index: str) -> None:
    linked = set(re.findall(r"\]\(([^)#]+)\)", (DOCS / index).read_text("utf-8")))
    pages = {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")}
    in_two_languages = {page for page in pages if page.removesuffix(".md") + ".zh.md" in pages}
    other = (
        {page.removesuffix(".md") + ".zh.md" for page in in_two_languages} if index == "README.md" else in_two_languages
    )
    assert pages - other - linked - {index} == set()


def test_the_menu_of_the_site_leads_to_every_page() -> None:
    menu = (ROOT / "mkdocs.yml").read_text("utf-8").split("\nnav:\n")[1]
    pages = {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")}
    assert pages - set(re.findall(r"[-:] ([\w/.-]+\.md)$", menu, re.MULTILINE)) == set()


def test_the_page_about_templates_names_what_templates_have(app: Flask) -> None:
    page = (DOCS / "ui.md").read_text("utf-8")
    macros = {
        name
        for file in (ROOT / "app/templates/macros").iterdir()
        for name in re.findall(r"{% macro (\w+)\(", file.read_text("utf-8"))
    }
    code = " ".join(re.findall(r"`([^`\n]+)`", page))
    called = set(re.findall(r"\b(\w+)\(", code))
    assert len(called) > 15
    assert called - macros - {*app.jinja_env.globals, "flash"} == set()
    assert set(re.findall(r"\w \| (\w+)", code)) - {*app.jinja_env.filters} == set()
    rows = page.split("| block |")[1].split("| macro |")[0].splitlines()
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1] if "|" in row else "")}
    assert named == set(re.findall(r"{% block (\w+)", (ROOT / "app/templates/layout.html").read_text("utf-8")))


def test_each_tool_of_our_own_was_held_against_a_library() -> None:
    verdicts = re.findall(r"^\* (.+?):", (DOCS / "dependencies.md").read_text("utf-8"), re.MULTILINE)
    judged = {name for verdict in verdicts for name in re.findall(r"`(\w+)`", verdict)}
    tools = {file.stem for room in ("libs", "db") for file in (ROOT / "app" / room).glob("*.py")}
    assert tools - judged - {"__init__"} == set()


def test_github_runs_the_gate_and_nothing_else() -> None:
    (file,) = (ROOT / ".github/workflows").iterdir()
    (job,) = yaml.safe_load(file.read_text("utf-8"))["jobs"].values()
    assert [step.get("run") for step in job["steps"]] == [None, ".ci/run"]
    assert job["steps"][0]["uses"].startswith("actions/checkout@")


def test_each_file_that_a_page_or_a_docstring_names_is_there() -> None:
    pages = [page for page in _tracked() if page.endswith((".md", ".py")) and page != "CHANGELOG.md"]
    named = {
        (page, name) for page in pages for name in re.findall(r"`([\w./-]+\.py)`", (ROOT / page).read_text("utf-8"))
    }
    paths = ["/" + path for path in _tracked()]
    lost = {(page, name) for page, name in named if not any(path.endswith("/" + name) for path in paths)}
    assert {(page, name) for page, name in lost if name != "migrations/versions/00NN_name.py"} == set()


@pytest.mark.parametrize("chinese", [path.relative_to(ROOT).as_posix() for path in TRANSLATED])
def test_a_page_in_chinese_has_the_parts_and_the_links_of_the_english_one(chinese: str) -> None:
    english = re.sub(r"\.zh(-CN)?\.md$", ".md", chinese)
    assert _parts(chinese) == _parts(english)


def _parts(page: str) -> tuple[list[str], int, int, set[str]]:
    """Return the levels of the headings, the number of blocks of code and of rows of tables, and where the links lead."""
    text = (ROOT / page).read_text("utf-8")
    links = {link.partition("#")[0] for link in re.findall(r"\]\((?!https?:)([^)]+)\)", text)}
    return (
        re.findall(r"^#+(?= )", text, re.MULTILINE),
        len(re.findall(r"^```", text, re.MULTILINE)),
        len(re.findall(r"^\|", text, re.MULTILINE)),
        {re.sub(r"\.zh(-CN)?\.md$", ".md", link) for link in links},
    )


def _tracked() -> list[str]:
    return subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
