"""A measuring stand: an app on a folder of its own, a catalogue of a given size in it, an index over it."""

from __future__ import annotations

import resource
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import quantiles
from typing import Any

from flask import Flask

from app.domain.book import BookFacts
from app.queries.catalogue import IndexedBookQueries
from app.search import analyzer
from app.search.index.builder import Builder
from app.search.index.mariadb_store import MariadbStore
from app.search.index.port import BookTerms
from app.search.index.sqlite_store import SqliteStore
from tests.bench.synthetic_catalogue import batches
from tests.support.apps import make_app, migrate

PATIENCE = 300
"""Seconds: a rival may take long for one answer, and longer to be built."""

_COLUMNS = (
    "isbn13",
    "title",
    "authors",
    "publisher",
    "pubdate",
    "language",
    "popularity",
    "work_id",
    "series",
    "subjects",
)


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of many runs of one thing: by the clock, and of this thread's processor.

    On a machine that is busy with other things the second is the one to look at; it leaves out a database server's share.
    """

    p50: float
    p99: float
    cpu_p50: float
    cpu_p99: float

    def __str__(self) -> str:
        return f"{self.p50:8.3f} {self.p99:8.3f}   {self.cpu_p50:8.3f} {self.cpu_p99:8.3f}"


HEAD = "     p50      p99     cpu p50  cpu p99"


def time_each(
    things: Sequence[Any], ask: Callable[[Any], object], *, warm: bool = True, seconds: float = 600.0
) -> Times:
    """Time one call for each thing, after a first round that warms the caches.

    :param seconds: how long a round may last; what is slow is asked as often as fits, twice at least.
    """
    if warm:
        _time_some(things, ask, seconds)
    samples = _time_some(things, ask, seconds)
    cuts = [quantiles(column, n=100, method="inclusive") for column in zip(*samples, strict=True)]
    return Times(*(cut[at] * 1000 for cut in cuts for at in (49, 98)))


def _time_some(things: Sequence[Any], ask: Callable[[Any], object], seconds: float) -> list[tuple[float, float]]:
    samples: list[tuple[float, float]] = []
    until = time.perf_counter() + seconds
    for thing in things:
        start, cpu_start = time.perf_counter(), time.thread_time()
        ask(thing)
        samples.append((time.perf_counter() - start, time.thread_time() - cpu_start))
        if time.perf_counter() > until and len(samples) > 1:
            break
    return samples


@contextmanager
def opened(folder: Path, url: str, **settings: Any) -> Iterator[Flask]:
    """Lend an app on the folder and database, in its context."""
    folder.mkdir(parents=True, exist_ok=True)
    app = make_app(folder, url, THREADS=4, DATABASE_TIMEOUT_SECONDS=PATIENCE, **settings)
    with app.app_context():
        yield app
    app.extensions["pool"].close()


def fill(folder: Path, url: str, count: int) -> float:
    """Migrate and put `count` books in, those that are missing; return the seconds."""
    start = time.perf_counter()
    folder.mkdir(parents=True, exist_ok=True)
    app = make_app(folder, url)
    migrate(app)
    marks = ", ".join(f":{name}" for name in _COLUMNS)
    with app.app_context():
        sql = app.extensions["container"].core.sql
        known = app.extensions["container"].catalogue.books.count()
        for rows in batches(count, skip=known):
            with sql.transaction() as cursor:
                cursor.executemany(
                    f"INSERT INTO book ({', '.join(_COLUMNS)}, summary, create_time) VALUES ({marks}, '', 0)", rows
                )
    app.extensions["pool"].close()
    return time.perf_counter() - start


@dataclass(frozen=True, slots=True)
class Build:
    """What a rebuild cost, in seconds of one core."""

    seconds: float
    analysis_seconds: float
    peak_megabytes: float
    bytes_on_disk: int
    bytes_without_typos: int


def build(folder: Path, url: str) -> Build:
    """Rebuild the index in a process of its own, so that its memory can be told."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(_build, (folder, url))


def _build(folder: Path, url: str) -> Build:
    spent = 0.0

    def terms(facts: BookFacts) -> BookTerms:
        nonlocal spent
        start = time.process_time()
        found = analyzer.terms(facts)
        spent += time.process_time() - start
        return found

    with opened(folder, url) as app:
        container = app.extensions["container"]
        books = IndexedBookQueries(container.core.sql)
        directory = folder / "search"
        store = SqliteStore(directory) if container.core.sql.dialect == "sqlite" else MariadbStore(container.core.sql)
        start = time.process_time()
        builder = Builder(
            container.core.sql,
            books,
            store,
            container.core.clock,
            terms=terms,
            terms_version=analyzer.terms_version(),
            directory=directory,
            kept_seconds=0,
        )
        builder.rebuild()
        seconds = time.process_time() - start
        builder.drop_old()
        if container.core.sql.dialect == "mysql":
            with container.core.sql.transaction() as cursor:
                names = "head", "shard", "doc", "prefix", "word", "typo", "meta"
                number = container.catalogue.search_index.status().generation
                cursor.execute("ANALYZE TABLE " + ", ".join(f"idx_{name}_{number}" for name in names)).fetchall()
        status = container.catalogue.search_index.status()
        typos = _typo_bytes(container, directory, status.generation)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Build(seconds, spent, peak, status.bytes_on_disk, status.bytes_on_disk - typos)


def _typo_bytes(container: Any, directory: Path, number: int) -> int:
    if container.core.sql.dialect == "sqlite":
        with closing(sqlite3.connect(directory / f"generation-{number:06d}.sqlite")) as connection:
            query = "SELECT SUM(pgsize) FROM dbstat WHERE name IN ('typo', 'word')"
            return connection.execute(query).fetchone()[0]
    return container.core.sql.fetchone(
        "SELECT CAST(SUM(data_length) AS INTEGER) FROM information_schema.tables "
        "WHERE table_schema = DATABASE() AND table_name IN (:typo, :word)",
        {"typo": f"idx_typo_{number}", "word": f"idx_word_{number}"},
    )[0]
