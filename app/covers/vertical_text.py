"""Set a line of Chinese or Japanese vertically, cell by cell, as on the slip of a thread-bound book.

Written out by hand instead of CSS `writing-mode`, so that every browser and every converter draws the same cover.
All lengths here are in em: one em is the side of one Chinese character.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_OPENING = "（《〈「『【〔［｛“‘"
_CLOSING = "）》〉」』】〕］｝”’"
_QUOTES = str.maketrans({"“": "『", "”": "』", "‘": "「", "’": "」"})
_SILENT = "，。、：；:;,—–―-─"
_DOTS = "·・•‧．"
_JOINTS = "的之与與和及或在"
_NARROW_WORD = re.compile(
    r"[^\s\u2e80-\U0003ffff，。、：；—–―─（《〈「『【〔［｛“）》〉」』】〕］｝”·・•‧．…！？～ⅠⅡⅢⅣⅤⅥⅦⅧⅨⅩⅪⅫ×]+"
)
_UPRIGHT_NUMBER = re.compile(r"\d{1,2}|[IVX]{2,3}")
_STACKED_NUMBER = re.compile(r"\d{3,4}")
_HAN_OR_KANA = re.compile(r"[\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")

TRACKING = 1.08
"""Distance from cell to cell, as a multiple of their own height."""
WORD_SPACE = 0.14
"""Room around a word that lies on its side, in em."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One unit of vertical text that is never broken: a character, a small number, or a whole Latin word on its side.

    `height` is the room along the column; `turned` cells are rotated by 90°; `shift` moves the ink along the column
    (full-width brackets have their ink in one half of their square); `scale` narrows two or three digits into one square.
    """

    text: str
    height: float = 1.0
    turned: bool = False
    shift: float = 0.0
    scale: float = 1.0


GAP = Cell("", 0.4)


def may_be_vertical(text: str) -> bool:
    """Return whether the text holds a Chinese character or kana, and so may be set vertically."""
    return _HAN_OR_KANA.search(text) is not None


def latin_width(text: str) -> float:
    """Estimate the width in em of a Latin text in a bookish serif, a little on the generous side."""
    return sum(_character_width(character) for character in text)


def _character_width(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    if character in "ijlI.,:;'!|()[]·’‘":
        return 0.33
    if character in "mwMW@%—…":
        return 0.92
    if character in " ftr-/":
        return 0.38
    return 0.72 if character.isupper() else 0.56


def cells(text: str) -> tuple[Cell, ...]:
    """Cut a text into unbreakable cells; commas, colons and dashes become a gap, as no title slip prints them.

    >>> [cell.text for cell in cells("流畅的Python")]
    ['流', '畅', '的', 'Python']
    """
    found: list[Cell] = []
    position = 0
    text = text.translate(_QUOTES)
    while position < len(text):
        word = _NARROW_WORD.match(text, position)
        piece = word.group() if word else text[position]
        found.extend(_narrow(piece) if word else _wide(piece))
        position += len(piece)
    return _without_loose_gaps(found)


def _narrow(word: str) -> tuple[Cell, ...]:
    if all(character in _SILENT for character in word):
        return (GAP,)
    if _UPRIGHT_NUMBER.fullmatch(word) or len(word) == 1:
        return (Cell(word, scale=(1.0, 0.9, 0.72)[len(word) - 1]),)
    if _STACKED_NUMBER.fullmatch(word):
        return tuple(Cell(digit, 0.78) for digit in word)
    return (Cell(word, latin_width(word) + WORD_SPACE, turned=True),)


def _wide(character: str) -> tuple[Cell, ...]:
    if character.isspace() or character in _SILENT:
        return (GAP,)
    if character in _DOTS:
        return (Cell("·", 0.5),)
    if character in _OPENING:
        return (Cell(character, 0.55, turned=True, shift=-0.25),)
    if character in _CLOSING:
        return (Cell(character, 0.55, turned=True, shift=0.25),)
    return (Cell(character, turned=character in "…～ー"),)


def _without_loose_gaps(found: Sequence[Cell]) -> tuple[Cell, ...]:
    kept: list[Cell] = []
    for cell in found:
        if cell is GAP and (not kept or kept[-1] is GAP):
            continue
        kept.append(cell)
    while kept and kept[-1] is GAP:
        kept.pop()
    return tuple(kept)


def length(column: tuple[Cell, ...]) -> float:
    """Return the length of a column in em."""
    return sum(cell.height for cell in column) * TRACKING


def split(column: tuple[Cell, ...]) -> tuple[tuple[Cell, ...], tuple[Cell, ...]]:
    """Cut a column into two of about the same length, at the most natural place: a gap, a bracket, after 的 or 之."""
    best = min(range(1, len(column)), key=lambda at: _cost(column, at), default=len(column))
    return _without_loose_gaps(column[:best]), _without_loose_gaps(column[best:])


def _cost(column: tuple[Cell, ...], at: int) -> float:
    before, after = column[at - 1], column[at]
    longer = max(length(column[:at]), length(column[at:]))
    if (after.text and after.text in _CLOSING + "·！？!?…～ー") or (before.text and before.text in _OPENING + "·"):
        return longer + 100
    if GAP in (before, after) or (after.text and after.text in _OPENING):
        return longer
    if (before.text and before.text in _JOINTS) or before.turned or after.turned:
        return longer + 1.0
    return longer + 6.0
