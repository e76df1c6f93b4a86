"""Numbers in addresses: ids, and the pages of a list."""

from __future__ import annotations

from flask import request

PER_PAGE = 20
#: The route's converter of an id: no number that a database would not take.
URL_NUMBER = f"int(max={2**53})"
_LAST = 100_000


def page_asked_for() -> int:
    """Return the number of the page that the query string asks for; 1 for anything else."""
    asked = request.args.get("page", 1, type=int)
    return asked if 1 <= asked <= _LAST else 1


def page_count(rows: int, per_page: int = PER_PAGE) -> int:
    """Return how many pages so many rows fill; an empty list has one."""
    return max(1, -(-rows // per_page))
