"""No text brings in a character that XML 1.0 forbids; what cannot be seen does not tell two texts apart."""

from __future__ import annotations

import re
import sys
import unicodedata
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from app.domain.characters import BLANK, cleaned, isolated, isolated_value, skeleton, unenclosed, without_forbidden

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=40)
FORBIDDEN = ("\x00", "\x08", "\x0b", "\x0c", "\x1f", "\ud83d", "\udcff", "\ufffe", "\uffff")


@given(ANY_TEXT)
def test_a_document_holds_any_text(text: str) -> None:
    escaped = without_forbidden(text).replace("&", "&amp;").replace("<", "&lt;")
    ET.fromstring(f"<a>{escaped}</a>".encode())


@given(ANY_TEXT)
def test_what_comes_in_is_never_changed_on_the_way_out(text: str) -> None:
    assert without_forbidden(cleaned(text)) == cleaned(text) == cleaned(cleaned(text))


@pytest.mark.parametrize("sign", [*FORBIDDEN, "\x7f", "\x80", "\x9f", "\ufdd0", "\U0001ffff"], ids=ascii)
def test_what_is_no_character_is_dropped_on_the_way_in(sign: str) -> None:
    assert cleaned(f"三{sign}体") in {"三体", "三\n体"}


@pytest.mark.parametrize("plane", range(17))
def test_the_last_two_of_each_plane_are_no_characters_and_those_before_them_are(plane: int) -> None:
    last = [chr(plane * 0x10000 + low) for low in (0xFFFD, 0xFFFE, 0xFFFF)]
    assert cleaned("".join(last)) == last[0]


@pytest.mark.parametrize("sign", ["\r\n", "\r", "\x85", "\u2028", "\u2029", "\x0b", "\x0c"], ids=ascii)
def test_every_way_to_end_a_line_becomes_a_line_feed(sign: str) -> None:
    assert cleaned(f"one{sign}two") == "one\ntwo"


@pytest.mark.parametrize("text", ["", "三体", "a\tb\nc", "Les Misérables 𠮷", "👩‍🚀", "نص"])
def test_what_people_write_stays(text: str) -> None:
    assert cleaned(text) == without_forbidden(text) == text


_DRAWS_NOTHING = re.compile(
    r"VARIATION SELECTOR|HANGUL .*FILLER|KHITAN SMALL SCRIPT FILLER|BRAILLE PATTERN BLANK|GRAPHEME JOINER|KHMER VOWEL INHERENT|OBJECT REPLACEMENT|NULL NOTEHEAD"
    r"|MONGOLIAN (FREE VARIATION|VOWEL SEPARATOR)|EGYPTIAN HIEROGLYPH.* (BLANK|LOST SIGN)"
)


def test_blank_signs_are_those_whose_names_say_that_they_draw_nothing() -> None:
    names = {sign: unicodedata.name(sign, "") for sign in map(chr, range(sys.maxunicode + 1))}
    named = {sign for sign, name in names.items() if _DRAWS_NOTHING.search(name)}
    assert named == {sign for sign in BLANK if names[sign]}


@pytest.mark.parametrize(("first", "last"), [(0x13441, 0x13446), (0x16FE4, 0x16FE4), (0xE0100, 0xE01EF)])
def test_blank_signs_end_where_they_end_though_their_neighbours_have_no_names_yet(first: int, last: int) -> None:
    around = range(first - 1, last + 2)
    assert BLANK.intersection(map(chr, around)) == set(map(chr, around[1:-1]))


_ENCLOSED = re.compile(
    r"(?:PARENTHESIZED|(?:DINGBAT |NEGATIVE |DOUBLE )*CIRCLED|(?:NEGATIVE )?SQUARED|REGIONAL INDICATOR SYMBOL)"
    r" (?:SANS-SERIF )?(?P<kind>LATIN (?:SMALL|CAPITAL) LETTER|LETTER|DIGIT) (?P<which>[A-Z]|ZERO|ONE|TWO|THREE|FOUR|FIVE|SIX|SEVEN|EIGHT|NINE)"
)


def test_each_letter_and_digit_in_a_circle_a_square_brackets_or_a_flag_is_the_plain_one() -> None:
    digits = {unicodedata.name(digit): digit for digit in "0123456789"}
    for sign in map(chr, range(sys.maxunicode + 1)):
        found = _ENCLOSED.fullmatch(unicodedata.name(sign, ""))
        plain = unicodedata.normalize("NFKC", unenclosed(sign)).casefold()
        if found:
            assert plain == digits.get(f"DIGIT {found['which']}", found["which"].lower()), ascii(sign)
        else:
            assert unenclosed(sign) == sign


@pytest.mark.parametrize("sign", ["\u3164", "\ufe0f", "\u2800", "\u200b", "\u202e", "\u3000", " "], ids=ascii)
def test_a_sign_that_is_not_seen_does_not_count(sign: str) -> None:
    assert skeleton(f"书{sign}友") == skeleton("书友")


@pytest.mark.parametrize(("one", "other"), [("аdmin", "admin"), ("Ill", "lIl"), ("paypaI", "paypal"), ("ⅼ", "1")])
def test_what_looks_alike_is_one(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


def test_an_accent_is_seen() -> None:
    assert skeleton("Zoë") != skeleton("Zoe")
    assert unicodedata.is_normalized("NFC", skeleton("Zoë"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("三体", "三体"),
        ("一行\n两行", "一行\n两行"),
        ("שלום", "שלום"),
        ("a\u202eb", "\u2068a\u202eb\u2069"),
        ("\u2068a\u202eb\u2069", "\u2068a\u202eb\u2069"),
        ("\u2069\u202eb", "\u2068\u202eb\u2069"),
        ("\u2067b", "\u2068\u2067b\u2069\u2069"),
        ("a\nb\u202e\nc", "a\n\u2068b\u202e\u2069\nc"),
        ("\u200fa", "\u200fa"),
    ],
)
def test_a_text_that_turns_what_follows_is_isolated_once(text: str, shown: str) -> None:
    assert isolated(text) == shown
    assert isolated(shown) == shown


def test_a_template_isolates_texts_and_leaves_markup_and_numbers_as_they_are() -> None:
    assert isolated_value("a\u202eb") == "\u2068a\u202eb\u2069"
    assert isolated_value(Markup("a\u202eb")) == "a\u202eb"
    assert isolated_value(7) == 7
