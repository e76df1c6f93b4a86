"""Rows that are deleted are hidden from every door, in every table that has such rows; who asks for them sees them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, exists, func, literal, select, update
from sqlalchemy.orm import Mapped, aliased, joinedload, mapped_column, relationship, selectinload
from werkzeug.exceptions import NotFound

import app.models
from app.db.soft_delete import SoftDelete
from app.extensions import db
from tests.support.rows import make_row

#: Every table whose rows are marked deleted; a new one is tested without being named.
assert app.models
TABLES = sorted(SoftDelete.classes, key=lambda model: model.__tablename__)
AT = 1_700_000_000


@pytest.fixture(autouse=True)
def _context(any_database_app: Flask) -> Iterator[None]:
    with any_database_app.app_context():
        yield


@pytest.fixture(params=TABLES, ids=lambda model: model.__tablename__)
def model(request: pytest.FixtureRequest) -> type[Any]:
    found: type[Any] = request.param
    return found


@pytest.fixture
def gone(model: type[Any]) -> int:
    """Return the id of a deleted row, near one that is alive."""
    with db.auto_commit():
        make_row(model)
        row = make_row(model)
        row.delete(at=AT)
        return int(row.id)


@pytest.fixture
def pointer(model: type[Any]) -> Iterator[type[Any]]:
    """Return a table of this test's own whose rows point at the model's."""

    class Pointer(db.Model):  # type: ignore[name-defined, misc]
        __tablename__ = "test_pointer"
        id: Mapped[int] = mapped_column(primary_key=True)
        target_id: Mapped[int] = mapped_column(db.BigInteger)
        target = relationship(model, primaryjoin=lambda: db.foreign(Pointer.target_id) == model.id, viewonly=True)
        targets = relationship(
            model, primaryjoin=lambda: Pointer.target_id == db.foreign(model.id), viewonly=True, uselist=True
        )

    table = Pointer.__table__
    table.create(db.engine)
    yield Pointer
    table.drop(db.engine)
    db.metadata.remove(table)
    db.Model.registry._dispose_cls(Pointer)


def is_found(call: Callable[[], object]) -> bool:
    try:
        call()
    except NotFound:
        return False
    return True


Door = Callable[[type[Any], int], object]


def _of_alias(model: type[Any], number: int) -> object:
    other = aliased(model)
    return db.session.execute(select(other.id).where(other.id == number)).first()


def _joined(model: type[Any], number: int, statement: Any) -> object:
    other = aliased(model)
    return db.session.execute(statement.join(other, other.id == number)).first()


def _beside_filter_by(model: type[Any], number: int) -> object:
    """`filter_by` names the status of its own entity, which is no permission to see an alias of the same table."""
    other = aliased(model)
    return model.query.filter_by(create_time=model.create_time).join(other, other.id == number).first()


#: Each door by name: whether it shows the row with this id.
DOORS: dict[str, Door] = {
    "filter_by": lambda model, number: model.query.filter_by(id=number).first(),
    "filter": lambda model, number: model.query.filter(model.id == number).first(),
    "all": lambda model, number: number in {row.id for row in model.query.all()},
    "count": lambda model, number: model.query.filter_by(id=number).count(),
    "get": lambda model, number: model.query.get(number),
    "get_or_404": lambda model, number: is_found(lambda: model.query.get_or_404(number)),
    "first_or_404": lambda model, number: is_found(lambda: model.query.filter_by(id=number).first_or_404()),
    "one_or_404": lambda model, number: is_found(lambda: model.query.filter_by(id=number).one_or_404()),
    "paginate": lambda model, number: number in {row.id for row in model.query.paginate(per_page=100)},
    "session.get": db.session.get,
    "session.query": lambda model, number: db.session.query(model.id).filter(model.id == number).first(),
    "select": lambda model, number: db.session.scalars(select(model).where(model.id == number)).first(),
    "select of a column": lambda model, number: db.session.execute(select(model.id).where(model.id == number)).first(),
    "select for update": lambda model, number: db.session.scalar(
        select(model).where(model.id == number).with_for_update()
    ),
    "select count": lambda model, number: db.session.scalar(
        select(func.count()).select_from(model).where(model.id == number)
    ),
    "select exists": lambda model, number: db.session.scalar(select(exists().where(model.id == number))),
    "select of an alias": _of_alias,
    "join": lambda model, number: _joined(model, number, select(model.id)),
    "outer side of a filter_by": _beside_filter_by,
    "union": lambda model, number: (
        model.query.filter(model.id == number).union(model.query.filter_by(id=number)).first()
    ),
    "subquery": lambda model, number: db.session.scalar(
        select(literal(1)).where(literal(number).in_(select(model.id)))
    ),
    "bulk update": lambda model, number: (
        db.session.execute(update(model).where(model.id == number).values(create_time=1)).rowcount
    ),
    "query update": lambda model, number: model.query.filter(model.id == number).update({"create_time": 1}),
    "bulk delete": lambda model, number: db.session.execute(delete(model).where(model.id == number)).rowcount,
    "query delete": lambda model, number: model.query.filter(model.id == number).delete(),
    "statement of a filter_by, run without the ORM": lambda model, number: (
        db.session.connection().execute(model.query.filter_by(id=number).statement).first()
    ),
}


def test_there_are_tables_whose_rows_are_marked_deleted() -> None:
    assert {"book_list", "invitation", "user", "user_session"} <= {model.__tablename__ for model in TABLES}


def test_no_door_shows_a_deleted_row(model: type[Any], gone: int) -> None:
    with db.auto_commit():
        assert {name for name, door in DOORS.items() if door(model, gone)} == set()


def test_every_door_shows_a_row_that_is_alive(model: type[Any], gone: int) -> None:
    """Else the doors above could be shut for all."""
    with db.auto_commit():
        alive = make_row(model).id
    for name, door in DOORS.items():
        with db.auto_commit() as session:
            assert door(model, alive), name
            session.rollback() if "delete" in name else None
        if "delete" in name:
            with db.auto_commit():
                alive = make_row(model).id


def test_no_door_shows_a_row_deleted_in_the_same_transaction(model: type[Any]) -> None:
    with db.auto_commit():
        row = make_row(model)
        number = row.id
        row.delete(at=AT)
        assert {name for name, door in DOORS.items() if door(model, number)} == set()


def test_relationships_show_no_deleted_row(model: type[Any], gone: int, pointer: type[Any]) -> None:
    with db.auto_commit() as session:
        alive = make_row(model).id
        session.add_all([pointer(id=1, target_id=alive), pointer(id=2, target_id=gone)])
    for options in ((), (joinedload(pointer.target), joinedload(pointer.targets)), (selectinload(pointer.targets),)):
        with db.auto_commit() as session:
            here, there = session.scalars(select(pointer).order_by(pointer.id).options(*options)).unique()
            assert (here.target.id, [row.id for row in here.targets]) == (alive, [alive])
            assert (there.target, there.targets) == (None, [])


def test_deleted_rows_are_shown_to_those_who_ask(model: type[Any], gone: int) -> None:
    with db.auto_commit() as session:
        wanted = select(model.id).where(model.id == gone)
        assert model.query.with_deleted().filter_by(id=gone).count() == 1
        assert model.query.with_deleted().get(gone).deleted_at == AT
        assert [row.id for row in model.query.filter_by(status=0)] == [gone]
        assert session.scalars(wanted.where(model.status == 0)).all() == [gone]
        assert session.scalars(wanted.where(model.status.in_([0, 1]))).all() == [gone]
        assert session.scalars(wanted.execution_options(include_deleted=True)).all() == [gone]
        assert session.get(model, gone, execution_options={"include_deleted": True}).status == 0


def test_what_an_inner_statement_asks_for_shows_nothing_of_the_outer_one(model: type[Any], gone: int) -> None:
    other = aliased(model)
    with db.auto_commit() as session:
        somewhere = select(other.id).where(other.status == 0).exists()
        assert gone not in session.scalars(select(model.id).where(somewhere)).all()


def test_a_deleted_row_leaves_its_unique_keys_to_a_new_one(model: type[Any]) -> None:
    with db.auto_commit():
        row = make_row(model)
        keys = {name: getattr(row, name) for name in model.unique_names()}
        row.delete(at=AT)
        db.session.flush()
        second = make_row(model, **keys)
        model.query.filter_by(id=second.id).mark_deleted(at=AT)
        assert make_row(model, **keys).status == 1
        db.session.expire_all()
        left = [
            row for row in model.query.filter_by(status=0) if any(getattr(row, name) == keys[name] for name in keys)
        ]
        assert left == []


def test_rows_are_marked_deleted_and_restored_by_one_statement(model: type[Any]) -> None:
    with db.auto_commit():
        number = make_row(model).id
    with db.auto_commit():
        assert model.query.filter_by(id=number).mark_deleted(at=AT) == 1
        assert model.query.filter_by(id=number).mark_deleted(at=AT + 1) == 0
        assert model.query.filter_by(id=number, status=0).restore() == 1
        row = model.query.filter_by(id=number).one()
        assert (row.status, row.deleted_at) == (1, None)
