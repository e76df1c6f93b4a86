"""A row of a result page is written without a template: each text of a book is escaped all the same."""

from __future__ import annotations

from dataclasses import fields

import pytest
from flask import Flask

from app.domain.book import BookFacts
from app.web.result_rows import ResultRows

MARKUP = "<i title='\"'>&amp;"


@pytest.mark.parametrize(
    "name", [field.name for field in fields(BookFacts) if field.name not in {"isbn13", "popularity"}]
)
@pytest.mark.parametrize("query", ["三体", "i title"])
def test_no_field_of_a_book_enters_the_page_as_markup(app: Flask, name: str, query: str) -> None:
    plain = {"isbn13": "9787536692930", "title": "三体", "authors": ("刘慈欣",), "language": "zh"}
    value = (MARKUP,) if name in {"authors", "translators", "subjects"} else MARKUP
    facts = BookFacts(**{**plain, name: value})
    with app.test_request_context("/book/search"):
        (row,) = ResultRows(query).elsewhere([facts])
    assert "<i " not in row
    assert "&amp;" not in row.replace("&amp;amp;", "")
