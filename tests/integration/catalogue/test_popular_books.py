"""The popular books of the first page and the sitemap."""

from __future__ import annotations

import pytest
from flask import Flask

from app.container import container
from app.domain.book import BookFacts
from app.queries import book
from tests.support.import_files import isbn


def store(*languages: str) -> None:
    books = [
        BookFacts(isbn13=isbn(number), title=f"书 {number}", language=language, popularity=9)
        for number, language in enumerate(languages)
    ]
    container.catalogue.writer.store(books)


def languages(limit: int) -> list[str]:
    return [row.facts.language for row in container.catalogue.books.list_popular(limit)]


def test_chinese_books_and_others_take_turns(any_database_app: Flask) -> None:
    with any_database_app.app_context():
        store("zh", "zh-Hant", "en", "zh", "fr")
        assert languages(4) == ["zh", "fr", "zh-Hant", "en"]
        assert languages(9) == ["zh", "fr", "zh-Hant", "en", "zh"]


def test_a_catalogue_of_one_language_is_not_read_to_its_end(
    any_database_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book, "_LATEST", 4)
    with any_database_app.app_context():
        store("en", "zh", "zh", "zh", "zh")
        assert languages(2) == ["zh", "zh"]
