"""The picture of a book."""

from __future__ import annotations

from flask import Response, current_app, redirect, request, url_for
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as BaseResponse

from app.container import container
from app.covers.drawing import draw_cover
from app.domain.book import BookFacts
from app.domain.isbn import canonical
from app.queries.book import BookRow
from app.web.blueprint import web

_A_DAY, _A_MINUTE = 24 * 3600, 60
_SEEN_ON_A_COVER = ("isbn13", "title", "subtitle", "authors", "language", "cover")


@web.get("/cover/<isbn>")
def cover(isbn: str) -> BaseResponse:
    """Show the cover of a book of the catalogue: the source's, else a drawn one; any format of its number leads here.

    :raises NotFound: when the catalogue does not have it.
    """
    book = _book_of(isbn)
    if isbn != book.facts.isbn13:
        is_final = canonical(isbn) == book.facts.isbn13  # an alias may become another book's own number
        return redirect(url_for("web.cover", isbn=book.facts.isbn13), 301 if is_final else 302)
    return _cover(book.facts)


@web.get("/cover/<isbn>-<any(s, m, l):size>.jpg")
def cover_file(isbn: str, size: str) -> BaseResponse:
    """Show the cover as a JPEG file 120, 240 or 480 pixels wide, for programs that know no SVG.

    :raises NotFound: when the catalogue does not have the book.
    """
    picture = container.catalogue.covers.picture(_book_of(isbn).facts, size=size)
    return _picture(picture.jpeg, "image/jpeg", is_final=picture.is_final)


@web.get("/cover/elsewhere/<signed>")
def cover_elsewhere(signed: str) -> BaseResponse:
    """Show the cover of a book that a source has found; all that is known of it stands in the address, signed by us.

    :raises NotFound: when we have not signed it.
    """
    try:
        said = _signer().loads(signed)
    except BadSignature:
        raise NotFound from None
    return _cover(BookFacts(**said | {"authors": tuple(said["authors"])}))


def cover_elsewhere_of(facts: BookFacts) -> str:
    """Return the address of the cover of a book that the catalogue need not have."""
    said = {name: getattr(facts, name) for name in _SEEN_ON_A_COVER}
    return url_for("web.cover_elsewhere", signed=_signer().dumps(said))


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="cover of a book found elsewhere")


def _book_of(isbn: str) -> BookRow:
    isbn13 = canonical(isbn)
    book = container.catalogue.books.resolve(isbn13) if isbn13 else None
    if book is None:
        raise NotFound
    return book


def _cover(facts: BookFacts) -> BaseResponse:
    """Return the source's cover, else a drawn one."""
    fetched = container.catalogue.covers.find_fetched(facts, size="l")
    if fetched.jpeg:
        return _picture(fetched.jpeg, "image/jpeg", is_final=True)
    return _picture(draw_cover(facts), "image/svg+xml", is_final=fetched.is_final)


def _picture(data: str | bytes, mimetype: str, *, is_final: bool) -> BaseResponse:
    response = Response(data, mimetype=mimetype)
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.cache_control.public = True
    response.cache_control.max_age = _A_DAY if is_final else _A_MINUTE
    response.add_etag()
    return response.make_conditional(request)
