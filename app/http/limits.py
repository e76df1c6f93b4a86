"""How often a page may be asked for: by member first, by address generously.

A class of thirty sits behind one address, so an address may do `LIMIT_ADDRESS_FACTOR` times what one person may. Who is not
known yet (a visitor) is counted by address alone. The counts lie in memory or in Redis (`YUSHU_RATELIMIT_STORAGE_URL`); when Redis
dies, each process counts in its own memory until it is back.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network
from typing import ParamSpec, TypeVar, cast

from flask import Response, current_app, g, request
from limits import parse_many

from app.domain.account import fold_key
from app.extensions import limiter

P = ParamSpec("P")
R = TypeVar("R")
#: Who asks, as a short text; "" for somebody unknown.
Person = Callable[[], str]


def asking_member() -> str:
    """Give the number of the member who asks; "" for a visitor."""
    return "" if g.user is None else str(g.user.id)


def typed_address() -> str:
    """Give the e-mail address typed into the form that is sent, folded; "" where none was."""
    return fold_key(request.form.get("email", ""))[:254]


def was_wrong_guess(_response: Response) -> bool:
    """Whether the view noted a wrong password or code in `g.was_wrong_guess`: of logins only those count."""
    return bool(g.get("was_wrong_guess"))


def asking_address() -> str:
    """Give the address that asks, as it is counted."""
    return counted_address(request.remote_addr)


def counted_address(remote: str | None) -> str:
    """Give whom to count for an address: of IPv6 the network (/64) that one household gets."""
    try:
        address = ip_address(remote or "")
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        return str(ip_network((address, 64), strict=False))
    return str(address)


def limited(
    name: str, *, person: Person = asking_member, counts: Callable[[Response], bool] | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a guard of a view: asked more often than the setting ``LIMIT_<name>`` allows, it answers 429.

    :param person: who is counted, for instance the e-mail address typed into the login form.
    :param counts: which answers count; all of them when left out. For "wrong logins only", say which answer is one.
    """

    def allowance() -> str:
        return str(current_app.config[f"LIMIT_{name}"])

    def guard(view: Callable[P, R]) -> Callable[P, R]:
        by_person = limiter.shared_limit(
            allowance, name, key_func=person, exempt_when=lambda: not person(), deduct_when=counts
        )
        by_address = limiter.shared_limit(
            lambda: multiplied(allowance(), current_app.config["LIMIT_ADDRESS_FACTOR"]),
            f"{name}@",
            key_func=asking_address,
            deduct_when=counts,
        )
        return cast("Callable[P, R]", by_address(by_person(view)))

    return guard


def multiplied(allowance: str, factor: int) -> str:
    """Give an allowance that is so many times as large.

    >>> multiplied("10 per 5 minutes; 100 per day", 3)
    '30 per 5 minute; 300 per 1 day'
    """
    return "; ".join(
        f"{limit.amount * factor} per {limit.multiples} {limit.GRANULARITY.name}" for limit in parse_many(allowance)
    )
