"""The switch of the site's language."""

from __future__ import annotations

from flask import current_app, redirect, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.http.hooks import LANGUAGE_COOKIE, LANGUAGES
from app.libs.urls import same_site_path
from app.web import web

_A_YEAR = 365 * 24 * 3600


@web.get("/language/<code>")
def language(code: str) -> Response:
    """Remember the language in a cookie and go back to the page one came from.

    :raises NotFound: for a language that the site does not speak.
    """
    if code not in LANGUAGES:
        raise NotFound
    response = redirect(same_site_path(request.args.get("next")), 303)
    secure = current_app.config["SITE_URL"].startswith("https://")
    response.set_cookie(LANGUAGE_COOKIE, code, max_age=_A_YEAR, secure=secure, httponly=True, samesite="Lax")
    return response
