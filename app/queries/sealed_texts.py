"""Read a few of the texts that are encrypted with the address keys."""

from __future__ import annotations

from app.db.sql_helper import SqlHelper

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
