"""Which spellings of a name are one, and how names stand in addresses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.author_key import bare_name
from app.domain.book import BookFacts
from app.domain.catalogue_name import (
    LONGEST_NAME,
    NameKind,
    _key,
    in_address,
    name_key,
    names_of,
    series_places,
    usual_spelling,
    volume_in,
)

AUTHOR, SERIES, PUBLISHER, SUBJECT = NameKind


@pytest.mark.parametrize(
    ("kind", "name", "same"),
    [
        (AUTHOR, "阿加莎·克里斯蒂", "[英] 阿加莎·克里斯蒂"),
        (AUTHOR, "阿加莎·克里斯蒂", "阿加莎•克里斯蒂(Agatha Christie)"),
        (AUTHOR, "海明威", "（美）海明威 著"),
        (AUTHOR, "刘慈欣", "劉慈欣"),
        (AUTHOR, "村上春树", "村上 春樹"),
        (AUTHOR, "Gabriel García Márquez", "GABRIEL GARCIA MARQUEZ"),
        (AUTHOR, "J.R.R. Tolkien", "Tolkien, J. R. R."),
        (AUTHOR, "H.C. Andersen", "Andersen, H. C. (Hans Christian)"),
        (AUTHOR, "Robert Hoekman, Jr.", "Robert Hoekman Jr"),
        (SERIES, "Harry Potter", "HARRY  POTTER"),
        (PUBLISHER, "生活·读书·新知三联书店", "生活讀書新知三聯書店"),
        (SUBJECT, "Science-Fiction", "science fiction"),
    ],
)
def test_spellings_of_one_name_are_compared_as_one(kind: NameKind, name: str, same: str):
    assert name_key(kind, name) == name_key(kind, same) != ""


@pytest.mark.parametrize(
    ("kind", "name", "other"),
    [
        (AUTHOR, "Stephen King", "Stephen E. King"),
        (AUTHOR, "Robert Hoekman, Jr.", "Robert Hoekman"),
        (PUBLISHER, "Penguin Books", "Penguin Classics"),
        (SUBJECT, "C++", "C"),
        (SUBJECT, "C#", "C++"),
    ],
)
def test_other_names_are_not(kind: NameKind, name: str, other: str):
    assert name_key(kind, name) != name_key(kind, other)


@pytest.mark.parametrize("name", ["", " ", "…", "佚名", "Anonymous", "\x00", "长" * (LONGEST_NAME + 1)])
def test_nobody_signs_and_descriptions_are_no_authors(name: str):
    assert name_key(AUTHOR, name) == ""


def test_what_is_too_long_for_a_name_is_not_remembered():
    name_key(AUTHOR, "短")
    before = _key.cache_info().currsize, bare_name.cache_info().currsize
    assert name_key(AUTHOR, "long " * 2000) == ""
    assert before == (_key.cache_info().currsize, bare_name.cache_info().currsize)


@pytest.mark.parametrize(
    ("field", "places"),
    [
        ("", []),
        ("译文名著文库", [("译文名著文库", "")]),
        ("Jeeves #13", [("Jeeves", "13")]),
        ("Shooting Stars #1-4", [("Shooting Stars", "1")]),
        ("Wallander, #4.5", [("Wallander", "4.5")]),
        ("Earthsea, Vol. 2", [("Earthsea", "2")]),
        ("U.S.A. #1", [("U.S.A.", "1")]),
        ("Aubrey/Maturin #11", [("Aubrey/Maturin", "11")]),
        ("de Piaget #9, de Paiget/MacLeod #1", [("de Piaget", "9"), ("de Paiget/MacLeod", "1")]),
        ("鲁迅作品单行本（人文社2006版）", [("鲁迅作品单行本（人文社2006版）", "")]),
        ("Catch 22", [("Catch 22", "")]),
        ("#1", []),
    ],
)
def test_a_series_is_read_with_the_place_of_the_book(field: str, places: list[tuple[str, str]]):
    assert list(series_places(field)) == places


@pytest.mark.parametrize(
    ("series", "title", "volume"),
    [
        ("Jeeves #13", "Aunts Aren't Gentlemen", (13,)),
        ("Jeeves #4.5", "x", (4.5,)),
        ("三体", "三体Ⅱ：黑暗森林", (2,)),
        ("文库", "战争与和平（上）", (1,)),
        ("文库", "战争与和平（中）", (1.3,)),
        ("文库", "战争与和平（下）", (1.6,)),
        ("文库", "复活", ()),
        ("Watch #1, Jeeves #2", "x", (2,)),
    ],
)
def test_the_volume_of_a_book_in_its_series(series: str, title: str, volume: tuple[float, ...]):
    assert volume_in(series, title, name_key(SERIES, "Jeeves")) == volume


def test_a_book_is_listed_by_each_of_its_names_without_marks():
    facts = BookFacts(
        isbn13="",
        title="",
        authors=("[美] 海明威", "佚名"),
        series="文库 #2",
        publisher=" 译林 ",
        subjects=("小说", "—"),
    )
    assert [names_of(facts, kind) for kind in NameKind] == [("海明威",), ("文库",), ("译林",), ("小说",)]


def test_the_usual_spelling_is_the_most_frequent_one_and_of_equals_the_first():
    assert usual_spelling(["刘慈欣", "劉慈欣", "劉慈欣"]) == "劉慈欣"
    assert usual_spelling(["劉慈欣", "刘慈欣"]) == "劉慈欣"
    assert usual_spelling([]) == ""


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("AC/DC", "AC/DC"),
        ("Ecco / HarperCollins", "Ecco/HarperCollins"),
        ("a//b/../c/.", "a/b/c"),
        ("/x/", "x"),
        (".NET", ".NET"),
        ("三\n体\x00", "三 体"),
        ("..", ""),
    ],
)
def test_an_address_has_no_part_that_browsers_or_servers_would_change(name: str, address: str):
    assert in_address(name) == address


@given(st.sampled_from(list(NameKind)), st.text(st.characters(exclude_categories=["Cs"])))
def test_a_name_is_the_same_in_its_address_and_stays_as_it_is_there(kind: NameKind, name: str):
    address = in_address(name)
    assert in_address(address) == address
    if kind is not AUTHOR:
        assert name_key(kind, address) == name_key(kind, name) or len(name) > LONGEST_NAME
