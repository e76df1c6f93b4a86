"""Browsers in which a member was logged in before, known by a signed cookie that outlives the session by up to a year.

It opens nothing: it only keeps a stranger's wrong guesses from counting against its owner. "Log out everywhere" and a new password
end it, because it names the generation of known browsers that the member's row counts.
"""

from __future__ import annotations

import secrets

from flask import current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from app.container import container
from app.http.cookies import A_YEAR, host_cookie_name
from app.queries.credentials import CredentialsRow

_SALT = "known browser"


def known_browser_of(email_key: str) -> str:
    """Return the number of the browser that asks, if the member with this folded address was logged in with it; else ""."""
    user_id, generation, browser = _read()
    if not browser:
        return ""
    known = container.members.credentials.find_by_email(email_key)
    is_known = known is not None and (known.user_id, known.browser_generation) == (user_id, generation)
    return browser if is_known else ""


def remember_browser(response: Response, known: CredentialsRow | None) -> None:
    """Let the browser that asks be known as the member's. It keeps its number, so that nobody gets new guesses by it."""
    if known is None:
        return
    value = _serializer().dumps([known.user_id, known.browser_generation, _read()[2] or secrets.token_hex(8)])
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    name = host_cookie_name("browser")
    response.set_cookie(name, value, max_age=A_YEAR, secure=secure, httponly=True, samesite="Lax")


def _read() -> tuple[int, int, str]:
    try:
        user_id, generation, browser = _serializer().loads(
            request.cookies.get(host_cookie_name("browser"), ""), max_age=A_YEAR
        )
    except BadData:
        return 0, 0, ""
    return user_id, generation, browser


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt=_SALT)
