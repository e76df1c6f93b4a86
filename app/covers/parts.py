"""What both kinds of generated covers share: sizes, paper, the mark, a line of text."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 240, 360
PAPER, INK, SEAL = "#f3ebda", "#2a2723", "#b23a2c"
HAN_SERIF = "'Songti SC','Source Han Serif SC','Noto Serif CJK SC','Noto Serif SC',STSong,SimSun,serif"
LATIN_SERIF = "Georgia,'Source Serif 4','Noto Serif','Noto Serif CJK SC','Times New Roman',serif"

FISH = "M2 0C-2 -6 -10 -6 -14 0C-10 6 -2 6 2 0ZM2 0L10 -5.5C8.4 -2 8.4 2 10 5.5Z"
"""The mark, about 24 × 12 units around the origin: a fish swimming to the left."""


@dataclass(frozen=True, slots=True)
class Tone:
    """A traditional colour: its name, the cloth, and a darker shade of it for edges and corners."""

    name: str
    cloth: str
    shade: str


def text(content: str, x: float, y: float, size: float, *, fill: str, more: str = "") -> str:
    """Return one `<text>` element, its middle at x, its baseline at y; the content is escaped here and nowhere else."""
    return f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" fill="{fill}" text-anchor="middle"{more}>{escape(content)}</text>'
