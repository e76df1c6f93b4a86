"""Numbers that the program keeps about the site: counts, and how far a job has come. Read by `SELECT … FROM site_count`."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, insert

from app.extensions import db
from app.models.operation import SiteCount


def keep_numbers(numbers: Mapping[str, int], *, now: int) -> None:
    """Keep numbers by their names in place of those of before, inside a use case; `now` is the epoch second they are of."""
    db.session.execute(delete(SiteCount).where(SiteCount.name.in_(numbers)))
    rows = [{"name": name, "number": number, "create_time": now} for name, number in numbers.items()]
    db.session.execute(insert(SiteCount), rows)
