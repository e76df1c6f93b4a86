"""Leaf tool: find a book's typefaces among the fonts of this machine; which ones there are depends on its owner."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PIL import ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "C:/Windows/Fonts",
)
#: In order of preference; the first name of a pair is the bold face.
_HAN = (
    ("NotoSerifCJK-Bold.ttc", "NotoSerifCJK-Regular.ttc"),
    ("NotoSerifSC-Bold.otf", "NotoSerifSC-Regular.otf"),
    ("SourceHanSerifSC-Bold.otf", "SourceHanSerifSC-Regular.otf"),
    ("SourceHanSerif-Bold.ttc", "SourceHanSerif-Regular.ttc"),
    ("Songti.ttc", "Songti.ttc"),
    ("simsunb.ttf", "simsun.ttc"),
    ("uming.ttc", "uming.ttc"),
    ("NotoSansCJK-Bold.ttc", "NotoSansCJK-Regular.ttc"),
    ("wqy-zenhei.ttc", "wqy-zenhei.ttc"),
    ("wqy-microhei.ttc", "wqy-microhei.ttc"),
    ("DroidSansFallbackFull.ttf", "DroidSansFallbackFull.ttf"),
)
_LATIN = (
    ("NotoSerif-Bold.ttf", "NotoSerif-Regular.ttf"),
    ("Georgia Bold.ttf", "Georgia.ttf"),
    ("georgiab.ttf", "georgia.ttf"),
    ("DejaVuSerif-Bold.ttf", "DejaVuSerif.ttf"),
    ("LiberationSerif-Bold.ttf", "LiberationSerif-Regular.ttf"),
)
_LAST_LATIN = "\u024f"
_FACES_IN_A_FILE = 10


def font_for(text: str, size: float, *, bold: bool) -> Font | None:
    """Give a font of this size in pixels that has the text's characters, or None if there is none on this machine.

    Latin text falls back on the font that Pillow brings.
    """
    pixels = max(1, round(size))
    if all(character <= _LAST_LATIN or character in "‘’“”–—…" for character in text):
        found = _found(_LATIN, bold=bold) or _found(_HAN, bold=bold)
        return _opened(*found, pixels) if found else ImageFont.load_default(pixels)
    found = _found(_HAN, bold=bold)
    return _opened(*found, pixels) if found else None


@cache
def _opened(file: Path, face: int, pixels: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(file, pixels, index=face)


@cache
def _found(wanted: tuple[tuple[str, str], ...], *, bold: bool) -> tuple[Path, int] | None:
    """Give the file of the first wanted font that is here, and the number of the face in it."""
    files = _files()
    names = (name for pair in wanted for name in (pair if bold else (pair[1],)))
    file = next((files[name] for name in names if name in files), None)
    return None if file is None else (file, _simplified_face(file))


@cache
def _files() -> dict[str, Path]:
    return {file.name: file for folder in map(Path, _FOLDERS) for file in folder.expanduser().rglob("*.[ot]t[fc]")}


def _simplified_face(file: Path) -> int:
    """Give the face with the shapes of simplified Chinese, where one file holds those of several countries."""
    if file.suffix != ".ttc":
        return 0
    for face in range(_FACES_IN_A_FILE):
        try:
            family, _ = ImageFont.truetype(file, 10, index=face).getname()
        except OSError:
            break
        if family and family.endswith("SC"):
            return face
    return 0
