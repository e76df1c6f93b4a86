"""The book API: an answer that was given a moment ago is given again as it was, while the catalogue stays the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.libs.two_hand_cache import TwoHandCache

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_CACHE_BYTES = 32 * 1024 * 1024
_OVERHEAD = 2000
_LONGEST_QUERY = 1000


@dataclass(frozen=True, slots=True)
class _Reply:
    stamp: object
    headers: list[tuple[str, str]]
    body: bytes


class KeptReplies:
    """Stands in front of a WSGI app whose answers are everybody's: nothing of a member, no cookie.

    :param stamp: gives what stays equal while the answers do.
    """

    def __init__(self, app: WSGIApplication, stamp: Callable[[], object]) -> None:
        self._app = app
        self._stamp = stamp
        self._kept: TwoHandCache[tuple[str, ...], _Reply] = TwoHandCache(_CACHE_BYTES)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer from memory, or ask the app and remember what it says, if that is a whole answer."""
        query = environ.get("QUERY_STRING", "")
        if environ["REQUEST_METHOD"] != "GET" or "HTTP_IF_NONE_MATCH" in environ or len(query) > _LONGEST_QUERY:
            return self._app(environ, start_response)
        try:
            stamp = self._stamp()
        except Exception:  # noqa: BLE001 - the app itself will say that the database is away
            return self._app(environ, start_response)
        name = (environ["PATH_INFO"], query, environ.get("HTTP_ACCEPT_ENCODING", ""))
        kept = self._kept.get(name)
        if kept is None or kept.stamp != stamp:
            return self._ask_and_keep(name, stamp, environ, start_response)
        start_response("200 OK", kept.headers)
        return (kept.body,)

    def _ask_and_keep(
        self, name: tuple[str, ...], stamp: object, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        said: list[Any] = []

        def listen(status: str, headers: list[tuple[str, str]], _error: Any = None) -> Callable[[bytes], object]:
            said[:] = [status, headers]
            return start_response(status, headers)

        body = b"".join(_read(self._app(environ, listen)))
        status, headers = said
        if status == "200 OK":
            self._kept.put(name, _Reply(stamp, headers, body), len(body) + len(name[1]) + _OVERHEAD)
        return (body,)


def _read(pieces: Any) -> Iterator[bytes]:
    """Give the pieces of a body and close it at the end, as the WSGI protocol wants."""
    if hasattr(pieces, "close"):
        with closing(pieces):
            yield from pieces
    else:
        yield from pieces
