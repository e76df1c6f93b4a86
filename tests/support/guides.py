"""Guides in Markdown as tests read them: sections, pieces of code, and links into the program."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.paths import ROOT

DOCS = ROOT / "docs"
ANCHOR = re.compile(r"\[(?P<label>[\w./-]+): `(?P<text>[^`]+)`\]\((?P<target>[^)]+)\)")
LINK = re.compile(r"\[[^\[\]]+\]\((?P<target>[^)]+)\)")
FENCE = re.compile(r"^```(?P<language>\w+)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Section:
    """One section of a guide: what the two languages must have in common, and its prose."""

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

    @property
    def common(self) -> tuple[object, ...]:
        """Return what does not depend on the language."""
        return self.scripts, self.blocks, self.anchors

    def code(self, language: str) -> list[str]:
        return [body for kind, body in self.blocks if kind == language]


def sections(guide: Path) -> list[Section]:
    parts = re.split(r"^## ", guide.read_text("utf-8"), flags=re.MULTILINE)[1:]
    return [Section.read(part) for part in parts]


def numbered(guide: Path) -> list[Section]:
    return [section for section in sections(guide) if section.text[0].isdigit()]


def headings(guide: Path) -> list[str]:
    return [section.text.partition("\n")[0] for section in sections(guide)]


def slug(heading: str) -> str:
    """Return the name under which the heading can be linked to, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def is_piece(piece: str, source: Path) -> bool:
    """Return whether lines stand in a file as they are, but for their indentation."""
    lines, wanted = source.read_text("utf-8").splitlines(), piece.rstrip("\n").split("\n")
    windows = ("\n".join(lines[start : start + len(wanted)]) for start in range(len(lines)))
    return "\n".join(wanted) in (textwrap.dedent(window) for window in windows)


def anchors(*guides: Path) -> Iterator[tuple[str, str, str]]:
    for guide in guides:
        for found in ANCHOR.finditer(guide.read_text("utf-8")):
            yield found["label"], found["text"], found["target"]


def leads_to_its_text(label: str, text: str, target: str) -> bool:
    """Return whether an anchor's link leads to the file it names, and that file holds the text."""
    file = (DOCS / target).resolve()
    return file.relative_to(ROOT).as_posix() == label and text in file.read_text("utf-8")


def dead_links(guide: Path) -> list[str]:
    """Return the links of a guide that lead to no file and to no heading of its own."""
    own = {f"#{slug(heading)}" for heading in headings(guide)}
    targets = [found["target"] for found in LINK.finditer(guide.read_text("utf-8")) if "://" not in found["target"]]
    return [target for target in targets if target not in own and not (DOCS / target).is_file()]
