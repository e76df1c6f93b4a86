"""The write door: all or nothing, nested or not; and rows that are deleted stay hidden."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import Mapped, aliased, mapped_column

from app.extensions import db, pool_of
from app.libs.database import DoomedTransactionError, SoftDelete
from app.models import Book
from app.models.base import Base


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
            db.at_end(work, ["1", "2"])
        assert done == []
        db.at_end(work, ["2", "3"])
    assert done == [{"1", "2", "3"}]
    assert titles() == ["1", "2", "3"]


def test_nothing_is_done_at_the_end_of_a_block_that_fails():
    def use_case():
        with db.auto_commit():
            db.at_end(lambda values: pytest.fail(f"done with {values}"), ["1"])
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

    with pytest.raises(DoomedTransactionError):
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


def test_set_attrs_copies_only_what_is_allowed():
    book = Book(isbn13="1", title="one")
    book.set_attrs({"title": "two", "ver": 99, "isbn13": "9"}, allowed=("title",))
    assert (book.title, book.ver, book.isbn13) == ("two", None, "1")


@pytest.fixture
def shelf():
    """A soft-deleted table of this test's own, with one row alive and one deleted."""
    metadata = db.metadata

    class Shelf(Base):
        __tablename__ = "test_shelf"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(db.String(20))

    table = Shelf.__table__
    table.create(db.engine)
    with db.auto_commit() as session:
        gone = Shelf(id=2, name="gone")
        session.add_all([Shelf(id=1, name="here"), gone])
        gone.delete()
    yield Shelf
    with db.auto_commit() as session:
        pass
    table.drop(db.engine)
    metadata.remove(table)
    SoftDelete.classes.remove(Shelf)
    db.Model.registry._dispose_cls(Shelf)


def test_no_door_of_the_orm_shows_deleted_rows(shelf):
    other = aliased(shelf)
    with db.auto_commit() as session:
        assert [row.name for row in shelf.query.all()] == ["here"]
        assert [row.name for row in shelf.query.filter(shelf.id > 0)] == ["here"]
        assert shelf.query.filter_by(id=2).first() is None
        assert shelf.query.count() == 1
        assert session.get(shelf, 2) is None
        assert session.scalars(select(shelf.name)).all() == ["here"]
        assert session.scalar(select(func.count()).select_from(shelf)) == 1
        assert session.scalar(select(func.count()).select_from(shelf).join(other, other.id != shelf.id)) == 0
        assert session.scalar(select(select(shelf.id).where(shelf.name == "gone").exists())) in (False, 0)
        assert session.execute(update(shelf).values(name="changed")).rowcount == 1


def test_deleted_rows_are_shown_when_status_is_named_or_they_are_asked_for(shelf):
    with db.auto_commit() as session:
        assert [row.name for row in shelf.query.filter_by(status=0)] == ["gone"]
        assert session.scalars(select(shelf.name).where(shelf.status == 0)).all() == ["gone"]
        everything = select(shelf.name).order_by(shelf.id).execution_options(include_deleted=True)
        assert session.scalars(everything).all() == ["here", "gone"]
