"""Keys that do not open what the database holds are refused before any work is done."""

from __future__ import annotations

import subprocess
import sys

import pytest
from cryptography.fernet import Fernet
from flask import Flask

from app.container import Container
from app.extensions import db
from app.libs.encryption import Sealer
from app.models.drift import SavedAddress
from app.services.operations.schema import WrongKeys
from tests.support.apps import close, make_app
from tests.support.members import make_member
from tests.support.site import ROOT, environ_of

OLD, NEW, OTHER = (Fernet.generate_key().decode() for _ in range(3))


def keep_address(app: Flask, key: str) -> None:
    """Make a member with a saved address that was sealed with the key."""
    member = make_member(app, f"书友{key[:4].encode().hex()}")
    with app.app_context(), db.auto_commit() as session:
        session.add(SavedAddress(user_id=member.id, sealed=Sealer([key]).seal({"address": "上海"})))


@pytest.fixture
def sealed(any_database_app: Flask) -> Flask:
    """Return an app with an address of before and one of after a change of keys."""
    for key in (OLD, NEW):
        keep_address(any_database_app, key)
    return any_database_app


def with_keys(app: Flask, *keys: str) -> Flask:
    return make_app(app.config["DATA_DIR"], app.config["DATABASE_URL"], ADDRESS_KEYS=",".join(keys))


@pytest.mark.parametrize("keys", [(OTHER,), (OLD,), (NEW,), (OTHER, NEW)])
def test_pages_are_refused_while_a_key_is_missing(sealed: Flask, keys: tuple[str, ...]) -> None:
    app = with_keys(sealed, *keys)
    client = app.test_client()
    assert client.get("/").status_code == 503
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert "YUSHU_ADDRESS_KEYS" in ready.json["keys"]
    assert client.get("/v2/book/search?q=a").status_code == 503
    container: Container = app.extensions["container"]
    with app.app_context(), pytest.raises(WrongKeys):
        container.operations.preflight.ensure_passed()
    close(app)


@pytest.mark.parametrize("keys", [(NEW, OLD), (OTHER, OLD, NEW)])
def test_pages_are_served_when_every_key_is_there(sealed: Flask, keys: tuple[str, ...]) -> None:
    app = with_keys(sealed, *keys)
    client = app.test_client()
    assert client.get("/").status_code == 200
    assert client.get("/readyz").status_code == 200
    close(app)


@pytest.mark.parametrize(
    "command",
    [("app.cli.start",), ("flask", "--app", "fisher", "web"), ("flask", "--app", "fisher", "worker", "--once")],
)
def test_what_is_started_with_them_ends_with_one_line(app: Flask, command: tuple[str, ...]) -> None:
    keep_address(app, OLD)
    ended = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=environ_of(app.config["DATA_DIR"], ADDRESS_KEYS=OTHER, LOG_LEVEL="error", PORT=1),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert "YUSHU_ADDRESS_KEYS" in ended.stderr
    assert "Traceback" not in ended.stderr
