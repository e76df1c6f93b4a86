"""The cookies, of the session, the language and known browsers: out of reach of scripts, of other hosts and, where the site has
HTTPS, of plain HTTP.
"""

from __future__ import annotations

from flask import Flask, current_app
from werkzeug.wrappers import Response

from app.http.hooks import LANGUAGE_COOKIE

A_YEAR = 365 * 24 * 3600


def init_app(app: Flask) -> None:
    """Set the flags of the session's cookie.

    On a site that is served by HTTPS it is sent by HTTPS alone, and its name begins with ``__Host-``: then browsers take it
    from this very host only (RFC 6265bis 4.1.3.2).
    """
    by_https = app.config["SITE_URL"].startswith("https://")
    app.config.update(
        SESSION_COOKIE_NAME=host_cookie_name("session", by_https=by_https),
        SESSION_COOKIE_SECURE=by_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
    )


def host_cookie_name(name: str, *, by_https: bool | None = None) -> str:
    """Return a cookie's name, which on a site with HTTPS binds it to this host; by default as the app that runs has it."""
    if by_https is None:
        by_https = current_app.config["SESSION_COOKIE_SECURE"]
    return f"__Host-{name}" if by_https else name


def remember_language(response: Response, language: str) -> None:
    """Let the browser keep the language that was chosen, for a year."""
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.set_cookie(LANGUAGE_COOKIE, language, max_age=A_YEAR, secure=secure, httponly=True, samesite="Lax")
