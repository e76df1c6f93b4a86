"""Read what the program keeps about itself: schema, jobs, sealed texts, counts."""

from __future__ import annotations

from dataclasses import dataclass, fields

from app.db.row_mapper import RowMapper
from app.db.sql_helper import SqlHelper
from app.domain.drift import DriftState
from app.domain.gift import GiftState

_TABLES = {
    "sqlite": "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'",
    "mysql": (
        "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'alembic_version'"
    ),
}


class SchemaQueries:
    """Look up the revision that the migrations wrote down."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def find_revision(self) -> str | None:
        """Return the revision of the database; None if it was never migrated."""
        with self._sql as cursor:
            if cursor.execute(_TABLES[self._sql.dialect]).fetchone() is None:
                return None
            revision: str | None = cursor.execute("SELECT version_num FROM alembic_version").fetchvalue()
            return revision


@dataclass(frozen=True, slots=True)
class JobRow:
    """One job's last run and next turn, in epoch seconds; `problem` is one line, empty when the last run went well."""

    name: str
    due_at: int
    ran_at: int | None
    problem: str


_JOB = RowMapper(JobRow)


class JobQueries:
    """Look at the jobs that workers share."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def list_all(self) -> dict[str, JobRow]:
        """Return every job that a worker has met, by name."""
        rows = self._sql.fetchall(f"SELECT {_JOB.columns} FROM periodic_job ORDER BY name")
        return {job.name: job for job in map(_JOB.read, rows)}


_COLUMNS = (
    ("drift_address", "drift_id", "sealed"),
    ("saved_address", "user_id", "sealed"),
    ("second_factor", "user_id", "sealed_secret"),
)


class SealedTextQueries:
    """Look at encrypted texts."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def list_samples(self) -> tuple[str, ...]:
        """Return the oldest and the newest text of each table: after a change of keys these have different ones."""
        found: list[str] = []
        with self._sql as cursor:
            for table, key, column in _COLUMNS:
                for order in ("ASC", "DESC"):
                    rows = cursor.execute(
                        f"SELECT {column} FROM {table} WHERE {column} <> '' ORDER BY {key} {order} LIMIT 1"
                    ).fetchall()
                    found += [str(text) for (text,) in rows]
        return tuple(dict.fromkeys(found))


#: What is counted, by the names of `Counts`. Each is answered by an index alone.
_COUNTED = {
    "books": "FROM book",
    "offered": f"FROM gift WHERE state = '{GiftState.OPEN}'",
    "delivered": f"FROM drift WHERE state = '{DriftState.RECEIVED}'",
}
#: Up to here each look counts by itself.
_FEW = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCountsRow:
    """Books in the catalogue, copies on the shelf, and books that reached a reader."""

    books: int
    offered: int
    delivered: int


class SiteCountQueries:
    """Look up what the first page counts."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def get(self) -> SiteCountsRow:
        """Return small numbers as they are, large ones as the worker counted them last."""
        few = ", ".join(
            f"(SELECT COUNT(*) FROM (SELECT 1 {counted} LIMIT {_FEW}) {name})" for name, counted in _COUNTED.items()
        )
        with self._sql.reading() as cursor:
            row = cursor.execute(f"SELECT {few}").fetchone() or (0, 0, 0)
            kept: dict[str, int] = dict(cursor.execute("SELECT name, number FROM site_count").fetchall())
        exact = dict(zip(_COUNTED, map(int, row), strict=True))
        return SiteCountsRow(
            **{name: kept.get(name, number) if number == _FEW else number for name, number in exact.items()}
        )

    def count(self) -> SiteCountsRow:
        """Count everything; the work grows with the site."""
        row = self._sql.fetchone("SELECT " + ", ".join(f"(SELECT COUNT(*) {counted})" for counted in _COUNTED.values()))
        return SiteCountsRow(
            **dict(zip([field.name for field in fields(SiteCountsRow)], map(int, row or (0, 0, 0)), strict=True))
        )
