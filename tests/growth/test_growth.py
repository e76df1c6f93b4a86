"""No statement, page or job grows with the number of members: judged by the work of the database, never by a clock.

One test per database, which fills it once; all that it finds is listed together.
"""

from __future__ import annotations

import inspect
import pkgutil
import tracemalloc
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import app.queries
from tests.growth.crowd import Sizes, make_crowd
from tests.growth.deeds import DEEDS, Kept
from tests.growth.samples import PAGES, SAMPLES, WALKING_JOBS, WALKS, Ask
from tests.growth.site import Site, open_site
from tests.growth.work import MariaDBWatch, SQLiteWatch, Work

MEMBERS = 100_000
FEWER = MEMBERS // 10
#: Rows that a statement or a page may touch, and give.
ROWS = 5_000
RESULTS = 1_000
#: How much more a job may do on a site of ten times the size that has as much due, and how much more a walk over everything.
SAME = 1.5
LINEAR = 12
#: What a walk may hold at a time.
MEMORY = 8 << 20


def list_methods() -> set[str]:
    """List every public method of every class of `app.queries` that reads the database."""
    found = set()
    for module in pkgutil.iter_modules(app.queries.__path__, "app.queries."):
        for name, thing in vars(import_module(module.name)).items():
            is_own = inspect.isclass(thing) and thing.__module__ == module.name
            if is_own and "sql" in inspect.signature(thing).parameters:
                methods = (key for key, value in vars(thing).items() if inspect.isfunction(value))
                found |= {f"{name}.{key}" for key in methods if not key.startswith("_")}
    return found


def test_every_statement_has_its_sample():
    assert list_methods() == {*SAMPLES, *WALKS}


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("mariadb", marks=pytest.mark.mariadb)])
def test_nothing_grows_with_the_members(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
):
    places = {members: (tmp_path / str(members), "sqlite:///yushu.sqlite") for members in (FEWER, MEMBERS)}
    if kind == "mariadb":
        server = request.getfixturevalue("mariadb_server")
        places = {
            members: (folder, server.create_database(f"crowd_{members}")) for members, (folder, _) in places.items()
        }
    for members, (folder, url) in places.items():
        make_crowd(folder, url, members)
    watch = SQLiteWatch(monkeypatch) if kind == "sqlite" else MariaDBWatch(monkeypatch, server, f"crowd_{MEMBERS}")
    with open_site(*places[FEWER], watch) as site:
        few = {name: walk(site, ask)[0].rows for name, (_reason, ask) in WALKS.items()}
        few |= {job.name: site.run(job).rows for job in site.container.operations.scheduler.jobs}
    with open_site(*places[MEMBERS], watch) as site:
        found = [
            *judge_walks(site, few),
            *judge_statements(site),
            *judge_pages(site),
            *judge_jobs(site, few),
            *judge_deeds(site),
        ]
    assert not found, "\n".join(found)


def walk(site: Site, ask: Ask) -> tuple[Work, int]:
    """Return the work of a walk, and the most memory that it took."""
    tracemalloc.start()
    try:
        work, _ = site.ask(ask)
        return work, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def judge_walks(site: Site, few: dict[str, int]) -> Iterator[str]:
    for name, (_reason, ask) in WALKS.items():
        work, memory = walk(site, ask)
        if work.rows > LINEAR * max(few[name], ROWS // 10):
            yield f"{name}: {few[name]} rows with {FEWER} members, {work.rows} with {MEMBERS}"
        if memory > MEMORY:
            yield f"{name}: holds {memory >> 20} MB"


def judge_statements(site: Site) -> Iterator[str]:
    for name, ask in SAMPLES.items():
        work, result = site.ask(ask)
        yield from judge(name, work)
        if (given := count_rows(result)) > RESULTS:
            yield f"{name}: gives {given} rows"


def judge_pages(site: Site) -> Iterator[str]:
    for path, member in PAGES:
        work, status = site.visit(path, member)
        if status != 200:
            yield f"{path}: {status}"
        yield from judge(path, work)


def judge_jobs(site: Site, few: dict[str, int]) -> Iterator[str]:
    for job in site.container.operations.scheduler.jobs:
        work = site.run(job)
        if job.name in WALKING_JOBS:
            if work.rows > LINEAR * few[job.name]:
                yield f"job {job.name}: {few[job.name]} rows with {FEWER} members, {work.rows} with {MEMBERS}"
            continue
        if work.rows > SAME * max(few[job.name], ROWS):
            yield f"job {job.name}: touches {work.rows} rows, {few[job.name]} with {FEWER} members"
        yield from (f"job {job.name}: {scan}" for scan in work.scans)


def judge_deeds(site: Site) -> Iterator[str]:
    kept: Kept = {}
    for name, deed in DEEDS.items():
        work, _ = site.measure(lambda deed=deed: deed(site.container, kept, Sizes(MEMBERS)))  # type: ignore[misc]
        yield from judge(f"to {name}", work)


def judge(name: str, work: Work) -> Iterator[str]:
    if work.rows > ROWS:
        yield f"{name}: touches {work.rows} rows"
    yield from (f"{name}: {scan}" for scan in work.scans)


def count_rows(result: Any) -> int:
    return len(result) if isinstance(result, (list, tuple, dict, set)) else 0
