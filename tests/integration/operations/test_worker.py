"""The worker as a real process, against a real mail server: what it loses when it is killed (nothing)."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

import pytest
from flask import Flask

from app.container import Container
from app.extensions import db
from app.libs.clock import FrozenClock, SystemClock
from app.mail.mail import TemporaryFailureError
from app.mail.outbox import Recipient
from app.mail.transports import transport_for
from app.models.message import OutboxMail
from app.models.operation import PeriodicJob
from app.services.operations.mail_delivery import LEASE
from tests.support.mail_servers import Postbox, mail_server
from tests.support.paths import ROOT
from tests.support.patience import PATIENCE
from tests.support.rows import list_rows

POST_AND_DIE = """
import os, signal
from app import create_app
from app.container import container
from app.extensions import db
from app.mail.outbox import Recipient
with create_app().app_context():
    with db.auto_commit():
        container.mail.outbox.post("password_changed", Recipient(address="reader@example.org"))
    os.kill(os.getpid(), signal.SIGKILL)
"""
WORKER_WITH_A_JOB_THAT_WAITS_FOR_THE_MAILS = """
import time
from datetime import timedelta
from app import create_app
from app.container import container
from app.models.message import OutboxMail
from app.services.operations.scheduler import Job
from app.cli.worker import worker
from tests.support.rows import count_rows

def wait_for_the_mails():
    while count_rows(OutboxMail, state="sent") < 2:
        time.sleep(0.05)

with create_app().app_context():
    container.operations.scheduler.jobs = (Job(name="waits", every=timedelta(hours=1), run=wait_for_the_mails),)
    worker.main([], standalone_mode=False)
"""


class Site:
    """A data folder, a mail server, and processes, none of which outlives the test."""

    def __init__(self, app: Flask, port: int, postbox: Postbox) -> None:
        self.container: Container = app.extensions["container"]
        self.postbox = postbox
        self.mail_url = f"smtp://127.0.0.1:{port}"
        self._started: list[subprocess.Popen[bytes]] = []
        self._environment = {
            **os.environ,
            "YUSHU_ENV": "testing",
            "YUSHU_DATA_DIR": str(app.config["DATA_DIR"]),
            "YUSHU_MAIL_URL": self.mail_url,
            "YUSHU_LOG_LEVEL": "info",
            "YUSHU_WORKER_PAUSE_SECONDS": "0.1",
        }

    def post(self, count: int) -> None:
        with db.auto_commit():
            for number in range(count):
                self.container.mail.outbox.post("password_changed", Recipient(address=f"reader{number}@example.org"))

    def start(self, *arguments: str, **settings: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self._environment | {f"YUSHU_{name}": value for name, value in settings.items()},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._started.append(process)
        return process

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._started:
            with process:  # closes its pipes, and waits for it
                process.kill()

    def worker(self, *options: str, **settings: str) -> subprocess.Popen[bytes]:
        return self.start("-m", "flask", "--app", "fisher", "worker", *options, **settings)

    def states(self) -> Counter[str]:
        return Counter(mail.state for mail in list_rows(OutboxMail))

    def message_ids(self) -> list[Any]:
        return [mail["Message-ID"] for mail in self.postbox.messages()]


@pytest.fixture
def site(app: Flask) -> Iterator[Site]:
    with mail_server() as (port, postbox), app.app_context(), Site(app, port, postbox) as site:
        yield site


def wait_for(condition: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline or process.poll() is not None:
            process.kill()
            raise AssertionError(process.communicate()[1].decode())
        time.sleep(0.02)


def end(process: subprocess.Popen[bytes]) -> str:
    """Wait for a process that shall end well and return what it logged; one that does not end is killed."""
    try:
        _, log = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        _, log = process.communicate()
        raise AssertionError(f"it did not end by itself: {log.decode()}") from None
    assert process.returncode == 0, log.decode()
    return log.decode()


def test_no_process_outlives_its_test(app: Flask):
    with Site(app, 0, Postbox()) as site:
        endless = site.start("-c", "import time; time.sleep(3600)")
    assert endless.returncode == -signal.SIGKILL


def test_once_sends_what_is_due_runs_the_jobs_and_ends(site: Site):
    site.post(3)
    log = end(site.worker("--once"))
    assert site.states() == {"sent": 3}
    assert len(site.postbox.envelopes) == 3
    assert "reader0@example.org" not in log
    problems = {job.name: job.problem for job in list_rows(PeriodicJob)}
    assert "forget old mail" in problems
    assert set(problems.values()) == {""}


def test_a_site_killed_right_after_the_commit_loses_no_mail(site: Site):
    poster = site.start("-c", POST_AND_DIE)
    poster.communicate()
    assert poster.returncode == -signal.SIGKILL
    end(site.worker("--once"))
    assert site.states() == {"sent": 1}
    assert [envelope.rcpt_tos for envelope in site.postbox.envelopes] == [["reader@example.org"]]


@pytest.mark.parametrize("moment", ["before_accepting", "after_accepting"])
def test_a_worker_killed_while_it_sends_loses_no_mail(site: Site, moment: str):
    site.post(5)
    worker = site.worker()

    def kill_at_the_third() -> str | None:
        if len(site.postbox.envelopes) >= (2 if moment == "before_accepting" else 3):
            worker.kill()
            worker.wait()
            return "421 nobody listens"
        return None

    setattr(site.postbox, moment, kill_at_the_third)
    worker.communicate()
    assert worker.returncode == -signal.SIGKILL
    assert site.states() == {"sent": 2, "queued": 3}

    setattr(site.postbox, moment, lambda: None)
    end(site.worker("--once"))
    assert site.states() == {"sent": 4, "queued": 1}, "the lease of the mail in flight holds"
    site.container.core.clock = FrozenClock(SystemClock().now() + LEASE + timedelta(seconds=1))
    site.container.mail.__dict__["transport"] = transport_for(site.mail_url)
    site.container.operations.mail_delivery.deliver_due()
    assert site.states() == {"sent": 5}
    repeated = 0 if moment == "before_accepting" else 1
    assert (len(site.message_ids()), len(set(site.message_ids()))) == (5 + repeated, 5)


def test_two_workers_share_the_mails_and_repeat_none(site: Site):
    site.post(30)
    workers = [site.worker("--once"), site.worker("--once")]
    for worker in workers:
        end(worker)
    assert site.states() == {"sent": 30}
    assert len(site.message_ids()) == len(set(site.message_ids())) == 30


def test_sigterm_finishes_the_mail_under_way_and_ends_well(site: Site):
    site.post(3)
    worker = site.worker()
    site.postbox.before_accepting = worker.terminate
    log = end(worker)
    assert site.states() == {"sent": 1, "queued": 2}
    assert len(site.postbox.envelopes) == 1
    assert "worker ends" in log


def test_a_worker_waits_for_new_mails(site: Site):
    worker = site.worker()
    for sent in (1, 2):  # when the first is sent, it has begun to wait
        site.post(1)
        wait_for(lambda sent=sent: site.states()["sent"] == sent, worker)
    worker.terminate()
    end(worker)


def test_a_refused_mail_stays_with_its_reason_and_does_not_end_the_worker(site: Site):
    site.postbox.data_answers = ["550 no such user", "451 try later"]
    site.post(3)
    end(site.worker("--once"))
    assert [(mail.state, mail.attempts, mail.problem) for mail in list_rows(OutboxMail)] == [
        ("failed", 1, "the mail server answered 550: no such user"),
        ("queued", 1, "the mail server answered 451: try later"),
        ("sent", 1, ""),
    ]


@contextmanager
def silent_server() -> Iterator[int]:
    """Listen, take every connection, and never say a word."""
    with closing(socket.create_server(("127.0.0.1", 0), backlog=64)) as listener:
        yield listener.getsockname()[1]


def test_a_silent_mail_server_starves_no_job(site: Site):
    names = {job.name for job in site.container.operations.scheduler.jobs}
    site.post(8)
    with silent_server() as port:
        worker = site.worker(MAIL_URL=f"smtp://127.0.0.1:{port}")
        wait_for(lambda: {job.name for job in list_rows(PeriodicJob) if job.ran_at is not None} == names, worker)
        tried = [mail for mail in list_rows(OutboxMail) if mail.attempts > 0]
        worker.kill()
        worker.communicate()
    assert site.states() == {"queued": 8}
    assert len(tried) < 8, "the jobs waited for the mails"


def test_a_long_job_keeps_no_mail_waiting(site: Site, tmp_path: Path):
    worker = site.start("-c", WORKER_WITH_A_JOB_THAT_WAITS_FOR_THE_MAILS)
    wait_for(lambda: any(job.lease is not None for job in list_rows(PeriodicJob)), worker)
    site.post(2)
    wait_for(lambda: site.states()["sent"] == 2, worker)
    worker.terminate()
    end(worker)


def test_a_round_sends_what_was_due_when_it_began(site: Site):
    """Mails that are postponed must not come round again before the round ends, or a dead server makes it endless."""
    clock = FrozenClock(SystemClock().now())
    site.container.core.clock = clock
    tried: list[int] = []

    def fail_and_let_time_pass(_mail: object) -> None:
        tried.append(1)
        clock.advance(timedelta(hours=7))
        raise TemporaryFailureError("silent")

    site.post(3)
    transport = site.container.mail.transport
    transport.send = fail_and_let_time_pass  # type: ignore[method-assign]
    site.container.operations.mail_delivery.deliver_due(should_stop=lambda: len(tried) > 10)
    assert len(tried) == 3
