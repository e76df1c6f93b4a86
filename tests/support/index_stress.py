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
from tests.conftest import close, make_app
from tests.support.index_fixture import Lab, posting_index

WORDS = ["river", "stone", "cloud", "三体", "红楼", "santi", "a", "b", "rivers", "rivet"]
NAMES = [f"{number:013d}" for number in range(400)]
BUSY = (DBAPIError, sqlite3.OperationalError, pymysql.err.OperationalError, pymysql.err.IntegrityError)

Death = tuple[str, str, str, str]
"""(what to do to the index, the deadly function as ``module:Class.name``, before or after, which call of it)"""


@contextmanager
def opened(folder: Path, url: str, kept_seconds: int = 60) -> Iterator[Lab]:
    """Lend a lab of this process's own on the shared folder and database."""
    app = make_app(folder, url)
    with app.app_context():
        sql = app.extensions["container"].core.sql
        yield Lab(app, sql, posting_index(sql, folder / "search", SystemClock(), kept_seconds))
    close(app)


def write(folder: Path, url: str, seed: int, count: int) -> None:
    """Do so many additions, changes and deletions at random."""
    luck = random.Random(seed)
    with opened(folder, url) as lab:
        done = 0
        while done < count:
            try:
                _write_one(lab, luck)
            except BUSY:
                continue
            done += 1


def _write_one(lab: Lab, luck: random.Random) -> None:
    name = luck.choice(NAMES)
    kind = luck.random()
    if kind < 0.15:
        lab.remove(name)
    elif kind < 0.3:
        lab.offer(name)
    elif kind < 0.45:
        lab.take(name)
    else:
        lab.put(name, " ".join(luck.sample(WORDS, luck.randint(1, 4))), popularity=luck.randint(0, 9))


def keep_building(folder: Path, url: str, stop: Event, built: Any) -> None:
    """Merge, tidy, and at times rebuild, until told to stop."""
    with opened(folder, url, kept_seconds=2) as lab:
        turn = 0
        while not stop.is_set():
            turn += 1
            try:
                if turn % 5:
                    lab.index.merge()
                else:
                    lab.index.rebuild()
                built.value += 1
                while not lab.index.drop_old_generations() and not stop.is_set():
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
    with opened(folder, url, kept_seconds=0) as lab:
        getattr(lab.index, action)()
