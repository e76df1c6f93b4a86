"""Apps for tests: made on a data folder of their own, brought to the newest schema, and ended."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade

import config
from app import create_app
from app.extensions import pool_of

#: When a stopped clock begins: a Sunday.
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def make_app(folder: Path, database_url: str = "sqlite:///yushu.sqlite", **settings: Any) -> Flask:
    """Build an app for a test on its own data folder."""
    loaded = config.load({}, ENV="testing", DATA_DIR=folder, DATABASE_URL=database_url, **settings)
    app = create_app(loaded)
    app.testing = True
    return app


def migrate(app: Flask) -> None:
    """Bring the app's database to the newest schema."""
    with app.app_context():
        upgrade()


def close(app: Flask) -> None:
    """End an app: nothing may be left on loan."""
    pool = pool_of(app)
    leased = pool.leased
    pool.close()
    assert leased == 0, f"{leased} database connection(s) never came back"
