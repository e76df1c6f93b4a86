"""Before, after and at the end of each request.

Before: `g.request_id`, `g.started`, `g.language`, and then whose session it is (`app.http.auth`). After: security headers,
Server-Timing and one log line. At the end nothing is left: neither on `g`, which an outer app context may share among requests,
nor in the log's context; a connection still on loan is logged as an error and fails a test.
"""

from __future__ import annotations

import secrets
import time

import structlog
from flask import Flask, Response, current_app, g, request

from app.extensions import pool_of
from app.libs.translations import LANGUAGES

LANGUAGE_COOKIE = "yushu_language"
_log = structlog.get_logger()

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; "
    "script-src 'self'; "
    "style-src 'self'; "
    "img-src 'self' data:; "
    "font-src 'self'; "
    "connect-src 'self'; "
    "manifest-src 'self'; "
    "form-action 'self'; "
    "base-uri 'none'; "
    "object-src 'none'; "
    "frame-ancestors 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
HSTS = "max-age=31536000; includeSubDomains"


def init_app(app: Flask) -> None:
    """Register the hooks."""
    app.before_request(_begin)
    app.after_request(_finish)
    app.teardown_request(_leave_nothing)


def _begin() -> None:
    g.names_before = frozenset(g)
    g.started = time.perf_counter()
    g.request_id = secrets.token_hex(8)
    g.language = chosen_language()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def chosen_language() -> str:
    """Return the language of this request: the visitor's choice, else the browser's, else Chinese."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LANGUAGES:
        return chosen
    spoken = (tag.partition("-")[0].lower() for tag in request.accept_languages.values())
    return next((language for language in spoken if language in LANGUAGES), "zh")


def _finish(response: Response) -> Response:
    said = {name.lower() for name, _ in response.headers}
    response.headers.extend([header for header in SECURITY_HEADERS.items() if header[0].lower() not in said])
    if current_app.config["SITE_URL"].startswith("https://"):
        response.headers.setdefault("Strict-Transport-Security", HSTS)
    if g.get("user") is not None:
        response.headers["Cache-Control"] = "no-store"
    elapsed = (time.perf_counter() - g.get("started", time.perf_counter())) * 1000
    response.headers["Server-Timing"] = f"app;dur={elapsed:.1f}"
    response.headers["X-Request-ID"] = g.get("request_id", "")
    rule = request.url_rule.rule if request.url_rule else "-"
    _log.info("request", method=request.method, route=rule, status=response.status_code, ms=round(elapsed, 1))
    return response


def _leave_nothing(_error: BaseException | None) -> None:
    structlog.contextvars.clear_contextvars()
    for name in frozenset(g) - g.get("names_before", frozenset(g)):
        g.pop(name)
    held = pool_of(current_app._get_current_object()).held_here()  # type: ignore[attr-defined]  # noqa: SLF001
    if held:
        _log.error("connections left open", held=held)
        if current_app.testing:
            raise AssertionError(f"{held} database connection(s) left open at the end of the request")
