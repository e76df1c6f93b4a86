"""Lots of several books: what is none of a family, and what is told of instead."""

from __future__ import annotations

import pytest

from app.domain.book import BookFacts
from app.domain.lots import holds_other_text, is_of_other_length, keys_of_parts, lots_of, volumes_of
from app.domain.work import work_key


def book(title: str, author: str = "刘慈欣", language: str = "zh", **facts: str) -> BookFacts:
    return BookFacts(isbn13="9787536692930", title=title, authors=(author,), language=language, **facts)


@pytest.mark.parametrize(
    ("title", "facts"),
    [
        ("人性的弱点全集", {}),
        ("高效能人士的七个习惯（精华版）", {}),
        ("光荣与梦想（套装共4册）", {}),
        ("三体三部曲", {}),
        ("野性的呼唤", {"series": "名家中短篇小说选"}),
        ("悲惨世界", {"series": "世界文学名著缩写本"}),
        ("战争与和平", {"subtitle": "节译本"}),
        ("福尔摩斯探案精选", {}),
        ("The Foundation Trilogy", {"language": "en"}),
        ("Les Misérables (Abridged)", {"language": "en"}),
        ("Harry Potter Boxed Set", {"language": "en"}),
    ],
)
def test_lots_and_selections_hold_another_text(title: str, facts: dict[str, str]) -> None:
    assert holds_other_text(book(title, **facts))


@pytest.mark.parametrize(
    ("title", "facts"),
    [
        ("飘（全二册）", {}),
        ("悲惨世界（上中下）", {}),
        ("三体", {"series": "银河系搭车客指南五部曲"}),
        ("安娜·卡列尼娜", {"series": "托尔斯泰小说全集"}),
        ("选择", {}),
        ("Les Misérables (Unabridged)", {"language": "en"}),
        ("Collections", {"language": "en"}),
    ],
)
def test_all_volumes_of_one_novel_are_the_novel(title: str, facts: dict[str, str]) -> None:
    assert not holds_other_text(book(title, **facts))


def test_a_title_may_list_books() -> None:
    orwell = "乔治·奥威尔"
    one, other = (work_key(book(title, orwell)).hash for title in ("一九八四", "动物农场"))
    assert keys_of_parts(book("一九八四·动物农场", orwell)) == {one, other}
    assert keys_of_parts(book("一九八四", orwell)) == frozenset()
    assert keys_of_parts(book("冰与火之歌·卷四·群鸦的盛宴", "乔治·马丁")) == frozenset()


@pytest.mark.parametrize(
    ("pages", "originals", "is_other"),
    [
        ("251", ("48",), True),
        ("410", ("172", "128", "139"), True),
        ("90", ("400", "420"), True),
        ("245", ("111",), False),
        ("300", (), False),
        ("300", ("", "xii"), False),
        ("", ("300",), False),
        ("0", ("300",), False),
        ("300", ("0",), False),
    ],
)
def test_far_more_or_fewer_pages_are_another_text(pages: str, originals: tuple[str, ...], is_other: bool) -> None:
    assert is_of_other_length(pages, originals) is is_other


@pytest.mark.parametrize("title", ["三体", "三体2", "三体Ⅱ：黑暗森林", "三体（下）"])
@pytest.mark.parametrize("lot", ["三体全集", "三体（套装共3册）", "三体（套装全三册）", "三体三部曲", "三体系列"])
def test_a_lot_and_its_volumes_know_each_other(title: str, lot: str) -> None:
    assert work_key(book(lot)).hash in lots_of(book(title))
    assert work_key(book(title)).hash in volumes_of(book(lot))


def test_books_of_other_authors_and_titles_are_in_no_lot() -> None:
    lot = work_key(book("三体全集")).hash
    assert lot not in lots_of(book("三体", "三毛"))
    assert lot not in lots_of(book("球状闪电"))
    assert lot not in lots_of(book("三体全集"))
    assert volumes_of(book("三体")) == volumes_of(book("全集")) == frozenset()


def test_a_lot_that_tells_its_number_holds_no_later_book() -> None:
    lot = work_key(book("后宫·甄嬛传（套装共6册）", "流潋紫")).hash
    assert lot in lots_of(book("后宫·甄嬛传Ⅵ", "流潋紫"))
    assert lot not in lots_of(book("后宫·甄嬛传VII", "流潋紫"))
    assert work_key(book("后宫·甄嬛传全集", "流潋紫")).hash in lots_of(book("后宫·甄嬛传VII", "流潋紫"))
    boxed = work_key(book("Harry Potter Boxed Set", "J.K. Rowling", "en", series="Harry Potter #1-5")).hash
    for number in (5, 6):
        one = book("Harry Potter and another", "J.K. Rowling", "en", series=f"Harry Potter #{number}")
        assert (boxed in lots_of(one)) is (number == 5)
    assert lots_of(book("三体99")) & {work_key(book("三体全集")).hash}


def test_a_book_is_found_in_the_lot_of_its_series() -> None:
    lot = work_key(book("银河帝国（套装共7册）", "阿西莫夫")).hash
    assert lot in lots_of(book("基地与帝国", "阿西莫夫", series="银河帝国（读客版）"))
    boxed = work_key(book("Harry Potter Boxed Set", "J.K. Rowling", "en", series="Harry Potter #1-4")).hash
    assert boxed in lots_of(book("Harry Potter and the Goblet of Fire", "J.K. Rowling", "en", series="Harry Potter #4"))
