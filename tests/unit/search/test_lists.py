"""Books like another one: by its author or of its series, then by what they are about; never an edition of itself."""

from __future__ import annotations

import pytest

from app.domain.book import BookFacts
from app.queries.book import BookRow
from app.search.index.port import IndexUnavailable
from app.search.lists import CatalogueLists
from app.search.similar import likeness
from tests.support.catalogue_fixture import Shelf

SHOWN = 4


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def similar(shelf: Shelf, book: BookRow, **options: object) -> list[str]:
    return [other.facts.title for other in shelf.lists.similar(book, limit=SHOWN, **options)]  # type: ignore[arg-type]


def test_books_by_the_author_and_of_the_series_stand_before_those_on_the_subject(shelf: Shelf) -> None:
    book = shelf.put("三体", "刘慈欣", series="中国科幻基石丛书", subjects=("科幻", "小说"))
    shelf.put("沙丘", "弗兰克·赫伯特", subjects=("科幻", "小说"), popularity=9)
    shelf.put("天意", "钱莉芳", series="中国科幻基石丛书", popularity=3)
    shelf.put("球状闪电", "刘慈欣")
    shelf.put("超新星纪元", "刘慈欣", series="中国科幻基石丛书")
    shelf.put("史记", "司马迁", subjects=("历史",), popularity=9)
    assert similar(shelf, book) == ["超新星纪元", "球状闪电", "天意", "沙丘"]


def test_one_shared_subject_is_enough_where_few_books_share_two(shelf: Shelf) -> None:
    book = shelf.put("三体", "刘慈欣", subjects=("科幻", "小说"))
    shelf.put("活着", "余华", subjects=("小说",), popularity=9)
    shelf.put("沙丘", "弗兰克·赫伯特", subjects=("小说", "科幻"), popularity=1)
    assert similar(shelf, book) == ["沙丘", "活着"]


def test_one_shared_subject_is_not_asked_for_where_enough_share_two(shelf: Shelf) -> None:
    book = shelf.put("三体", "刘慈欣", subjects=("科幻", "小说"))
    for number in range(SHOWN):
        shelf.put(f"第{number}本", f"作者{number}", subjects=("科幻", "小说"))
    shelf.put("活着", "余华", subjects=("小说", "经典"), popularity=9)
    assert "活着" not in similar(shelf, book)


def test_subjects_count_among_the_books_in_one_language(shelf: Shelf) -> None:
    book = shelf.put("Dune", "Frank Herbert", subjects=("Fiction",), language="en")
    shelf.put("小说", "某人", subjects=("Fiction",), popularity=9)
    shelf.put("Emma", "Jane Austen", subjects=("Fiction",), language="en-GB")
    assert similar(shelf, book) == ["Emma"]


def test_a_work_has_one_row_and_its_own_editions_and_family_none(shelf: Shelf) -> None:
    book = shelf.put("三体", "刘慈欣", work_id=1)
    shelf.put("三体（典藏版）", "刘慈欣", work_id=1)
    shelf.put("The Three-Body Problem", "刘慈欣", work_id=2, language="en")
    shelf.put("球状闪电（精装）", "刘慈欣", work_id=3, popularity=2)
    shelf.put("球状闪电", "刘慈欣", work_id=3, offered=True)
    shelf.put("没有归类的", "刘慈欣")
    assert similar(shelf, book, but=[2]) == ["球状闪电", "没有归类的"]
    assert "The Three-Body Problem" in similar(shelf, book)


def test_a_book_that_says_nothing_of_itself_is_like_no_other(shelf: Shelf) -> None:
    shelf.put("春江花月夜", "佚名")
    assert similar(shelf, shelf.put("无名氏的书", "佚名")) == []


def test_without_an_index_no_book_is_like_another(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    book = shelf.put("三体", "刘慈欣")

    def fail(*_args: object, **_options: object) -> None:
        raise IndexUnavailable

    monkeypatch.setattr(shelf.index, "candidates", fail)
    assert similar(shelf, book) == []


def test_an_answer_is_kept_until_the_catalogue_changes(shelf: Shelf) -> None:
    book = shelf.put("三体", "刘慈欣")
    stamp = [0]
    lists = CatalogueLists(shelf.search._books, shelf.index, stamp=lambda: stamp[0])
    assert lists.similar(book, limit=SHOWN) == ()
    other = shelf.put("球状闪电", "刘慈欣", work_id=7)
    assert lists.similar(book, limit=SHOWN) == ()
    assert lists.similar(book, but=[8], limit=SHOWN) == (other,), "another question"
    stamp[0] += 1
    assert lists.similar(book, limit=SHOWN) == (other,)


def test_names_are_compared_in_any_spelling() -> None:
    one = BookFacts(
        isbn13="", title="", authors=("[哥] 加西亚·马尔克斯",), series="Jeeves #13", subjects=("Fiction", "Humor")
    )
    other = BookFacts(isbn13="", title="", authors=("加西亚马尔克斯",), series="jeeves #2", subjects=("fiction",))
    assert likeness(one, other) == 3 + 2 + 1
