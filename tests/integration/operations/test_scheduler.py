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
from tests.conftest import NOON

HOUR = timedelta(hours=1)


class Shop:
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
def shop(any_database_app: Flask) -> Iterator[Shop]:
    with any_database_app.app_context():
        yield Shop(any_database_app)


def test_a_job_runs_at_once_and_then_every_hour(shop: Shop):
    scheduler = shop.scheduler("count")
    assert scheduler.run_due() == ("count",)
    shop.clock.advance(HOUR - timedelta(seconds=1))
    assert scheduler.run_due() == ()
    shop.clock.advance(timedelta(seconds=1))
    assert scheduler.run_due() == ("count",)
    assert shop.runs == ["count", "count"]


def test_a_job_that_fails_says_so_and_returns_sooner_and_the_others_run(shop: Shop):
    shop.breaks = {"first"}
    scheduler = shop.scheduler("first", "second")
    assert scheduler.run_due() == ("second",)
    now = epoch(NOON)
    assert shop.records.list_all() == {
        "first": JobRow("first", now + int(RETRY_AFTER.total_seconds()), now, "ValueError"),
        "second": JobRow("second", now + 3600, now, ""),
    }
    shop.breaks = set()
    shop.clock.advance(RETRY_AFTER)
    assert scheduler.run_due() == ("first",)
    assert shop.records.list_all()["first"].problem == ""


def test_a_job_whose_worker_died_is_run_by_another_after_its_lease(shop: Shop):
    def die() -> None:
        raise KeyboardInterrupt

    dying = Job(name="count", every=HOUR, run=die)
    with pytest.raises(KeyboardInterrupt):
        Scheduler(records=shop.records, clock=shop.clock, jobs=[dying]).run_due()
    scheduler = shop.scheduler("count")
    assert scheduler.run_due() == ()
    shop.clock.advance(dying.lease)
    assert scheduler.run_due() == ("count",)


def test_of_several_workers_at_once_one_runs_the_job(any_database_app: Flask, shop: Shop):
    start = threading.Barrier(4)

    def work(_number: int) -> tuple[str, ...]:
        with any_database_app.app_context():
            start.wait()
            return shop.scheduler("count").run_due()

    with ThreadPoolExecutor(4) as workers:
        assert sorted(workers.map(work, range(4))) == [(), (), (), ("count",)]
    assert shop.runs == ["count"]


def test_no_further_job_begins_once_the_worker_is_told_to_stop(shop: Shop):
    assert shop.scheduler("first", "second").run_due(should_stop=lambda: bool(shop.runs)) == ("first",)
