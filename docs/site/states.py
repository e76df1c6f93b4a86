"""Draw the states of a drift: `python docs/site/states.py` writes docs/pictures/drift.svg from the table in app/domain/drift.py.

GitHub draws the diagram of docs/drift.md by itself; on the site, which loads nothing from elsewhere, this picture stands for it.
"""

from __future__ import annotations

import sys
from itertools import pairwise
from math import dist
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from app.domain.drift import STATE_NAMES, TRANSITIONS, DriftState, Transition  # noqa: E402 - found from the root alone

PICTURE = ROOT / "docs" / "pictures" / "drift.svg"
WIDTH, HEIGHT, BOX, TALL = 1120, 480, 150, 44
#: The left upper corner of each state; and how a line runs that is not straight from side to side: its points.
PLACES = {
    "waiting": (130, 200), "rejected": (400, 20), "withdrawn": (400, 80), "expired": (400, 140), "mailed": (400, 200),
    "lost": (680, 70), "disputed": (680, 200), "returned": (680, 330), "received": (950, 140), "cancelled": (950, 410), "missed": (400, 330),
}  # fmt: skip
BENT = {
    ("", "waiting"): ((34, 222), (130, 222)),
    ("waiting", "rejected"): ((165, 200), (165, 42), (400, 42)),
    ("waiting", "withdrawn"): ((205, 200), (205, 102), (400, 102)),
    ("waiting", "expired"): ((245, 200), (245, 162), (400, 162)),
    ("waiting", "cancelled"): ((180, 244), (180, 446), (950, 446)),
    ("waiting", "missed"): ((230, 244), (230, 352), (400, 352)),
    ("mailed", "received"): ((550, 236), (590, 280), (1025, 280), (1025, 184)),
    ("mailed", "returned"): ((530, 244), (530, 310), (640, 310), (640, 352), (680, 352)),
    ("mailed", "cancelled"): ((542, 244), (590, 330), (590, 416), (950, 416)),
    ("disputed", "cancelled"): ((822, 244), (990, 410)),
    ("disputed", "lost"): ((755, 200), (755, 114)),
}
STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #4a4a4a } .name { font: 600 14px ui-monospace, monospace; fill: #1f4e46 }
  .page { fill: #fffdf8 } .box { fill: #f1f6f3; stroke: #9dbcb2 } .line { stroke: #9a8c78; fill: none; stroke-width: 1.5 } .tip { fill: #9a8c78 }
  @media (prefers-color-scheme: dark) {
    text { fill: #c9c9c4 } .name { fill: #9fd8c8 } .page { fill: #1b1d1c } .box { fill: #232a28; stroke: #47645c }
    .line { stroke: #8d8471 } .tip { fill: #8d8471 }
  }
"""
MARKER = (
    '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">'
    '<path class="tip" d="M0 0 L10 5 L0 10 z"/></marker></defs>'
)


def draw() -> str:
    """Return the picture as SVG."""
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
            "<title>The states of a drift, and who brings it from one to the next</title>",
            f"<style>{STYLE}</style>",
            MARKER,
            f'<rect class="page" width="{WIDTH}" height="{HEIGHT}"/>',
            '<circle class="tip" cx="28" cy="222" r="6"/>',
            *map(_line, TRANSITIONS),
            *map(_label, TRANSITIONS),
            *map(_box, DriftState),
            "</svg>\n",
        ]
    )


def _points(row: Transition) -> tuple[tuple[int, int], ...]:
    source, target = str(row.source or ""), str(row.target)
    if (source, target) in BENT:
        return BENT[source, target]
    (left, top), (right, low) = PLACES[source], PLACES[target]
    return (left + BOX, top + TALL // 2), (right, low + TALL // 2)


def _line(row: Transition) -> str:
    path = " L".join(f"{x} {y}" for x, y in _points(row))
    return f'<path class="line" d="M{path}" marker-end="url(#tip)"/>'


def _label(row: Transition) -> str:
    """Write the act and its parties in the middle of the line's longest stretch, on the page's ground."""
    (left, top), (right, low) = max(pairwise(_points(row)), key=lambda ends: dist(*ends))
    words = [str(row.act), ", ".join(sorted(row.parties))]
    x, y = (left + right) // 2, (top + low) // 2
    ground = f'<rect class="page" x="{x - 3.2 * max(map(len, words)):.0f}" y="{y - 14}" width="{6.4 * max(map(len, words)):.0f}" height="28"/>'
    return ground + "".join(
        f'<text x="{x}" y="{y + 12 * number - 3}" text-anchor="middle">{word}</text>'
        for number, word in enumerate(words)
    )


def _box(state: DriftState) -> str:
    x, y = PLACES[str(state)]
    return (
        f'<rect class="box" x="{x}" y="{y}" width="{BOX}" height="{TALL}" rx="6"/>'
        f'<text class="name" x="{x + BOX // 2}" y="{y + 18}" text-anchor="middle">{state}</text>'
        f'<text x="{x + BOX // 2}" y="{y + 35}" text-anchor="middle">{STATE_NAMES[state][0]}</text>'
    )


if __name__ == "__main__":
    PICTURE.write_text(draw(), "utf-8")
