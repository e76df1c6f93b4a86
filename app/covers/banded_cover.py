"""The banded paperback: two bands of colour, one of paper with the title, the author below."""

from __future__ import annotations

import re
import unicodedata

from app.covers.parts import FISH, HEIGHT, INK, LATIN_SERIF, PAPER, WIDTH, Tone, text
from app.covers.vertical_text import latin_width

_TITLE_ROOM, _AUTHOR_ROOM = 192, 200
_TITLE_SIZES = (31, 28, 25, 22.5, 20, 18, 16, 14.5, 13)
_TITLE_LINES, _TITLE_HEIGHT = 5, 118
_SUBTITLE_SIZE, _SUBTITLE_LINES = 11.5, 3
_BAND_MIDDLE, _BAND_MIN = 176, 116
_SECOND_PART = re.compile(r"\s*(?::\s|\s[-–—/]+\s|[(\[])")


def draw(title: str, subtitle: str, authors: tuple[str, ...], tone: Tone) -> str:
    """Return the inside of the SVG: bands, the title in as many lines as it needs, the mark above, authors below."""
    main, rest = _parts(title, subtitle)
    size, lines = _fit(main)
    room = _TITLE_ROOM / _SUBTITLE_SIZE
    small = _wrap(_broken(rest, room), room, _SUBTITLE_LINES) if rest else []
    leading, small_leading = size * 1.2, _SUBTITLE_SIZE * 1.35
    height = len(lines) * leading + (len(small) * small_leading + 10 if small else 0)
    band = max(_BAND_MIN, height + 44)
    top = _BAND_MIDDLE - band / 2
    y = _BAND_MIDDLE - height / 2 + size * 0.86
    drawn = [_bands(tone, top, band)]
    for line in lines:
        drawn.append(text(line, WIDTH / 2, y, size, fill=INK))
        y += leading
    y += 10 + _SUBTITLE_SIZE - size * 0.86
    for line in small:
        drawn.append(text(line, WIDTH / 2, y, _SUBTITLE_SIZE, fill="#5d564c", more=' font-style="italic"'))
        y += small_leading
    return f'<g font-family="{LATIN_SERIF}">{"".join(drawn)}{_mark(top)}{_authors(authors, top + band)}</g>'


def _parts(title: str, subtitle: str) -> tuple[str, str]:
    cut = _SECOND_PART.search(title, 3)
    if subtitle or cut is None or not title[: cut.start()].strip():
        return title, subtitle
    rest = title[cut.start() :].strip(" :-–—/")
    return title[: cut.start()].strip(), rest[1:].rstrip(")]") if rest.startswith(("(", "[")) else rest


def _fit(words: str) -> tuple[float, list[str]]:
    for size in _TITLE_SIZES:
        lines = _wrap(words, _TITLE_ROOM / size, 99)
        fits_across = all(latin_width(line) * size <= _TITLE_ROOM for line in lines)
        if fits_across and len(lines) <= _TITLE_LINES and len(lines) * size * 1.2 <= _TITLE_HEIGHT:
            return size, lines
    smallest = _TITLE_SIZES[-1]
    room = _TITLE_ROOM / smallest
    return smallest, _wrap(_broken(words, room), room, int(_TITLE_HEIGHT // (smallest * 1.2)))


def _broken(words: str, room: float) -> str:
    """Break, with a hyphen where the script has one, the words that no line of `room` em holds."""
    return " ".join(piece for word in words.split() for piece in _pieces(word, room))


def _pieces(word: str, room: float) -> list[str]:
    hyphen = "-" if word.lower() != word.upper() else ""
    pieces = [""]
    for sign in word:
        is_mark = unicodedata.category(sign).startswith("M")
        if not is_mark and pieces[-1] and latin_width(word) > room < latin_width(f"{pieces[-1]}{sign}{hyphen}"):
            pieces[-1] += hyphen
            pieces.append("")
        pieces[-1] += sign
    return pieces


def _wrap(words: str, room: float, most: int) -> list[str]:
    """Break between words (after a slash or hyphen too) into lines of at most `room` em; what is over ends in an ellipsis."""
    lines = [""]
    for word in re.findall(r"\s*[^\s/-]*[/-]*", words):
        if not word:
            continue
        if lines[-1] and latin_width(lines[-1] + word) > room:
            if len(lines) == most:
                lines[-1] = lines[-1].rstrip(" ,:;/-") + "…"
                break
            lines.append("")
        lines[-1] += word if lines[-1] else word.lstrip()
    return _balanced(lines, room) if len(lines) < most else lines


def _balanced(lines: list[str], room: float) -> list[str]:
    """Narrow the lines as far as their number allows, so that no word is left alone at the end."""
    if len(lines) < 2:
        return lines
    words = " ".join(lines)
    for tenth in range(5, 10):
        narrower = _wrap_plain(words, room * tenth / 10)
        if len(narrower) <= len(lines) and all(latin_width(line) <= room for line in narrower):
            return narrower
    return lines


def _wrap_plain(words: str, room: float) -> list[str]:
    lines = [""]
    for word in words.split():
        if lines[-1] and latin_width(f"{lines[-1]} {word}") > room:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def _bands(tone: Tone, top: float, band: float) -> str:
    return (
        f'<path d="M0 0h{WIDTH}v{HEIGHT}H0z" fill="{tone.cloth}"/>'
        f'<path d="M0 0h7v{HEIGHT}H0z" fill="{tone.shade}" fill-opacity=".6"/>'
        f'<path d="M0 {top:g}h{WIDTH}v{band:g}H0z" fill="{PAPER}"/>'
        f'<path d="M0 {top + 5:g}h{WIDTH}M0 {top + band - 5:g}h{WIDTH}" stroke="{tone.cloth}" stroke-width="1.6"/>'
    )


def _mark(top: float) -> str:
    return (
        f'<g transform="translate({WIDTH / 2:g} {top / 2:g})"><circle r="18" fill="none" stroke="{PAPER}" stroke-width="1.5"/>'
        f'<path d="{FISH}" fill="{PAPER}" transform="translate(1.6 0)"/></g>'
    )


def _authors(authors: tuple[str, ...], bottom: float) -> str:
    if not authors:
        return ""
    names = [name.upper() for name in authors[:1]]
    names += [f"& {authors[1].upper()}"] if len(authors) == 2 else ["et al."] if len(authors) > 2 else []
    size = max(8.5, min(12.5, *(_AUTHOR_ROOM / (latin_width(name) * 1.12 + 0.5) for name in names)))
    room = (_AUTHOR_ROOM / size - 0.5) / 1.12
    lines = [line for name in names for line in _wrap(_broken(name, room), room, 2)]
    middle = (bottom + HEIGHT) / 2
    first = middle - (len(lines) - 1) * size * 0.8 + size * 0.35
    spaced = f' letter-spacing="{size * 0.1:g}"'
    return "".join(
        text(line, WIDTH / 2, first + at * size * 1.6, size, fill=PAPER, more=spaced) for at, line in enumerate(lines)
    )
