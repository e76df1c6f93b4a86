"""The book API: an answer that was given a moment ago is given again as it was, while the catalogue stays the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from app.http.response_cache import CachedResponse, ResponseCache

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

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
