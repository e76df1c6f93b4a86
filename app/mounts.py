"""What stands in front of and beside the site: reverse proxies, and other WSGI apps behind the dispatcher."""

from __future__ import annotations

from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix

from app.api import api_for


def init_app(app: Flask) -> None:
    """Put the book API beside the site, and believe X-Forwarded-* of as many proxies as the settings name: none by default."""
    app.wsgi_app = DispatcherMiddleware(app.wsgi_app, {"/v2": api_for(app)})  # type: ignore[method-assign]
    proxies: int = app.config["TRUSTED_PROXIES"]
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
