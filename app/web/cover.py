"""The picture of a book."""

from __future__ import annotations

from flask import Response, redirect, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as BaseResponse

from app.container import container
from app.domain.cover import draw_cover
from app.domain.isbn import canonical
from app.web import web

_A_DAY = 24 * 3600


@web.get("/cover/<isbn>")
def cover(isbn: str) -> BaseResponse:
    """Draw the cover of a book of the catalogue; any dress of its number leads to the one address.

    :raises NotFound: when the catalogue does not have it.
    """
    isbn13 = canonical(isbn)
    book = container.books.find(isbn13) if isbn13 else None
    if book is None:
        raise NotFound
    if isbn != isbn13:
        return redirect(url_for("web.cover", isbn=isbn13), 301)
    response = Response(draw_cover(book.facts), mimetype="image/svg+xml")
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.cache_control.public = True
    response.cache_control.max_age = _A_DAY
    response.add_etag()
    return response.make_conditional(request)
