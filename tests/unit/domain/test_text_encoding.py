"""Bytes of text are read by the encoding that makes the fewest errors."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.text_encoding import NotText, decode_text, detect_encoding, telling_lines
from tests.support.paths import ROOT

CASES = ROOT / "tests" / "cases"
CHINESE = "书名,作者\r\n三体,刘慈欣\r\n活着,余华\r\n"
TRADITIONAL = "書名,作者\r\n三體,劉慈欣\r\n活著,余華\r\n"
JAPANESE = "書名,著者\r\n吾輩は猫である,夏目漱石\r\nコンビニ人間,村田沙耶香\r\n"
KOREAN = "제목,저자\r\n채식주의자,한강\r\n82년생 김지영,조남주\r\n"
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
        ("My Ántonia\nÅsne", "cp1252", "Windows-1252"),
        ("我的聲the", "big5", "Big5"),
        ("ISBN\n9787536692930\n", "ascii", "UTF-8"),
        ("书\n", "gb18030", "GB 18030"),
        ("刘瑜", "gb18030", "GB 18030"),
        ("岛;郭敬明;3,50 €", "gb18030", "GB 18030"),
        ("清单人生,弗雷德里克·巴克曼", "gb18030", "GB 18030"),
        ("高堡奇人,菲利普·迪克", "gb18030", "GB 18030"),
        ("School's Out—Forever,James Patterson", "gb18030", "GB 18030"),
        (JAPANESE, "cp932", "Shift-JIS"),
        (JAPANESE, "utf-8", "UTF-8"),
        ("雪国\n", "cp932", "Shift-JIS"),
        ("ドラえもん\n", "cp932", "Shift-JIS"),
        ("1Q84,村上春樹\n", "cp932", "Shift-JIS"),
        (KOREAN, "euc-kr", "EUC-KR"),
        (KOREAN, "utf-8", "UTF-8"),
        ("한강(漢江), 소년이 온다, 작별하지 않는다\n", "cp949", "EUC-KR"),
        ("It’s “naïve”, ‚Ökonomie‘ – Müßiggang\n", "cp1252", "Windows-1252"),
        ("", "ascii", "UTF-8"),
    ],
)
def test_each_encoding_is_known_by_a_few_words(text: str, codec: str, name: str) -> None:
    decoded = decode_text(text.encode(codec))
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
    decoded = decode_text((CASES / case).read_bytes())
    assert decoded.encoding.name == name
    assert held in decoded.text
    assert decoded.text.count("\ufffd") == held.count("\ufffd")


@pytest.mark.parametrize("codec", ["ascii", "utf-8", "gb18030", "big5", "cp1252"])
@pytest.mark.parametrize("at", [3, 4, 8, 9])
def test_a_stray_nul_costs_no_more(codec: str, at: int) -> None:
    text = {"ascii": "Title,ISBN\nDune,\n", "big5": TRADITIONAL, "cp1252": SPANISH}.get(codec, CHINESE)
    data = text.encode(codec)
    at = len(data[:at].decode(codec, "ignore").encode(codec))
    assert decode_text(data[:at] + b"\x00" + data[at:]).text == text
    one_line = "Title,ISBN,Author"
    assert decode_text(f"{one_line[:at]}\x00{one_line[at:]}".encode()).text == one_line


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text", ["三体\n活着\n", "上下\r\n", "a\n", "Dune,1965", "三体,活着", "한강,소설\n채식주의자\n", "囧,囍\n龘\n"]
)
def test_a_short_text_in_utf_16_is_read_without_its_mark(text: str, codec: str) -> None:
    assert decode_text(text.encode(codec)).text == text


@pytest.mark.parametrize("data", [b"\x00", b"a\x00", b"\x00a"], ids=ascii)
def test_next_to_nothing_is_not_in_utf_16_unless_it_has_a_sign(data: bytes) -> None:
    assert detect_encoding(data).name == ("UTF-16" if b"a" in data else "UTF-8")


@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_a_stray_byte_among_many_lines_changes_nothing(codec: str) -> None:
    data = CHINESE.encode(codec) * 50 + b"\xff,\xe9\n" + CHINESE.encode(codec) * 50
    assert decode_text(data).text.count("三体") == 100


@pytest.mark.parametrize(
    "data", [b"PK\x03\x04\x00\x00\xff\xff", b"\x89PNG\r\n\x1a\n\x00", b"\xff\xfe\x00", bytes(range(256)) * 4]
)
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(NotText) as refused:
        decode_text(data)
    assert refused.value.status == HTTPStatus.UNPROCESSABLE_ENTITY


@pytest.mark.parametrize(("codec", "leads"), [("gb2312", range(0xA1, 0xD8)), ("big5", range(0xA1, 0xC7))])
def test_each_frequent_character_tells_its_encoding_when_it_stands_among_others(codec: str, leads: range) -> None:
    around = {"gb2312": "书名", "big5": "書名"}[codec].encode(codec)
    trails = [*(range(0x40, 0x7F) if codec == "big5" else ()), *range(0xA1, 0xFF)]
    for lead in leads:
        row = b"".join(bytes((lead, trail)) for trail in trails if is_known(bytes((lead, trail)), codec))
        assert detect_encoding(around * 4 + row).name == {"gb2312": "GB 18030", "big5": "Big5"}[codec], hex(lead)


@pytest.mark.parametrize("lead", range(0xC0, 0xF8), ids=hex)
def test_two_accented_letters_are_a_frequent_chinese_character_or_what_they_seem(lead: int) -> None:
    for trail in range(0xC0, 0xFE):
        pair = bytes((lead, trail))
        name = "GB 18030" if lead < 0xD8 and is_known(pair, "gb2312") else "Windows-1252"
        assert detect_encoding(pair).name == name, hex(trail)


def is_known(pair: bytes, codec: str) -> bool:
    """Whether a pair is a character of the encoding; Hong Kong's Big5, which reads both, has others from C6A1 on."""
    try:
        return pair.decode(codec) == pair.decode({"big5": "big5hkscs"}.get(codec, codec))
    except UnicodeDecodeError:
        return False


def test_a_quarter_of_signs_that_mean_nothing_is_borne_and_more_is_no_text() -> None:
    bom = b"\xff\xfe"
    lone = b"\x00\xd8"  # half of a surrogate pair
    assert decode_text(bom + "abc".encode("utf-16-le") + lone).text.count("\ufffd") == 1
    with pytest.raises(NotText):
        decode_text(bom + "ab".encode("utf-16-le") + lone)


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_a_quarter_of_rare_signs_that_could_be_two_of_ascii_is_borne_in_utf_16(codec: str) -> None:
    rare = "\u2d5a"  # a Tifinagh letter, or "-Z"
    assert decode_text(f"ab\n{rare}".encode(codec)).text == f"ab\n{rare}"
    assert detect_encoding(f"ab\n{rare}{rare}".encode(codec)).name != "UTF-16"


@pytest.mark.parametrize(
    ("sign", "is_utf_16"), [("\u2c1f", True), ("\u2c20", False), ("\u2c7e", False), ("\u2c7f", True)]
)
def test_of_ascii_signs_are_those_that_are_seen_and_the_space(sign: str, *, is_utf_16: bool) -> None:
    assert (detect_encoding(f"ab\n{sign}{sign}".encode("utf-16-le")).name == "UTF-16") is is_utf_16


@pytest.mark.parametrize("words", [5, 7, 8])
def test_of_a_text_in_two_encodings_that_wins_which_leaves_fewer_characters_unread(words: int) -> None:
    line = "三体,刘慈欣\n"  # eight rare characters in GB 18030
    assert detect_encoding(line.encode() + ("三" * words).encode("gb18030")).name == "UTF-8"
    assert detect_encoding(line.encode() + ("三" * 9).encode("gb18030")).name == "GB 18030"


@pytest.mark.parametrize("length", [49, 50, 99, 149])
def test_one_control_character_is_borne_and_one_more_for_each_fifty_signs(length: int) -> None:
    allowed = max(1, length // 50)
    borne = "\x01" * allowed + "三" * (length - allowed)
    assert decode_text(borne.encode()).text == borne
    with pytest.raises(NotText):
        decode_text(("\x01" * (allowed + 1) + "三" * (length - allowed - 1)).encode())


def test_lines_of_ascii_tell_nothing_and_enough_of_the_others_do() -> None:
    long = "é".encode() * 65_536
    assert telling_lines(b"title\n" + "三体".encode() + b"\nauthor\n" + "活着".encode()) == "三体\n活着".encode()
    assert telling_lines(long + b"\n" + "三".encode()) == long[:65_536]
    many = b"\n".join([b"\xe9", *[b"\xe9" * 16] * 65_536])
    assert 65_536 <= len(telling_lines(many).replace(b"\n", b"")) < 65_536 + 16


def test_few_korean_syllables_are_read_as_the_chinese_that_they_may_be() -> None:
    data = "채식주의자,한강,조남주책".encode("euc-kr")
    assert detect_encoding(data).name == "GB 18030"
    assert detect_encoding(data + "방".encode("euc-kr")).name == "EUC-KR"


@pytest.mark.parametrize("count", [20, 24, 25])
def test_one_rare_syllable_in_five_is_borne(count: int) -> None:
    rare = count // 5
    assert detect_encoding(("뚫" * rare + "가" * (count - rare)).encode("euc-kr")).name == "EUC-KR"
    assert detect_encoding(("뚫" * (rare + 1) + "가" * (count - rare - 1)).encode("euc-kr")).name == "GB 18030"


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"]), max_size=80))
def test_every_text_in_utf_8_is_read_as_it_was_written(text: str) -> None:
    assert decode_text(text.encode()).text == text


@given(st.binary(max_size=400))
def test_any_bytes_have_an_encoding(data: bytes) -> None:
    data.decode(detect_encoding(data).codec, "replace")


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_half_a_sign_at_the_end_leaves_a_text_in_utf_16(codec: str) -> None:
    assert detect_encoding("三体,1\n".encode(codec) + b"x").name == "UTF-16"


@pytest.mark.parametrize(
    ("syllables", "is_korean"),
    [
        ("가나다라마바사아자차코토파하힘", True),  # by the consonant at the beginning
        ("까따빠싸짜", False),
        ("아애어에여예오와요우유으의이", True),  # by the vowel
        ("각간갈감갑갓강", True),  # by the consonant at the end
        ("갇갉값갔갖같갚", False),
    ],
)
def test_a_syllable_is_frequent_by_its_parts(syllables: str, *, is_korean: bool) -> None:
    for syllable in syllables:
        assert (detect_encoding((syllable * 12).encode("euc_kr")).name == "EUC-KR") is is_korean, syllable


@pytest.mark.parametrize(
    ("ascii_signs", "odd", "others", "is_utf_16"),
    [(1, 0, 49, True), (1, 0, 50, False), (2, 0, 98, True), (2, 0, 99, False), (1, 1, 48, True), (1, 1, 47, False)],
)
@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_a_sign_of_ascii_in_fifty_is_needed_in_utf_16_and_an_odd_one_is_borne(
    codec: str, ascii_signs: int, odd: int, others: int, *, is_utf_16: bool
) -> None:
    text = "," * ascii_signs + "\ue000" * odd + "三" * others
    assert (detect_encoding(text.encode(codec)).name == "UTF-16") is is_utf_16


#: What costs Big5 half an error; what costs Windows-1252 a whole one and half of one.
CAPITAL, LETTER_AND_SIGN, TWO_LETTERS = b"\xc1nt ", b"\xc1\xa1 ", b"\xc1\xc1 "


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (CAPITAL * 2 + LETTER_AND_SIGN, "Big5"),
        (CAPITAL * 3 + LETTER_AND_SIGN, "Windows-1252"),
        (CAPITAL + TWO_LETTERS, "Big5"),
        (CAPITAL * 2 + TWO_LETTERS, "Windows-1252"),
        (CAPITAL * 3 + TWO_LETTERS + LETTER_AND_SIGN, "Big5"),
        (CAPITAL * 4 + TWO_LETTERS + LETTER_AND_SIGN, "Windows-1252"),
    ],
)
def test_accented_letters_are_weighed_against_chinese_characters(data: bytes, name: str) -> None:
    assert detect_encoding(data).name == name


@pytest.mark.parametrize("lead", [*range(0x81, 0x85), *range(0x88, 0x99)], ids=hex)
def test_each_frequent_sign_of_japanese_tells_it_when_it_stands_among_others(lead: int) -> None:
    pairs = [bytes((lead, trail)) for trail in (*range(0x40, 0x7F), *range(0x80, 0xFD))]
    row = b"".join(pair for pair in pairs if is_known(pair, "shift_jis"))
    assert detect_encoding(row).name == "Shift-JIS"


@pytest.mark.parametrize("lead", range(0x99, 0xA0), ids=hex)
def test_a_row_of_rare_signs_alone_is_not_taken_for_japanese(lead: int) -> None:
    pairs = [bytes((lead, trail)) for trail in (*range(0x40, 0x7F), *range(0x80, 0xFD))]
    row = b"".join(pair for pair in pairs if is_known(pair, "shift_jis"))
    assert detect_encoding(row).name != "Shift-JIS"


@pytest.mark.parametrize("kana", range(0xA1, 0xE0), ids=hex)
def test_one_narrow_kana_weighs_as_much_as_a_comma_that_only_japanese_has(kana: int) -> None:
    comma = "、".encode("cp932")
    assert detect_encoding(comma + bytes((kana,))).name == "Windows-1252"
    assert detect_encoding(comma * 2 + bytes((kana,))).name == "Shift-JIS"
