"""What stands in front of the site and next to it: reverse proxies, and other WSGI apps behind the dispatcher."""

from __future__ import annotations

from collections.abc import Iterable
from time import monotonic
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix

from app.api import api_for
from app.libs.deadline import waiting_at_most

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: In the environ: when the request had arrived, by `time.monotonic`. A server that lets requests wait for a thread sets it.
ARRIVED = "yushu.arrived"


def init_app(app: Flask) -> None:
    """Put the book API next to the site, and believe X-Forwarded-* of as many proxies as the settings name: none by default."""
    with_api = DispatcherMiddleware(app.wsgi_app, {"/v2": api_for(app)})
    whole = _without_doubled_slash(with_api)
    app.wsgi_app = _patient_for(app.config["REQUEST_WAIT_SECONDS"], whole)  # type: ignore[assignment, method-assign]
    proxies: int = app.config["TRUSTED_PROXIES"]
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]  # Flask means it to be replaced


def _without_doubled_slash(inner: WSGIApplication) -> WSGIApplication:
    """Take ``//v2/…`` for ``/v2/…``: programs join an address that ends in a slash and a path that begins with one."""

    def outer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        alone = f"/{path.lstrip('/')}"
        if path != alone and (alone == "/v2" or alone.startswith("/v2/")):
            environ = {**environ, "PATH_INFO": alone}
        return inner(environ, start_response)

    return outer


def _patient_for(seconds: float, inner: WSGIApplication) -> WSGIApplication:
    """Grant each request one time for all its waits; when that is over the waits fail, and the answer is 503."""

    def outer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with waiting_at_most(seconds, since=environ.get(ARRIVED, monotonic())):
            return inner(environ, start_response)

    return outer
