"""Two ways to write SqlHelper over one pool, played through the same two scenes."""

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from tempfile import TemporaryDirectory
from typing import Any, Self

from dbutils.pooled_db import InvalidConnectionError, PooledDB


class StackHelper:
    """The first way: each ``with`` lays its connection on a pile of its own thread."""

    def __init__(self, pool: PooledDB) -> None:
        self.pool, self.local = pool, threading.local()

    def __enter__(self) -> Any:
        self.local.__dict__.setdefault("pile", []).append(self.pool.connection())
        return self.local.pile[-1].cursor()

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        connection = self.local.pile.pop()
        connection.rollback() if error else connection.commit()
        connection.close()  # gives it back to the pool


class AttributeHelper:
    """The second way: the connection is an attribute, one place for every level and every thread."""

    def __init__(self, pool: PooledDB) -> None:
        self.pool = pool

    def __enter__(self) -> Self:
        self.connection = self.pool.connection()  # and whose connection lay here until now?
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        self.connection.rollback() if error else self.connection.commit()
        self.connection.close()

    def execute(self, sql: str) -> None:
        self.connection.cursor().execute(sql)


def nested(helper: StackHelper | AttributeHelper) -> None:
    with helper as outer:  # Ann offers a book; on the way, some function reads with the same helper
        outer.execute("INSERT INTO gift VALUES ('Ann, all went well')")
        with helper as inner:
            inner.execute("SELECT giver FROM gift")


def threaded(helper: StackHelper | AttributeHelper) -> None:
    with ThreadPoolExecutor(max_workers=1) as bao, helper as ann:
        bao.submit(helper.__enter__).result()  # Bao's thread comes in before Ann writes …
        ann.execute("INSERT INTO gift VALUES ('Ann, but refused')")
        bao.submit(helper.__exit__, None).result()  # … and leaves in peace,
        raise PermissionError  # while Ann's own block fails: her gift must not be stored


def play(scene: Callable[[StackHelper | AttributeHelper], None], helper_class: type) -> list[str]:
    with TemporaryDirectory() as folder, closing(sqlite3.connect(f"{folder}/gifts")) as plain:
        plain.execute("CREATE TABLE gift (giver TEXT)")
        pool = PooledDB(sqlite3, database=f"{folder}/gifts", check_same_thread=False)
        with suppress(PermissionError, InvalidConnectionError):
            scene(helper_class(pool))
        stored = [giver for (giver,) in plain.execute("SELECT giver FROM gift")]
        pool.close()
    print(f"{scene.__name__:8} {helper_class.__name__:15} stored: {stored}")
    return stored


def main() -> None:
    assert play(nested, StackHelper) == ["Ann, all went well"]
    assert play(nested, AttributeHelper) == []  # lost: the inner block took the outer one's place
    assert play(threaded, StackHelper) == []
    assert play(threaded, AttributeHelper) == ["Ann, but refused"]  # Bao committed it for her


if __name__ == "__main__":
    main()
