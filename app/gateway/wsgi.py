"""What ASGI says of a request, as WSGI says it; and a call of the WSGI app with a whole answer."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import IO, TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

RawHeaders = list[tuple[bytes, bytes]]
_PLAIN_NAMES = {"CONTENT_TYPE", "CONTENT_LENGTH"}
_ALWAYS = {
    "SCRIPT_NAME": "",
    "SERVER_SOFTWARE": "granian",
    "wsgi.version": (1, 0),
    "wsgi.multithread": True,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
    "wsgi.input_terminated": True,
}


class WsgiAnswer(NamedTuple):
    """A whole answer."""

    status: int
    headers: RawHeaders
    body: bytes


def environ_of(scope: dict[str, Any], body: IO[bytes]) -> WSGIEnvironment:
    """Write a request's environ. Texts hold bytes as Latin-1, as PEP 3333 wants it."""
    environ: WSGIEnvironment = {
        **_ALWAYS,
        "REQUEST_METHOD": scope["method"],
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": scope["server"][0],
        "SERVER_PORT": str(scope["server"][1]),
        "REMOTE_ADDR": scope["client"][0],
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.errors": sys.stderr,
        "wsgi.input": body,
    }
    for name, value in scope["headers"]:
        _add(environ, name.decode("latin-1"), value.decode("latin-1"))
    return environ


def _add(environ: WSGIEnvironment, name: str, value: str) -> None:
    """Add a header. One with an underscore is left out: it would read like that of a proxy, written with a hyphen."""
    if "_" in name:
        return
    key = name.upper().replace("-", "_")
    if key not in _PLAIN_NAMES:
        key = f"HTTP_{key}"
    if key in environ:
        value = f"{environ[key]}{';' if key == 'HTTP_COOKIE' else ','}{value}"
    environ[key] = value


def call(app: WSGIApplication, environ: WSGIEnvironment) -> WsgiAnswer:
    """Let the app answer, and return the answer once it is whole: who reads it slowly holds no thread."""
    status, headers = "", list[tuple[str, str]]()
    parts: list[bytes] = []

    def start_response(said: str, listed: list[tuple[str, str]], _error: object = None) -> Callable[[bytes], object]:
        nonlocal status, headers
        status, headers = said, listed
        return parts.append

    given: Iterable[bytes] = app(environ, start_response)
    try:
        parts.extend(given)
    finally:
        if hasattr(given, "close"):
            given.close()
        environ["wsgi.input"].close()
    return WsgiAnswer(
        int(status.split(" ", 1)[0]),
        [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers],
        b"".join(parts),
    )
