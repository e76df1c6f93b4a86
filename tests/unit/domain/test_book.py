"""References by GB/T 7714, and languages of library records as the codes that pages understand."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from app.domain.book import BookFacts, cite, decade_of, language_of_marc


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"title": "三体", "authors": ("刘慈欣",), "publisher": "重庆出版社", "pubdate": "2008-01", "language": "zh"}, "刘慈欣. 三体[M]. 重庆出版社, 2008."),
        ({"title": "书", "authors": ("甲", "乙", "丙", "丁"), "language": "zh"}, "甲, 乙, 丙, 等. 书[M]."),
        ({"title": "SICP", "authors": ("A", "B", "C", "D"), "pubdate": "1996", "language": "en"}, "A, B, C, et al. SICP[M]. 1996."),
        ({"title": "Gilead", "subtitle": "A Novel", "language": "en"}, "Gilead: A Novel[M]."),
        ({"title": "百年孤独", "authors": ("马尔克斯",), "translators": ("范晔",), "language": "zh"}, "马尔克斯. 百年孤独[M]. 范晔, 译."),
        ({"title": "Ubik", "authors": ("Philip K.",), "pubdate": "n.d."}, "Philip K. Ubik[M]."),
    ],
)  # fmt: skip
def test_a_reference_names_what_is_known(facts, expected):
    assert cite(BookFacts(isbn13="9787536692930", **facts)) == expected


def test_a_sign_that_turns_the_writing_of_one_part_turns_no_other() -> None:
    facts = BookFacts(
        isbn13="9787536692930", title="三体\u202e", authors=("刘\u202e慈欣", "某人"), publisher="出版社", language="zh"
    )
    assert cite(facts) == "\u2068刘\u202e慈欣\u2069, 某人. \u2068三体\u202e\u2069[M]. 出版社."


@pytest.mark.parametrize(
    ("marc", "code"),
    [("chi", "zh"), ("eng", "en"), ("scr", "hr"), ("iri", "ga"), ("grc", "grc"), ("", "")],
)
def test_a_code_of_two_letters_where_there_is_one(marc: str, code: str) -> None:
    assert language_of_marc(marc) == code


@pytest.mark.parametrize("marc", ["und", "mul", "zxx", "mis"])
def test_no_language_is_none(marc: str) -> None:
    assert language_of_marc(marc) == ""


def test_what_is_not_known_of_a_book_is_empty() -> None:
    known = asdict(BookFacts(isbn13="9787536692930", title="三体"))
    assert {name for name, value in known.items() if value} == {"isbn13", "title"}


@pytest.mark.parametrize(
    ("pubdate", "decade"),
    [
        ("2008-01", 2000), ("1999", 1990), ("January 1, 1987", 1980), ("c1953.", 1950), ("1450", 1450), ("2010年5月", 2010),
        ("", None), ("97", None), ("1399", None), ("9780", None), ("20081", None), ("民国", None),
    ],
)  # fmt: skip
def test_the_decade_of_a_book_is_that_of_the_year_in_its_date(pubdate: str, decade: int | None):
    assert decade_of(pubdate) == decade
