"""The migrations run up and down on both databases and say the same as the models."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect

from app.extensions import db, pool_of
from tests.conftest import make_app

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def fresh_url(database_kind, request):
    if database_kind == "mariadb":
        return request.getfixturevalue("mariadb_server").create_database("migrations")
    return "sqlite:///fresh.sqlite"


def test_up_down_and_up_again(fresh_url: str, tmp_path: Path):
    app = make_app(tmp_path, fresh_url)
    with app.app_context():
        upgrade()
        assert "book" in inspect(db.engine).get_table_names()
        downgrade(revision="base")
        assert inspect(db.engine).get_table_names() == ["alembic_version"]
        upgrade()
        assert "book" in inspect(db.engine).get_table_names()
    assert pool_of(app).leased == 0


def test_the_models_and_the_migrations_agree(fresh_url: str, tmp_path: Path):
    app = make_app(tmp_path, fresh_url)
    with app.app_context():
        upgrade()
    result = app.test_cli_runner().invoke(args=["db", "check"])
    assert result.exit_code == 0, result.output
