"""What links a translation with its original."""

from __future__ import annotations

import pytest

from app.domain.book import BookFacts
from app.domain.work_family import Original, may_be_author, original_of, whole_title


def book(title: str, **facts: object) -> BookFacts:
    return BookFacts(isbn13="9787536692930", title=title, **facts)  # type: ignore[arg-type]


def test_an_original_is_named_by_its_whole_title_and_its_original_names_itself() -> None:
    translation = book(
        "时间简史",
        original_title="A Brief History of Time : from the Big Bang to Black Holes",
        authors=("史蒂芬·霍金",),
    )
    original = book("Brief History of Time", subtitle="From the Big Bang to Black Holes", authors=("Stephen Hawking",))
    assert original_of(translation) == Original(whole_title(original), "")
    assert whole_title(book("Brief History of Time")) != whole_title(original)


@pytest.mark.parametrize(
    ("authors", "author"),
    [
        (("阿瑟·克拉克（Arthur C. Clarke）",), "clarke"),
        (("村上春树", "Haruki Murakami"), "murakami"),
        (("凡尔纳（Verne，J.）",), "verne"),
        (("刘慈欣",), ""),
        ((), ""),
    ],
)
def test_the_author_is_told_by_a_name_in_latin_letters(authors: tuple[str, ...], author: str) -> None:
    assert original_of(book("书", original_title="A Book", authors=authors)) == Original("book", author)


@pytest.mark.parametrize("original", ["", "三體", "…"])
def test_no_other_title_is_no_original(original: str) -> None:
    assert original_of(book("三体", original_title=original)) is None


@pytest.mark.parametrize(
    ("author", "title", "surname", "is_possible"),
    [
        ("托马斯•哈里斯", "The Silence of the Lambs", "harris", True),
        ("托马斯•哈里斯", "The Silence of the Lambs", "tasker", False),
        ("乔治·奥威尔", "1984", "orwell", True),
        ("约翰·契弗", "Stories", "cheever", True),
        ("雨果", "Les Misérables", "hugo", True),
        ("狄更斯", "Hard Times", "dickens", True),
        ("笛卡尔", "Méditations", "descartes", True),
        ("雪莱", "Poems", "shelley", True),
        ("雪莱", "Poems", "hamsun", False),
        ("聚斯金德", "Das Parfum", "suskind", True),
        ("奥勒留", "Meditations", "aurelius", True),
        ("刘易斯", "Miracles", "lewis", True),
        ("刘易斯", "Miracles", "shelley", False),
        ("石黑一雄", "Never Let Me Go", "ishiguro", True),
        ("梯利", "A History of Philosophy", "copleston", False),
        ("浦沢直樹", "MONSTER", "myers", False),
        ("村上春樹", "ノルウェイの森", "村上春树", True),
        ("Gabriel García Márquez", "Cien años de soledad", "marquez", True),
        ("Gabriel García Márquez", "Cien años de soledad", "vargas", False),
        ("", "Cien años de soledad", "marquez", False),
    ],
)
def test_an_author_is_told_from_others_by_how_translators_hear_the_name(
    author: str,
    title: str,
    surname: str,
    is_possible: bool,
) -> None:
    facts = book("书", original_title=title, authors=(author,) if author else ())
    assert may_be_author(facts, surname) is is_possible
