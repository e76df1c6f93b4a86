"""The switch of the site's language."""

from __future__ import annotations

from flask import redirect, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from app.http.cookies import remember_language
from app.http.hooks import LANGUAGES
from app.libs.urls import same_site_path
from app.web.blueprint import web


@web.get("/language/<code>")
def language(code: str) -> Response:
    """Remember the language in a cookie and go back to the page one came from.

    :raises NotFound: for a language that the site does not speak.
    """
    if code not in LANGUAGES:
        raise NotFound
    response = redirect(same_site_path(request.args.get("next")), 303)
    remember_language(response, code)
    return response
