"""Books by id: kept once read, and yet always as they are now."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest
from flask import Flask

from app.db.sql_helper import SqlHelper
from app.extensions import db
from app.models.book import Book
from tests.support.books import SANTI, stock
from tests.support.rows import list_rows


def ids_of(app: Flask) -> list[int]:
    """Return the ids of all books, in order."""
    with app.app_context():
        return [book.id for book in list_rows(Book)]


def test_a_book_that_was_read_lately_is_still_shown_as_it_is_now(any_database_app: Flask) -> None:
    stock(any_database_app)
    parts = any_database_app.extensions["container"]
    with any_database_app.app_context():
        book = parts.catalogue.books.find(SANTI.isbn13)
        assert parts.catalogue.indexed_books.find_many([book.id]) == {book.id: book}
        parts.catalogue.writer.store([replace(SANTI, title="三体 新版")])
        now = parts.catalogue.indexed_books.find_many([book.id])[book.id]
        assert (now.facts.title, now.version) == ("三体 新版", book.version + 1)


def test_a_version_that_was_read_before_it_was_rolled_back_is_not_kept(any_database_app: Flask) -> None:
    stock(any_database_app)
    parts = any_database_app.extensions["container"]
    with any_database_app.app_context():
        book = parts.catalogue.books.find(SANTI.isbn13)
        with suppress(TimeoutError), db.auto_commit():
            parts.catalogue.writer.store([replace(SANTI, title="没有写成的书名")])
            assert parts.catalogue.indexed_books.find_many([book.id])[book.id].version == book.version + 1
            raise TimeoutError
        parts.catalogue.writer.store([replace(SANTI, title="三体 新版")])
        assert parts.catalogue.indexed_books.find_many([book.id])[book.id].facts.title == "三体 新版"


def test_books_come_in_the_order_asked_for_and_unknown_ones_are_left_out(any_database_app: Flask) -> None:
    stock(any_database_app)
    parts = any_database_app.extensions["container"]
    ids = ids_of(any_database_app)[::-1]
    for _ in range(2):
        assert list(parts.catalogue.indexed_books.find_many([ids[2], 10**9, ids[0], ids[4]])) == [
            ids[2],
            ids[0],
            ids[4],
        ]
    assert parts.catalogue.indexed_books.find_many([]) == {}


def test_a_book_that_is_gone_is_not_given_out_of_memory(any_database_app: Flask) -> None:
    stock(any_database_app)
    parts = any_database_app.extensions["container"]
    book = parts.catalogue.books.find(SANTI.isbn13)
    assert parts.catalogue.indexed_books.find_many([book.id])
    with any_database_app.app_context(), db.auto_commit():
        Book.query.filter_by(id=book.id).delete()
    assert parts.catalogue.indexed_books.find_many([book.id]) == {}


def test_books_cost_one_statement_whether_or_not_they_were_read_lately(
    any_database_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock(any_database_app)
    parts = any_database_app.extensions["container"]
    ids = ids_of(any_database_app)
    asked: list[str] = []
    plain = SqlHelper.fetchall

    def fetchall(self: SqlHelper, statement: str, params: dict[str, int]) -> object:
        asked.append(statement)
        return plain(self, statement, params)

    monkeypatch.setattr(SqlHelper, "fetchall", fetchall)
    for times in (1, 2):
        assert len(parts.catalogue.indexed_books.find_many(ids)) == len(ids)
        assert len(asked) == times
