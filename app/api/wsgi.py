"""The book API: a WSGI app of its own, without session, cookie or CSRF. It routes on the path alone, whatever the Host."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

import structlog
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from app.api import problems
from app.api.bodies import BookBodies, to_json
from app.api.kept import KeptReplies
from app.api.limit import Limit
from app.api.openapi import document
from app.api.parameters import callback_of, keys_of, query_of, search_of
from app.api.problems import ApiError, Kind, problem_body
from app.api.replies import preflight, reply
from app.domain.isbn import canonical
from app.http.errors import DATABASE_DOWN
from app.http.hooks import HSTS
from app.queries.book import Book
from app.search.results import Window

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_BOOK_KEPT, _SEARCH_KEPT, _DOCUMENT_KEPT = 300, 60, 3600
_LONGEST_ID = 18
_ROUTES = Map(
    [
        Rule("/book/isbn/<isbn>", endpoint="isbn", methods=["GET"]),
        Rule("/book/id/<number>", endpoint="id", methods=["GET"]),
        Rule("/book/<int(max=999999999999999999):number>", endpoint="id", methods=["GET"]),
        Rule("/book/search", endpoint="search", methods=["GET"]),
        Rule("/openapi.json", endpoint="openapi", methods=["GET"]),
    ],
    strict_slashes=False,
    merge_slashes=False,
)
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the API stands on.

    `find` may ask the sources outside; `search` is given words, start and count; `stamp` stays equal while the catalogue does.
    """

    find: Callable[[str], Book | None]
    find_by_id: Callable[[int], Book | None]
    search: Callable[[str, int, int], Window]
    stamp: Callable[[], object]
    site_url: str
    limit: Limit


class Api:
    """Answers everything under /v2."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._bodies = BookBodies(parts.site_url)
        self._kept = KeptReplies(self._work, parts.stamp)
        self._routes = _ROUTES.bind("")
        self._handlers: dict[str, Callable[..., Response]] = {
            "isbn": self._by_isbn,
            "id": self._by_id,
            "search": self._search,
            "openapi": self._openapi,
        }

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        try:
            self._parts.limit.ensure_may_ask(environ.get("REMOTE_ADDR"))
        except ApiError as problem:
            return _say(Request(environ), problem.kind, problem.headers)(environ, start_response)
        return self._kept(environ, start_response)

    def _work(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        began = perf_counter()
        structlog.contextvars.clear_contextvars()  # this thread served a page before; the line is not that visitor's
        response = self._answer(request)
        if self._parts.site_url.startswith("https://"):
            response.headers["Strict-Transport-Security"] = HSTS
        milliseconds = round((perf_counter() - began) * 1000, 1)
        _log.info("api request", method=request.method, status=response.status_code, ms=milliseconds)
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        try:
            return self._route(request)
        except ApiError as problem:
            return _say(request, problem.kind, problem.headers)
        except NotFound:
            return _say(request, problems.URI_NOT_FOUND)
        except MethodNotAllowed:
            return _say(request, problems.WRONG_METHOD, {"Allow": "GET, HEAD, OPTIONS"})
        except Exception as error:  # noqa: BLE001 - whatever it is, the client gets its three keys, and the log the rest
            return _failed(request, error)

    def _route(self, request: Request) -> Response:
        method = "GET" if request.method == "OPTIONS" else request.method
        endpoint, values = self._routes.match(request.path, method)
        if request.method == "OPTIONS":
            return preflight()
        query = query_of(request.environ.get("QUERY_STRING", ""))
        return self._handlers[endpoint](request, query, **values)

    def _by_isbn(self, request: Request, query: Mapping[str, str], isbn: str) -> Response:
        isbn13 = canonical(isbn)
        return self._book(request, query, None if isbn13 is None else self._parts.find(isbn13))

    def _by_id(self, request: Request, query: Mapping[str, str], number: str | int) -> Response:
        digits = str(number)
        is_id = digits.isascii() and digits.isdecimal() and len(digits) <= _LONGEST_ID
        return self._book(request, query, self._parts.find_by_id(int(digits)) if is_id else None)

    def _book(self, request: Request, query: Mapping[str, str], book: Book | None) -> Response:
        callback = callback_of(query)
        if book is None:
            raise ApiError(problems.BOOK_NOT_FOUND)
        return reply(request, self._bodies.of(book, keys_of(query)), callback=callback, max_age=_BOOK_KEPT)

    def _search(self, request: Request, query: Mapping[str, str]) -> Response:
        callback, asked, keys = callback_of(query), search_of(query), keys_of(query)
        window = self._parts.search(asked.text, asked.start, asked.count)
        books = ",".join(self._bodies.of(book, keys) for book in window.rows)
        text = f'{{"count":{asked.count},"start":{asked.start},"total":{window.total},"books":[{books}]}}'
        headers = {"X-Total-Is": window.total_is}
        return reply(request, text, callback=callback, max_age=_SEARCH_KEPT, headers=headers)

    def _openapi(self, request: Request, query: Mapping[str, str]) -> Response:
        return reply(
            request, to_json(document(self._parts.site_url)), callback=callback_of(query), max_age=_DOCUMENT_KEPT
        )


def _say(request: Request, kind: Kind, headers: Mapping[str, str] | None = None) -> Response:
    body = problem_body(kind, method=request.method, path=request.root_path + request.path)
    return reply(request, to_json(body), status=kind.status, headers=headers)


def _failed(request: Request, error: Exception) -> Response:
    if isinstance(error, DATABASE_DOWN):
        _log.error("database unavailable", exc_info=error)
        return _say(request, problems.UNAVAILABLE, {"Retry-After": "5"})
    _log.error("unhandled error", exc_info=error)
    return _say(request, problems.UNKNOWN_ERROR)
