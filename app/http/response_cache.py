"""Whole responses, kept in memory while what they were made of stays the same: for pages and for the book API."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from math import inf
from time import monotonic
from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

from app.libs.caches import TwoGenerationCache

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_OVERHEAD = 3000

Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class CachedResponse:
    """A WSGI app that answers 200 with the same body each time, or 304 to a client that has it already.

    :param version: what stays the same while the body would.
    :param until: by `time.monotonic`, when it is too old all the same.
    """

    version: object
    headers: Headers
    body: bytes
    until: float = inf

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer GET or HEAD."""
        if environ["REQUEST_METHOD"] == "GET" and "HTTP_IF_NONE_MATCH" not in environ:
            start_response("200 OK", self.headers)
            return (self.body,)
        return Response(self.body, headers=self.headers).make_conditional(environ)(environ, start_response)


class ResponseCache:
    """Responses by all that a request's answer depends on, the lately used ones, up to so many bytes."""

    def __init__(self, limit: int) -> None:
        self._kept: TwoGenerationCache[Hashable, CachedResponse] = TwoGenerationCache(limit)

    @property
    def weight(self) -> int:
        """The bytes of all that is kept."""
        return self._kept.weight

    def get(self, key: Hashable, version: object) -> CachedResponse | None:
        """Return the response of this version unless its time is over, or None."""
        kept = self._kept.get(key)
        return kept if kept is not None and kept.version == version and monotonic() < kept.until else None

    def put(self, key: Hashable, response: CachedResponse) -> None:
        """Keep a response in the place of the one before."""
        self._kept.put(key, response, len(response.body) + _OVERHEAD)
