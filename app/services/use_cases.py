"""Run a use case as one transaction that is repeated when the database asks for it, and that happens once all the same."""

from __future__ import annotations

import random
import secrets
import sqlite3
import time
from collections.abc import Callable

import pymysql
from sqlalchemy.exc import DBAPIError

from app.extensions import db
from app.libs.clock import Clock, epoch
from app.models.use_case import UseCase

#: MariaDB: lock wait, deadlock (and a lost certification on Galera), a changed snapshot, a node that leaves, a lost line, a
#: killed connection; 0 is what PyMySQL says of a line that it already knows to be lost.
_REPEATABLE = frozenset({1205, 1213, 1020, 1047, 1180, 2006, 2013, 1927, 0})
_SQLITE_BUSY = frozenset({5, 6})
TRIES = 6
_FIRST_PAUSE = 0.02  # seconds

Work = Callable[[], int]


class RaceLostError(Exception):
    """A conditional UPDATE found the row changed in between: look again."""


class UseCases:
    """Runs use cases. Each gives a number (an id, or 0) that is stored with its effect."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def run(self, work: Work) -> int:
        """Run `work` in one transaction and give its number; inside an open block it joins that.

        A COMMIT whose answer was lost may have happened: a repeat first asks whether this very use case is there.
        """
        if db.joined_connection() is not None:
            with db.auto_commit():
                return work()
        key = secrets.token_hex(16)
        for attempt in range(1, TRIES):
            try:
                return self._once(key, work, is_repeat=attempt > 1)
            except (DBAPIError, pymysql.MySQLError, sqlite3.OperationalError, RaceLostError) as error:
                if not is_repeatable(error):
                    raise
                time.sleep(_FIRST_PAUSE * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311 - spreads load
        return self._once(key, work, is_repeat=True)

    def _once(self, key: str, work: Work, *, is_repeat: bool) -> int:
        with db.auto_commit() as session:
            done = session.get(UseCase, key) if is_repeat else None
            if done is not None:
                return done.result
            result = work()
            session.add(UseCase(id=key, result=result, create_time=epoch(self._clock.now())))
            return result


def is_repeatable(error: BaseException) -> bool:
    """Tell whether the whole use case may be tried again after this error."""
    if isinstance(error, RaceLostError):
        return True
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.OperationalError):
        return (getattr(cause, "sqlite_errorcode", 0) & 0xFF) in _SQLITE_BUSY
    return isinstance(cause, pymysql.MySQLError) and bool(cause.args) and cause.args[0] in _REPEATABLE
