"""Delete rows that have had their time, a few in a transaction: nobody waits long, and a sweep that is killed goes on."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, delete, inspect, select

from app.db.database import rows_touched
from app.db.soft_delete import INCLUDE_DELETED
from app.extensions import db
from app.libs.clock import Clock
from app.services.unit_of_work import UseCases

_SWEPT_AT_ONCE = 500


def sweep(clock: Clock, model: type[Any], is_old: ColumnElement[bool]) -> int:
    """Delete the rows of a table for which the condition holds, and return their number. An index must answer the condition."""
    use_cases, swept = UseCases(clock), 0
    while count := use_cases.run(lambda: _sweep_some(model, is_old)):
        swept += count
    return swept


def _sweep_some(model: type[Any], is_old: ColumnElement[bool]) -> int:
    (key,) = inspect(model).primary_key
    options = {INCLUDE_DELETED: True, "synchronize_session": False}
    old = list(db.session.scalars(select(key).where(is_old).limit(_SWEPT_AT_ONCE).execution_options(**options)))
    if not old:
        return 0
    return rows_touched(db.session.execute(delete(model).where(key.in_(old), is_old), execution_options=options))
