"""`flask worker`: sends mail and runs the jobs that return, beside the site."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import click
import structlog
from flask.cli import with_appcontext

from app.container import container

#: How long to rest after a round that failed, for instance because the database is away.
_REST_AFTER_FAILURE = 10.0
_log = structlog.get_logger()


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is due now and end; fails if the database cannot be reached.")
@with_appcontext
def worker(*, once: bool) -> None:
    """Send mail and run periodic jobs until told to stop (SIGTERM or Ctrl-C).

    Several workers may run at once, on several machines if the database is MariaDB. What is under way when the signal comes is
    finished first: at most one letter or one job.
    """
    stop = threading.Event()
    with _ended_by_signal(stop):
        _log.info("worker begins", once=once)
        if once:
            _round(stop)
        else:
            _run_until(stop)
        _log.info("worker ends")


def _run_until(stop: threading.Event) -> None:
    pause: float = container.settings["WORKER_PAUSE_SECONDS"]
    while not stop.is_set():
        try:
            _round(stop)
        except Exception:  # noqa: BLE001 - the database may be away for a while: wait, do not die beside a living site
            _log.exception("worker's round failed")
            stop.wait(_REST_AFTER_FAILURE)
        stop.wait(pause)


def _round(stop: threading.Event) -> None:
    container.courier.deliver_due(should_stop=stop.is_set)
    container.clockwork.run_due(should_stop=stop.is_set)


@contextmanager
def _ended_by_signal(stop: threading.Event) -> Iterator[None]:
    """Set `stop` when the process is told to end; the handlers before are put back."""

    def tell(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, tell) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
