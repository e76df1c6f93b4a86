"""Two ways to write SqlHelper over one pool, and the misuse of the second, played through the same three scenes."""

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from tempfile import TemporaryDirectory
from typing import Any, Self

from dbutils.pooled_db import InvalidConnectionError, PooledDB

folder = TemporaryDirectory()
POOL = PooledDB(sqlite3, database=f"{folder.name}/gifts", check_same_thread=False)


class StackHelper:
    """One object for all: each ``with`` lays its connection on a stack of its own thread."""

    local = threading.local()

    def __enter__(self) -> Any:
        self.local.__dict__.setdefault("stack", []).append(POOL.connection())
        return self.local.stack[-1].cursor()

    def __exit__(self, *_: object) -> None:
        self.local.stack.pop().close()  # back to the pool; a commit is nobody's business here


class BlockHelper:
    """One object for one block: the connection is an attribute, so ``with BlockHelper() as helper``."""

    def __enter__(self) -> Self:
        self.connection = POOL.connection()  # right, as long as nobody enters the same object twice
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def execute(self, sql: str) -> None:
        self.connection.cursor().execute(sql)


def no_commit(helper: Callable[[], Any]) -> None:
    with helper() as ann:
        ann.execute("INSERT INTO gift VALUES ('Ann, who said nothing of commit')")


def nested(helper: Callable[[], Any]) -> None:
    with helper() as ann:
        ann.execute("INSERT INTO gift VALUES ('Ann, all went well')")
        with helper() as inner:  # on the way, some function reads
            inner.execute("SELECT giver FROM gift")
        ann.connection.commit()


def threaded(helper: Callable[[], Any]) -> None:
    with ThreadPoolExecutor(max_workers=1) as bao, helper() as ann:
        block = bao.submit(helper().__enter__).result()  # Bao's thread comes in before Ann writes …
        ann.execute("INSERT INTO gift VALUES ('Ann, who thought better of it')")  # and leaves without a commit
        bao.submit(block.connection.commit).result()  # … and commits what it takes for its own work.


def play(scene: Callable[[Callable[[], Any]], None], way: str, helper: Callable[[], Any]) -> list[str]:
    with closing(sqlite3.connect(f"{folder.name}/gifts")) as plain:
        plain.executescript("DROP TABLE IF EXISTS gift; CREATE TABLE gift (giver TEXT)")
        with suppress(InvalidConnectionError):
            scene(helper)
        stored = [giver for (giver,) in plain.execute("SELECT giver FROM gift")]
    print(f"{scene.__name__:10}{way:18}stored: {stored}")
    return stored


def main() -> None:
    stack, shared = StackHelper(), BlockHelper()
    ways = {"a stack": lambda: stack, "an object a block": BlockHelper, "one object": lambda: shared}
    with folder, closing(POOL):
        for way, helper in ways.items():
            assert play(no_commit, way, helper) == []
            assert play(nested, way, helper) == ([] if way == "one object" else ["Ann, all went well"])
            assert play(threaded, way, helper) == (["Ann, who thought better of it"] if way == "one object" else [])


if __name__ == "__main__":
    main()
