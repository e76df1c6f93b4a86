"""`bench hanging-sources`: how fast a search is while every book source hangs and 200 people wait for them."""

from __future__ import annotations

import http.client
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from threading import Thread
from time import perf_counter

import click

from app.domain.isbn import to_isbn13
from tests.support.api_shelf import fill
from tests.support.apps import close, make_app, migrate
from tests.support.live import LiveSite
from tests.upstreams import FAULTS, Upstream

PEOPLE = 200
BUDGET = 2.5


@dataclass(frozen=True, slots=True)
class Times:
    """Of one kind of request, in milliseconds."""

    name: str
    p50: float
    p99: float
    worst: float
    count: int

    def __str__(self) -> str:
        return f"{self.name:<46} p50 {self.p50:7.1f} ms   p99 {self.p99:7.1f} ms   worst {self.worst:7.1f} ms   n={self.count}"


def times_of(name: str, seconds: list[float]) -> Times:
    cuts = quantiles(seconds, n=100, method="inclusive")
    return Times(name, cuts[49] * 1000, cuts[98] * 1000, max(seconds) * 1000, len(seconds))


def ask(port: int, path: str) -> tuple[int, float]:
    """Return the status and the seconds of one request on a connection of its own."""
    began = perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.status, perf_counter() - began


class Crowd:
    """Two hundred people who ask at once, each for another book that nobody has; every other one by words, at a source."""

    def __init__(self, port: int) -> None:
        self.answers: list[tuple[int, float]] = []
        numbers = (to_isbn13(f"7{number:08d}0") for number in range(PEOPLE))
        paths = (
            f"/book/{isbn}/detail" if number % 2 else f"/book/search/yushu?q={isbn[:9]}x"
            for number, isbn in enumerate(numbers)
        )
        self._threads = [Thread(target=self._ask, args=(port, path)) for path in paths]

    def _ask(self, port: int, path: str) -> None:
        self.answers.append(ask(port, path))

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    @property
    def waits(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)


def search_times(port: int, crowd: Crowd | None = None) -> list[float]:
    """Search again and again: 300 times, or as long as the crowd waits."""
    seconds: list[float] = []
    while crowd.waits if crowd else len(seconds) < 300:
        status, took = ask(port, "/book/search?q=%E7%BA%A2%E6%A5%BC%E6%A2%A6")
        assert status == 200
        seconds.append(took)
    return seconds


def measure() -> tuple[Times, Times, Times]:
    """Return the times of searches alone, of searches next to the crowd, and of the crowd."""
    with Upstream() as upstream, tempfile.TemporaryDirectory() as folder:
        upstream.fault, _ = FAULTS["hangs"]
        data_dir = Path(folder)
        app = make_app(data_dir)
        migrate(app)
        fill(app)
        close(app)
        settings = {
            "SOURCES": "open_library,yushu",
            "OPEN_LIBRARY_URL": upstream.url,
            "API_URL": upstream.url,
            "UPSTREAM_BUDGET_SECONDS": str(BUDGET),
            "RATELIMIT_ENABLED": "0",
        }
        with LiveSite(data_dir, **settings) as site:
            alone = times_of("search, nobody else there", search_times(site.port))
            crowd = Crowd(site.port)
            crowd.start()
            busy = times_of(f"search, {PEOPLE} ask at hanging sources", search_times(site.port, crowd))
            assert Counter(status for status, _ in crowd.answers) == {404: PEOPLE // 2, 200: PEOPLE // 2}
            crowded = times_of("the pages that ask the sources", [took for _, took in crowd.answers])
    return alone, busy, crowded


@click.command("hanging-sources")
def hanging_sources() -> None:
    """Print the times of searches, alone and next to 200 parallel requests that wait for the sources."""
    alone, busy, crowded = measure()
    for times in (alone, busy, crowded):
        click.echo(times)
    click.echo(f"a search takes {busy.p50 / alone.p50:.2f} times as long (p50), {busy.p99 / alone.p99:.2f} times (p99)")
