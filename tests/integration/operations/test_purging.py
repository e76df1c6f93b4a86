"""What was deleted is removed for good in time, and nothing before it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

import app.models
from app.container import container
from app.db.soft_delete import SoftDelete
from app.extensions import db
from app.libs.clock import epoch
from app.services.operations.purging import KEPT_FOREVER, PARTS
from tests.support.rows import make_row

assert app.models
TABLES = sorted(SoftDelete.classes, key=lambda model: model.__tablename__)


@pytest.fixture(autouse=True)
def _context(any_database_app: Flask) -> Iterator[None]:
    with any_database_app.app_context():
        yield


def numbers(model: type[Any]) -> set[int]:
    with db.auto_commit():
        return {row.id for row in model.query.with_deleted()}


@pytest.mark.parametrize("model", TABLES, ids=lambda model: model.__tablename__)
def test_what_was_deleted_long_ago_is_removed_and_nothing_else(any_database_app: Flask, model: type[Any]) -> None:
    now = container.core.clock.now()
    long_ago = epoch(now - timedelta(days=any_database_app.config["KEEP_DELETED_DAYS"]))
    with db.auto_commit():
        alive, fresh, *old = (make_row(model).id for _ in range(105))
        model.query.filter_by(id=fresh).mark_deleted(at=epoch(now))
        model.query.filter(model.id.in_(old)).mark_deleted(at=long_ago)
    removed = container.operations.purging.run()
    if model in KEPT_FOREVER:
        assert (removed, numbers(model) >= {alive, fresh, *old}) == (0, True)
    else:
        assert (removed, numbers(model)) == (103, {alive, fresh})


def test_whatever_points_at_a_purged_table_goes_with_its_row() -> None:
    purged = {model.__table__: model for model in TABLES if model not in KEPT_FOREVER}
    pointing = {
        (purged[key.column.table], column.table.name, column.name)
        for table in db.metadata.tables.values()
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table in purged
    }
    assert pointing == {(model, part.__tablename__, column) for model, (part, column) in PARTS.items()}
