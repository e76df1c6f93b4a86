"""The small files that browsers, phones and search engines ask a site for."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote
from xml.sax.saxutils import escape

from flask import Response, current_app, jsonify, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as BaseResponse

from app.container import container
from app.domain.catalogue_name import in_address
from app.domain.characters import without_forbidden
from app.http.limits import limited
from app.http.paging import URL_NUMBER
from app.libs.clock import from_epoch
from app.web.blueprint import web

_A_DAY = 24 * 3600
_A_QUARTER = 15 * 60
_IN_SITEMAP = 1000
#: A thousand parts at ten million books; each is read in a moment.
_BOOKS_IN_SITEMAP = 10_000
#: The most that a sitemap may have (sitemaps.org).
_NAMES_IN_SITEMAP = 50_000
_SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"


@web.get("/manifest.webmanifest")
def manifest() -> Response:
    """Describe to a phone how to keep the site on its home screen."""
    response = jsonify(
        name=_("鱼书"),
        short_name=_("鱼书"),
        description=_("按书名、作者、拼音或 ISBN 找一本书，也把读完的书送到想读它的人手里。"),
        start_url=url_for("web.index"),
        display="standalone",
        background_color="#faf6ee",
        theme_color="#faf6ee",
        icons=[
            {"src": url_for("static", filename="icons/mark.svg"), "sizes": "any", "type": "image/svg+xml"},
            {"src": url_for("static", filename="icons/mark-192.png"), "sizes": "192x192", "type": "image/png"},
            {"src": url_for("static", filename="icons/mark-512.png"), "sizes": "512x512", "type": "image/png"},
        ],
    )
    return as_file(response, "application/manifest+json")


@web.get("/opensearch.xml")
def opensearch() -> Response:
    """Let a browser search the site from its address bar."""
    return as_file(xml_of("web/opensearch.xml"), "application/opensearchdescription+xml")


@web.get("/favicon.ico")
def favicon() -> BaseResponse:
    """Lead those who ask for a picture without having read the page to one."""
    return redirect(url_for("static", filename="icons/mark-192.png"), 301)


@web.get("/robots.txt")
def robots() -> Response:
    """Keep crawlers from where they should not go."""
    return as_file(Response(render_template("web/robots.txt", site=_site())), "text/plain; charset=utf-8")


@web.get("/sitemap.xml")
def sitemap() -> Response:
    """Name the sitemaps: one of the best known books, and as many as there are books, and names that books are listed by."""
    books = -(-container.catalogue.indexed_books.find_last_id() // _BOOKS_IN_SITEMAP)
    names = -(-container.catalogue.names.find_last_id() // _NAMES_IN_SITEMAP)
    page = xml_of("web/sitemap_index.xml", books=range(1, books + 1), names=range(1, names + 1))
    return as_file(page, "application/xml")


@web.get("/sitemap/books.xml")
def book_sitemap() -> Response:
    """Name the pages that are worth a crawler's visit: the first page and the best known books."""
    books = container.catalogue.books.list_popular(_IN_SITEMAP)
    return as_file(xml_of("web/sitemap.xml", books=books), "application/xml")


@web.get(f"/sitemap/books-<{URL_NUMBER}:part>.xml")
@limited("SEARCH")
def part_of_book_sitemap(part: int) -> Response:
    """Name the pages of the books whose ids lie in one span: they stay in their part for good.

    :raises NotFound: when there is no such part.
    """
    after, upto = _span(part, _BOOKS_IN_SITEMAP, last=container.catalogue.indexed_books.find_last_id())
    isbns = container.catalogue.indexed_books.list_isbns(after, upto)
    return _sitemap_of(f"{_site()}/book/{isbn13}/detail" for isbn13 in isbns)


def _span(part: int, size: int, *, last: int) -> tuple[int, int]:
    """Return the ids of a part, as after < id <= upto.

    :raises NotFound: when there is no such part.
    """
    if not part or part * size >= last + size:
        raise NotFound
    return (part - 1) * size, part * size


def _sitemap_of(places: Iterable[str]) -> Response:
    urls = "\n".join(f"  <url><loc>{escape(place)}</loc></url>" for place in places)
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{_SITEMAPS}">\n{urls}\n</urlset>\n'
    return as_file(Response(text), "application/xml")


@web.get(f"/sitemap/names-<{URL_NUMBER}:part>.xml")
@limited("SEARCH")
def name_sitemap(part: int) -> Response:
    """Name the pages that list books by a name, those whose rows lie in one span of ids: they stay in their part for good.

    :raises NotFound: when there is no such part.
    """
    after, upto = _span(part, _NAMES_IN_SITEMAP, last=container.catalogue.names.find_last_id())
    names = container.catalogue.names.walk(after, upto)
    return _sitemap_of(f"{_site()}/{kind}/{quote(in_address(shown))}" for kind, shown in names)


@web.get("/recent.atom")
def recent_atom() -> Response:
    """List for feed readers which books came onto the shelf last."""
    gifts = container.exchange.listings.list_recent(container.core.settings["RECENT_BOOK_COUNT"])
    updated = max((gift.since for gift in gifts), default=from_epoch(0))
    return atom_feed("web/recent.xml", gifts=gifts, updated=updated)


def atom_feed(template: str, **context: object) -> Response:
    """Render a feed, which readers may keep for a quarter of an hour."""
    response = as_file(xml_of(template, **context), "application/atom+xml; charset=utf-8")
    response.cache_control.max_age = _A_QUARTER
    return response


def xml_of(template: str, **context: object) -> Response:
    """Render a template as a document that every reader of XML takes, with any texts in it."""
    return Response(without_forbidden(render_template(template, site=_site(), **context)))


def _site() -> str:
    return str(current_app.config["SITE_URL"]).rstrip("/")


def as_file(response: Response, content_type: str) -> Response:
    """Return a response of a type, which may be kept for a day."""
    response.headers["Content-Type"] = content_type
    response.cache_control.public = True
    response.cache_control.max_age = _A_DAY
    return response
