"""Rows of any table: made from what the model says of its columns, and read as they are stored."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from types import SimpleNamespace
from typing import Any

from flask import Flask

from app.container import container
from app.extensions import db

_numbers = itertools.count(1)


def make_row(model: type[Any], **values: Any) -> Any:
    """Add a row whose required columns hold something, with the rows that it points at; inside a transaction. It has its id."""
    row = add_row(model, **values)
    db.session.flush()
    return row


def add_row(model: type[Any], **values: Any) -> Any:
    """Do so for one of many rows, which nobody points at or asks for its id before all are added."""
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
    return row


def list_rows(model: type[Any], **values: Any) -> list[Any]:
    """Return the rows whose columns hold these values, in the order of their keys, as they are stored.

    No model's `Query` hides one that is marked deleted, and no turn to write is taken for it.
    """
    columns = model.__table__.columns.keys()
    keys = ", ".join(model.__table__.primary_key.columns.keys())
    wanted = f"SELECT {', '.join(columns)} FROM {_where(model, values)} ORDER BY {keys}"
    rows = container.core.sql.fetchall(wanted, values)
    return [SimpleNamespace(**dict(zip(columns, row, strict=True))) for row in rows]


def count_rows(model: type[Any], **values: Any) -> int:
    """Count the rows that `list_rows` would return."""
    return int(container.core.sql.fetchvalue(f"SELECT COUNT(*) FROM {_where(model, values)}", values))


def get_row(model: type[Any], key: object) -> Any:
    """Return the row of a primary key, as it is stored."""
    [name] = model.__table__.primary_key.columns.keys()
    [row] = list_rows(model, **{name: key})
    return row


def count_rows_of(member: int, *, but: frozenset[str] = frozenset()) -> dict[str, int]:
    """Count the rows that point at an account, by table and column; of the tables `but` and of those without any nothing is said."""
    pointing = [
        key.parent
        for table in db.metadata.sorted_tables
        for key in table.foreign_keys
        if key.target_fullname == "user.id" and table.name not in but
    ]
    counts = {str(column): count_rows(_model_of(column.table), **{column.name: member}) for column in pointing}
    return {name: count for name, count in counts.items() if count}


@contextmanager
def refusing_rows(app: Flask, table: str) -> Iterator[None]:
    """Let the database itself, which must be SQLite, refuse every new row of a table; its error names what was to be written."""
    with closing(sqlite3.connect(app.config["DATA_DIR"] / "yushu.sqlite")) as raw:
        raw.execute(
            f"CREATE TRIGGER refuse BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'no room for this row'); END"
        )
        try:
            yield
        finally:
            raw.execute("DROP TRIGGER refuse")


def _where(model: type[Any], values: dict[str, Any]) -> str:
    """Write a table with the condition that its columns hold the values."""
    table = model.__table__
    tests = [f"{table.columns[name].name} {'IS NULL' if values[name] is None else f'= :{name}'}" for name in values]
    return f"{table.name} WHERE {' AND '.join(tests)}" if tests else str(table.name)


def _model_of(table: Any) -> type[Any]:
    return next(mapper.class_ for mapper in db.Model.registry.mappers if mapper.local_table is table)
