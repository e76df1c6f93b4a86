"""Draw the cover of a book that has no picture, as an SVG document.

A book with a Chinese or Japanese title becomes a thread-bound volume (线装), any other a banded paperback. The tone comes from
the ISBN out of eight traditional ones, so a book looks the same for ever, everywhere, and no page has a broken picture.
"""

from __future__ import annotations

import zlib
from html import escape
from typing import TYPE_CHECKING

from app.covers import banded_cover, bound_cover
from app.covers.parts import HEIGHT, WIDTH, Tone
from app.covers.vertical_text import may_be_vertical
from app.domain.characters import cleaned

if TYPE_CHECKING:
    from app.domain.book import BookFacts

TONES = (
    Tone("靛青", "#27445c", "#1d3447"),
    Tone("绀紫", "#3d3a56", "#2e2b43"),
    Tone("黛绿", "#1f5b57", "#174744"),
    Tone("赭石", "#8a5a2a", "#6e4620"),
    Tone("枣红", "#7a2d2a", "#5f2120"),
    Tone("松柏", "#4a6140", "#394c31"),
    Tone("鸦青", "#3a4249", "#2b3137"),
    Tone("紫棠", "#5f3650", "#4a283e"),
)


def tone_of(isbn13: str) -> Tone:
    """Return the tone of a book's cover; the same for the same ISBN on every machine."""
    return TONES[zlib.crc32(isbn13.encode()) % len(TONES)]


def draw_cover(facts: BookFacts) -> str:
    """Return the cover as a complete SVG document, with every word of the book escaped.

    The picture is 240 × 360 units. A book without a title shows its ISBN.
    """
    title = _clean(facts.title) or facts.isbn13
    authors = tuple(filter(None, map(_clean, facts.authors)))
    tone = tone_of(facts.isbn13)
    if may_be_vertical(title) or _is_short_chinese(title, facts.language):
        body = bound_cover.draw(title, authors, tone)
    else:
        body = banded_cover.draw(title, _clean(facts.subtitle), authors, tone)
    label = escape("，".join((title, *authors[:1])))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'role="img" aria-label="{label}" xml:lang="{escape(_clean(facts.language) or "und")}">{body}</svg>'
    )


def _is_short_chinese(title: str, language: str) -> bool:
    return language.startswith("zh") and len(title) <= len("1Q84 BOOK 3")


def _clean(text: str) -> str:
    return " ".join(cleaned(text).split())
