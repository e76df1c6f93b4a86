"""Numbers in addresses: ids, and the pages of a list."""

from __future__ import annotations

from typing import Final

from flask import request
from werkzeug.exceptions import NotFound

from app.libs.urls import page_number

PER_PAGE: Final = 20
#: The route's converter of an id: no number that a database would not take.
URL_NUMBER: Final = f"int(max={2**53})"


def page_asked_for() -> int:
    """Return the number of the page that the query string asks for; 1 where it names none."""
    return page_number(request.args.get("page", "")) or 1


def page_among(pages: int) -> int:
    """Return the number of the page that the query string asks for, of a list with so many.

    :raises NotFound: behind the last.
    """
    page = page_asked_for()
    if page > pages:
        raise NotFound
    return page


def page_count(rows: int, per_page: int = PER_PAGE) -> int:
    """Return how many pages so many rows fill; an empty list has one."""
    return max(1, -(-rows // per_page))
