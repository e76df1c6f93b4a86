"""Make the database, the catalogue and its index ready; do nothing where nothing is missing."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy.engine import make_url

from app.cli.progress import ShownImport, ShownIndex
from app.container import container
from app.libs.gc_paused import gc_paused
from app.services.operations.schema import NewerDatabaseError

STARTER = Path(__file__).parent.parent / "data" / "starter.csv.gz"
_COPIES_KEPT = 3


def bootstrap(app: Flask) -> None:
    """Migrate, load the starter catalogue into an empty database, and build the index if books are missing from it.

    What an earlier start began and did not end, it goes on with.

    :raises NewerDatabaseError: when this program is too old for the database.
    :raises WrongKeys: when the address keys do not open what is in it.
    """
    with app.app_context(), gc_paused():
        migrate(app)
        container.operations.preflight.ensure_keys_fit()
        load_starter()
        build_index()
        container.catalogue.site_counting.run()


def migrate(app: Flask) -> None:
    """Bring the database to this program's schema; an existing SQLite file is copied first.

    :raises NewerDatabaseError: when the schema is unknown to this program.
    """
    state = container.operations.schema.read()
    if state.is_current:
        return
    if not state.is_known:
        raise NewerDatabaseError(str(state))
    if state.database is not None:
        _copy_sqlite(app, state.database)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    upgrade()


def load_starter() -> None:
    """Load the starter catalogue into an empty database, or go on with it after a kill."""
    imports = container.catalogue.imports
    if container.catalogue.books.count() and not imports.is_interrupted(STARTER):
        return
    shown = ShownImport("loading the starter catalogue")
    imports.run(STARTER, shown)
    shown.ends()


def build_index() -> None:
    """Build the index when there are books that it does not know."""
    if container.catalogue.imports.needs_rebuild():
        shown = ShownIndex()
        container.catalogue.imports.rebuild(shown.show)
        shown.ends()


def _copy_sqlite(app: Flask, revision: str) -> None:
    """Copy the database file before its schema changes, and keep the last few copies."""
    url = make_url(app.config["DATABASE_URL"])
    if url.get_backend_name() != "sqlite":
        return
    original = app.config["DATA_DIR"] / str(url.database)
    folder = app.config["DATA_DIR"] / "before-migration"
    folder.mkdir(exist_ok=True)
    copy = folder / f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{revision}.sqlite"
    with closing(sqlite3.connect(original)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    copy.chmod(0o600)
    click.echo(f"copied the database to {copy} before changing its schema", err=True)
    for old in sorted(folder.glob("*.sqlite"))[:-_COPIES_KEPT]:
        old.unlink()
