"""The doors for those who watch the site: they open by any name of the host, and always answer in JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATHS = frozenset({"/healthz", "/readyz"})


class Probes:
    """A WSGI app before the site: a load balancer asks by address, not by name, and reads no pages.

    :param host: a name that the site answers to.
    """

    def __init__(self, inner: WSGIApplication, host: str) -> None:
        self._inner = inner
        self._host = host

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass the request on; a probe's as if it had been asked by name and for JSON."""
        if environ.get("PATH_INFO") in PATHS:
            environ = {**environ, "HTTP_HOST": self._host, "HTTP_ACCEPT": "application/json"}
        return self._inner(environ, start_response)


def init_app(app: Flask) -> None:
    """Put the doors before the site."""
    trusted: tuple[str, ...] = app.config["TRUSTED_HOSTS"]
    host = trusted[0].lstrip(".") if trusted else urlsplit(app.config["SITE_URL"]).netloc
    app.wsgi_app = Probes(app.wsgi_app, host)  # type: ignore[method-assign]  # Flask means it to be replaced
