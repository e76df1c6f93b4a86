"""Take in a request: its body to the end, if it comes fast enough and is not too large; what is not valid HTTP is answered without the app."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from app.gateway.wsgi import WsgiAnswer

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

#: What is larger waits on the disk, so that many large bodies do not fill the memory.
_IN_MEMORY = 64 * 1024


class BodyTooSlowError(Exception):
    """The body did not come fast enough."""


class BodyTooLargeError(Exception):
    """The body is larger than the site takes."""


class ClientLeftError(Exception):
    """The connection ended before the body did."""


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """How large a body may be, and how fast it must come: after so many seconds, and one more for so many bytes, it is cut."""

    max_bytes: int
    seconds: float
    bytes_per_second: int

    async def read(self, receive: Receive) -> tuple[IO[bytes], int]:
        """Return the whole body, ready to be read, and its size.

        :raises TooSlowError: :raises TooLargeError: :raises ClientLeftError: when it does not come.
        """
        body = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - the one who gets it closes it
        try:
            size = await self._fill(body, receive)
        except BaseException:
            body.close()
            raise
        body.seek(0)
        return body, size

    async def _fill(self, body: IO[bytes], receive: Receive) -> int:
        start = asyncio.get_running_loop().time()
        size, is_whole = 0, False
        while not is_whole:
            try:
                async with asyncio.timeout_at(start + self.seconds + size / self.bytes_per_second):
                    message = await receive()
            except TimeoutError:
                raise BodyTooSlowError from None
            if message["type"] != "http.request":
                raise ClientLeftError
            size += body.write(message.get("body", b""))
            if size > self.max_bytes:
                raise BodyTooLargeError
            is_whole = not message.get("more_body", False)
        return size


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
