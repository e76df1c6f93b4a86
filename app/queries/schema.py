"""Read which schema the database has."""

from __future__ import annotations

from app.db.sql_helper import SqlHelper

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
            row = cursor.execute("SELECT version_num FROM alembic_version").fetchone()
            return None if row is None else str(row[0])
