"""Marking what was searched for, however either side writes it."""

from __future__ import annotations

import itertools

import pytest

from app.search.highlight import Highlighter


def marked(text: str, query: str) -> list[str]:
    return [text[start:end] for start, end in Highlighter(query).spans(text)]


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("三体Ⅱ：黑暗森林", "三体", ["三体"]),
        ("三體", "三体", ["三體"]),
        ("三体", "三體", ["三体"]),
        ("三体Ⅱ：黑暗森林", "黑暗 三体", ["三体", "黑暗"]),
        ("黑暗的森林", "黑暗森林", ["黑暗", "森林"]),
        ("Gabriel García Márquez", "marquez", ["Márquez"]),
        ("The Books of Blood", "book", ["Books"]),
        ("Programming Python", "pyth", ["Pyth"]),
        ("Python", "thon", []),
        ("Ｐｙｔｈｏｎ", "python", ["Ｐｙｔｈｏｎ"]),
        ("Don't Stop", "dont", ["Don't"]),
        ("C# und C++ in Depth", "c#", ["C#"]),
        ("C# und C++ in Depth", "c plus plus depth", ["C++", "Depth"]),
        ("Prelude in C Sharp Minor", "c#", ["C Sharp"]),
        ("Pro ASP.NET Core", "asp.net", ["ASP.NET"]),
        ("C++ Primer", "c", ["C"]),
        ("三体", "", []),
        ("", "三体", []),
        ("三三三", "三", ["三三三"]),
        ("𠀀𠀁", "𠀁", ["𠀁"]),
        ("ﬁsh", "fish", ["ﬁsh"]),
        ("a<b>", "<b>", ["b"]),
    ],
)
def test_the_matching_parts_are_found(text: str, query: str, expected: list[str]):
    assert marked(text, query) == expected


def test_parts_never_overlap_and_stand_in_order():
    found = Highlighter("海边的卡夫卡 海海 边的海").spans("海海海边的海边卡夫卡")
    assert all(start < end for start, end in found)
    assert all(before[1] < after[0] for before, after in itertools.pairwise(found))
