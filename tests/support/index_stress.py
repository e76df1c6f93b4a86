"""What runs in the processes of the index's hardest tests: writers, a builder, and one that is killed."""

from __future__ import annotations

import importlib
import os
import random
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import pymysql
from sqlalchemy.exc import DBAPIError

from app.libs.clock import SystemClock
from app.search.index import sorted_runs
from app.search.index.port import IndexBusy
from tests.support.apps import close, make_app
from tests.support.index_fixture import IndexFixture, posting_index

WORDS = ["river", "stone", "cloud", "三体", "红楼", "santi", "a", "b", "rivers", "rivet"]
NAMES = [f"{number:013d}" for number in range(400)]
BUSY = (DBAPIError, sqlite3.OperationalError, pymysql.err.OperationalError, pymysql.err.IntegrityError)

Death = tuple[str, str, str, str]
"""(what to do to the index, the deadly function as ``module:Class.name``, before or after, which call of it)"""


@contextmanager
def opened(folder: Path, url: str, kept_seconds: int = 60) -> Iterator[IndexFixture]:
    """Lend an index of this process's own on the shared folder and database."""
    app = make_app(folder, url)
    with app.app_context():
        sql = app.extensions["container"].core.sql
        yield IndexFixture(app, sql, posting_index(sql, folder / "search", SystemClock(), kept_seconds))
    close(app)


def write(folder: Path, url: str, seed: int, count: int) -> None:
    """Do so many additions, changes and deletions at random."""
    rng = random.Random(seed)
    with opened(folder, url) as index_fixture:
        done = 0
        while done < count:
            try:
                _write_one(index_fixture, rng)
            except BUSY:
                continue
            done += 1


def _write_one(index_fixture: IndexFixture, rng: random.Random) -> None:
    name = rng.choice(NAMES)
    kind = rng.random()
    if kind < 0.15:
        index_fixture.remove(name)
    elif kind < 0.3:
        index_fixture.offer(name)
    elif kind < 0.45:
        index_fixture.take(name)
    else:
        index_fixture.put(name, " ".join(rng.sample(WORDS, rng.randint(1, 4))), popularity=rng.randint(0, 9))


def keep_building(folder: Path, url: str, stop: Event, built: Any) -> None:
    """Merge, tidy, and at times rebuild, until told to stop."""
    with opened(folder, url, kept_seconds=2) as index_fixture:
        turn = 0
        while not stop.is_set():
            turn += 1
            try:
                if turn % 5:
                    index_fixture.index.merge()
                else:
                    index_fixture.index.rebuild()
                built.value += 1
                while not index_fixture.index.drop_old_generations() and not stop.is_set():
                    time.sleep(0.1)
            except (IndexBusy, *BUSY):
                time.sleep(0.05)


def die(folder: Path, url: str, death: Death) -> None:
    """Do something to the index and be killed before or after a call of a function."""
    action, where, when, call = death
    sorted_runs.POSTINGS_PER_RUN = 40
    module, _, path = where.partition(":")
    owner: Any = importlib.import_module(module)
    *parents, name = path.split(".")
    for parent in parents:
        owner = getattr(owner, parent)
    real = getattr(owner, name)
    calls = 0

    def deadly(*args: Any, **more: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == int(call) and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = real(*args, **more)
        if calls == int(call):
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, deadly)
    with opened(folder, url, kept_seconds=0) as index_fixture:
        getattr(index_fixture.index, action)()
