"""Run a use case as one transaction that is repeated when the database asks for it, and that happens once all the same."""

from __future__ import annotations

import random
import secrets
import sqlite3
import time
from collections.abc import Callable
from functools import wraps
from itertools import count
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar

import pymysql
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError

from app.db.database import rows_touched
from app.db.dialects import DRIVER_ERRORS
from app.db.pool import NoTurnToWriteError
from app.extensions import db
from app.libs.clock import Clock, epoch
from app.libs.deadline import time_left
from app.models.operation import UseCaseDone

#: MariaDB: lock wait, deadlock (and a lost certification on Galera), a changed snapshot, a node that leaves, a lost line, a
#: killed connection; 0 is what PyMySQL says of a line that it already knows to be lost.
_REPEATABLE = frozenset({1205, 1213, 1020, 1047, 1180, 2006, 2013, 1927, 0})
_SQLITE_BUSY = frozenset({5, 6})
TRIES = 6
_FIRST_PAUSE = 0.02  # seconds

P = ParamSpec("P")
R = TypeVar("R")


class RaceLostError(Exception):
    """A conditional UPDATE found the row changed in between: look again."""


class UseCases:
    """Runs use cases; each leaves its key in the database, in the transaction of its effect.

    :param pause: seconds before the second try, about; twice as many before each one after.
    """

    def __init__(
        self, clock: Clock, *, pause: float = _FIRST_PAUSE, wait: Callable[[float], None] = time.sleep
    ) -> None:
        self._clock = clock
        self._pause = pause
        self._wait = wait

    def run(self, work: Callable[[], R]) -> R:
        """Run `work` in one transaction and give its result; inside an open block it joins that.

        A COMMIT whose answer was lost may have happened: a repeat first asks whether this very use case is there. What
        `work` does outside the database, such as hashing a password, it does again in a repeat.
        """
        if db.joined_connection() is not None:
            with db.auto_commit():
                return work()
        attempt = _Attempt(work, created=epoch(self._clock.now()))
        for number in count(1):
            try:
                return attempt.make()
            except (DBAPIError, *DRIVER_ERRORS, RaceLostError, NoTurnToWriteError) as error:
                pause = self._pause * 2**number * random.uniform(0.5, 1.5)  # noqa: S311 - spreads load
                if not is_repeatable(error) or number == TRIES or time_left(pause) < pause:
                    raise
            self._wait(pause)
        raise AssertionError  # pragma: no cover - the last try returns or raises


class _Attempt(Generic[R]):
    """One use case with its key. Only one try of it is ever committed: the last one that ran `work` to its end."""

    def __init__(self, work: Callable[[], R], *, created: int) -> None:
        self._work = work
        self._created = created
        self._key = secrets.token_hex(16)
        self._outcomes: list[tuple[R, list[Callable[[], None]]]] = []

    def make(self) -> R:
        with db.auto_commit() as session:
            # The lock waits for a try whose COMMIT the server is still busy with.
            if self._outcomes and session.get(UseCaseDone, self._key, with_for_update=True) is not None:
                result, after_commit = self._outcomes[-1]
                db.after_commit.extend(after_commit)
                return result
            result = self._work()
            session.add(UseCaseDone(id=self._key, create_time=self._created))
            session.flush()
            self._outcomes.append((result, db.after_commit))
        return result


class Timed(Protocol):
    """A service that knows the time."""

    _clock: Clock


S = TypeVar("S", bound=Timed)


def use_case(method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    """Make a service's method one use case, see `UseCases.run`."""

    @wraps(method)
    def run(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return UseCases(self._clock).run(lambda: method(self, *args, **kwargs))

    return run


def is_repeatable(error: BaseException) -> bool:
    """Return whether the whole use case may be tried again after this error."""
    if isinstance(error, (RaceLostError, NoTurnToWriteError)):
        return True
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.OperationalError):
        return (getattr(cause, "sqlite_errorcode", 0) & 0xFF) in _SQLITE_BUSY
    return isinstance(cause, pymysql.MySQLError) and bool(cause.args) and cause.args[0] in _REPEATABLE


def insert_once(model: type[Any], **values: Any) -> bool:
    """Insert a row unless its key is taken; tell whether it was inserted. The database decides a race."""
    statement = insert(model).prefix_with("OR IGNORE", dialect="sqlite").prefix_with("IGNORE", dialect="mysql")
    return rows_touched(db.session.execute(statement.values(**values))) == 1
