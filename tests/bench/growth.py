"""`bench growth`: what each page and job costs on a small site and on a large one."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import click
import pytest

from tests.growth.crowd import make_crowd
from tests.growth.samples import PAGES, WALKING_JOBS
from tests.growth.site import Site, open_site
from tests.growth.work import MariaDBWatch, SQLiteWatch, Watch
from tests.support.mariadb import Server

WANTED = 1.5
#: A page is asked so often; the median counts.
RUNS = 15


@dataclass(frozen=True, slots=True)
class Cost:
    """Rows that the database touched, and milliseconds by the clock."""

    rows: int
    milliseconds: float


@click.command()
@click.option("--members", default=(1_000, 100_000), type=(int, int), show_default=True, help="sizes of the two sites")
@click.option("--database", type=click.Choice(["sqlite", "mariadb"]), default="sqlite", show_default=True)
def growth(members: tuple[int, int], database: str) -> None:
    """Print the work and the time of each page and job on two sites, and their ratio."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        server = stack.enter_context(Server(home)) if database == "mariadb" else None
        small, large = (_costs(home / str(count), count, server, patch) for count in members)
    few, many = members
    click.echo(
        f"{database}: {few:,} and {many:,} members; rows touched, milliseconds; wanted at most {WANTED} times as many rows"
    )
    click.echo(f"{'':36} {few:>9,} {many:>9,} ratio {'ms':>9} {'ms':>9} ratio")
    for name, before in small.items():
        after = large[name]
        rows = _ratio(before.rows, after.rows)
        times = _ratio(before.milliseconds, after.milliseconds)
        note = "  reads everything" if name in WALKING_JOBS else ""
        click.echo(
            f"{name:36} {before.rows:9,} {after.rows:9,} {rows:5.1f} "
            f"{before.milliseconds:9.1f} {after.milliseconds:9.1f} {times:5.1f}{note}"
        )


def _ratio(before: float, after: float) -> float:
    return after / before if before else 1.0


def _costs(folder: Path, members: int, server: Server | None, patch: pytest.MonkeyPatch) -> dict[str, Cost]:
    name = f"crowd_{members}"
    url = server.create_database(name) if server else "sqlite:///yushu.sqlite"
    make_crowd(folder, url, members)
    with patch.context() as own:
        watch: Watch = MariaDBWatch(own, server, name) if server else SQLiteWatch(own)
        with open_site(folder, url, watch) as site:
            return _pages(site) | _jobs(site)


def _pages(site: Site) -> dict[str, Cost]:
    found = {}
    for path, member in PAGES:
        name = f"{path.replace('{isbn}', '…')}{' (member)' if member else ''}"
        site.visit(path, member)
        found[name] = _cost(lambda path=path, member=member: site.visit(path, member)[0].rows, RUNS)  # type: ignore[misc]
    return found


def _jobs(site: Site) -> dict[str, Cost]:
    jobs = site.container.operations.scheduler.jobs
    return {job.name: _cost(lambda job=job: site.run(job).rows, 1) for job in jobs}  # type: ignore[misc]


def _cost(run: Callable[[], int], times: int) -> Cost:
    rows, spent = [], []
    for _ in range(times):
        start = time.perf_counter()
        rows.append(run())
        spent.append((time.perf_counter() - start) * 1000)
    return Cost(int(median(rows)), median(spent))
