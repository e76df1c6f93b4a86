"""Read when periodic jobs are due."""

from __future__ import annotations

from dataclasses import dataclass

from app.db.row_mapper import RowMapper
from app.db.sql_helper import SqlHelper


@dataclass(frozen=True, slots=True)
class JobRecord:
    """One job's last run and next turn, in epoch seconds; `problem` is one line, empty when the last run went well."""

    name: str
    due_at: int
    ran_at: int | None
    problem: str


_JOB = RowMapper(JobRecord)


class JobQueries:
    """Look at the jobs that workers share."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def list_all(self) -> dict[str, JobRecord]:
        """Return every job that a worker has met, by name."""
        rows = self._sql.fetchall(f"SELECT {_JOB.columns} FROM periodic_job ORDER BY name")
        return {job.name: job for job in map(_JOB.read, rows)}
