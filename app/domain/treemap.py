"""A treemap: numbers as rectangles that fill one, each as large as its number, and words that fit into them. Plain geometry in pixels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from app.domain.text import is_unspaced

#: Sizes of letters that are tried, the largest first.
_SIZES: Final = (22, 19, 17, 15, 14, 13, 12, 11)
_EASILY_READ: Final = 14
_MOST_LINES: Final = 3
_LINE: Final = 1.3
_MARGIN: Final = 6
#: How wide a character is, as a share of its size: a Chinese one, and any other.
_WIDE, _NARROW = 1.0, 0.62
#: Of a text that does not stand as a whole so many characters are tried at most.
_LONGEST_CUT: Final = 40
_SPACES = re.compile(r"(?<=[-&])\s*|\s+")


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A part of the picture; `x` and `y` are those of its corner at the left and the top."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Label:
    """Words as they are set: the lines, and the size of their letters."""

    lines: tuple[str, ...]
    size: int


def treemap(numbers: Sequence[int], width: float, height: float) -> list[Rectangle]:
    """Return a rectangle for each of these numbers, which are sorted and above zero, the largest first; as near to squares as they come.

    Source: Bruls, Huizing, van Wijk, "Squarified Treemaps" (2000).
    """
    scale = width * height / sum(numbers) if numbers else 0
    areas, space = [number * scale for number in numbers], Rectangle(0, 0, width, height)
    found: list[Rectangle] = []
    while areas:
        row = _best_row(areas, min(space.width, space.height))
        rectangles, space = _laid(row, space)
        found += rectangles
        areas = areas[len(row) :]
    return found


def _best_row(areas: Sequence[float], side: float) -> Sequence[float]:
    """Return as many of the first areas as stand best in one row along a side."""
    count = 1
    while count < len(areas) and _worst(areas[: count + 1], side) <= _worst(areas[:count], side):
        count += 1
    return areas[:count]


def _worst(row: Sequence[float], side: float) -> float:
    """Return how far from a square the worst one of a row is."""
    total = sum(row)
    return max(side * side * row[0] / total**2, total**2 / (side * side * row[-1]))


def _laid(row: Sequence[float], space: Rectangle) -> tuple[list[Rectangle], Rectangle]:
    """Lay a row along the shorter side of a space, and return its rectangles and the space that is left."""
    total, x, y = sum(row), space.x, space.y
    if space.width >= space.height:
        wide = total / space.height
        tops = _running(area / wide for area in row)
        left = Rectangle(x + wide, y, max(0.0, space.width - wide), space.height)
        return [Rectangle(x, y + top, wide, high) for top, high in tops], left
    high = total / space.width
    starts = _running(area / high for area in row)
    left = Rectangle(x, y + high, space.width, max(0.0, space.height - high))
    return [Rectangle(x + start, y, wide, high) for start, wide in starts], left


def _running(lengths: Iterator[float]) -> Iterator[tuple[float, float]]:
    """Yield where each of these lengths begins, and the length."""
    begin = 0.0
    for length in lengths:
        yield begin, length
        begin += length


def fit(text: str, width: float, height: float) -> Label | None:
    """Return how a text stands in a rectangle: in one line of letters that are easily read, else in the largest that do; None where none do."""
    ways = [(size, 1) for size in _SIZES if size >= _EASILY_READ]
    ways += [(size, count) for size in _SIZES for count in range(1, _MOST_LINES + 1)]
    for size, count in ways:
        lines = _broken(text, count)
        is_low = len(lines) * size * _LINE <= height - 2 * _MARGIN
        if is_low and all(width_of(line) * size <= width - 2 * _MARGIN for line in lines):
            return Label(lines, size)
    return None


def fit_or_cut(text: str, width: float, height: float) -> Label | None:
    """Return how a text stands in a rectangle, or as much of its beginning as does, with an ellipsis; None where two characters do not."""
    cut = (f"{text[:length].rstrip()}…" for length in range(min(len(text) - 1, _LONGEST_CUT), 1, -1))
    return next((label for said in (text, *cut) if (label := fit(said, width, height)) is not None), None)


def width_of(text: str) -> float:
    """Return about how wide a text is, in sizes of its letters."""
    return sum(_WIDE if is_unspaced(sign) else _NARROW for sign in text)


def _broken(text: str, count: int) -> tuple[str, ...]:
    """Return a text in so many lines of about one length, or in fewer: between words, a Chinese one between any two characters."""
    pieces = list(text) if is_unspaced(text) else [piece for piece in _SPACES.split(text) if piece]
    glue = "" if is_unspaced(text) else " "
    longest = ceil(sum(map(width_of, pieces)) / count)
    lines: list[str] = []
    line = ""
    for piece in pieces:
        joined = f"{line}{glue}{piece}" if line else piece
        if line and width_of(joined) > longest + _NARROW and len(lines) < count - 1:
            lines.append(line)
            joined = piece
        line = joined
    return (*lines, line)
