"""The Flask extensions of the program, made once and bound to an app in `init_app`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from flask import Flask, g
from flask_bootstrap import Bootstrap5
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from sqlalchemy.orm import DeclarativeBase

from app.db.database import SQLAlchemy
from app.db.dialects import dialect_of
from app.db.pool import Pool
from app.db.soft_delete import Query
from app.libs.rates import Rates
from app.libs.translations import PoBabel

db = SQLAlchemy()
migrate = Migrate()
csrf = CSRFProtect()
babel = PoBabel(Path(__file__).parent / "translations")
bootstrap = Bootstrap5()

if TYPE_CHECKING:

    class Model(DeclarativeBase):
        """What a model is to the type checker: Flask-SQLAlchemy makes the real class at run time."""

        __abstract__ = True
        query: ClassVar[Query]

        def __init__(self, **columns: Any) -> None: ...
else:
    Model = db.Model


def pool_of(app: Flask) -> Pool:
    """Return the connection pool of an app."""
    pool: Pool = app.extensions["pool"]
    return pool


def init_app(app: Flask) -> None:
    """Bind every extension to the app. Nothing is connected to yet."""
    config = app.config
    dialect = dialect_of(
        config["DATABASE_URL"],
        data_dir=config["DATA_DIR"],
        timeout_seconds=config["DATABASE_TIMEOUT_SECONDS"],
        ca=config["DATABASE_CA"],
    )
    threads = config["THREADS"] + config["WRITE_THREADS"] + 2
    app.extensions["pool"] = Pool(dialect, threads=threads, wait_seconds=config["POOL_WAIT_SECONDS"])
    db.init_app(app, pool_of(app))
    migrate.init_app(
        app, db, directory=str(Path(app.root_path).parent / "migrations"), compare_type=True, render_as_batch=True
    )
    csrf.init_app(app)
    config.setdefault("BOOTSTRAP_SERVE_LOCAL", True)
    bootstrap.init_app(app)
    app.extensions["rates"] = Rates(config["RATELIMIT_STORAGE_URL"])
    babel.init_app(
        app, default_locale="zh", default_timezone=config["TIME_ZONE"], locale_selector=lambda: g.get("language", "zh")
    )
