"""Read when periodic jobs are due."""

from __future__ import annotations

from dataclasses import dataclass

from app.libs.sql_helper import SqlHelper


@dataclass(frozen=True, slots=True)
class JobRecord:
    """One job's last run and next turn, in epoch seconds; `problem` is one line, empty when the last run went well."""

    name: str
    due_at: int
    ran_at: int | None
    problem: str


class JobRecords:
    """Look at the jobs that workers share."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def list_all(self) -> dict[str, JobRecord]:
        """Return every job that a worker has met, by name."""
        rows = self._sql.fetchall("SELECT name, due_at, ran_at, problem FROM periodic_job ORDER BY name")
        return {row[0]: JobRecord(*row) for row in rows}
