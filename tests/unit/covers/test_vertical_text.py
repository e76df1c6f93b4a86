"""Vertical setting: which signs stand upright, which lie, and where a long title may be parted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.covers.vertical_text import GAP, Cell, cells, may_be_vertical, split


def shown(text: str) -> list[str]:
    return [cell.text for cell in cells(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("流畅的Python", ["流", "畅", "的", "Python"]),
        ("1984", ["1", "9", "8", "4"]),
        ("第13版", ["第", "13", "版"]),
        ("三体：黑暗森林", ["三", "体", "", "黑", "暗", "森", "林"]),
        ("平凡的世界（上）", ["平", "凡", "的", "世", "界", "（", "上", "）"]),
        ("“他们”", ["『", "他", "们", "』"]),
        ("三 - 体", ["三", "", "体"]),
        ("三--体", ["三", "", "体"]),
        ("三:体;", ["三", "", "体"]),
        ("─三，—体", ["三", "", "体"]),
        ("三·体", ["三", "·", "体"]),
        ("，，", []),
        ("", []),
    ],
)
def test_a_text_is_cut_into_cells(text: str, expected: list[str]):
    assert shown(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("三", [Cell("三")]),
        ("a", [Cell("a")]),
        ("1", [Cell("1")]),
        ("12", [Cell("12", scale=0.9)]),
        ("IV", [Cell("IV", scale=0.9)]),
        ("XIX", [Cell("XIX", scale=0.72)]),
        ("123", [Cell(digit, 0.78) for digit in "123"]),
        ("1984", [Cell(digit, 0.78) for digit in "1984"]),
        ("12345", [Cell("12345", 5 * 0.56 + 0.14, turned=True)]),
        ("XVII", [Cell("XVII", 2 * 0.72 + 2 * 0.33 + 0.14, turned=True)]),
        ("Go", [Cell("Go", 0.72 + 0.56 + 0.14, turned=True)]),
        *((dot, [Cell("·", 0.5)]) for dot in "·・•‧．"),
        *((bracket, [Cell(bracket, 0.55, turned=True, shift=-0.25)]) for bracket in "（《〈「『【〔［｛"),
        *((bracket, [Cell(bracket, 0.55, turned=True, shift=0.25)]) for bracket in "）》〉」』】〕］｝"),
        *((sign, [Cell(sign, turned=True)]) for sign in "…～ー"),
        *((sign, [Cell(sign)]) for sign in "！？ⅣⅫ×"),
    ],
)
def test_each_cell_has_its_room_and_its_place(text: str, expected: list[Cell]):
    found = cells(text)
    assert [cell.height for cell in found] == pytest.approx([cell.height for cell in expected])
    assert [replace(cell, height=1.0) for cell in found] == [replace(cell, height=1.0) for cell in expected]


def test_brackets_and_words_lie_on_their_side_and_signs_stand():
    by_text = {cell.text: cell.turned for cell in cells("（三Python）")}
    assert by_text == {"（": True, "三": False, "Python": True, "）": True}


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("当我谈跑步时，我谈些什么", "当我谈跑步时"),
        ("美国纽约摄影学院摄影教材（上）", "美国纽约摄影学院摄影教材"),
        ("看不见的城市们", "看不见的"),
        ("流畅的Python编程", "流畅的"),
        ("甲乙：丙丁的戊己庚", "甲乙"),
        ("甲：乙丙丁戊的己庚辛", "甲乙丙丁戊的"),
        ("甲乙丙《丁的戊己》", "甲乙丙"),
        ("甲乙丙Go丁戊", "甲乙丙"),
        ("甲Go乙丙丁戊己庚", "甲Go"),
    ],
)
def test_a_long_title_is_parted_where_one_would_pause(text: str, first: str):
    assert "".join(cell.text for cell in split(cells(text))[0]) == first


def test_neither_part_begins_or_ends_with_a_gap():
    for part in split(cells("中国：印度：日本")):
        assert part[0] is not GAP
        assert part[-1] is not GAP


@pytest.mark.parametrize(
    ("text", "expected"),
    [("三体", True), ("ブリーチ", True), ("Dune", False), ("1984", False), ("𠀀", True), ("", False)],
)
def test_chinese_and_japanese_are_known_by_their_signs(text: str, expected: bool):
    assert may_be_vertical(text) is expected
