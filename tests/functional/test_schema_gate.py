"""No process works on a database whose schema is not its own, however it was started."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade

from tests.support.apps import close, make_app
from tests.support.live import LiveSite
from tests.support.mariadb import Server
from tests.support.site import ROOT, environ_of

NEWER = "9999"


def head_of(app: Flask) -> str:
    with app.app_context():
        return str(app.extensions["container"].operations.schema.read().code)


def set_revision(folder: Path, revision: str) -> None:
    with closing(sqlite3.connect(folder / "yushu.sqlite")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = ?", (revision,))


@pytest.fixture
def old(app: Flask) -> Iterator[Flask]:
    """An app that has answered nothing yet, on a database of an older program."""
    with app.app_context():
        downgrade(revision="0013")
    later = make_app(app.config["DATA_DIR"])
    yield later
    close(later)


def test_pages_and_the_api_wait_for_the_migration_and_then_answer(old: Flask) -> None:
    client = old.test_client()
    page = client.get("/")
    assert (page.status_code, page.headers["Retry-After"]) == (503, "60")
    assert "网站正在升级" in page.text
    api = client.get("/v2/book/search?q=三体")
    assert (api.status_code, api.json["msg"]) == (503, "service_unavailable")
    with client.get("/static/css/yushu.css") as sheet:
        assert sheet.status_code == 200
    assert client.get("/healthz").status_code == 200
    with old.app_context():
        from app.cli.bootstrap import migrate

        migrate(old)
    assert client.get("/").status_code == 200
    assert client.get("/v2/book/search?q=三体").status_code == 200


def test_readiness_names_both_schemas(old: Flask) -> None:
    ready = old.test_client().get("/readyz")
    assert ready.status_code == 503
    assert ready.json["schema"].startswith(f"schema 0013, code {head_of(old)}: `python3 run.py start` or ")


def test_a_newer_database_is_named_as_such_and_not_worked_on(app: Flask) -> None:
    set_revision(app.config["DATA_DIR"], NEWER)
    later = make_app(app.config["DATA_DIR"])
    client = later.test_client()
    assert client.get("/").status_code == 503
    assert client.get("/readyz").json["schema"].startswith("schema 9999, code ")
    assert "made by a newer version" in client.get("/readyz").json["schema"]
    close(later)


def test_a_process_at_work_goes_on_through_a_migration_beside_it(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/").status_code == 200
    set_revision(app.config["DATA_DIR"], NEWER)
    assert client.get("/book/search?q=a").status_code == 200
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json["status"]) == (200, "ready")
    assert ready.json["schema"].startswith("schema 9999")


def test_a_database_without_any_schema_is_told_so(tmp_path: Path) -> None:
    empty = make_app(tmp_path / "empty")
    ready = empty.test_client().get("/readyz")
    assert ready.status_code == 503
    assert ready.json["schema"].startswith("schema none, code ")
    close(empty)


def test_the_schema_of_mariadb_is_read_too(mariadb_server: Server, data_dir: Path) -> None:
    empty = make_app(data_dir, mariadb_server.create_database("without_schema"))
    assert empty.test_client().get("/readyz").json["schema"].startswith("schema none, code ")
    with empty.app_context():
        from app.cli.bootstrap import migrate

        migrate(empty)
    assert empty.test_client().get("/readyz").json["schema"] == f"schema {head_of(empty)}, code {head_of(empty)}"
    close(empty)


@pytest.mark.parametrize("options", [(), ("--once",)])
@pytest.mark.parametrize(
    ("revision", "said"), [("0013", "run.py flask db upgrade"), (NEWER, "made by a newer version")]
)
def test_a_worker_started_by_hand_ends_with_one_line(
    app: Flask, options: tuple[str, ...], revision: str, said: str
) -> None:
    set_revision(app.config["DATA_DIR"], revision)
    ended = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "fisher", "worker", *options],
        cwd=ROOT,
        env=environ_of(app.config["DATA_DIR"], LOG_LEVEL="error"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert line.startswith(f"Error: schema {revision}, code {head_of(app)}")
    assert said in line


@pytest.mark.slow
def test_a_web_server_started_by_hand_waits_for_the_migration(old: Flask) -> None:
    with LiveSite(old.config["DATA_DIR"]) as live:
        import requests

        assert requests.get(f"{live.url}/", timeout=60).status_code == 503
        assert requests.get(f"{live.url}/readyz", timeout=60).json()["schema"].startswith("schema 0013")
        with old.app_context():
            from app.cli.bootstrap import migrate

            migrate(old)
        assert requests.get(f"{live.url}/", timeout=60).status_code == 200
