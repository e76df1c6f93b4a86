"""The book API: a WSGI app of its own, without session, cookie or CSRF. It routes on the path alone, not on the Host.

How often one address may ask is counted here, and an answer that was given a moment ago is given again as it was, while the catalogue
stays the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

import structlog
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.wrappers import Request, Response

from app.api import problems
from app.api.bodies import to_json
from app.api.endpoints import ROUTES, ApiSources, Endpoints
from app.api.parameters import callback_of, form_of, query_of
from app.api.problems import TOO_MANY_REQUESTS, ApiError, Kind, problem_body
from app.api.replies import preflight, reply
from app.http.errors import DATABASE_DOWN, log_database_down
from app.http.hooks import HSTS
from app.http.limits import counted_address, limits_of
from app.http.response_cache import CachedResponse, ResponseCache
from app.libs.rates import Rate, RateExceededError, Rates
from app.search.index.port import IndexUnavailable
from app.services.operations.schema import SchemaMismatch, WrongKeys

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class Limit:
    """Counts requests by address: nobody is known here, so an address may do what `factor` people may.

    :param rates: where the counts lie; None when no limits hold.
    :param allowance: what one person may ask, as the setting `LIMIT_API` says it.
    """

    def __init__(self, rates: Rates | None, allowance: str, factor: int) -> None:
        self._rates = rates
        self._limits = limits_of(allowance, factor)

    def ensure_may_ask(self, remote: str | None) -> None:
        """Count a request from an address.

        :raises ApiError: when it has asked too often; says in how many seconds it may ask again.
        """
        if self._rates is None:
            return
        address = counted_address(remote)
        try:
            self._rates.take(Rate(limit, ("v2", address)) for limit in self._limits)
        except RateExceededError as error:
            raise ApiError(TOO_MANY_REQUESTS, Retry_After=str(error.seconds)) from None


_CACHE_BYTES = 32 * 1024 * 1024
_LONGEST_QUERY = 1000
_MARK = "HTTP_IF_NONE_MATCH"


class KeptReplies:
    """A WSGI app whose answers are everybody's: nothing of a member, no cookie.

    :param answer: makes an answer that is not in memory.
    :param stamp: gives what stays equal while the answers do.
    """

    def __init__(self, answer: Callable[[Request], Response], stamp: Callable[[], object]) -> None:
        self._answer = answer
        self._stamp = stamp
        self._kept = ResponseCache(_CACHE_BYTES)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer from memory, or make the answer and remember it if it is a whole one.

        The question is put as a plain GET. HEAD and If-None-Match are served from what that gives.
        """
        query = environ.get("QUERY_STRING", "")
        stamp = self._stamp_now() if environ["REQUEST_METHOD"] in {"GET", "HEAD"} else None
        if stamp is None or len(query) > _LONGEST_QUERY:
            return self._answer(Request(environ))(environ, start_response)
        name = (environ["PATH_INFO"], query, environ.get("HTTP_ACCEPT_ENCODING", ""))
        kept = self._kept.get(name, stamp)
        if kept is None:
            response = self._answer(Request(_as_plain_get(environ)))
            if response.status_code != 200:
                return response(environ, start_response)
            kept = CachedResponse(stamp, response.get_wsgi_headers(environ).to_wsgi_list(), response.get_data())
            self._kept.put(name, kept)
        return kept(environ, start_response)

    def _stamp_now(self) -> object | None:
        try:
            return self._stamp()
        except Exception:  # noqa: BLE001 - the answer itself will say that the database is away
            return None


def _as_plain_get(environ: WSGIEnvironment) -> WSGIEnvironment:
    return {name: value for name, value in environ.items() if name != _MARK} | {"REQUEST_METHOD": "GET"}


_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the API stands on.

    `stamp` stays equal while the catalogue does; `ensure_ready` refuses while the database cannot be worked on.
    """

    sources: ApiSources
    stamp: Callable[[], object]
    limit: Limit
    ensure_ready: Callable[[], None]


class Api:
    """Answers everything under /v2."""

    def __init__(self, parts: Parts) -> None:
        self._limit = parts.limit
        self._ensure_ready = parts.ensure_ready
        self._is_https = parts.sources.site_url.startswith("https://")
        self._endpoints = Endpoints(parts.sources)
        self._kept = KeptReplies(self._work, parts.stamp)
        self._routes = ROUTES.bind("")

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        return self._kept(environ, start_response)

    def _work(self, request: Request) -> Response:
        began = perf_counter()
        structlog.contextvars.clear_contextvars()  # this thread served a page before; the line is not that visitor's
        response = self._answer(request)
        if self._is_https:
            response.headers["Strict-Transport-Security"] = HSTS
        milliseconds = round((perf_counter() - began) * 1000, 1)
        _log.info("api request", method=request.method, status=response.status_code, ms=milliseconds)
        return response

    def _answer(self, request: Request) -> Response:
        try:
            self._limit.ensure_may_ask(request.remote_addr)
            self._ensure_ready()
            return self._route(request)
        except ApiError as problem:
            return _say(request, problem.kind, problem.headers, problem.detail)
        except NotFound:
            return _say(request, problems.URI_NOT_FOUND)
        except MethodNotAllowed as refused:
            return _say(request, problems.WRONG_METHOD, {"Allow": _listed(refused.valid_methods or ())})
        except Exception as error:  # noqa: BLE001 - the client always gets its three keys, and the log the rest
            return _failed(request, error)

    def _route(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            self._routes.match(request.path, "GET")
            return preflight(_listed(self._routes.allowed_methods(request.path)))
        endpoint, values = self._routes.match(request.path, request.method)
        query = query_of(request.environ.get("QUERY_STRING", ""))
        is_kept = request.method != "POST"
        if not is_kept:
            query = {**form_of(request), **query}
        callback = callback_of(query)
        answer = self._endpoints.answer(endpoint, query, values)
        max_age = answer.max_age if is_kept else 0
        return reply(request, answer.text, callback=callback, max_age=max_age, headers=answer.headers)


def _listed(methods: Iterable[str]) -> str:
    return ", ".join(sorted({*methods, "OPTIONS"}))


def _say(request: Request, kind: Kind, headers: Mapping[str, str] | None = None, detail: str = "") -> Response:
    body = problem_body(kind, method=request.method, path=request.root_path + request.path, detail=detail)
    return reply(request, to_json(body), status=kind.status, headers=headers)


def _failed(request: Request, error: Exception) -> Response:
    if isinstance(error, (IndexUnavailable, SchemaMismatch, WrongKeys)):
        return _say(request, problems.UNAVAILABLE, {"Retry-After": "60"})
    if isinstance(error, DATABASE_DOWN):
        log_database_down(error)
        return _say(request, problems.UNAVAILABLE, {"Retry-After": "5"})
    _log.error("unhandled error", exc_info=error)
    return _say(request, problems.UNKNOWN_ERROR)
