"""Draw the layers: `python docs/site/layers.py` writes docs/pictures/layers.svg from pyproject.toml and the packages' docstrings."""

from __future__ import annotations

import ast
import textwrap
import tomllib
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PICTURE = ROOT / "docs" / "pictures" / "layers.svg"
WIDTH, LEFT, GAP, LINE = 960, 44, 10, 17
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #4a4a4a } .name { font: 600 14px ui-monospace, monospace; fill: #1f4e46 }
  .page { fill: #fffdf8 } .box { fill: #f1f6f3; stroke: #9dbcb2 } .arrow { stroke: #9a8c78; fill: none; stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) {
    text { fill: #c9c9c4 } .name { fill: #9fd8c8 } .page { fill: #1b1d1c } .box { fill: #232a28; stroke: #47645c } .arrow { stroke: #8d8471 }
  }
"""


def layers() -> list[list[str]]:
    """Return the layers that import-linter checks, the topmost first; siblings stand side by side."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    rows = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return [[name.strip(" ()").removeprefix("app.") for name in row.split("|")] for row in rows]


def about(name: str) -> str:
    """Return the first sentence of a package's docstring."""
    module = ROOT / "app" / f"{name}.py"
    file = module if module.exists() else ROOT / "app" / name / "__init__.py"
    text = (
        (ast.get_docstring(ast.parse(file.read_text("utf-8"))) or "")
        .split("\n\n")[0]
        .replace("\n", " ")
        .replace("`", "")
    )
    sentence = text.split(". ")[0].rstrip(".")
    for prefix in (f"{name}: ", f"{name.capitalize()}: ", f"The {name}: "):
        sentence = sentence.removeprefix(prefix)
    return sentence[0].upper() + sentence[1:]


def draw() -> str:
    """Return the picture as SVG."""
    y, parts = GAP, []
    for row in layers():
        width = (WIDTH - LEFT - GAP * len(row)) / len(row)
        texts = [textwrap.wrap(about(name), int((width - 20) / 7.6)) for name in row]
        height = 22 + LINE * max(map(len, texts)) + 10
        for place, (name, lines) in enumerate(zip(row, texts, strict=True)):
            x = LEFT + place * (width + GAP)
            parts.append(f'<rect class="box" x="{x:.0f}" y="{y}" width="{width:.0f}" height="{height}" rx="6"/>')
            parts.append(f'<text class="name" x="{x + 10:.0f}" y="{y + 21}">{name}</text>')
            parts += [
                f'<text x="{x + 10:.0f}" y="{y + 21 + LINE * number}">{escape(line)}</text>'
                for number, line in enumerate(lines, start=1)
            ]
        y += height + GAP
    arrow = f'<path class="arrow" d="M22 {GAP + 8} V{y - 18} m-6 -9 l6 9 l6 -9"/>'
    label = f'<text transform="translate(15 {y // 2}) rotate(-90)" text-anchor="middle">imports only what stands below</text>'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" role="img">',
            "<title>The packages of app/ in layers; each imports only what stands below it</title>",
            f"<style>{STYLE}</style>",
            f'<rect class="page" width="{WIDTH}" height="{y}"/>',
            arrow,
            label,
            *parts,
            "</svg>\n",
        ]
    )


if __name__ == "__main__":
    PICTURE.write_text(draw(), "utf-8")
