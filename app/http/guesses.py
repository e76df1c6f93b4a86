"""How many passwords and codes may be guessed: counted by the account and by where the guesses come from.

Wrong guesses of strangers must not lock an owner out. So an account has one count for each network (IPv4 /24, IPv6 /64) that guesses at
it, and one for each browser that its owner was logged in with before. What comes from many networks is bounded by a count of the whole
account, `LIMIT_ACCOUNT_FACTOR` times as large; who guesses at many accounts by one of their address, `LIMIT_ADDRESS_FACTOR` times as
large. Neither of these holds for a known browser. A live session has a count of its own, too: only who stole it can use that up.

A known browser has a signed cookie that outlives the session by up to a year. It opens nothing: it only keeps a stranger's wrong guesses
from counting against its owner. "Log out everywhere" and a new password end it, because it names the generation of known browsers that
the member's row counts.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from ipaddress import ip_address, ip_network
from typing import ParamSpec

from flask import current_app, g, request
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeTimedSerializer
from limits import RateLimitItem
from werkzeug.wrappers import Response

from app.container import container
from app.domain.account import fold_key
from app.http.cookies import A_YEAR, host_cookie_name
from app.http.limits import asking_address, counted, counted_address, limits_of, typed_address, was_wrong_guess
from app.libs.rates import Rate
from app.queries.credentials import CredentialsRow

P = ParamSpec("P")


def guesses_of_login() -> Sequence[Rate]:
    """Return what a typed password counts against, for the address typed with it."""
    return _rates("LOGIN", typed_address())


def guesses_of_member() -> Sequence[Rate]:
    """Return what a password typed by a logged-in member counts against."""
    if g.user is None:
        return []
    return [Rate(limit, ("LOGIN session", str(g.user.session_id))) for limit in _limits("LOGIN")]


def guess_limited(
    rates: Callable[[], Sequence[Rate]] = guesses_of_member,
) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
    """Make a guard of a view that asks for a password or a code: after too many wrong ones it answers 429.

    The view says in `g.was_wrong_guess` that one was wrong.
    """
    return counted(rates, counts=was_wrong_guess)


def guesses_of_code(known: CredentialsRow | None) -> Sequence[Rate]:
    """Return what the code of a second factor counts against, for the member whose password was right."""
    return _rates("CODE", fold_key(known.email)) if known else []


def _rates(name: str, email_key: str) -> Sequence[Rate]:
    if not email_key:
        return []
    if browser := known_browser_of(email_key):
        return [Rate(limit, (f"{name} browser", email_key, browser)) for limit in _limits(name)]
    return [
        *(Rate(limit, (name, email_key, network_of(request.remote_addr))) for limit in _limits(name)),
        *(Rate(limit, (f"{name} account", email_key)) for limit in _limits(name, "LIMIT_ACCOUNT_FACTOR")),
        *(Rate(limit, (f"{name}@", asking_address())) for limit in _limits(name, "LIMIT_ADDRESS_FACTOR")),
    ]


def _limits(name: str, factor: str = "") -> Sequence[RateLimitItem]:
    config = current_app.config
    return limits_of(str(config[f"LIMIT_{name}"]), config[factor] if factor else 1)


def network_of(remote: str | None) -> str:
    """Return the network of an address, as guesses at one account are counted: of IPv4 the /24, of IPv6 the /64."""
    counted_as = counted_address(remote)
    try:
        return str(ip_network((ip_address(counted_as), 24), strict=False))
    except ValueError:
        return counted_as


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
