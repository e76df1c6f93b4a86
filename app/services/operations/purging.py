"""Remove rows for good: what was marked deleted, and what has had its time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, inspect, select

from app.db.database import rows_touched
from app.db.soft_delete import DELETED, INCLUDE_DELETED, SoftDelete
from app.extensions import db
from app.libs.clock import Clock, epoch
from app.models.book_list import BookList, BookListRow
from app.models.user import User
from app.services.unit_of_work import use_case

#: These stay: the ledger and other people's history point at them. What they say of a person is erased at once.
KEPT_FOREVER: frozenset[type[Any]] = frozenset({User})
#: The rows that belong to a row of another table, and go with it: by which column.
PARTS: dict[type[Any], tuple[type[Any], str]] = {BookList: (BookListRow, "list_id")}
#: So many rows are removed in one transaction; a list may have ten thousand parts.
_BATCH = 100
_BATCH_WITH_PARTS = 1


class Purging:
    """Removes deleted rows of every table that has them."""

    def __init__(self, clock: Clock, *, keep: timedelta) -> None:
        self._clock = clock
        self._keep = keep

    def run(self) -> int:
        """Remove what has been deleted for as long as it is kept, a few at a time, and return the number of rows."""
        before = epoch(self._clock.now() - self._keep)
        return sum(self._purge(model, before) for model in SoftDelete.classes if model not in KEPT_FOREVER)

    def _purge(self, model: type[Any], before: int) -> int:
        purged = 0
        while count := self._purge_some(model, before):
            purged += count
        return purged

    @use_case
    def _purge_some(self, model: type[Any], before: int) -> int:
        old = model.query.filter_by(status=DELETED).filter(model.deleted_at <= before).order_by(model.deleted_at)
        batch = _BATCH_WITH_PARTS if model in PARTS else _BATCH
        ids = [row.id for row in old.with_entities(model.id).limit(batch).with_for_update()]
        if ids and model in PARTS:
            part, column = PARTS[model]
            part.query.filter(getattr(part, column).in_(ids)).delete(synchronize_session=False)
        return int(model.query.filter_by(status=DELETED).filter(model.id.in_(ids)).delete(synchronize_session=False))


_SWEPT_AT_ONCE = 500


def sweep(clock: Clock, model: type[Any], is_old: ColumnElement[bool]) -> int:
    """Delete the rows of a table for which the condition holds, and return their number. An index must answer the condition."""
    sweeping, swept = _Sweeping(clock), 0
    while count := sweeping.sweep_some(model, is_old):
        swept += count
    return swept


class _Sweeping:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    @use_case
    def sweep_some(self, model: type[Any], is_old: ColumnElement[bool]) -> int:
        (key,) = inspect(model).primary_key
        options = {INCLUDE_DELETED: True, "synchronize_session": False}
        old = list(db.session.scalars(select(key).where(is_old).limit(_SWEPT_AT_ONCE).execution_options(**options)))
        if not old:
            return 0
        return rows_touched(db.session.execute(delete(model).where(key.in_(old), is_old), execution_options=options))
