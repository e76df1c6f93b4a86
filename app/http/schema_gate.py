"""No page is made on a database whose schema is not this program's, however the web server was started."""

from __future__ import annotations

from flask import Flask, request

from app.container import container
from app.http.probes import PATHS


def init_app(app: Flask) -> None:
    """Look at the schema before the first request that needs the database."""
    app.before_request(_ensure_current)


def _ensure_current() -> None:
    if request.path not in PATHS and request.endpoint != "static":
        container.schema.ensure_current()
