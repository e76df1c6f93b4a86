"""Bytes of text are read by the encoding that makes the fewest errors."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.text_encoding import NotText, decode, detect_encoding

CASES = Path(__file__).parents[2] / "cases"
CHINESE = "书名,作者\r\n三体,刘慈欣\r\n活着,余华\r\n"
TRADITIONAL = "書名,作者\r\n三體,劉慈欣\r\n活著,余華\r\n"
SPANISH = "Título,Autor\r\nCien años de soledad,Gabriel García Márquez\r\n"


@pytest.mark.parametrize(
    ("text", "codec", "name"),
    [
        (CHINESE, "utf-8", "UTF-8"),
        (CHINESE, "utf-8-sig", "UTF-8"),
        (CHINESE, "gb18030", "GB 18030"),
        (CHINESE, "utf-16", "UTF-16"),
        (CHINESE, "utf-16-le", "UTF-16"),
        (CHINESE, "utf-16-be", "UTF-16"),
        (TRADITIONAL, "big5", "Big5"),
        (TRADITIONAL, "gb18030", "GB 18030"),
        (SPANISH, "cp1252", "Windows-1252"),
        (SPANISH, "utf-8", "UTF-8"),
        ("Zoé, “the créée”…\n", "cp1252", "Windows-1252"),
        ("café", "cp1252", "Windows-1252"),
        ("ISBN\n9787536692930\n", "ascii", "UTF-8"),
        ("书\n", "gb18030", "GB 18030"),
        ("", "ascii", "UTF-8"),
    ],
)
def test_each_encoding_is_known_by_a_few_words(text: str, codec: str, name: str) -> None:
    decoded = decode(text.encode(codec))
    assert (decoded.text, decoded.encoding.name) == (text, name)


@pytest.mark.parametrize(
    ("case", "name", "held"),
    [
        ("L03-list.csv", "UTF-16", "三体"),
        ("L06-list.csv", "Windows-1252", "Cien años de soledad;Gabriel García Márquez"),
        ("L07-list.csv", "UTF-8", "好看\ufffd\r\n凤囚凰"),
        ("L08-list.tsv", "UTF-8", "Les Misérables\tVictor Hugo\tK\ufffdamas"),
        ("C08-b.csv", "GB 18030", "猫八"),
    ],
)
def test_one_bad_byte_costs_one_sign(case: str, name: str, held: str) -> None:
    decoded = decode((CASES / case).read_bytes())
    assert decoded.encoding.name == name
    assert held in decoded.text
    assert decoded.text.count("\ufffd") == held.count("\ufffd")


@pytest.mark.parametrize("codec", ["ascii", "utf-8", "gb18030", "big5", "cp1252"])
@pytest.mark.parametrize("at", [3, 4, 8, 9])
def test_a_stray_nul_costs_no_more(codec: str, at: int) -> None:
    text = {"ascii": "Title,ISBN\nDune,\n", "big5": TRADITIONAL, "cp1252": SPANISH}.get(codec, CHINESE)
    data = text.encode(codec)
    at = len(data[:at].decode(codec, "ignore").encode(codec))
    assert decode(data[:at] + b"\x00" + data[at:]).text == text
    one_line = "Title,ISBN,Author"
    assert decode(f"{one_line[:at]}\x00{one_line[at:]}".encode()).text == one_line


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["三体\n活着\n", "上下\r\n", "a\n", "한강,소설\n채식주의자\n", "囧,囍\n龘\n"])
def test_a_short_text_in_utf_16_is_read_without_its_mark(text: str, codec: str) -> None:
    assert decode(text.encode(codec)).text == text


@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_a_stray_byte_among_many_lines_changes_nothing(codec: str) -> None:
    data = CHINESE.encode(codec) * 50 + b"\xff,\xe9\n" + CHINESE.encode(codec) * 50
    assert decode(data).text.count("三体") == 100


@pytest.mark.parametrize(
    "data", [b"PK\x03\x04\x00\x00\xff\xff", b"\x89PNG\r\n\x1a\n\x00", b"\xff\xfe\x00", bytes(range(256)) * 4]
)
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(NotText):
        decode(data)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"]), max_size=80))
def test_every_text_in_utf_8_is_read_as_it_was_written(text: str) -> None:
    assert decode(text.encode()).text == text


@given(st.binary(max_size=400))
def test_any_bytes_have_an_encoding(data: bytes) -> None:
    data.decode(detect_encoding(data).codec, "replace")
