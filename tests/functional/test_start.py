"""`pipenv run start`: one command that prepares everything, serves, and ends cleanly."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade

from app.cli.bootstrap import migrate
from app.cli.start import CannotStartError, ensure_port_free, ensure_processes
from app.libs.locks import locked
from app.services.operations.schema import NewerDatabaseError
from tests.support.apps import close, make_app
from tests.support.patience import PATIENCE
from tests.support.site import ROOT, Site, environ_of


def is_running(pid: int) -> bool:
    """Return whether the process still exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_for_end(pids: list[int], seconds: float = PATIENCE) -> list[int]:
    """Wait until the processes are gone; give those that are not."""
    until = time.monotonic() + seconds
    while (left := [pid for pid in pids if is_running(pid)]) and time.monotonic() < until:
        time.sleep(0.1)
    return left


def refused(data_dir: Path, **settings: object) -> str:
    """Start the site where it cannot; give the line that it says."""
    ended = subprocess.run(
        [sys.executable, "-m", "app.cli.start"],
        cwd=ROOT,
        env=environ_of(data_dir, **settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stdout == ""
    (line,) = ended.stderr.splitlines()
    return line


def test_help_is_printed_and_nothing_started(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "app.cli.start", "--help"]
    told = subprocess.run(
        command, cwd=ROOT, env=environ_of(tmp_path / "data"), capture_output=True, text=True, timeout=60, check=False
    )
    assert (told.returncode, told.stderr) == (0, "")
    assert "docs/settings.md" in told.stdout
    assert not (tmp_path / "data").exists()


@pytest.mark.slow
def test_the_first_start_loads_and_indexes_and_the_second_does_neither(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with Site(data, tmp_path / "first.log") as site:
        site.wait_until_ready()
        status, html = site.get("/")
        assert status == 200
        assert "鱼书" in html
        assert "18,706" in html
        pids = [site.process.pid, *site.children()]
        assert len(pids) == 3
        site.wait_for(lambda: f"YuShu 鱼书 is open: http://127.0.0.1:{site.port}" in site.said)
        assert site.stop() == 0
        assert "loading the starter catalogue: 18,706 rows: 18,706 new" in site.said
        assert "building the index: done" in site.said
        assert wait_for_end(pids) == []
    with Site(data, tmp_path / "second.log") as site:
        site.wait_until_ready()
        assert site.stop(signal.SIGINT) == 0
        assert "loading" not in site.said
        assert "building" not in site.said


@pytest.mark.slow
def test_when_the_parent_is_killed_its_programs_end_and_a_new_start_works(data_dir: Path, tmp_path: Path) -> None:
    with Site(data_dir, tmp_path / "first.log") as site:
        site.wait_until_ready()
        pids = site.children()
        site.stop(signal.SIGKILL)
    assert wait_for_end(pids) == []
    with Site(data_dir, tmp_path / "second.log") as site:
        site.wait_until_ready()
        assert site.stop() == 0


@pytest.mark.slow
def test_a_program_that_dies_is_started_again_beside_the_other(data_dir: Path, tmp_path: Path) -> None:
    with Site(data_dir, tmp_path / "log") as site:
        site.wait_until_ready()
        for pid in site.children():
            os.kill(pid, signal.SIGKILL)
            assert wait_for_end([pid]) == []
            site.wait_for(lambda: len(site.children()) == 2)
            site.wait_until_ready()
        assert site.stop() == 0


@pytest.mark.slow
def test_a_second_start_on_the_same_data_says_who_runs(data_dir: Path) -> None:
    with locked(data_dir / "start.lock"):
        line = refused(data_dir)
    assert (
        line == f"YuShu cannot start: it is already running with this data folder (process {os.getpid()}): {data_dir}"
    )


@pytest.mark.slow
def test_a_taken_port_and_a_wrong_setting_get_one_clear_line(data_dir: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
        assert f"port {port} is taken by another program" in refused(data_dir, PORT=port)
    assert "YUSHU_PORT must be a whole number" in refused(data_dir, PORT="eighty")


def test_a_port_can_be_taken_again_at_once_after_a_stop() -> None:
    server = socket.create_server(("127.0.0.1", 0))
    port = server.getsockname()[1]
    with closing(socket.create_connection(("127.0.0.1", port))):
        server.accept()[0].close()
    server.close()
    ensure_port_free("127.0.0.1", port)


def test_a_host_that_is_not_this_machine_is_refused() -> None:
    with pytest.raises(CannotStartError, match=r"cannot listen on 192\.0\.2\.1:8000"):
        ensure_port_free("192.0.2.1", 8000)
    with pytest.raises(CannotStartError, match="is no address of this machine"):
        ensure_port_free("no such host", 8000)


@pytest.mark.parametrize(
    ("processes", "database", "storage", "missing"),
    [
        (2, "sqlite:///x", "redis://h", "needs MariaDB"),
        (2, "mysql+pymysql://h/x", "memory://", "needs Redis"),
        (2, "mysql+pymysql://h/x", "redis://h", None),
        (1, "sqlite:///x", "memory://", None),
    ],
)
def test_several_web_processes_need_mariadb_and_redis(
    processes: int, database: str, storage: str, missing: str | None
) -> None:
    settings = {"PROCESSES": processes, "DATABASE_URL": database, "RATELIMIT_STORAGE_URL": storage}
    if missing is None:
        ensure_processes(settings)
        return
    with pytest.raises(CannotStartError, match=missing):
        ensure_processes(settings)


def test_a_database_is_copied_before_its_schema_changes_and_only_then(app: Flask) -> None:
    folder = app.config["DATA_DIR"] / "before-migration"
    with app.app_context():
        migrate(app)
        assert not folder.exists()
        downgrade(revision="0001")
        migrate(app)
        (copy,) = folder.iterdir()
        with closing(sqlite3.connect(copy)) as old:
            assert old.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
        assert copy.stat().st_mode & 0o077 == 0
        for _ in range(4):
            downgrade(revision="0001")
            migrate(app)
    assert len(list(folder.iterdir())) <= 3


def test_a_new_database_is_migrated_without_a_copy(tmp_path: Path) -> None:
    app = make_app(tmp_path / "new")
    with app.app_context():
        migrate(app)
    assert not (tmp_path / "new" / "before-migration").exists()
    close(app)


def test_a_database_of_a_newer_version_is_left_alone(app: Flask) -> None:
    with closing(sqlite3.connect(app.config["DATA_DIR"] / "yushu.sqlite")) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()
    with app.app_context(), pytest.raises(NewerDatabaseError, match="schema 9999"):
        migrate(app)
