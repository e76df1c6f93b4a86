"""`flask worker`: sends mail and runs the jobs that return, next to the site."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import FrameType

import click
import structlog
from flask import Flask, current_app
from flask.cli import with_appcontext

from app.cli.user_errors import DATABASE_ERRORS, reports_user_errors
from app.container import container
from app.http.logs import first_line
from app.services.operations.schema import SchemaMismatch, WrongKeys

#: How long to rest after a round that failed, for instance because the database is away.
_REST_AFTER_FAILURE = 10.0
_log = structlog.get_logger()

Round = Callable[[threading.Event], object]


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is due now and end; fails if the database cannot be reached.")
@with_appcontext
@reports_user_errors
def worker(*, once: bool) -> None:
    """Send mail and run periodic jobs until told to stop (SIGTERM or Ctrl-C).

    Mail and jobs have a thread each, so that neither a mail server that is slow nor a long merge of the index keeps the other
    waiting. Several workers may run at once, on several machines if the database is MariaDB. What is under way when the signal
    comes is finished first: at most one mail and one job.
    """
    stop = threading.Event()
    with _ended_by_signal(stop):
        _log.info("worker begins", once=once)
        _side_by_side({"mail": _deliver, "jobs": _run_jobs}, stop, once=once)
        _log.info("worker ends")


def _deliver(stop: threading.Event) -> None:
    container.operations.mail_delivery.deliver_due(should_stop=stop.is_set)


def _run_jobs(stop: threading.Event) -> None:
    container.operations.scheduler.run_due(should_stop=stop.is_set)


def _side_by_side(rounds: Mapping[str, Round], stop: threading.Event, *, once: bool) -> None:
    """Go through each kind of rounds in a thread of its own; when one ends by an error the others are told to stop.

    :raises SchemaMismatch: the database has another schema than the code.
    """
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - threads need the app itself

    def go_on(name: str) -> None:
        with app.app_context():
            try:
                if once:
                    _round(rounds[name], stop)
                else:
                    _run_until(name, rounds[name], stop)
            except BaseException:
                stop.set()
                raise

    with ThreadPoolExecutor(len(rounds)) as threads:
        going = [threads.submit(go_on, name) for name in rounds]
        while not stop.wait(0.2) and not all(future.done() for future in going):
            pass
    for future in going:
        future.result()


def _run_until(name: str, work: Round, stop: threading.Event) -> None:
    pause: float = container.core.settings["WORKER_PAUSE_SECONDS"]
    while not stop.is_set():
        try:
            _round(work, stop)
        except (SchemaMismatch, WrongKeys):
            raise
        except DATABASE_ERRORS as error:  # the database may be away for a while: wait, do not die while the site lives
            _log.error("database unavailable", rounds=name, error=first_line(error))
            stop.wait(_REST_AFTER_FAILURE)
        except Exception:  # noqa: BLE001 - the same of a fault of ours
            _log.exception("worker's round failed", rounds=name)
            stop.wait(_REST_AFTER_FAILURE)
        stop.wait(pause)


def _round(work: Round, stop: threading.Event) -> None:
    container.operations.preflight.ensure_passed()
    work(stop)


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
