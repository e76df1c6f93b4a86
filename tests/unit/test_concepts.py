"""The learner's path: every script runs, and both guides say what is so."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SCRIPTS = sorted((DOCS / "concepts").glob("*.py"), key=lambda path: path.name)
GUIDES = {"en": DOCS / "concepts.md", "zh": DOCS / "concepts.zh.md"}
ANCHOR = re.compile(r"\[(?P<label>[\w./-]+): `(?P<text>[^`]+)`\]\((?P<target>[^)]+)\)")
LINK = re.compile(r"\[[^\[\]]+\]\((?P<target>[^)]+)\)")
FENCE = re.compile(r"^```(?P<language>\w+)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
LONGEST = 60


@dataclass(frozen=True)
class Section:
    """One numbered section of a guide: what the two languages must have in common, and its prose."""

    scripts: tuple[str, ...]
    blocks: tuple[tuple[str, str], ...]
    anchors: tuple[tuple[str, str], ...]
    text: str

    @classmethod
    def read(cls, text: str) -> Section:
        return cls(
            scripts=tuple(re.findall(r"\(concepts/(\w+)\.py\)", text)),
            blocks=tuple((found["language"], found["body"]) for found in FENCE.finditer(text)),
            anchors=tuple((found["label"], found["text"]) for found in ANCHOR.finditer(text)),
            text=text,
        )


def sections(guide: Path) -> list[Section]:
    parts = re.split(r"^## ", guide.read_text("utf-8"), flags=re.MULTILINE)[1:]
    return [Section.read(part) for part in parts]


def numbered(guide: Path) -> list[Section]:
    return [section for section in sections(guide) if section.text[0].isdigit()]


def section_of(script: Path, guide: Path) -> Section:
    found = [section for section in numbered(guide) if script.stem in section.scripts]
    assert len(found) == 1, f"{guide.name} has {len(found)} sections on {script.name}"
    return found[0]


def run(script: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", str(script)],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONUTF8": "1"},
    )


def every_anchor() -> Iterator[tuple[str, str, str]]:
    for guide in GUIDES.values():
        for found in ANCHOR.finditer(guide.read_text("utf-8")):
            yield found["label"], found["text"], found["target"]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_keeps_its_claims_and_prints_what_both_guides_show(script):
    done = run(script)
    assert (done.returncode, done.stderr) == (0, "")
    for guide in GUIDES.values():
        shown = [body for language, body in section_of(script, guide).blocks if language == "text"]
        assert shown == [done.stdout], guide.name


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_the_piece_of_code_in_a_guide_is_a_piece_of_its_script(script):
    lines = script.read_text("utf-8").splitlines()
    for guide in GUIDES.values():
        (piece,) = [body for language, body in section_of(script, guide).blocks if language == "python"]
        wanted = piece.rstrip("\n").split("\n")
        windows = ("\n".join(lines[start : start + len(wanted)]) for start in range(len(lines)))
        assert "\n".join(wanted) in [textwrap.dedent(window) for window in windows], guide.name


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
    assert [(s.scripts, s.blocks, s.anchors) for s in english] == [(s.scripts, s.blocks, s.anchors) for s in chinese]


@pytest.mark.parametrize("guide", GUIDES.values(), ids=GUIDES)
def test_every_section_names_one_script_both_versions_of_flask_and_a_place_in_this_program(guide):
    for number, section in enumerate(numbered(guide), 1):
        assert section.text.startswith(f"{number}. ")
        assert len(section.scripts) == 1
        assert section.anchors
        assert "Flask 1.1" in section.text
        assert "3.1" in section.text


@pytest.mark.parametrize(("label", "text", "target"), sorted(set(every_anchor())))
def test_an_anchor_leads_to_a_file_that_holds_its_text(label, text, target):
    file = (DOCS / target).resolve()
    assert file.relative_to(ROOT).as_posix() == label
    assert text in file.read_text("utf-8")


@pytest.mark.parametrize("guide", GUIDES.values(), ids=GUIDES)
def test_every_other_link_leads_to_a_file(guide):
    for found in LINK.finditer(guide.read_text("utf-8")):
        if "://" not in found["target"]:
            assert (DOCS / found["target"]).is_file(), found["target"]
