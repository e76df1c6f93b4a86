"""Jobs return when they are due, one worker at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask

from app.container import Container
from app.libs.clock import FrozenClock, epoch
from app.queries.operation import JobQueries, JobRow
from app.services.operations.scheduler import RETRY_AFTER, Job, Scheduler
from tests.support.apps import NOON

HOUR = timedelta(hours=1)


class Workshop:
    """A scheduler on the app's database whose jobs only count their runs."""

    def __init__(self, app: Flask) -> None:
        container: Container = app.extensions["container"]
        self.clock = FrozenClock(NOON)
        self.records = JobQueries(container.core.sql)
        self.runs: list[str] = []
        self.breaks: set[str] = set()

    def scheduler(self, *names: str) -> Scheduler:
        jobs = [Job(name=name, every=HOUR, run=lambda name=name: self.run(name)) for name in names]
        return Scheduler(records=self.records, clock=self.clock, jobs=jobs)

    def run(self, name: str) -> None:
        self.runs.append(name)
        if name in self.breaks:
            raise ValueError(name)


@pytest.fixture
def workshop(any_database_app: Flask) -> Iterator[Workshop]:
    with any_database_app.app_context():
        yield Workshop(any_database_app)


def test_a_job_runs_at_once_and_then_every_hour(workshop: Workshop):
    scheduler = workshop.scheduler("count")
    assert scheduler.run_due() == ("count",)
    workshop.clock.advance(HOUR - timedelta(seconds=1))
    assert scheduler.run_due() == ()
    workshop.clock.advance(timedelta(seconds=1))
    assert scheduler.run_due() == ("count",)
    assert workshop.runs == ["count", "count"]


def test_a_job_that_fails_says_so_and_returns_sooner_and_the_others_run(workshop: Workshop):
    workshop.breaks = {"first"}
    scheduler = workshop.scheduler("first", "second")
    assert scheduler.run_due() == ("second",)
    now = epoch(NOON)
    assert workshop.records.list_all() == {
        "first": JobRow("first", now + int(RETRY_AFTER.total_seconds()), now, "ValueError"),
        "second": JobRow("second", now + 3600, now, ""),
    }
    workshop.breaks = set()
    workshop.clock.advance(RETRY_AFTER)
    assert scheduler.run_due() == ("first",)
    assert workshop.records.list_all()["first"].problem == ""


def test_a_job_whose_worker_died_is_run_by_another_after_its_lease(workshop: Workshop):
    def die() -> None:
        raise KeyboardInterrupt

    dying = Job(name="count", every=HOUR, run=die)
    with pytest.raises(KeyboardInterrupt):
        Scheduler(records=workshop.records, clock=workshop.clock, jobs=[dying]).run_due()
    scheduler = workshop.scheduler("count")
    assert scheduler.run_due() == ()
    workshop.clock.advance(dying.lease)
    assert scheduler.run_due() == ("count",)


def test_of_several_workers_at_once_one_runs_the_job(any_database_app: Flask, workshop: Workshop):
    start = threading.Barrier(4)

    def work(_number: int) -> tuple[str, ...]:
        with any_database_app.app_context():
            start.wait()
            return workshop.scheduler("count").run_due()

    with ThreadPoolExecutor(4) as workers:
        assert sorted(workers.map(work, range(4))) == [(), (), (), ("count",)]
    assert workshop.runs == ["count"]


def test_no_further_job_begins_once_the_worker_is_told_to_stop(workshop: Workshop):
    assert workshop.scheduler("first", "second").run_due(should_stop=lambda: bool(workshop.runs)) == ("first",)
