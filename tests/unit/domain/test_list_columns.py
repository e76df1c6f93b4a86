"""Which columns say a book's number, title and author."""

from __future__ import annotations

import pytest

from app.domain.list_columns import find_columns, score_header, unknown_columns

NUMBER = "国际标准书号"  # names a number, and is no exact name of one


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (["ISBN"], {"isbn": [0]}),
        (["Title"], {"title": [0]}),
        (["Author"], {}),
        (["Original title", "Series", "Title (long)"], {}),
        (["Book title", "Title (long)", "Author"], {"title": [0, 1], "author": [2]}),
        (["Title (long)", "Title", "Author"], {"title": [1, 0], "author": [2]}),
        (["isbn", "title", "isbn13"], {"isbn": [2, 0], "title": [1]}),
        (["Series", "Author l-f", "Additional authors", "Author", "Title"], {"author": [3], "title": [4]}),
        ([NUMBER, "编号"], {}),
        ([NUMBER, "编号", "数量"], {"isbn": [0]}),
        ([NUMBER, "编号", ""], {}),
        ([NUMBER, "编号", "x" * 16], {"isbn": [0]}),
        ([NUMBER, "编号", "x" * 17], {}),
    ],
)
def test_columns_are_found_by_their_names_the_best_first(header: list[str], found: dict[str, list[int]]) -> None:
    assert find_columns(header) == found


@pytest.mark.parametrize(
    ("header", "score"),
    [
        (["line"], 1),
        (["Line", "why"], 1),
        (["why", "line"], 0),
        ([], 0),
        (["isbn", "isbn13", "title", "author", "note"], 4),
        (["三体", "刘慈欣"], 0),
    ],
)
def test_a_header_counts_its_known_columns_and_our_own_file_of_lines_has_one(header: list[str], score: int) -> None:
    assert score_header(header) == score


def test_the_columns_that_nothing_is_read_from_are_named_without_blanks() -> None:
    assert unknown_columns(["ISBN", " Shelf ", "", "Title", "line", "My rating"]) == ["Shelf", "My rating"]
