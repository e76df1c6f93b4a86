"""The book API `/v2`, which published programs of ten years speak: a WSGI app of its own next to the site."""

from __future__ import annotations

from flask import Flask

from app.api.endpoints import ApiSources
from app.api.wsgi import Api, Limit, Parts
from app.container import Container
from app.queries.book import BookRow
from app.search.pager import MOST_SHOWN
from app.search.results import Window


def api_for(app: Flask) -> Api:
    """Build the API on the parts of the site's container. Nothing is connected to yet."""
    container: Container = app.extensions["container"]

    def find(isbn13: str) -> BookRow | None:
        """Find a book anywhere; what the catalogue lacks is written to it, for which the site's context is needed."""
        book = container.catalogue.books.resolve(isbn13)
        if book is not None:
            return book
        with app.app_context():
            return container.catalogue.book_lookup.find(isbn13).book

    def find_by_id(number: int) -> BookRow | None:
        return container.catalogue.indexed_books.find_many([number]).get(number)

    def search(text: str, start: int, count: int) -> Window:
        """Search on one connection and one snapshot, so that the total belongs to the books."""
        with container.core.sql:
            return container.catalogue.search.window(text, start=start, count=count)

    def list_series(title: str, start: int, count: int) -> Window:
        """List the books of a series, on one snapshot."""
        with container.core.sql:
            ids = container.catalogue.books.list_series_ids(title, MOST_SHOWN)
            shown = ids[start : start + count]
            found = container.catalogue.indexed_books.find_many(shown)
        rows = tuple(found[id_] for id_ in shown if id_ in found)
        return Window(rows, len(ids), "capped" if len(ids) == MOST_SHOWN else "exact")

    return Api(
        Parts(
            sources=ApiSources(
                find=find,
                find_by_id=find_by_id,
                search=search,
                list_series=list_series,
                site_url=app.config["SITE_URL"],
            ),
            stamp=container.catalogue.version.stamp,
            limit=Limit(
                app.extensions["rates"] if app.config["RATELIMIT_ENABLED"] else None,
                app.config["LIMIT_API"],
                app.config["LIMIT_ADDRESS_FACTOR"],
            ),
            ensure_ready=container.operations.preflight.ensure_passed,
        )
    )
