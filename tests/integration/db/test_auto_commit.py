"""The write door: all or nothing, nested or not."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.exc import InvalidRequestError

from app.db.database import RollbackOnlyError
from app.extensions import db, pool_of
from app.models import Book


@pytest.fixture(autouse=True)
def _context(any_database_app):
    with any_database_app.app_context():
        yield


def titles() -> list[str]:
    with db.auto_commit() as session:
        return sorted(session.scalars(select(Book.title)))


class Boom(Exception):
    pass


def test_a_block_saves_at_its_end():
    with db.auto_commit() as session:
        session.add(Book(isbn13="1", title="one"))
    assert titles() == ["one"]


def test_an_inner_block_joins_and_its_end_commits_nothing():
    def use_case():
        with db.auto_commit() as session:
            session.add(Book(isbn13="1", title="one"))
            with db.auto_commit():
                session.add(Book(isbn13="2", title="two"))
            raise Boom

    with pytest.raises(Boom):
        use_case()
    assert titles() == []


def test_what_is_to_be_done_at_the_end_is_done_once_on_all_values_and_saved_with_the_rest():
    done = []

    def work(values):
        with db.auto_commit() as session:
            done.append(values)
            session.add_all(Book(isbn13=value, title=value) for value in values)

    with db.auto_commit():
        with db.auto_commit():
            db.before_commit(work, ["1", "2"])
        assert done == []
        db.before_commit(work, ["2", "3"])
    assert done == [{"1", "2", "3"}]
    assert titles() == ["1", "2", "3"]


def test_nothing_is_done_at_the_end_of_a_block_that_fails():
    def use_case():
        with db.auto_commit():
            db.before_commit(lambda values: pytest.fail(f"done with {values}"), ["1"])
            raise Boom

    with pytest.raises(Boom):
        use_case()
    assert titles() == []


def test_a_swallowed_inner_failure_dooms_the_whole():
    def inner():
        with db.auto_commit() as session:
            session.add(Book(isbn13="2", title="two"))
            raise Boom

    def use_case():
        with db.auto_commit() as session:
            session.add(Book(isbn13="1", title="one"))
            with pytest.raises(Boom):
                inner()

    with pytest.raises(RollbackOnlyError):
        use_case()
    assert titles() == []


def test_the_connection_goes_back_when_the_block_ends(any_database_app):
    with db.auto_commit() as session:
        session.add(Book(isbn13="1", title="one"))
        session.flush()
        assert pool_of(any_database_app).leased == 1
    assert pool_of(any_database_app).leased == 0


def test_an_orm_query_outside_a_block_is_an_error():
    with pytest.raises(InvalidRequestError, match="Autobegin"):
        Book.query.all()


def test_an_object_stays_readable_after_its_block():
    with db.auto_commit() as session:
        book = Book(isbn13="1", title="one")
        session.add(book)
    assert (book.id, book.title, book.create_datetime.tzinfo) == (book.id, "one", book.create_datetime.tzinfo)
    assert book.create_datetime.utcoffset().total_seconds() == 0


def test_a_block_remembers_no_object_of_the_block_before(any_database_app):
    with db.auto_commit() as session:
        before = Book(isbn13="1", title="one")
        session.add(before)
    with any_database_app.extensions["container"].core.sql.transaction() as cursor:
        cursor.execute("UPDATE book SET title = 'two'")
    with db.auto_commit() as session:
        assert session.query(Book).one().title == "two"
    assert before.title == "one"


def test_set_attrs_copies_only_what_is_allowed():
    book = Book(isbn13="1", title="one")
    book.set_attrs({"title": "two", "version": 99, "isbn13": "9"}, allowed=("title",))
    assert (book.title, book.version, book.isbn13) == ("two", None, "1")
