"""The ASGI app that the web server runs: read the request, let a thread answer it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cached_property
from io import BytesIO
from time import monotonic
from typing import IO, Any

import structlog
from flask import Flask

from app.gateway.lane import Lane, NoThreadError
from app.gateway.request import (
    BodyLimits,
    BodyTooLargeError,
    BodyTooSlowError,
    ClientLeftError,
    Receive,
    answer_without_app,
    plain,
)
from app.gateway.wsgi import WsgiAnswer, call, environ_of
from app.libs.passwords import room_for
from app.mounts import ARRIVED

Send = Callable[[dict[str, Any]], Awaitable[None]]

#: What changes nothing, so that it may not wait behind what does.
_LOOKS = {"GET", "HEAD", "OPTIONS"}
#: Where strangers have a password hashed; the lanes are those of `app.libs.passwords`.
_DOORS = {"/login": "log-in", "/register": "sign-up"}
_log = structlog.get_logger()


_TOO_SLOW = plain(408, "发得太慢，没有等到。 This came too slowly.", (b"connection", b"close"))
_BROKEN_OFF = plain(400, "没有收完整。 This did not come whole.", (b"connection", b"close"))
_NO_THREAD = plain(
    503,
    "现在人有点多，请过一会儿再试。 There are too many visitors just now. Please try again.",
    (b"retry-after", b"5"),
)
_BROKEN = plain(500, "是我们出了错。 Something went wrong here.")


class Gateway:
    """Read requests to their end, then let a thread of the right lane call the WSGI app.

    Forms wait behind forms only: while all their threads wait for a lock, pages still come. Log-ins and sign-ups, whose passwords
    take long to hash, each wait behind their own kind, so that a crowd at the door keeps nobody inside waiting.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        config = app.config
        self._limits = BodyLimits(config["MAX_CONTENT_LENGTH"], config["BODY_SECONDS"], config["BODY_BYTES_PER_SECOND"])
        self._wait_seconds: float = config["REQUEST_WAIT_SECONDS"]

    @cached_property
    def _lanes(self) -> dict[str, Lane]:
        """The threads by what they do; made by the first request, after the server has forked."""
        config = self._app.config
        threads = {"look": config["THREADS"], "change": config["WRITE_THREADS"]} | dict(room_for(config["THREADS"]))
        return {name: Lane(name, number) for name, number in threads.items()}

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        answer = answer_without_app(scope) or await self._answer(scope, receive)
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(self, scope: dict[str, Any], receive: Receive) -> WsgiAnswer:
        try:
            body, size = await self._body(scope, receive)
        except BodyTooSlowError:
            return _TOO_SLOW
        except ClientLeftError:  # or who stays, but sends what is no body: the server calls both a disconnection
            return _BROKEN_OFF
        environ = environ_of(scope, body)
        if size is not None:
            environ["CONTENT_LENGTH"] = str(size)
            environ.pop("HTTP_TRANSFER_ENCODING", None)
        environ[ARRIVED] = monotonic()
        lane = self._lanes["look" if scope["method"] in _LOOKS else _DOORS.get(environ["PATH_INFO"], "change")]
        try:
            answer: WsgiAnswer = await lane.run(lambda: call(self._app, environ), wait_seconds=self._wait_seconds)
        except NoThreadError:
            body.close()
            _log.warning("no thread came free")
            return _NO_THREAD
        except Exception:  # noqa: BLE001 - Flask answers for what goes wrong inside it; the server must answer for the rest
            _log.exception("unhandled error")
            return _BROKEN
        return answer

    async def _body(self, scope: dict[str, Any], receive: Receive) -> tuple[IO[bytes], int | None]:
        """Return the body and its size, or None for a request without one.

        One that is too large is not read; the app sees its size, and refuses it in the site's own words.
        """
        headers = dict(scope["headers"])
        said = headers.get(b"content-length", b"0" if b"transfer-encoding" not in headers else b"")
        if said == b"0":
            return BytesIO(), None
        if said and int(said) > self._limits.max_bytes:
            return BytesIO(), int(said)
        try:
            return await self._limits.read(receive)
        except BodyTooLargeError:
            return BytesIO(), self._limits.max_bytes + 1
