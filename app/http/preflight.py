"""No page is made on a database that is not fit for this program, however the web server was started."""

from __future__ import annotations

from flask import Flask, request

from app.container import container
from app.http.probes import PATHS


def init_app(app: Flask) -> None:
    """Look at the database before the first request that needs it."""
    app.before_request(_ensure_fit)


def _ensure_fit() -> None:
    if request.path not in PATHS and request.endpoint != "static":
        container.operations.preflight.ensure_passed()
