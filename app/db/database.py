"""The write door: Flask-SQLAlchemy with `auto_commit`, and the `Query` that knows deleted rows."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from flask import Flask, current_app, has_app_context
from flask_sqlalchemy import SQLAlchemy as FlaskSQLAlchemy
from sqlalchemy import CursorResult, MetaData, Result, String, event
from sqlalchemy.dialects.mysql import VARCHAR
from sqlalchemy.engine import Connection
from sqlalchemy.orm import scoped_session
from sqlalchemy.pool import NullPool
from sqlalchemy.types import TypeEngine

from app.db.pool import Pool, PoolLease
from app.db.soft_delete import Query, Session

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class RollbackOnlyError(RuntimeError):
    """An inner block failed and its exception was swallowed: the whole transaction is rolled back."""


def Key(length: int) -> TypeEngine[str]:  # noqa: N802 - reads as a column type
    """Make the type of a key column: our own folded text, compared byte for byte on both databases."""
    return String(length).with_variant(VARCHAR(length, collation="utf8mb4_bin"), "mysql")


BeforeCommit = Callable[[set[Any]], None]


@dataclass(slots=True)
class _Block:
    """The outermost `auto_commit` block that is open: whose it is, whether it must fail, what is to be done at and after its end."""

    owner: int = field(default_factory=threading.get_ident)
    doomed: bool = False
    before_commit: dict[BeforeCommit, set[Any]] = field(default_factory=dict)
    after_commit: list[Callable[[], None]] = field(default_factory=list)

    def end(self) -> None:
        while self.before_commit:
            work, values = self.before_commit.popitem()
            work(values)
        if self.doomed:
            raise RollbackOnlyError("an inner block failed; nothing was saved")


class _OrmConnection:
    """A leased connection as SQLAlchemy wants it: the driver's object, whose `close()` gives the lease back."""

    __slots__ = ("lease",)

    def __init__(self, lease: PoolLease) -> None:
        self.lease = lease

    def __getattr__(self, name: str) -> Any:
        return getattr(self.lease.connection, name)

    def close(self) -> None:
        self.lease.release()


class SQLAlchemy(FlaskSQLAlchemy):
    """Flask-SQLAlchemy over the shared pool, written to in `auto_commit` blocks alone."""

    def __init__(self) -> None:
        super().__init__(
            query_class=Query,
            metadata=MetaData(naming_convention=NAMING),
            session_options={"class_": Session, "autobegin": False, "expire_on_commit": False},
        )
        #: Rises with each use case that this process has committed: a cache of what was read can tell that it is old.
        self.commits = 0

    def init_app(self, app: Flask, pool: Pool | None = None) -> None:
        """Register on the app, with engines that lease from `pool`."""
        if pool is None:
            raise TypeError("init_app needs the pool")
        app.config["SQLALCHEMY_DATABASE_URI"] = app.config["DATABASE_URL"]
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
            "creator": lambda: _OrmConnection(pool.lease()),
            "poolclass": NullPool,
            # An error must not carry what was to be written, messages and mail addresses among it, into the log.
            "hide_parameters": True,
        }
        super().init_app(app)
        with app.app_context():
            event.listen(self.engine, "begin", _begin_write)

    session: scoped_session[Session]  # type: ignore[assignment]  # a narrower one than the extension declares

    @contextmanager
    def auto_commit(self) -> Iterator[scoped_session[Session]]:
        """Open the one transaction of a use case and commit it at the end of the outermost block.

        Blocks nest: an inner one joins. A failure inside dooms the whole: nothing is ever half committed.

        :raises RollbackOnlyError: when an inner block failed and somebody swallowed its exception.
        :raises NoTurnToWriteError: when others wrote for too long.
        """
        session = self.session()
        block: _Block | None = session.info.get("auto_commit")
        if block is not None:
            if block.owner != threading.get_ident():
                raise RuntimeError("a transaction is written to by the thread that opened it")
            try:
                yield self.session
            except BaseException:
                block.doomed = True
                raise
            return
        pool: Pool = current_app.extensions["pool"]
        block = session.info["auto_commit"] = _Block()
        try:
            with pool.writing():
                with session.begin():
                    yield self.session
                    block.end()
                self.commits += 1
        finally:
            del session.info["auto_commit"]
            session.close()
        for call in block.after_commit:
            call()

    def before_commit(self, work: BeforeCommit, values: Iterable[Hashable]) -> None:
        """Let `work` be done once, on all values it was asked for, as the last thing in the open block's transaction.

        For rows that many use cases touch: locked last and by one statement, they can be part of no deadlock.
        """
        block: _Block = self.session().info["auto_commit"]
        block.before_commit.setdefault(work, set()).update(values)

    @property
    def after_commit(self) -> list[Callable[[], None]]:
        """What is called, in order, once the open block is committed and its connection is back; a use case appends to it."""
        block: _Block = self.session().info["auto_commit"]
        return block.after_commit

    def joined_connection(self) -> Any | None:
        """Return the driver's connection of this thread's open `auto_commit` block, its changes flushed; None outside one.

        A thread that was given a copy of another one's context sees that one's session, too, but its block is not its own.
        """
        if not has_app_context() or not self.session.registry.has():
            return None
        session = self.session()
        block: _Block | None = session.info.get("auto_commit")
        if block is None or block.owner != threading.get_ident():
            return None
        session.flush()
        return session.connection().connection.dbapi_connection


def rows_touched(result: Result[Any]) -> int:
    """Return how many rows an UPDATE or DELETE matched: this is how the database decides a race."""
    return cast("CursorResult[Any]", result).rowcount


def _begin_write(connection: Connection) -> None:
    """Begin as the write door does: on SQLite the write lock is taken at once, MariaDB reads committed rows."""
    lease: PoolLease = cast("Any", connection.connection.dbapi_connection).lease
    lease.begin_write()
