"""The write door: all or nothing, nested or not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import inspect, select
from sqlalchemy.dialects import mysql, sqlite
from sqlalchemy.exc import IntegrityError, InvalidRequestError

from app.db.database import Key, RollbackOnlyError, SQLAlchemy
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


def test_the_number_of_commits_rises_by_one_with_each_outermost_block_that_is_saved():
    before = db.commits
    with db.auto_commit(), db.auto_commit():
        pass
    assert db.commits == before + 1
    with pytest.raises(Boom), db.auto_commit():
        raise Boom
    assert db.commits == before + 1
    with db.auto_commit():
        pass
    assert db.commits == before + 2


def test_an_error_of_the_database_tells_nothing_of_what_was_to_be_written():
    with pytest.raises(IntegrityError) as refused, db.auto_commit() as session:
        session.add_all(Book(isbn13="1", title="what nobody need know") for _ in range(2))
    assert "nobody" not in str(refused.value)


def test_a_look_at_the_database_opens_no_session_and_needs_no_context(any_database_app):
    sql = any_database_app.extensions["container"].core.sql
    assert sql.fetchvalue("SELECT COUNT(*) FROM book") == 0
    assert not db.session.registry.has()
    with ThreadPoolExecutor(1) as outside:
        assert outside.submit(sql.fetchvalue, "SELECT COUNT(*) FROM book").result() == 0


def test_the_write_door_has_no_engine_without_the_pool():
    with pytest.raises(TypeError, match="needs the pool"):
        SQLAlchemy().init_app(Flask("no pool"))


def test_keys_are_compared_byte_for_byte_on_both_databases():
    assert Key(13).compile(dialect=mysql.dialect()) == "VARCHAR(13) COLLATE utf8mb4_bin"
    assert Key(13).compile(dialect=sqlite.dialect()) == "VARCHAR(13)"


def test_the_models_call_constraints_and_indexes_what_the_migrations_called_them(app):
    """A migration drops them by their names. Only SQLite keeps those of every kind, but for some primary keys."""
    with app.app_context():
        found = inspect(db.engine)
        for table in db.metadata.sorted_tables:
            stored = [*found.get_foreign_keys(table.name), *found.get_check_constraints(table.name)]
            stored += [*found.get_unique_constraints(table.name), *found.get_indexes(table.name)]
            named = {each.name for each in [*table.constraints, *table.indexes]}
            assert named == {each["name"] for each in stored} | {f"pk_{table.name}"}
