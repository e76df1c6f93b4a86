"""Leaf tool: turn an SVG document of ours into a picture of dots, with the fonts of this machine. It is not for strangers' documents.

resvg draws. It is told which font each line of text has, since it would draw a box for a character that no font has, and
nothing at all where a machine lacks the families that are named.
"""

from __future__ import annotations

import io
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree as ET

import resvg_py
from PIL import Image

from app.covers.fonts import Font, font_for

_TEXT = "{http://www.w3.org/2000/svg}text"
ET.register_namespace("", "http://www.w3.org/2000/svg")


def rasterize(document: str, width: int) -> Image.Image:
    """Return the document as an RGB picture of this width in pixels; text that no font here can show is left out."""
    root = ET.fromstring(document)  # noqa: S314 - we wrote it ourselves a moment ago
    fonts = [font for text in root.iter(_TEXT) if (font := _set_font(text)) is not None]
    with TemporaryDirectory(prefix="yushu-fonts-") as folder:
        files = {_file_of(font, Path(folder)) for font in fonts}
        drawn = resvg_py.svg_to_bytes(
            svg_string=ET.tostring(root, encoding="unicode"),
            width=width,
            background="white",
            skip_system_fonts=True,
            font_files=sorted(files),
        )
    return Image.open(io.BytesIO(drawn)).convert("RGB")


def _set_font(element: ET.Element) -> Font | None:
    """Name in a line of text the font that it is written in, and leave out what that lacks."""
    found = font_for(element.text or "", bold=element.get("font-weight") == "700")
    font, element.text = found or (None, "")
    if font is not None:
        family, _ = font.getname()
        element.set("font-family", f"'{family}'")
    return font


def _file_of(font: Font, folder: Path) -> str:
    """Return the path of a font's file; the one that Pillow brings is written into the folder."""
    if isinstance(font.path, io.BytesIO):
        file = folder / "built-in.ttf"
        file.write_bytes(font.path.getvalue())
        return str(file)
    return str(font.path)
