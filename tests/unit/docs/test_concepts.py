"""The learner's path: every script runs, and both guides say what is so."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.guides import (
    DOCS,
    Section,
    anchors,
    dead_links,
    headings,
    is_piece,
    leads_to_its_text,
    numbered,
    sections,
    slug,
)

SCRIPTS = sorted((DOCS / "concepts").glob("*.py"), key=lambda path: path.name)
GUIDES = {"en": DOCS / "concepts.md", "zh": DOCS / "concepts.zh.md"}
LONGEST = 60


def section_of(script: Path, guide: Path) -> Section:
    found = [section for section in numbered(guide) if script.stem in section.scripts]
    assert len(found) == 1, f"{guide.name} has {len(found)} sections on {script.name}"
    return found[0]


def run(script: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", str(script)],
        capture_output=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "PYTHONUTF8": "1"},
    )


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_keeps_its_claims_and_prints_what_both_guides_show(script):
    done = run(script)
    assert (done.returncode, done.stderr) == (0, "")
    for guide in GUIDES.values():
        assert section_of(script, guide).code("text") == [done.stdout], guide.name


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_the_piece_of_code_in_a_guide_is_a_piece_of_its_script(script):
    for guide in GUIDES.values():
        (piece,) = section_of(script, guide).code("python")
        assert is_piece(piece, script), guide.name


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_is_short_says_what_it_is_about_and_asserts(script):
    text = script.read_text("utf-8")
    assert text.startswith('"""')
    assert len([line for line in text.splitlines() if line.strip()]) <= LONGEST
    assert re.search(r"^ +assert ", text, re.MULTILINE)


def test_a_script_whose_claim_is_false_ends_with_an_error(tmp_path):
    script = DOCS / "concepts" / "own_local.py"
    broken = tmp_path / script.name
    broken.write_text(script.read_text("utf-8").replace('== "main"', '== "worker"'), "utf-8")
    assert run(broken).returncode != 0


def test_both_guides_have_the_same_sections_in_the_same_order():
    english, chinese = (sections(guide) for guide in GUIDES.values())
    assert [section.common for section in english] == [section.common for section in chinese]


@pytest.mark.parametrize("guide", GUIDES.values(), ids=GUIDES)
def test_the_table_of_contents_names_every_section_in_order(guide):
    contents, *named = headings(guide)
    (table,) = [section.text for section in sections(guide) if section.text.startswith(contents)]
    assert re.findall(r"^\* (.+)$", table, re.MULTILINE) == [f"[{heading}](#{slug(heading)})" for heading in named]


@pytest.mark.parametrize("guide", GUIDES.values(), ids=GUIDES)
def test_every_section_names_one_script_both_versions_of_flask_and_a_place_in_this_program(guide):
    for number, section in enumerate(numbered(guide), 1):
        assert section.text.startswith(f"{number}. ")
        assert len(section.scripts) == 1
        assert section.anchors
        assert "Flask 1.1" in section.text
        assert "3.1" in section.text


@pytest.mark.parametrize(("label", "text", "target"), sorted(set(anchors(*GUIDES.values()))))
def test_an_anchor_leads_to_a_file_that_holds_its_text(label, text, target):
    assert leads_to_its_text(label, text, target)


@pytest.mark.parametrize("guide", GUIDES.values(), ids=GUIDES)
def test_every_other_link_leads_to_a_file_or_a_heading(guide):
    assert dead_links(guide) == []
