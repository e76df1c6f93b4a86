"""Titles and authors of somebody's list are those of a book, or surely not."""

from __future__ import annotations

import pytest

from app.domain.book import BookFacts
from app.services.catalogue.book_matching import (
    has_author_in_other_script,
    is_by,
    is_other_title,
    is_same_title,
    may_be_other_title,
    said_titles,
    upright,
)


def book(title: str, **facts: str) -> BookFacts:
    return BookFacts(isbn13="9787536692930", title=title, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("A Farewell to Arms", "Farewell to Arms, A"),
        ("Old Man and the Sea", "The Old Man and the Sea"),
        ("三体（全集）", "三体"),
        ("活着", "活著"),
        ("哈利·波特与魔法石", "哈利波特与魔法石"),
        ("L'Étranger", "Étranger, L'"),
        ("Midnight's Children", "Midnight’s Children"),
    ],
)
def test_the_same_title_is_known_however_it_is_written(title: str, said: str) -> None:
    assert is_same_title(book(title), upright(said))
    assert not is_other_title(book(title), said)


def test_a_subtitle_is_looked_for_with_the_title_and_without() -> None:
    assert said_titles("The Dispossessed: An Ambiguous Utopia") == [
        "The Dispossessed: An Ambiguous Utopia",
        "The Dispossessed",
    ]
    assert said_titles("Gilead (Gilead, #1)") == ["Gilead"]
    assert is_same_title(
        book("The Dispossessed", subtitle="An Ambiguous Utopia"), "The Dispossessed: An Ambiguous Utopia"
    )


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("三体", "百年孤独"),
        ("三体", "三体Ⅱ 黑暗森林"),
        ("三体", "三体 3"),
        ("三体", "三体3 死神永生"),
        ("三体", "三国演义"),
        ("活着", "活法"),
        ("Dune", "Brave New World"),
        ("Dune", "Dune, Vol. 2"),
        ("哈利·波特（上）", "哈利·波特（下）"),
        ("战争与和平 第一卷", "战争与和平 第二卷"),
    ],
)
def test_quite_another_title_or_another_volume_is_seen(title: str, said: str) -> None:
    assert is_other_title(book(title), said)


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("三体", "San Ti"),
        ("三体", "The Three-Body Problem"),
        ("三体", "x"),
        ("1984", "Nineteen Eighty-Four"),
        ("Nineteen Eighty-Four", "1984"),
        ("Catch-22", "Catch 22"),
        ("Fahrenheit 451", "Fahrenheit 451"),
        ("三体", "三体1"),
        ("红楼梦（上下）", "红楼梦（上下） [精装]"),
        ("全球通史（下）", "全球通史（下）（第七版）"),
        ("在漫长的旅途中", "在漫长的旅途中 精装"),
        ("我的 30 天", "我的30天"),
        ("Harry Potter and the Sorcerer's Stone", "Harry Potter and the Philosopher's Stone"),
        ("Foundation and Empire", "Foundation and Empire (Foundation, #2)"),
        ("J.R.R. Tolkien 4-Book Boxed Set", "The Hobbit and The Lord of the Rings (Tolkien)"),
    ],
)
def test_titles_that_may_be_the_same_raise_no_question(title: str, said: str) -> None:
    assert not is_other_title(book(title), said)


def test_characters_of_a_series_are_not_added_to_those_of_a_title() -> None:
    santi = book("三体", series="科幻世界·中国科幻基石丛书")
    assert is_other_title(santi, "三国演义")
    assert not is_other_title(santi, "科幻基石：三体")
    assert not is_other_title(book("Kafka am Strand", series="村上春树作品"), "海边的卡夫卡（村上春树作品）")
    assert not is_other_title(book("蛙", series="鲤"), "檀香刑")


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Dune Messiah", "God Emperor of Dune"),
        ("Dune Messiah", "Heretics of Dune (Dune Chronicles, #5)"),
        ("Taming the Star Runner", "The Outsiders and the Star"),
        ("品三国", "三国史话"),
        ("Charlie and the Chocolate Factory", "Charlie and the Great Glass Elevator"),
    ],
)
def test_titles_that_share_words_and_have_each_one_of_their_own_may_be_of_two_books(title: str, said: str) -> None:
    assert not is_other_title(book(title), said)
    assert may_be_other_title(book(title), said)


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Great Expectations: Authoritative Text", "Great Expectations (Penguin Classics)"),
        ("The Dispossessed", "The Dispossessed: An Ambiguous Utopia"),
        ("Watership Down", "Tales from Watership Down"),
        ("The Old Man and the Sea", "Old Man and a Sea"),
        ("月亮和六便士", "月亮与六便士"),
        ("三体", "The Three-Body Problem"),
        ("Dune Messiah", "It"),
    ],
)
def test_the_editions_of_a_book_have_no_words_that_tell_them_apart(title: str, said: str) -> None:
    assert not may_be_other_title(book(title), said)


def test_an_original_title_and_a_series_belong_to_a_books_words() -> None:
    facts = book("Heretics", original_title="Heretics of Dune", series="Dune Chronicles #5")
    assert not may_be_other_title(facts, "Dune Chronicles")


@pytest.mark.parametrize(
    ("title", "said"), [("The Dead Zone", "The Shining"), ("Crime and Punishment", "War and Peace")]
)
def test_little_words_are_none_that_two_titles_share(title: str, said: str) -> None:
    assert is_other_title(book(title), said)


@pytest.mark.parametrize(
    ("authors", "said", "same"),
    [
        (("Fyodor Dostoyevsky",), "Fyodor Dostoevsky", True),
        (("Fyodor Dostoyevsky",), "Dostoevsky", True),
        (("George Orwell",), "Orman", False),
        (("余华",), "余 华", True),
        (("J. K. 罗琳",), "J.K.罗琳", True),
        (("George Orwell",), "George Eliot", False),
        (("Marilynne Robinson",), "Robinson, Marilynne", True),
        (("刘慈欣",), "刘慈欣 / 重庆出版社 / 2008-1", True),
        (("曹雪芹",), "[清] 曹雪芹", True),
        (("刘慈欣",), "王晋康", False),
        (("刘慈欣", "Ken Liu"), "Ken Liu", True),
        (("Isaac Asimov", "Robert Silverberg"), "Silverberg", True),
        (("Isaac Asimov", "Robert Silverberg"), "Clarke", False),
        ((), "anyone", True),
        (("刘慈欣",), "", True),
    ],
)
def test_an_author_is_known_in_other_spellings(authors: tuple[str, ...], said: str, same: bool) -> None:
    assert is_by(BookFacts(isbn13="9787536692930", title="x", authors=authors), said) is same


def test_an_author_in_another_script_cannot_be_compared() -> None:
    santi = BookFacts(isbn13="9787536692930", title="三体", authors=("刘慈欣",))
    assert has_author_in_other_script(santi, "Cixin Liu")
    assert not has_author_in_other_script(santi, "王晋康")
