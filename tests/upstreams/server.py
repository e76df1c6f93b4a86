"""A real HTTP server on loopback that plays a book source; a fault can be switched on at any time."""

from __future__ import annotations

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

Body = Callable[[str, dict[str, str]], tuple[int, Any]]


class Handler(BaseHTTPRequestHandler):
    """Answers with the fault that is switched on, or else with the source's body."""

    upstream: Upstream

    def do_GET(self) -> None:
        self.upstream.asked.append((self.path, dict(self.headers.items())))
        if self.upstream.fault:
            self.upstream.fault(self)
        else:
            self.reply(*self.good())

    def good(self) -> tuple[int, bytes]:
        """The status and bytes that this source would send without a fault."""
        parts = urlsplit(self.path)
        status, data = self.upstream.body(parts.path, dict(parse_qsl(parts.query)))
        return status, json.dumps(data, ensure_ascii=False).encode()

    def reply(self, status: int, body: bytes, **headers: str) -> None:
        headers = {"Content_Type": "application/json; charset=utf-8", "Content_Length": str(len(body))} | headers
        self.send_response(status)
        for name, value in headers.items():
            if value:
                self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def wait(self, seconds: float) -> bool:
        """Sleep, or say True at once when the server is being closed."""
        return self.upstream.closing.wait(seconds)

    def log_message(self, *_: object) -> None:
        pass

    def handle(self) -> None:
        try:
            super().handle()
        except (ConnectionError, BrokenPipeError):
            self.upstream.cut_off += 1


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, *_: object) -> None:
        pass


class Upstream:
    """Use as ``with Upstream(body) as upstream:``. `asked`: path and headers of each request so far."""

    def __init__(self, body: Body = lambda _path, _query: (200, {}), *, tls: SSLContext | None = None) -> None:
        self.body = body
        self.scheme = "https" if tls else "http"
        self.fault: Callable[[Handler], None] | None = None
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.cut_off = 0
        self.closing = Event()
        self._server = _Server(("127.0.0.1", 0), type("BoundHandler", (Handler,), {"upstream": self}))
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening; open requests are let go. Harmless when done twice."""
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
