"""The thread-bound volume: cloth, four-hole binding at the right, the title on a paper slip at the left."""

from __future__ import annotations

from dataclasses import dataclass

from app.covers.parts import FISH, HAN_SERIF, HEIGHT, INK, PAPER, SEAL, WIDTH, Tone, text
from app.covers.vertical_text import TRACKING, WORD_SPACE, Cell, cells, length, split

_THREAD_X = 216
_HOLES = (28, 126, 234, 332)
_SLIP_TOP, _SLIP_ROOM = 26, 282
_ONE_SLIP_SIZES = (36, 33, 30, 27, 24.5, 22, 20)
_TWO_SLIP_SIZES = (25, 23, 21, 19, 17, 15, 13.5, 12)
_AUTHOR_SIZE, _SMALLEST_AUTHOR, _AUTHOR_BOTTOM, _AUTHOR_ROOM = 15.5, 10.5, 312, 230
_AUTHOR_X = 186.0
_BASELINE = 0.365


@dataclass(frozen=True, slots=True)
class Face:
    """How a column is set: the size of its type in units, its colour, further attributes."""

    size: float
    fill: str
    more: str = ""


def draw(title: str, authors: tuple[str, ...], tone: Tone) -> str:
    """Return the inside of the SVG: cloth and thread, slips with the title, the author above a small seal."""
    return f'<g font-family="{HAN_SERIF}">{_cloth(tone)}{_slips(title)}{_signature(authors)}</g>'


def _cloth(tone: Tone) -> str:
    corners = "".join(
        f'<path d="M{WIDTH} {edge}h-24v{depth}h24z" fill="{tone.shade}"/>'
        for edge, depth in ((0, _HOLES[0]), (HEIGHT, _HOLES[-1] - HEIGHT))
    )
    wraps = "".join(f"M{_THREAD_X} {y}H{WIDTH}" for y in _HOLES)
    holes = "".join(f"M{_THREAD_X} {y}h.01" for y in _HOLES)
    return (
        '<pattern id="c" width="4" height="4" patternUnits="userSpaceOnUse"><path d="M0 .5h2M2 2.5h2" stroke="#fff" stroke-opacity=".05"/>'
        '<path d="M.5 0v2M2.5 2v2" stroke="#000" stroke-opacity=".07"/></pattern>'
        f'<path d="M0 0h{WIDTH}v{HEIGHT}H0z" fill="{tone.cloth}"/><path d="M0 0h{WIDTH}v{HEIGHT}H0z" fill="url(#c)"/>{corners}'
        f'<path d="M{_THREAD_X + 3} 0V{HEIGHT}" stroke="#000" stroke-opacity=".16" stroke-width="6"/>'
        f'<path d="M{_THREAD_X} 0V{HEIGHT}{wraps}" stroke="#000" stroke-opacity=".25" stroke-width="1.6" transform="translate(.8 1.1)"/>'
        f'<path d="M{_THREAD_X} 0V{HEIGHT}{wraps}" stroke="#e9e0cc" stroke-width="1.5"/>'
        f'<path d="{holes}" stroke="#e9e0cc" stroke-width="3.4" stroke-linecap="round"/>'
    )


def _slips(title: str) -> str:
    whole = cells(title)
    for size in _ONE_SLIP_SIZES:
        if length(whole) * size <= _SLIP_ROOM - size:
            return _slip(whole, size, 22)
    first, second = split(whole)
    size = next(
        (size for size in _TWO_SLIP_SIZES if max(length(first), length(second)) * size <= _SLIP_ROOM - size),
        _TWO_SLIP_SIZES[-1],
    )
    room = (_SLIP_ROOM - size) / size
    return _slip(_shortened(first, room), size, 22 + size * 1.62 + 10) + _slip(_shortened(second, room), size, 22)


def _shortened(column: tuple[Cell, ...], room: float) -> tuple[Cell, ...]:
    if length(column) <= room:
        return column
    while column and length((*column, Cell("…", turned=True))) > room:
        column = column[:-1]
    return (*column, Cell("…", turned=True))


def _slip(column: tuple[Cell, ...], size: float, left: float) -> str:
    width, height = size * 1.62, max(length(column) * size + size * 0.9, size * 2.6)
    inner = (height - length(column) * size) / 2
    return (
        f'<rect x="{left + 1:g}" y="{_SLIP_TOP + 1.5:g}" width="{width:g}" height="{height:g}" fill="#000" fill-opacity=".22"/>'
        f'<rect x="{left:g}" y="{_SLIP_TOP}" width="{width:g}" height="{height:g}" fill="{PAPER}"/>'
        f'<rect x="{left + 3.2:g}" y="{_SLIP_TOP + 3.2:g}" width="{width - 6.4:g}" height="{height - 6.4:g}" fill="none" stroke="{INK}" stroke-opacity=".55" stroke-width=".9"/>'
        + _column(column, left + width / 2, _SLIP_TOP + inner, Face(size, INK, ' font-weight="700"'))
    )


def _column(column: tuple[Cell, ...], x: float, top: float, face: Face) -> str:
    drawn = []
    for cell in column:
        step = cell.height * face.size * TRACKING
        if cell.text:
            drawn.append(_cell(cell, x, top + step / 2, face))
        top += step
    return "".join(drawn)


def _cell(cell: Cell, x: float, middle: float, face: Face) -> str:
    middle += cell.shift * face.size
    baseline = middle + face.size * cell.scale * _BASELINE
    if not cell.turned:
        return text(cell.text, x, baseline, face.size * cell.scale, fill=face.fill, more=face.more)
    more = f'{face.more} transform="rotate(90 {x:g} {middle:g})"'
    if len(cell.text) > 1:
        more += f' textLength="{(cell.height - WORD_SPACE) * face.size:g}" lengthAdjust="spacingAndGlyphs"'
    return text(cell.text, x, baseline, face.size, fill=face.fill, more=more)


def _signature(authors: tuple[str, ...]) -> str:
    drawn, x = [], _AUTHOR_X
    for author in authors[:2]:
        whole = cells(author)
        size = max(_SMALLEST_AUTHOR, min(_AUTHOR_SIZE, _AUTHOR_ROOM / max(length(whole), 1)))
        column = _shortened(whole, _AUTHOR_ROOM / size)
        face = Face(size, PAPER, ' fill-opacity=".94"')
        drawn.append(_column(column, x, _AUTHOR_BOTTOM - length(column) * size, face))
        x -= _AUTHOR_SIZE * 1.6
    seal = (
        f'<g transform="translate({_AUTHOR_X} {_AUTHOR_BOTTOM + 16})"><rect x="-8" y="-8" width="16" height="16" rx="2.2" fill="{SEAL}"/>'
        f'<path d="{FISH}" fill="{PAPER}" transform="translate(1 0) scale(.5)"/></g>'
    )
    return "".join(drawn) + seal
