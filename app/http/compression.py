"""Send texts small: Bootstrap's style sheet alone is 230 kB plain and 31 kB compressed, and a phone's line is slow.

Static files are compressed once and kept in memory. A page is compressed when nothing in it is secret: no member is logged in
and it carries no CSRF token, so its compressed size tells an eavesdropper nothing (the BREACH attack).
"""

from __future__ import annotations

import gzip
from posixpath import normpath

from flask import Flask, Response, g, request

from app.libs.caches import TwoGenerationCache

_TEXTS = frozenset({"text/html", "text/css", "text/javascript", "image/svg+xml", "application/json", "application/xml"})
_WORTH_IT = 1000
_STATIC_LEVEL, _PAGE_LEVEL = 9, 4
_KEPT_BYTES, _OVERHEAD = 4 * 1024 * 1024, 500


def init_app(app: Flask) -> None:
    """Compress answers on their way out."""
    kept: TwoGenerationCache[tuple[str, ...], bytes] = TwoGenerationCache(_KEPT_BYTES)

    def compress(response: Response) -> Response:
        if response.mimetype not in _TEXTS or response.status_code != 200:
            return response
        response.vary.add("Accept-Encoding")
        if (
            request.method == "GET"
            and request.accept_encodings["gzip"] > 0
            and "Content-Encoding" not in response.headers
        ):
            if is_static():
                _replace(response, _kept_file(response, kept))
            elif not _holds_a_secret() and (response.content_length or 0) >= _WORTH_IT:
                _replace(response, gzip.compress(response.get_data(), _PAGE_LEVEL, mtime=0))
        return response

    app.after_request(compress)


def is_static() -> bool:
    """Whether a static file of ours or of an extension was asked for."""
    return (request.endpoint or "").rpartition(".")[2] == "static"


def _holds_a_secret() -> bool:
    return g.get("user") is not None or "csrf_token" in g


def _kept_file(response: Response, kept: TwoGenerationCache[tuple[str, ...], bytes]) -> bytes:
    """Compress a file once, however its path was written: ``css/./a.css`` and ``css//a.css`` are one file."""
    name = normpath(str((request.view_args or {}).get("filename", "")))
    key = (request.endpoint or "", name, response.headers.get("ETag", ""))
    plain, response.direct_passthrough = response.response, False
    small = kept.get(key)
    if small is None:
        small = gzip.compress(response.get_data(), _STATIC_LEVEL, mtime=0)
        kept.put(key, small, len(small) + _OVERHEAD)
    if hasattr(plain, "close"):
        plain.close()
    return small


def _replace(response: Response, compressed: bytes) -> None:
    response.set_data(compressed)
    response.headers["Content-Encoding"] = "gzip"
    etag, _is_weak = response.get_etag()
    if etag:
        response.set_etag(etag, weak=True)
