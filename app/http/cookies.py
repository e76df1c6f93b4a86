"""What browsers may keep of us: the session's cookie, and which pages never go into a cache."""

from __future__ import annotations

from flask import Flask, Response, g


def init_app(app: Flask) -> None:
    """Set the flags of the session's cookie, and keep members' pages out of caches.

    On a site that is served by HTTPS the cookie is sent by HTTPS alone, and its name begins with ``__Host-``: then browsers
    take it from this very host only (RFC 6265bis 4.1.3.2).
    """
    by_https = app.config["SITE_URL"].startswith("https://")
    app.config.update(
        SESSION_COOKIE_NAME="__Host-session" if by_https else "session",
        SESSION_COOKIE_SECURE=by_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
    )
    app.after_request(_keep_out_of_caches)


def _keep_out_of_caches(response: Response) -> Response:
    """Mark what was made for a member; the next user of the same computer must not find it by "back"."""
    if g.get("user") is not None:
        response.headers["Cache-Control"] = "no-store"
    return response
