"""Rows that are marked deleted instead of removed, the `Query` and session that hide them, and how nothing is left of removed ones.

Every door of the ORM hides a deleted row: queries, `select()`, joins, counts, EXISTS, bulk UPDATE and DELETE, `get`, lazy and
eager loads. It is seen by those who ask for it: `Model.query.with_deleted()`, ``filter_by(status=0)``, or the execution option
``include_deleted``. Raw SQL must name the status itself; a test reads every statement.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import cache
from typing import Any, ClassVar, Self

import pymysql
from flask_sqlalchemy.query import Query as FlaskQuery
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import BinaryExpression, Column, String, Table, UniqueConstraint, cast, event, literal
from sqlalchemy.orm import LoaderCriteriaOption, ORMExecuteState, with_loader_criteria
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.sql.selectable import ScalarSelect, SelectBase

from app.db.pool import Pool, PoolLease
from app.libs.deadline import waiting_at_most

ALIVE, DELETED = 1, 0
INCLUDE_DELETED = "include_deleted"


class Query(FlaskQuery):
    """The course's query: `filter_by` sees rows that are not deleted, unless `status` is asked for."""

    def filter_by(self, **kwargs: Any) -> Any:
        """Filter by columns; adds ``status=1`` where the entity has a status, unless one is named or deleted rows are wanted."""
        columns = self._filter_by_zero().entity_namespace  # a mapped class, or the columns of a table or subquery
        wants_deleted = self.get_execution_options().get(INCLUDE_DELETED)
        if "status" not in kwargs and hasattr(columns, "status") and not wants_deleted:
            kwargs["status"] = ALIVE
        return super().filter_by(**kwargs)

    def get(self, ident: Any) -> Any:
        """Return the row of a primary key, or None; as `Session.get`."""
        return self.session.get(self._model, ident, execution_options=self.get_execution_options())

    def with_deleted(self) -> Self:
        """Include deleted rows. Call it first: `filter_by` has to know."""
        return self.execution_options(**{INCLUDE_DELETED: True})

    def mark_deleted(self, *, at: int) -> int:
        """Mark the rows deleted by one UPDATE, and return how many there were. `at` is in epoch seconds."""
        return self.update(self._model.deletion(at), synchronize_session=False)

    def restore(self) -> int:
        """Mark the rows, chosen by ``status=0``, alive again by one UPDATE, and return how many there were."""
        return self.update({"status": ALIVE, "deleted_at": None}, synchronize_session=False)

    @property
    def _model(self) -> Any:
        return self.column_descriptions[0]["entity"]


class Session(FlaskSession):
    """Flask-SQLAlchemy's session, whose `get` also hides a row that was deleted within the transaction."""

    def get(self, entity: Any, ident: Any, **kwargs: Any) -> Any:
        """Return the row of a primary key, or None."""
        found = super().get(entity, ident, **kwargs)
        is_deleted = isinstance(found, SoftDelete) and found.status != ALIVE
        return None if is_deleted and not kwargs.get("execution_options", {}).get(INCLUDE_DELETED) else found


class SoftDelete:
    """Mixin of models whose rows are marked deleted (`status` 0, `deleted_at`) instead of removed."""

    classes: ClassVar[list[Any]] = []
    __table__: ClassVar[Any]
    id: Any
    status: Any
    deleted_at: Any

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not cls.__dict__.get("__abstract__", False):
            SoftDelete.classes.append(cls)

    def delete(self, *, at: int) -> None:
        """Mark the row deleted; `at` is in epoch seconds."""
        for name, value in self.deletion(at).items():
            setattr(self, name, value)

    @classmethod
    def deletion(cls, at: int) -> dict[str, Any]:
        """Return what a deleted row's columns hold.

        Its unique keys make room for a new row: they become a space and the row's id, which no key of a live row begins with.
        """
        room = {name: literal(" ") + cast(cls.id, String(20)) for name in cls.unique_names()}
        return {"status": DELETED, "deleted_at": at} | room

    @classmethod
    def unique_names(cls) -> list[str]:
        """Return one column of each unique key, besides the primary key."""
        keys = [each for each in cls.__table__.constraints if isinstance(each, UniqueConstraint)]
        return sorted({list(key.columns)[-1].name for key in [*keys, *(i for i in cls.__table__.indexes if i.unique)]})


def _hide_deleted(state: ORMExecuteState) -> None:
    """Add ``status = 1`` for each soft-deleted model to every ORM statement that does not ask for another status of it."""
    if state.is_column_load or state.execution_options.get(INCLUDE_DELETED):
        return
    asked = _asked_for(getattr(state.statement, "whereclause", None))
    hidden = [_only_alive(model) for model in SoftDelete.classes if model.__table__ not in asked]
    state.statement = state.statement.options(*hidden)


@cache
def _only_alive(model: Any) -> LoaderCriteriaOption:
    return with_loader_criteria(model, lambda entity: entity.status == ALIVE, include_aliases=True)


def _asked_for(where: ClauseElement | None) -> set[Table]:
    """Return the tables whose deleted rows a condition asks for: it compares their status, and not with 1.

    What an inner SELECT asks for holds for no row of the outer one, so it is not looked at.
    """
    asked: set[Table] = set()
    parts = [] if where is None else [where]
    while parts:
        part = parts.pop()
        if isinstance(part, BinaryExpression) and isinstance(part.left, Column) and part.left.key == "status":
            if not (part.operator is operators.eq and getattr(part.right, "value", None) == ALIVE):
                asked.add(part.left.table)
        elif not isinstance(part, SelectBase | ScalarSelect):
            parts += part.get_children()
    return asked


event.listen(Session, "do_orm_execute", _hide_deleted)


#: How often it is tried, and how many seconds pass in between, in which nothing is held.
_TRIES = 50
_PAUSE_SECONDS = 0.2


class DeletedRowsKeptError(Exception):
    """Somebody always read or wrote: what was deleted may still stand in the database's files. To be tried again later."""


def purge_deleted(
    pool: Pool, tables: Sequence[str], *, tries: int = _TRIES, pause_seconds: float = _PAUSE_SECONDS
) -> None:
    """Clear what the database keeps of rows that were deleted from these tables. Nobody waits for it: it is tried between others.

    SQLite overwrites them itself (`secure_delete`); its log is moved into the file and cut to nothing. MariaDB leaves them in
    a page until something else is written there, and a copy wherever a page was split; so the tables, which must be small,
    are rewritten.

    :raises DeletedRowsKeptError: when there was no gap between others.
    """
    clear = _truncate_log if pool.dialect.NAME == "sqlite" else _write_anew
    left = list(tables)
    lease = pool.lease()
    try:
        for _ in range(tries):
            left = clear(lease, left)
            if not left:
                return
            time.sleep(pause_seconds)
    finally:
        lease.release()
    raise DeletedRowsKeptError(f"others were busy at each of {tries} tries: {', '.join(left)}")


def _truncate_log(lease: PoolLease, tables: list[str]) -> list[str]:
    """Cut SQLite's log, unless somebody reads from it. Waiting for them would make everybody who writes wait, too."""
    with waiting_at_most(0):
        lease.connection.keep_to_time_left()
        (is_busy, *_pages) = lease.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return tables if is_busy else []


def _write_anew(lease: PoolLease, tables: list[str]) -> list[str]:
    """Rewrite MariaDB's tables, and return those that somebody uses. A statement that waits keeps out all that come after it."""
    left = []
    with lease.connection.cursor() as cursor:
        for table in tables:
            try:
                cursor.execute(f"SET STATEMENT lock_wait_timeout=0 FOR ALTER TABLE {table} FORCE")
            except pymysql.err.OperationalError:
                left.append(table)
    return left
