"""Rows of any table, made from what the model says of its columns."""

from __future__ import annotations

import itertools
from typing import Any

from app.extensions import db

_numbers = itertools.count(1)


def make_row(model: type[Any], **values: Any) -> Any:
    """Add a row whose required columns hold something, with the rows that it points at; inside a transaction."""
    number = next(_numbers)
    for column in model.__table__.columns:
        is_given = column.name in values or column.nullable or column.default is not None
        if is_given or column.server_default is not None or (column.primary_key and not column.foreign_keys):
            continue
        if column.foreign_keys:
            target = next(iter(column.foreign_keys)).column
            values[column.name] = getattr(make_row(_model_of(target.table)), target.name)
        else:
            values[column.name] = str(number) if column.type.python_type is str else number
    row = model(**values)
    db.session.add(row)
    db.session.flush()
    return row


def _model_of(table: Any) -> type[Any]:
    return next(mapper.class_ for mapper in db.Model.registry.mappers if mapper.local_table is table)
