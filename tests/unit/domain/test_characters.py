"""No text brings in, and no document sends out, a character that XML 1.0 forbids."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.characters import cleaned, without_forbidden

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
