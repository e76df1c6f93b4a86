"""How often a page may be asked for: by member first, by address generously.

A class of thirty sits behind one address, so an address may do `LIMIT_ADDRESS_FACTOR` times what one person may. Who is not
known yet (a visitor) is counted by address alone. The counts lie in memory or in Redis (`YUSHU_RATELIMIT_STORAGE_URL`); when Redis
dies, each process counts in its own memory until it is back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache, wraps
from ipaddress import IPv6Address, ip_address, ip_network
from typing import ParamSpec

from flask import Response, after_this_request, current_app, g, request
from flask.typing import ResponseReturnValue
from limits import RateLimitItem, parse_many
from werkzeug.exceptions import TooManyRequests

from app.domain.account import fold_key
from app.libs.rates import Rate, RateExceededError, Rates

P = ParamSpec("P")
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
#: Who asks, as a short text; "" for somebody unknown.
Person = Callable[[], str]


def asking_member() -> str:
    """Return the number of the member who asks; "" for a visitor."""
    return "" if g.user is None else str(g.user.id)


def typed_address() -> str:
    """Return the e-mail address typed into the form that is sent, folded; "" where none was."""
    return fold_key(request.form.get("email", ""))[:254]


def was_wrong_guess(_response: Response) -> bool:
    """Whether the view noted a wrong password or code in `g.was_wrong_guess`: of logins only those count."""
    return bool(g.get("was_wrong_guess"))


def asking_address() -> str:
    """Return the address that asks, as it is counted."""
    return counted_address(request.remote_addr)


def counted_address(remote: str | None) -> str:
    """Return whom to count for an address: of IPv6 the network (/64) that one household gets.

    An IPv4 address written as an IPv6 one (``::ffff:192.0.2.7``), as servers that listen on both report it, counts as itself.
    """
    try:
        address = ip_address(remote or "")
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    if isinstance(address, IPv6Address):
        return str(ip_network((address, 64), strict=False))
    return str(address)


def limited(
    name: str, *, person: Person = asking_member, counts: Callable[[Response], bool] | None = None
) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
    """Make a guard of a view: asked more often than the setting ``LIMIT_<name>`` allows, it answers 429.

    :param person: who is counted, for instance the e-mail address typed into the login form.
    :param counts: which answers count; all of them when left out. For "wrong logins only", say which answer is one.
    """
    return counted(lambda: _rates_of(name, person()), counts=counts)


def counted(
    rates: Callable[[], Sequence[Rate]], *, counts: Callable[[Response], bool] | None = None
) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
    """Make a guard of a view, as `limited` does, that says for each request which rates it counts against."""

    def guard(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            if current_app.config["RATELIMIT_ENABLED"]:
                _count(rates(), counts)
            return view(*args, **kwargs)

        return guarded

    return guard


def _count(rates: Sequence[Rate], counts: Callable[[Response], bool] | None) -> None:
    """Count this request, and uncount it when its answer turns out not to count.

    It is counted before the work, not after it: of fifty guesses that arrive at once, no more than allowed are looked at. Requests
    that change nothing only look for room, since two pages opened at once are not two guesses.
    """
    store: Rates = current_app.extensions["rates"]
    try:
        if counts is not None and request.method in _SAFE_METHODS:
            store.ensure_room(rates)
            taken = None
        else:
            taken = store.take(rates)
    except RateExceededError as error:
        raise TooManyRequests(retry_after=error.seconds) from None
    if counts is None:
        return

    @after_this_request
    def settle(response: Response) -> Response:
        if taken is not None and not counts(response):
            taken.give_back()
        elif taken is None and counts(response):
            with suppress(RateExceededError):
                store.take(rates)
        return response


def _rates_of(name: str, person: str) -> list[Rate]:
    allowance = str(current_app.config[f"LIMIT_{name}"])
    factor: int = current_app.config["LIMIT_ADDRESS_FACTOR"]
    mine = [Rate(limit, (name, person)) for limit in limits_of(allowance)] if person else []
    return mine + [Rate(limit, (f"{name}@", asking_address())) for limit in limits_of(allowance, factor)]


@cache
def limits_of(allowance: str, factor: int = 1) -> tuple[RateLimitItem, ...]:
    """Return the limits of an allowance, each so many times as large.

    >>> limits_of("10 per 5 minutes; 100 per day", 3)
    (30 per 5 minute, 300 per 1 day)
    """
    return tuple(type(limit)(limit.amount * factor, limit.multiples) for limit in parse_many(allowance))
