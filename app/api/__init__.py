"""The book API `/v2`, which published programs of ten years speak: a WSGI app of its own beside the site."""

from __future__ import annotations

from flask import Flask

from app.api.limit import Limit
from app.api.wsgi import Api, Parts
from app.container import Container
from app.queries.book import Book
from app.search.results import Window


def api_for(app: Flask) -> Api:
    """Build the API on the parts of the site's container. Nothing is connected to yet."""
    container: Container = app.extensions["container"]

    def find(isbn13: str) -> Book | None:
        """Find a book anywhere; what the catalogue lacks is written to it, for which the site's context is needed."""
        book = container.books.resolve(isbn13)
        if book is not None:
            return book
        with app.app_context():
            return container.finding.find(isbn13).book

    def find_by_id(number: int) -> Book | None:
        return container.indexed_books.find_many([number]).get(number)

    def search(text: str, start: int, count: int) -> Window:
        """Search on one connection and one snapshot, so that the total belongs to the books."""
        with container.sql:
            return container.search.window(text, start=start, count=count)

    return Api(
        Parts(
            find=find,
            find_by_id=find_by_id,
            search=search,
            stamp=container.freshness.stamp,
            site_url=app.config["SITE_URL"],
            limit=Limit(
                app.extensions["rates"] if app.config["RATELIMIT_ENABLED"] else None,
                app.config["LIMIT_API"],
                app.config["LIMIT_ADDRESS_FACTOR"],
            ),
        )
    )
