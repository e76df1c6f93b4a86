"""For those who watch the site: is it alive, can it serve."""

from __future__ import annotations

from flask import Response, jsonify

from app.container import container
from app.web import web


@web.get("/healthz")
def healthz() -> Response:
    """Say that the process answers."""
    return jsonify(status="ok")


@web.get("/readyz")
def readyz() -> Response:
    """Say that the database answers, and how many books it holds."""
    return jsonify(status="ready", books=container.books.count())
