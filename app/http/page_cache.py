"""Answer visitors again with a page that was made before, while nothing in the database has changed since.

Only pages that are the same for everybody are kept: asked for by GET without a session, answered with 200 and no cookie. What a
page depends on besides the database (address, host, language, encoding) is part of its key.

"Nothing has changed" is read off the files of SQLite: every commit, by any process, writes to the write-ahead log. A page made
while the log was younger than a tick of the file system's clock is not kept, because the next commit might leave the same time.
With MariaDB there is no such cheap sign, so no page is kept.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from flask import Flask, Request
from werkzeug.exceptions import SecurityError

from app.http.hooks import LANGUAGE_COOKIE
from app.http.response_cache import CachedResponse, Headers, ResponseCache

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_log = structlog.get_logger()
_ROUTES = (
    (re.compile(r"/"), "/"),
    (re.compile(r"/book/search"), "/book/search"),
    (re.compile(r"/book/suggest"), "/book/suggest"),
    (re.compile(r"/book/\d{13}/detail"), "/book/<isbn>/detail"),
    (re.compile(r"/browse(/.+)?"), "/browse"),
    (re.compile(r"/(author|series|publisher|subject)/.+"), "/<kind>/<name>"),
)
_OF_ONE_ANSWER = {"x-request-id", "server-timing", "date"}
_CLOCK_TICK_NS = 100_000_000
_LARGEST_PAGE = 200_000
_KEPT_BYTES = 64 * 1024 * 1024

Version = tuple[int, ...]


def init_app(app: Flask) -> None:
    """Put the kept pages in front of the site, if the settings want them and the database is a SQLite file."""
    url: str = app.config["DATABASE_URL"]
    if app.config["PAGE_CACHE_SECONDS"] and url.startswith("sqlite:///"):
        file = app.config["DATA_DIR"] / url.removeprefix("sqlite:///")
        app.wsgi_app = PageCache(  # type: ignore[method-assign]  # Flask means it to be replaced
            app.wsgi_app,
            version=lambda: version_of(file),
            request_class=app.request_class,
            session_cookie=lambda: str(app.config["SESSION_COOKIE_NAME"]),
            seconds=app.config["PAGE_CACHE_SECONDS"],
        )


def version_of(file: Path) -> Version | None:
    """Return what every commit to a SQLite file changes, or None if it is too fresh to tell two commits apart."""
    try:
        log, data = file.with_name(f"{file.name}-wal").stat(), file.stat()
    except OSError:
        return None
    if time.time_ns() - max(log.st_mtime_ns, data.st_mtime_ns) < _CLOCK_TICK_NS:
        return None
    return (log.st_ino, log.st_size, log.st_mtime_ns, data.st_size, data.st_mtime_ns)


class PageCache:
    """A WSGI app before another one."""

    def __init__(
        self,
        inner: WSGIApplication,
        *,
        version: Callable[[], Version | None],
        request_class: type[Request],
        session_cookie: Callable[[], str],
        seconds: float,
    ) -> None:
        self._inner = inner
        self._version = version
        self._request_class = request_class
        self._session_cookie = session_cookie
        self._seconds = seconds
        self._pages = ResponseCache(_KEPT_BYTES)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer from what is kept, else ask the site."""
        started = time.perf_counter()
        route = _route(environ)
        key = self._key(environ) if route else None
        version = self._version() if key else None
        if key is None or version is None:
            return self._inner(environ, start_response)
        kept = self._pages.get(key, version)
        if kept is None:
            return self._fresh(environ, start_response, key, version)
        return _again(kept, route, started)(environ, start_response)

    def _key(self, environ: WSGIEnvironment) -> tuple[object, ...] | None:
        """Return all that a visitor's page depends on, read as the site itself reads it; None for a visitor with a session."""
        request = self._request_class(environ)
        if self._session_cookie() in request.cookies:
            return None
        try:
            host = request.host
        except SecurityError:  # no host at all: the site says what it thinks of that
            return None
        place = (request.scheme, host, request.root_path, request.path, request.query_string)
        wants = (request.headers.get(name) for name in ("Accept-Language", "Accept-Encoding", "Accept"))
        return (request.cookies.get(LANGUAGE_COOKIE), *place, *wants)

    def _fresh(
        self, environ: WSGIEnvironment, start_response: StartResponse, key: tuple[object, ...], version: Version
    ) -> Iterator[bytes]:
        seen: list[tuple[str, Headers]] = []

        def note(status: str, headers: Headers, exc_info: object = None) -> Callable[[bytes], object]:
            seen.append((status, headers))
            return start_response(status, headers, exc_info)  # type: ignore[arg-type]  # handed on as it came

        answer = self._inner(environ, note)
        try:
            body = b"".join(answer)
        finally:
            if hasattr(answer, "close"):
                answer.close()
        status, headers = seen[-1]
        if status.startswith("200") and len(body) <= _LARGEST_PAGE and not _is_personal(headers):
            self._pages.put(key, CachedResponse(version, headers, body, until=time.monotonic() + self._seconds))
        return iter((body,))


def _route(environ: WSGIEnvironment) -> str:
    if environ["REQUEST_METHOD"] != "GET":
        return ""
    path = environ.get("PATH_INFO", "")
    return next((route for pattern, route in _ROUTES if pattern.fullmatch(path)), "")


def _is_personal(headers: Headers) -> bool:
    names = {name.lower(): value for name, value in headers}
    return "set-cookie" in names or "no-store" in names.get("cache-control", "")


def _again(kept: CachedResponse, route: str, started: float) -> CachedResponse:
    """Make the kept page the answer to one more request, and log it as the site logs its own."""
    request_id = secrets.token_hex(8)
    elapsed = (time.perf_counter() - started) * 1000
    headers = [(name, value) for name, value in kept.headers if name.lower() not in _OF_ONE_ANSWER]
    headers += [("X-Request-ID", request_id), ("Server-Timing", f"kept;dur={elapsed:.1f}")]
    _log.info("request", request_id=request_id, method="GET", route=route, status=200, ms=round(elapsed, 1), kept=True)
    return replace(kept, headers=headers)
