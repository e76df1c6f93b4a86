"""Our own static files: named with a mark of their content, so that browsers may keep them for a year."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path

from flask import Flask, Response, request, url_for

from app.http.compression import is_static

_A_YEAR = 365 * 24 * 3600


def init_app(app: Flask) -> None:
    """Add `asset(filename, blueprint="")` to the templates, and let what is asked for under such a name be cached for long."""
    addresses: dict[tuple[str, str, str], str] = {}

    def asset(filename: str, blueprint: str = "") -> str:
        key = (request.script_root, blueprint, filename)
        if key not in addresses:
            owner = app.blueprints[blueprint] if blueprint else app
            mark = blake2b(Path(str(owner.static_folder), filename).read_bytes(), digest_size=5).hexdigest()
            endpoint = f"{blueprint}.static" if blueprint else "static"
            addresses[key] = url_for(endpoint, filename=filename, v=mark)
        return addresses[key]

    app.add_template_global(asset)
    app.after_request(_keep)


def _keep(response: Response) -> Response:
    if is_static() and "v" in request.args and response.status_code in {200, 304}:
        response.cache_control.no_cache = None
        response.cache_control.public = True
        response.cache_control.max_age = _A_YEAR
        response.cache_control.immutable = True
    return response
