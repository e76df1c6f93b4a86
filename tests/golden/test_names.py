"""Authors with Chinese names are found by their pinyin in the order of either language, on each database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from pypinyin import lazy_pinyin

from app.domain.book import BookFacts
from app.search.pinyin import readings_of
from app.search.search import Search
from tests.golden.judge import TOP

BOOKS = 3
"""Authors of so many Chinese books are asked for: nobody remembers all the others."""

COMPOUND = ("欧阳", "司马", "上官", "诸葛", "慕容", "东方", "令狐", "夏侯", "尉迟", "长孙")


def authors(catalogue: list[BookFacts]) -> list[str]:
    """Return the authors of Chinese books who have a Chinese name, or a Japanese one written like it."""
    books = Counter(name for facts in catalogue if facts.language.startswith("zh") for name in facts.authors)
    return [name for name, count in books.items() if count >= BOOKS and is_name(name)]


def is_name(text: str) -> bool:
    return 2 <= len(text) <= 4 and all(map(readings_of, text))


def parts(name: str) -> tuple[str, str]:
    """Return the family name and the given name in pinyin."""
    end = 2 if len(name) == 4 or name.startswith(COMPOUND) else 1
    return "".join(lazy_pinyin(name[:end])).title(), "".join(lazy_pinyin(name[end:])).title()


def family_first(name: str) -> str:
    return " ".join(parts(name))


def given_first(name: str) -> str:
    return " ".join(reversed(parts(name)))


def share_found(search: Search, names: list[str], written: Callable[[str], str]) -> tuple[float, list[str]]:
    """Return the share of the authors of whom a book is among the first ten, and the others."""
    answers = {name: search.find(written(name)).rows[:TOP] for name in names}
    missed = [name for name, rows in answers.items() if not any(name in book.facts.authors for book in rows)]
    return 1 - len(missed) / len(names), missed


def test_authors_are_found_with_the_given_name_first(loaded):
    search, catalogue = loaded
    names = authors(catalogue)
    assert len(names) > 300
    share, missed = share_found(search, names, given_first)
    assert share >= 0.97, missed


def test_authors_are_found_with_the_family_name_first(loaded):
    search, catalogue = loaded
    share, missed = share_found(search, authors(catalogue), family_first)
    assert share >= 0.99, missed
