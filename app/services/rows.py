"""Small writes that every use case of the exchange shares."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert

from app.db.database import rows_touched
from app.extensions import db


def insert_once(model: type[Any], **values: Any) -> bool:
    """Insert a row unless its key is taken; tell whether it was inserted. The database decides a race."""
    statement = insert(model).prefix_with("OR IGNORE", dialect="sqlite").prefix_with("IGNORE", dialect="mysql")
    return rows_touched(db.session.execute(statement.values(**values))) == 1
