"""`bench pages`: requests a second of the site's pages next to Flask's hello world, on the same server."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import cycle
from operator import itemgetter
from pathlib import Path
from urllib.parse import quote

import click

from app.cli.web import web_server
from app.search.pager import RESULTS_PER_PAGE
from tests.bench.harness import build, fill, opened
from tests.bench.page_parts import print_parts
from tests.bench.questions import choose
from tests.support.mariadb import free_port
from tests.support.site import ROOT, environ_of

HELLO, SITE = "tests.bench.hello", "fisher"
URL = "sqlite:///yushu.sqlite"
TICKS = os.sysconf("SC_CLK_TCK")
WARM = 20
"""So many of each page are asked for first and not measured: templates are compiled, tables of characters read."""
MEASURED = 300
"""So many are asked for to see which part of them takes how long."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Requests a second by the clock, and milliseconds of the server's processor time each."""

    by_clock: float
    cpu_ms: float


@click.command()
@click.option("--books", default=100_000, show_default=True, help="size of the catalogue")
@click.option("--seconds", default=4.0, show_default=True, help="how long each page is asked")
@click.option("--clients", default=4, show_default=True, help="connections at once")
@click.option("--threads", default=8, show_default=True, help="threads of the server")
@click.option("--folder", type=click.Path(path_type=Path), help="keep the catalogue here, and use the one that is here")
def pages(books: int, seconds: float, clients: int, threads: int, folder: Path | None) -> None:
    """Print requests a second of each page, and its processor time as a share of hello world's."""
    with ExitStack() as stack:
        home = folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        place = home / f"sqlite-{books}"
        paths = paths_of(place, books)
        with serving(HELLO, place, threads) as server:
            hello = ask(server, ["/"], seconds, clients)
        click.echo(f"{'page':<34} requests/s   cpu ms    by clock   by cpu   (share of hello world)")
        _row("hello world", hello, hello)
        with serving(SITE, place, threads) as server:
            for name, some in filter(itemgetter(1), paths.items()):
                once = "not seen" in name
                ask(server, some[:WARM], seconds, clients, once=True)
                _row(name, ask(server, some[WARM:] or some, seconds, clients, once=once), hello)
        whole_pages = {name: some[:MEASURED] for name, some in paths.items() if "20" in name and "not" in name}
        with opened(place, URL, LOG_LEVEL="error", RATELIMIT_ENABLED=False) as app:
            print_parts(app, whole_pages, WARM)


def _row(name: str, rate: Rate, hello: Rate) -> None:
    clock, cpu = rate.by_clock / hello.by_clock, hello.cpu_ms / rate.cpu_ms
    click.echo(f"{name:<34} {rate.by_clock:10.0f} {rate.cpu_ms:8.3f} {clock:10.0%} {cpu:8.0%}")


def paths_of(place: Path, books: int) -> dict[str, list[str]]:
    fill(place, URL, books)
    with opened(place, URL) as app:
        container = app.extensions["container"]
        if container.catalogue.search_index.status().state != "ready":
            build(place, URL)
        asked = choose(container, 4000)
        texts = list(dict.fromkeys(asked.texts))
        found = [page.rows for page in map(container.catalogue.search.find, texts)]
        isbns = list(dict.fromkeys(book.facts.isbn13 for rows in found for book in rows[:1]))
    full = [text for text, rows in zip(texts, found, strict=True) if len(rows) == RESULTS_PER_PAGE]
    rest = [text for text, rows in zip(texts, found, strict=True) if len(rows) < RESULTS_PER_PAGE]
    return {
        "home": ["/"],
        "search, 20 rows, not seen before": _searches(full),
        "search, fewer, not seen before": _searches(rest),
        "search, 20 rows, seen before": _searches(full[:WARM]),
        "detail, not seen before": [f"/book/{isbn}/detail" for isbn in isbns],
        "suggest, not seen before": [f"/book/suggest?q={quote(text)}" for text in dict.fromkeys(asked.typed)],
        "/v2/book/search, 20, not seen": [f"/v2{path}" for path in _searches(full)],
        "/v2/book/search, fewer, not seen": [f"/v2{path}" for path in _searches(rest)],
        "/v2/book/search, seen before": [f"/v2{path}" for path in _searches(full[:WARM])],
    }


def _searches(texts: list[str]) -> list[str]:
    return [f"/book/search?q={quote(text)}" for text in texts]


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs."""

    port: int
    pid: int

    def cpu_seconds(self) -> float:
        """Return the processor time of the server and its workers so far."""
        pids = [self.pid, *(int(pid) for pid in _children(self.pid))]
        return (
            sum(sum(map(int, Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13])) for pid in pids)
            / TICKS
        )


def _children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


@contextmanager
def serving(module: str, place: Path, threads: int, *, wsgi: bool = False) -> Iterator[Server]:
    """Serve a module's app as the site is served, or by granian's WSGI side alone."""
    port = free_port()
    command = web_server({"HOST": "127.0.0.1", "PORT": port, "PROCESSES": 1, "HEADER_SECONDS": 60})
    command[-1] = f"{module}:server"
    if wsgi:
        command = ["granian", "--interface", "wsgi", "--port", str(port), "--blocking-threads", str(threads)]
        command += ["--log-level", "error", f"{module}:app"]
    settings = {"THREADS": str(threads), "RATELIMIT_ENABLED": "0", "LOG_LEVEL": "error"}
    environment = environ_of(place, ENV="development", **settings)
    process = subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, env=environment)
    try:
        _wait(port)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait(20)


def _wait(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the server did not start")


def ask(server: Server, paths: list[str], seconds: float, clients: int, *, once: bool = False) -> Rate:
    """Ask for the paths in order over so many connections, until the time is over, each only once if so wanted."""
    left = iter(paths) if once else cycle(paths)
    lock = threading.Lock()
    counts: list[int] = []
    until = time.monotonic() + seconds

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        done = 0
        while time.monotonic() < until:
            with lock:
                path = next(left, None)
            if path is None:
                break
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{path} gave {answer.status}")
            done += 1
        connection.close()
        counts.append(done)

    before, start = server.cpu_seconds(), time.monotonic()
    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = sum(counts)
    if len(counts) < clients:
        raise RuntimeError("a client failed")
    return Rate(done / (time.monotonic() - start), (server.cpu_seconds() - before) / done * 1000)
