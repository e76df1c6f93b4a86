"""How Alembic runs the migrations: on the app's own pool, one transaction for each."""

from __future__ import annotations

from alembic import context
from flask import current_app
from sqlalchemy import text

import app.models  # noqa: F401 - makes every table known

db = current_app.extensions["migrate"].db


def _include(_object: object, name: str | None, kind: str, _reflected: bool, _compare: object) -> bool:  # noqa: FBT001 - as Alembic calls it
    """Leave out the search index's own tables: each generation makes and drops its tables itself."""
    return not (kind == "table" and name is not None and name.startswith("idx_"))


with db.engine.connect() as connection:
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:  # a table rebuilt in batch mode is dropped and renamed: no cascade may follow
        connection.connection.dbapi_connection.execute("PRAGMA foreign_keys = OFF")
    try:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            include_object=_include,
            transaction_per_migration=True,
            **current_app.extensions["migrate"].configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()
    finally:
        if sqlite:
            connection.rollback()
            connection.execute(text("SELECT 1")).close()
            connection.rollback()
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys = ON")
