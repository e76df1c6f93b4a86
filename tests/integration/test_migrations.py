"""The migrations run up and down on both databases and say the same as the models."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from app.extensions import db, pool_of
from app.models import BookList, Invitation, UserSession
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


def test_lists_invitations_and_sessions_stay_alive_and_those_deleted_since_do_not_come_back(
    fresh_url: str, tmp_path: Path
):
    """Through the migration that brings `status`, up and down."""
    app = make_app(tmp_path, fresh_url)
    rows = (
        (
            "INSERT INTO user (id, email, email_key, nickname, nickname_key, password_hash, create_time) "
            "VALUES (1, '', 'a', '', 'a', '', 1)"
        ),
        "INSERT INTO user_session (id, user_id, token_hash, seen_time, create_time) VALUES (1, 1, 'a', 1, 1)",
        "INSERT INTO user_session (id, user_id, token_hash, seen_time, create_time) VALUES (2, 1, 'b', 1, 1)",
        "INSERT INTO invitation (id, code, maker_id, places, expires_at, create_time) VALUES (1, 'a', 1, 1, 1, 1)",
        "INSERT INTO book_list (id, user_id, name, header, create_time) VALUES (1, 1, '', '[]', 1)",
        "INSERT INTO book_list (id, user_id, name, header, create_time) VALUES (2, 1, '', '[]', 1)",
        "INSERT INTO book_list_row (list_id, number, cells, verdict, create_time) VALUES (2, 1, '[]', '', 1)",
    )
    with app.app_context():
        upgrade(revision="0015")
        with db.auto_commit() as session:
            for row in rows:
                session.execute(text(row))
        upgrade()
        with db.auto_commit():
            assert (BookList.query.count(), Invitation.query.count(), UserSession.query.count()) == (2, 1, 2)
            for model in (BookList, UserSession):
                model.query.filter_by(id=2).mark_deleted(at=5)
        downgrade(revision="0015")
        with db.auto_commit() as session:
            for table, left in (("book_list", 1), ("book_list_row", 0), ("invitation", 1), ("user_session", 1)):
                assert session.execute(text(f"SELECT COUNT(*) FROM {table}")).scalar() == left
        upgrade()
    assert pool_of(app).leased == 0
