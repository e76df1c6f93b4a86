"""Addresses: which stay on this site, what was typed into one, and which hosts outside may be asked.

Two kinds of hosts are on the list. An *origin* that the operator wrote into a setting may live anywhere, on a private
network too. A *public host* is one that an answer may point to (a cover, a redirect); it is asked at addresses of the
public internet alone. Everything else is refused, and the addresses are checked that are really connected to, so a name
that changes its address between the check and the connection gains nothing.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

_NEVER_IN_A_PATH = re.compile(r"[\x00-\x20\x7f\\]")
_DECODING_ROUNDS = 8
_LOST_PLUSES = re.compile(r"\A([Cc])  (?= |\Z)")
#: Behind every list's last page. What is higher is taken for this one: no database takes every number as an offset.
LAST_PAGE: Final = 1_000_000


def same_site_path(target: str | None, default: str = "/") -> str:
    r"""Return the target if it is a path on this site, else the default.

    Refused, so that a link of ours cannot send anyone elsewhere: absolute addresses, ``//host``, ``/\host``, control
    characters and spaces, and each of these percent-encoded once or more.
    """
    if not target:
        return default
    plain = target
    for _ in range(_DECODING_ROUNDS):  # no honest link is encoded this often
        path = plain.split("?", 1)[0]
        if not path.startswith("/") or path.startswith("//") or _NEVER_IN_A_PATH.search(path):
            return default
        plain = unquote(plain)
    return target if target.isprintable() and "\\" not in target else default


def page_number(said: str) -> int | None:
    """Return the number of a page as somebody wrote it, of any length, at most `LAST_PAGE`; None for what is no number from 1 on."""
    digits = said.strip().lstrip("0")
    if not (digits.isascii() and digits.isdecimal()):
        return None
    return LAST_PAGE if len(digits) > len(str(LAST_PAGE)) else min(int(digits), LAST_PAGE)


def with_pluses(text: str) -> str:
    """Return a query with the pluses of a C++ in front that arrived as blanks, as each unescaped plus of an address does."""
    return _LOST_PLUSES.sub(r"\1++", text)


#: scheme, host, port
Origin = tuple[str, str, int]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_DEFAULT_PORTS = {"http": 80, "https": 443}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class AddressRefusedError(Exception):
    """The host is not on the list, or its address is not a public one."""


def origin_of(url: str) -> Origin:
    """Return scheme, host and port of an http or https address.

    :raises AddressRefusedError: for another scheme, a missing host, a bad port, or a name and password in the address.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as wrong:
        raise AddressRefusedError(f"not an address: {wrong}") from None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or "@" in parts.netloc:
        raise AddressRefusedError("only plain http and https addresses are asked")
    return parts.scheme, plain_host(parts.hostname), port or _DEFAULT_PORTS[parts.scheme]


def plain_host(host: str) -> str:
    """Return a host name as the list writes it: lower case, no brackets, no dot at the end."""
    return host.strip("[]").rstrip(".").lower()


@dataclass(frozen=True, slots=True)
class HostAllowlist:
    """The list of hosts that may be asked.

    `origins`: written by the operator, any address. `public_hosts`: host names; one that starts with a dot stands for
    every name that ends so.
    """

    origins: frozenset[Origin] = frozenset()
    public_hosts: tuple[str, ...] = ()

    def addresses(self, origin: Origin) -> list[tuple[socket.AddressFamily, tuple[str, int]]]:
        """Resolve the origin's host and give the addresses that may be connected to, in the resolver's order.

        :raises AddressRefusedError: if the origin is not on the list or one of its addresses is not public.
        :raises OSError: if the name cannot be resolved.
        """
        scheme, host, port = origin
        private_allowed = origin in self.origins
        if not private_allowed and not (port == _DEFAULT_PORTS[scheme] and self._is_public_host(host)):
            raise AddressRefusedError(f"{host}:{port} is not on the list of hosts")
        found: list[tuple[socket.AddressFamily, tuple[str, int]]] = [
            (family, (str(address[0]), port))
            for family, _, _, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        ]
        if not private_allowed and not all(is_public(address) for _, (address, _) in found):
            raise AddressRefusedError(f"{host} has a private address")
        return found

    def _is_public_host(self, host: str) -> bool:
        return any(host.endswith(listed) if listed.startswith(".") else host == listed for listed in self.public_hosts)


def is_public(text: str) -> bool:
    """Whether an address belongs to the public internet; an IPv4 address inside an IPv6 one is looked at itself."""
    address: Address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(address.packed[-4:])
        if address.teredo:
            inner = address.teredo[1]
        address = inner or address
    return address.is_global and not address.is_multicast and not address.is_reserved
