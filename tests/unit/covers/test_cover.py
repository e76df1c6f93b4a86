"""Generated covers: right, safe, the same every time, and never cut in the middle of a word."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from app.covers.drawing import TONES, draw_cover, tone_of
from app.covers.vertical_text import latin_width
from app.domain.book import BookFacts

SANTI = BookFacts(isbn13="9787536692930", title="三体", authors=("刘慈欣",), language="zh")
NIGHTFALL = BookFacts(
    isbn13="9780553290998", title="Nightfall", authors=("Isaac Asimov", "Robert Silverberg"), language="en"
)


def texts(facts: BookFacts) -> list[str]:
    root = ET.fromstring(draw_cover(facts))
    return [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]


def book(title: str, *, authors: tuple[str, ...] = (), language: str = "zh") -> BookFacts:
    return BookFacts(isbn13="9787536692930", title=title, authors=authors, language=language)


def test_a_cover_is_the_same_every_time():
    assert draw_cover(SANTI) == draw_cover(SANTI)


def test_the_tone_comes_from_the_isbn_and_all_eight_are_used():
    assert {tone_of(f"97875366{number:05}") for number in range(200)} == set(TONES)


def test_a_chinese_title_is_set_sign_by_sign_and_the_author_too():
    assert texts(SANTI) == ["三", "体", "刘", "慈", "欣"]


def test_a_western_title_stands_in_one_piece_with_its_authors_in_capitals():
    assert texts(NIGHTFALL) == ["Nightfall", "ISAAC ASIMOV", "& ROBERT SILVERBERG"]


def test_a_latin_word_in_a_chinese_title_stays_whole():
    assert "Python" in texts(book("流畅的Python"))


@pytest.mark.parametrize(
    "title",
    [
        "鋼の錬金術師 1 [Hagane no Renkinjutsushi 1]",
        "首届全国新概念作文大赛获奖作品选（全二册）",
        "Don't Get Too Comfortable: The Indignities of Coach Class The Torments of Low Thread Count",
        "Lysis/Symposium/Phaedrus/Alcibiades/Selections",
        "激荡三十年：中国企业1978~2008. 上",
    ],
)
def test_no_word_is_cut(title: str):
    words = set(re.findall(r"[^\W\d_]+(?:'\w+)?", title))
    drawn = " ".join(texts(book(title)))
    cut = [word for word in re.findall(r"[^\W\d_]+(?:'\w+)?", drawn) if word not in words and len(word) > 1]
    assert cut == []


def test_a_title_of_many_words_ends_in_an_ellipsis_after_a_whole_word():
    words = [f"word{number}" for number in range(90)]
    drawn = texts(book(" ".join(words), language="en"))
    assert len(drawn) == 7
    assert drawn[-1].endswith("…")
    shown = " ".join(drawn).removesuffix("…").split()
    assert shown == words[: len(shown)]


def test_a_subtitle_has_three_lines_and_ends_in_an_ellipsis_after_a_whole_word():
    words = [f"word{number}" for number in range(90)]
    _title, *drawn = texts(replace(book("Emma", language="en"), subtitle=" ".join(words)))
    assert len(drawn) == 3
    assert drawn[-1].endswith("…")
    shown = " ".join(drawn).removesuffix("…").split()
    assert shown == words[: len(shown)]


@pytest.mark.parametrize(
    "facts",
    [
        book("Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft", language="de"),
        book("W" * 60, language="en"),
        book("Bones", authors=("The International Commission on the Future of Education in the World",), language="en"),
        book("Bones", authors=("A. Maximiliana", "Wolfeschlegelsteinhausenbergerdorff-Solzhenitsyn"), language="en"),
    ],
    ids=lambda facts: facts.title[:5] + str(len(facts.authors)),
)
def test_no_line_of_a_paperback_runs_off_its_sides(facts: BookFacts):
    for element in ET.fromstring(draw_cover(facts)).iter("{http://www.w3.org/2000/svg}text"):
        size, spaced = float(element.attrib["font-size"]), float(element.attrib.get("letter-spacing", 0))
        assert latin_width(element.text or "") * size + len(element.text or "") * spaced <= 240, element.text


def test_a_word_that_no_line_holds_is_parted_by_hyphens_and_nothing_is_lost():
    word = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
    drawn = texts(book(word, language="de"))
    assert "".join(line.removesuffix("-") for line in drawn) == word
    assert all(line.endswith("-") for line in drawn[:-1])


def test_a_long_author_of_a_bound_volume_stays_large_enough_to_read():
    office = book("长作者", authors=("联合国教科文组织国际教育发展委员会与世界文化遗产中心编写组",))
    root = ET.fromstring(draw_cover(office))
    assert min(float(element.attrib["font-size"]) for element in root.iter("{http://www.w3.org/2000/svg}text")) >= 10
    assert texts(office)[-1] == "…"


@pytest.mark.parametrize(
    "markup", ["<script>alert(1)</script>", 'a" onload="alert(1)', "]]>&amp;<![CDATA[", "三体</text><script>"]
)
def test_markup_in_a_title_or_author_is_text(markup: str):
    drawn = draw_cover(book(markup, authors=(markup,), language=markup))
    root = ET.fromstring(drawn)
    assert {element.tag.split("}")[1] for element in root.iter()} <= {
        "svg",
        "g",
        "path",
        "rect",
        "circle",
        "text",
        "pattern",
    }
    assert not [name for element in root.iter() for name in element.attrib if name.startswith("on")]


@pytest.mark.parametrize(
    "title", ["\x00三体\x0b", "\ud800", "", "😀", "ـ" * 500, "𠀀𠀁𠀂", "三" * 500, "W" * 500, "（", "：：：", "1984"]
)
def test_any_title_gives_a_document_that_can_be_read(title: str):
    drawn = draw_cover(book(title, authors=(title,)))
    assert ET.fromstring(drawn).tag == "{http://www.w3.org/2000/svg}svg"
    drawn.encode()


def test_everything_lies_inside_the_picture():
    for title in ("三" * 60, "W" * 60, "word " * 60, "鋼の錬金術師 1 [Hagane no Renkinjutsushi 1]"):
        for element in ET.fromstring(draw_cover(book(title))).iter("{http://www.w3.org/2000/svg}text"):
            assert 0 < float(element.attrib["x"]) < 240
            assert 0 < float(element.attrib["y"]) < 360


@pytest.mark.parametrize(
    ("title", "size"),
    [
        *(("书" * signs, size) for signs, size in ((6, 36), (7, 30), (8, 27), (9, 24.5), (10, 22), (12, 20))),
        *(("书" * signs, size) for signs, size in ((13, 25), (19, 23), (21, 21), (23, 19), (25, 17), (29, 15))),
        *(("书" * signs, size) for signs, size in ((33, 13.5), (37, 12), (99, 12))),
        ("书书书书Java", 33),
    ],
)
def test_the_title_of_a_bound_volume_is_set_as_large_as_its_slips_allow(title: str, size: float) -> None:
    root = ET.fromstring(draw_cover(book(title)))
    assert {float(one.get("font-size", "0")) for one in root.iter("{http://www.w3.org/2000/svg}text")} == {size}


@pytest.mark.parametrize(
    ("title", "size", "lines"),
    [
        *(("o" * signs, size, 1) for signs, size in ((1, 31), (11, 31), (12, 28), (13, 25), (15, 22.5), (17, 20))),
        *(("o" * signs, size, 1) for signs, size in ((19, 18), (21, 16), (23, 14.5), (26, 13))),
        *((" ".join(["o" * 11] * lines), size, lines) for lines, size in ((2, 31), (3, 31), (4, 22.5), (5, 18))),
        (" ".join(["o" * 11] * 10), 14.5, 5),
        (" ".join(["o" * 11] * 12), 13, 6),
        ("o" * 27, 13, 2),
    ],
)
def test_the_title_of_a_paperback_is_set_as_large_as_its_band_allows(title: str, size: float, lines: int) -> None:
    root = ET.fromstring(draw_cover(book(title, language="en")))
    assert [float(one.get("font-size", "0")) for one in root.iter("{http://www.w3.org/2000/svg}text")] == [size] * lines


@pytest.mark.parametrize(
    ("title", "author", "size"),
    [
        *(("三", "人" * signs, size) for signs, size in ((1, 15.5), (13, 15.5), (14, 15.2116), (15, 14.1975))),
        *(("三", "人" * signs, size) for signs, size in ((20, 10.6481), (21, 10.5), (99, 10.5))),
        *(("o", "m" * signs, size) for signs, size in ((1, 12.5), (15, 12.5), (16, 11.7741), (22, 8.6323), (23, 8.5))),
    ],
)
def test_an_author_is_set_as_large_as_there_is_room(title: str, author: str, size: float) -> None:
    root = ET.fromstring(draw_cover(book(title, authors=(author,), language="en")))
    _title, *name = root.iter("{http://www.w3.org/2000/svg}text")
    assert {float(one.get("font-size", "0")) for one in name} == {size}


@pytest.mark.parametrize(
    ("title", "authors", "shown"),
    [
        ("Emma", (), []),
        ("Emma", ("Ann", "Bob"), ["ANN", "& BOB"]),
        ("Emma", ("Ann", "Bob", "Cid"), ["ANN", "et al."]),
        ("Emma", ("Ann", "Bob", "Cid", "Dan"), ["ANN", "et al."]),
        ("三", (), []),
        ("三", ("甲", "乙"), ["甲", "乙"]),
        ("三", ("甲", "乙", "丙"), ["甲", "乙"]),
        ("三", ("：", "乙"), ["乙"]),
    ],
)
def test_a_cover_names_as_many_authors_as_it_has_room_for(
    title: str, authors: tuple[str, ...], shown: list[str]
) -> None:
    assert texts(book(title, authors=authors, language="en"))[1:] == shown


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("oooooo ooo ooooo", ["oooooo", "ooo ooooo"]),
        ("ooooooo-o oo/oo ooooo oooo", ["ooooooo-o", "oo/oo", "ooooo oooo"]),
        ("oooooooooooo/oo oooooo/oo o oo", ["oooooooooooo/", "oo oooooo/oo", "o oo"]),
    ],
)
def test_the_lines_of_a_paperback_are_about_as_long_as_each_other(title: str, lines: list[str]) -> None:
    assert texts(book(title, language="en")) == lines
