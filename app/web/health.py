"""For those who watch the site: is it alive, can it serve."""

from __future__ import annotations

from flask import Response, jsonify

from app.container import container
from app.services.operations.schema import WrongKeys
from app.web.blueprint import web


@web.get("/healthz")
def healthz() -> Response:
    """Answer that the process answers."""
    return jsonify(status="ok")


@web.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Answer whether the database answers and the index can be searched, how many books there are and how many it knows.

    503 when the schema is not the code's, a key is missing, or the files of the index are gone or damaged; an index that was never built answers
    from what waits to be merged. One that is outdated answers, too, until the worker has built it.
    """
    schema = container.operations.schema.read()
    if not schema.is_current and not container.operations.preflight.is_passed:
        return jsonify(status="not ready", schema=str(schema)), 503
    try:
        container.operations.preflight.ensure_passed()
    except WrongKeys as wrong:
        return jsonify(status="not ready", schema=str(schema), keys=wrong.HINT), 503
    index = container.catalogue.search_index.status()
    is_ready = index.state != "missing"
    body = {
        "status": "ready" if is_ready else "not ready",
        "schema": str(schema),
        "books": container.catalogue.site_counts.get().books,
        "index": {
            "state": index.state,
            "generation": index.generation,
            "books": index.books,
            "waiting": index.waiting,
            "outdated": index.is_outdated,
        },
    }
    return jsonify(body), 200 if is_ready else 503
