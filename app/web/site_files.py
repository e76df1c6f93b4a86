"""The small files that browsers, phones and search engines ask a site for."""

from __future__ import annotations

from flask import Response, current_app, jsonify, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.container import container
from app.domain.characters import without_forbidden
from app.libs.clock import from_epoch
from app.web.blueprint import web

_A_DAY = 24 * 3600
_A_QUARTER = 15 * 60
_IN_SITEMAP = 1000


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
    return _as_file(response, "application/manifest+json")


@web.get("/opensearch.xml")
def opensearch() -> Response:
    """Let a browser search the site from its address bar."""
    return _as_file(_xml("web/opensearch.xml"), "application/opensearchdescription+xml")


@web.get("/favicon.ico")
def favicon() -> BaseResponse:
    """Lead those who ask for a picture without having read the page to one."""
    return redirect(url_for("static", filename="icons/mark-192.png"), 301)


@web.get("/robots.txt")
def robots() -> Response:
    """Keep crawlers from where they should not go."""
    return _as_file(Response(render_template("web/robots.txt", site=_site())), "text/plain; charset=utf-8")


@web.get("/sitemap.xml")
def sitemap() -> Response:
    """Name the pages that are worth a crawler's visit: the first page and the best known books."""
    books = container.catalogue.books.list_popular(_IN_SITEMAP)
    return _as_file(_xml("web/sitemap.xml", books=books), "application/xml")


@web.get("/recent.atom")
def recent_atom() -> Response:
    """List for feed readers which books came onto the shelf last."""
    gifts = container.exchange.listings.list_recent(container.core.settings["RECENT_BOOK_COUNT"])
    updated = max((gift.since for gift in gifts), default=from_epoch(0))
    feed = _xml("web/recent.xml", gifts=gifts, updated=updated)
    response = _as_file(feed, "application/atom+xml; charset=utf-8")
    response.cache_control.max_age = _A_QUARTER
    return response


def _xml(template: str, **context: object) -> Response:
    """Render a template as a document that every reader of XML takes, with any texts in it."""
    return Response(without_forbidden(render_template(template, site=_site(), **context)))


def _site() -> str:
    return str(current_app.config["SITE_URL"]).rstrip("/")


def _as_file(response: Response, content_type: str) -> Response:
    response.headers["Content-Type"] = content_type
    response.cache_control.public = True
    response.cache_control.max_age = _A_DAY
    return response
