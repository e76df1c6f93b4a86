"""What cannot be seen does not tell two texts apart."""

from __future__ import annotations

import re
import sys
import unicodedata

import pytest

from app.domain.look_alikes import BLANK, skeleton

_DRAWS_NOTHING = re.compile(
    r"VARIATION SELECTOR|HANGUL .*FILLER|KHITAN SMALL SCRIPT FILLER|BRAILLE PATTERN BLANK|GRAPHEME JOINER|KHMER VOWEL INHERENT|OBJECT REPLACEMENT|NULL NOTEHEAD"
    r"|MONGOLIAN (FREE VARIATION|VOWEL SEPARATOR)|EGYPTIAN HIEROGLYPH.* (BLANK|LOST SIGN)"
)


def test_blank_signs_are_those_whose_names_say_that_they_draw_nothing() -> None:
    signs = [sign for sign in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(sign)[0] != "C"]
    named = {sign for sign in signs if _DRAWS_NOTHING.search(unicodedata.name(sign, ""))}
    assert named == BLANK.intersection(signs)


@pytest.mark.parametrize(("first", "last"), [(0x13441, 0x13446), (0x16FE4, 0x16FE4), (0xE0100, 0xE01EF)])
def test_blank_signs_end_where_they_end_though_their_neighbours_have_no_names_yet(first: int, last: int) -> None:
    around = range(first - 1, last + 2)
    assert BLANK.intersection(map(chr, around)) == set(map(chr, around[1:-1]))


@pytest.mark.parametrize("sign", ["\u3164", "\ufe0f", "\u2800", "\u200b", "\u202e", "\u3000", " "], ids=ascii)
def test_a_sign_that_is_not_seen_does_not_count(sign: str) -> None:
    assert skeleton(f"书{sign}友") == skeleton("书友")


@pytest.mark.parametrize(("one", "other"), [("аdmin", "admin"), ("Ill", "lIl"), ("paypaI", "paypal"), ("ⅼ", "1")])
def test_what_looks_alike_is_one(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


def test_an_accent_is_seen() -> None:
    assert skeleton("Zoë") != skeleton("Zoe")
    assert unicodedata.is_normalized("NFC", skeleton("Zoë"))
