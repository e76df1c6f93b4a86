"""Find a book's typefaces among the fonts of this machine; which ones there are depends on its owner."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import cast

from PIL import ImageFont

Font = ImageFont.FreeTypeFont

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
#: For what neither of these has: Hebrew, Arabic, Thai …
_OTHER = (
    ("DejaVuSans-Bold.ttf", "DejaVuSans.ttf"),
    ("FreeSerifBold.ttf", "FreeSerif.ttf"),
    ("Arial Unicode.ttf", "Arial Unicode.ttf"),
    ("arialbd.ttf", "arial.ttf"),
)
_LAST_LATIN = "\u024f"
_FACES_IN_A_FILE = 10
_PIXELS = 16
_NO_CHARACTER = "\U0010fffe"


def font_for(text: str, *, bold: bool) -> tuple[Font, str] | None:
    """Return a font, and what it can show of the text; None if no font of this machine has any of it.

    Of several fonts it is the one that has most of the characters. Latin text falls back on the font that Pillow brings.
    """
    faces = [found for wanted in (_LATIN, _HAN, _OTHER) if (found := _found(wanted, bold=bold))]
    shown = [(_shown(text, *face), face) for face in faces]
    if any(part.strip() for part, _ in shown):
        part, face = max(shown, key=lambda pair: len(pair[0]))
        return _opened(*face), part
    if all(character <= _LAST_LATIN or character in "‘’“”–—…" for character in text):
        return _built_in(), text
    return None


def _shown(text: str, file: Path, face: int) -> str:
    """Return the characters that a font has; a mark goes with the letter that it stands on."""
    kept, has_letter = "", True
    for character in text:
        if not unicodedata.category(character).startswith("M"):
            has_letter = _has(file, face, character)
        if has_letter and _has(file, face, character):
            kept += character
    return kept


@lru_cache(maxsize=20_000)
def _has(file: Path, face: int, character: str) -> bool:
    font = _opened(file, face)
    return character.isspace() or bytes(font.getmask(character)) != bytes(font.getmask(_NO_CHARACTER))


@cache
def _opened(file: Path, face: int) -> Font:
    return ImageFont.truetype(file, _PIXELS, index=face)


@cache
def _built_in() -> Font:
    return cast("Font", ImageFont.load_default(_PIXELS))


@cache
def _found(wanted: tuple[tuple[str, str], ...], *, bold: bool) -> tuple[Path, int] | None:
    """Return the file of the first wanted font that is here, and the number of the face in it."""
    files = _files()
    names = (name for pair in wanted for name in (pair if bold else (pair[1],)))
    file = next((files[name] for name in names if name in files), None)
    return None if file is None else (file, _simplified_face(file))


@cache
def _files() -> dict[str, Path]:
    return {file.name: file for folder in map(Path, _FOLDERS) for file in folder.expanduser().rglob("*.[ot]t[fc]")}


def _simplified_face(file: Path) -> int:
    """Return the face with the shapes of simplified Chinese, where one file holds those of several countries."""
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
