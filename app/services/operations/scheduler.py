"""The scheduler: jobs that return every so often, each run by one worker at a time."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import ColumnElement, update
from sqlalchemy.exc import IntegrityError

from app.db.database import rows_touched
from app.extensions import db
from app.libs.clock import Clock, epoch
from app.models.operation import PeriodicJob
from app.queries.operation import JobQueries

#: A job that failed is tried again after this, or at its next turn if that is sooner.
RETRY_AFTER = timedelta(minutes=5)

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What returns. `run` must be idempotent: when its worker dies, or it takes longer than `lease`, another runs it again."""

    name: str
    every: timedelta
    run: Callable[[], object]
    lease: timedelta = timedelta(minutes=10)


class Scheduler:
    """Runs jobs when they are due. Several workers share them through the table ``periodic_job``."""

    def __init__(self, *, records: JobQueries, clock: Clock, jobs: Sequence[Job]) -> None:
        self._records = records
        self._clock = clock
        self.jobs = tuple(jobs)

    def run_due(self, *, should_stop: Callable[[], bool] = lambda: False) -> tuple[str, ...]:
        """Run every job that is due and that no other worker has, and give the names of those that went well."""
        records = self._records.list_all()
        done = []
        for job in self.jobs:
            record = records.get(job.name)
            if record is None:
                self._introduce(job)
            elif record.due_at > epoch(self._clock.now()):
                continue
            if should_stop():
                break
            if self._run(job):
                done.append(job.name)
        return tuple(done)

    def _introduce(self, job: Job) -> None:
        """Write a job's row; another worker may have done so at the same moment."""
        try:
            with db.auto_commit() as session:
                session.add(PeriodicJob(name=job.name, due_at=epoch(self._clock.now())))
        except IntegrityError:
            return

    def _run(self, job: Job) -> bool:
        lease = secrets.token_hex(16)
        started = self._clock.now()
        if not self._change(job, PeriodicJob.due_at <= epoch(started), lease=lease, due_at=epoch(started + job.lease)):
            return False
        problem = ""
        try:
            job.run()
        except Exception as error:  # noqa: BLE001 - a job that fails must not stop the mail, nor the other jobs
            problem = type(error).__name__
            _log.exception("job failed", job=job.name)
        pause = min(job.every, RETRY_AFTER) if problem else job.every
        self._change(
            job,
            PeriodicJob.lease == lease,
            lease=None,
            due_at=epoch(started + pause),
            ran_at=epoch(started),
            problem=problem,
        )
        _log.info("job", job=job.name, outcome=problem or "done")
        return not problem

    @staticmethod
    def _change(job: Job, condition: ColumnElement[bool], **values: object) -> bool:
        """Change a job's row if the condition still holds; the database decides between workers."""
        with db.auto_commit() as session:
            result = session.execute(
                update(PeriodicJob).where(PeriodicJob.name == job.name, condition).values(**values)
            )
            return rows_touched(result) == 1
