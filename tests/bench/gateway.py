"""`bench gateway`: what it costs to read requests before a thread is taken, and what it is worth next to slow visitors."""

from __future__ import annotations

import http.client
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import click

from tests.bench.pages import HELLO, SITE, WARM, Rate, Server, ask, paths_of, serving

SLOW = 32
_BODY = b"POST /login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\n"
_PATIENCE = 3.0


@click.command()
@click.option("--books", default=20_000, show_default=True, help="size of the catalogue")
@click.option("--seconds", default=4.0, show_default=True, help="how long each page is asked")
@click.option("--clients", default=4, show_default=True, help="connections at once")
@click.option("--rounds", default=3, show_default=True, help="how often; each server's best round counts")
@click.option("--threads", default=8, show_default=True, help="threads of the servers")
def gateway(books: int, seconds: float, clients: int, rounds: int, threads: int) -> None:
    """Print requests a second of granian's WSGI side and of the gateway, in turns, and what is left next to slow bodies."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        place = Path(folder) / "site"
        pages = paths_of(place, books)
        search = pages["search, 20 rows, not seen before"]
        asked = {
            "hello world": (HELLO, ["/"]),
            "home, kept": (SITE, ["/"]),
            "search, 20 rows, kept": (SITE, pages["search, 20 rows, seen before"]),
            "search, 20 rows, not seen before": (SITE, search),
        }
        click.echo(f"{'page':<34} {'wsgi /s':>8} {'gateway /s':>10} {'ratio':>6} {'cpu ms':>14}")
        for name, (module, paths) in asked.items():
            best = [
                _best(module, place, paths, wsgi=wsgi, how=(seconds, clients, rounds, threads))
                for wsgi in (True, False)
            ]
            wsgi, ours = best
            cpu = f"{wsgi.cpu_ms:6.3f} {ours.cpu_ms:6.3f}"
            click.echo(
                f"{name:<34} {wsgi.by_clock:8.0f} {ours.by_clock:10.0f} {ours.by_clock / wsgi.by_clock:6.2f} {cpu:>14}"
            )
        for wsgi in (True, False):
            with serving(SITE, place, threads, wsgi=wsgi) as server, _slow_bodies(server):
                answered = _answered(server, seconds)
            click.echo(
                f"next to {SLOW} slow bodies, {'wsgi' if wsgi else 'gateway'}: {answered} answers in {seconds:g} s"
            )


def _best(module: str, place: Path, paths: list[str], *, wsgi: bool, how: tuple[float, int, int, int]) -> Rate:
    seconds, clients, rounds, threads = how
    rates = []
    for _ in range(rounds):
        with serving(module, place, threads, wsgi=wsgi) as server:
            ask(server, paths[:WARM], seconds, clients, once=True)
            once = len(paths) > WARM
            rates.append(ask(server, paths[WARM:] if once else paths, seconds, clients, once=once))
    return max(rates, key=lambda rate: rate.by_clock)


@contextmanager
def _slow_bodies(server: Server) -> Iterator[None]:
    """Open connections that have sent their headers and a byte of their body, and are in no hurry."""
    with ExitStack() as stack:
        for _ in range(SLOW):
            sock = stack.enter_context(closing(socket.create_connection(("127.0.0.1", server.port))))
            sock.sendall(_BODY + b"a")
        time.sleep(0.5)
        yield


def _answered(server: Server, seconds: float) -> int:
    """Count the answers that one visitor gets, who gives up on each after some seconds."""
    done, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=_PATIENCE)) as connection:
            try:
                connection.request("GET", "/terms")
                connection.getresponse().read()
            except TimeoutError:
                continue
            done += 1
    return done
