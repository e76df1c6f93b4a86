"""gateway: answer what is no valid HTTP request, and what is asked of the server as a whole, without calling the app."""

from __future__ import annotations

import re
from typing import Any

from app.gateway.wsgi import WsgiAnswer

_HOST = re.compile(rb"(?:\[[0-9A-Fa-f:.]+\]|[\w.-]+)(?::\d{0,5})?")
#: As ASGI writes it, and as granian does.
_HTTP_1_0 = {"1.0", "1"}
_METHODS = b"GET, HEAD, OPTIONS, POST"


def plain(status: int, text: str, *headers: tuple[bytes, bytes]) -> WsgiAnswer:
    """Return an answer of one line."""
    body = f"{text}\n".encode()
    common = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    return WsgiAnswer(status, [*common, (b"content-length", b"%d" % len(body)), *headers], body)


_INVALID = plain(400, "这不是有效的请求。 This is not a valid request.", (b"connection", b"close"))
_METHODS_OF_SERVER = WsgiAnswer(204, [(b"allow", _METHODS)], b"")


def answer_without_app(scope: dict[str, Any]) -> WsgiAnswer | None:
    """Return the answer to a request that the app must not see, or None for any other.

    Two readings of one request are how a request is smuggled past a proxy: so there is one host, one address and one way to
    find the end of the body, or an error. The web server itself refuses lengths that contradict each other.
    """
    if not (_has_one_host(scope) and _has_known_coding(scope)):
        return _INVALID
    if scope["raw_path"] == b"*" and scope["method"] == "OPTIONS":
        return _METHODS_OF_SERVER
    return None if scope["raw_path"].startswith(b"/") else _INVALID


def _has_one_host(scope: dict[str, Any]) -> bool:
    """Whether one host is named. The web server writes an empty one where there is none; HTTP/1.0 allows that."""
    hosts = _values(scope, b"host")
    if scope["http_version"] in _HTTP_1_0 and not any(hosts):
        return True
    return len(hosts) == 1 and _HOST.fullmatch(hosts[0]) is not None


def _has_known_coding(scope: dict[str, Any]) -> bool:
    """Whether the body is sent in chunks or as it is: the web server undoes no other coding."""
    codings = _values(scope, b"transfer-encoding")
    return not codings or [coding.lower() for coding in codings] == [b"chunked"]


def _values(scope: dict[str, Any], name: bytes) -> list[bytes]:
    return [value.strip() for key, value in scope["headers"] if key == name]
