"""What every test may ask for: apps on real databases, clients, a page that is checked when it is opened."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db, pool_of
from app.libs.clock import FrozenClock
from tests.support.apps import NOON, close, make_app, migrate
from tests.support.chromium import CHROMIUM
from tests.support.mariadb import MARIADBD, Server
from tests.support.pages import PageClient
from tests.support.redis_server import REDIS, RedisServer

_MISSING = {
    "mariadb": (
        MARIADBD is None,
        "MariaDB tests were not run: install a server, e.g. `apt-get install mariadb-server`",
    ),
    "redis": (REDIS is None, "Redis tests were not run: install a server, e.g. `apt-get install redis-server`"),
    "browser": (CHROMIUM is None, "browser tests were not run: install chromium, e.g. `apt-get install chromium`"),
}
_SERVERS = {"mariadb_url", "mariadb_server", "mariadb_migrated"}


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return how many processes run the tests: none besides this one for a single file, which starting them would only slow down."""
    config.option.dist = "worksteal"
    first, *others = config.args
    return 0 if not others and Path(first.partition("::")[0]).is_file() else 2


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what needs a program that this machine lacks, and mark what asks for MariaDB or Redis."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if _SERVERS.intersection(fixtures) and "database_kind" not in fixtures:
            item.add_marker("mariadb")
        if "redis_server" in fixtures:
            item.add_marker("redis")
        callspec = getattr(item, "callspec", None)
        if callspec is not None and callspec.params.get("database_kind") == "mariadb":
            item.add_marker("mariadb")
        for marker, (missing, reason) in _MISSING.items():
            if missing and item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print at the end, in one line each, what was not run and how to get it."""
    skipped = {str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", [])}
    for _missing, reason in _MISSING.values():
        if any(reason in text for text in skipped):
            terminalreporter.write_line(reason, yellow=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run of the gate (`CI` is set) in which anything was skipped."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a migrated, empty SQLite database, to be copied for each test."""
    folder = tmp_path_factory.mktemp("template")
    app = make_app(folder)
    migrate(app)
    with app.app_context():
        db.engine.dispose()
    pool_of(app).close()
    return folder


@pytest.fixture(scope="session")
def mariadb_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Run a private MariaDB server on loopback for the whole session."""
    with Server(tmp_path_factory.mktemp("mariadb")) as server:
        yield server


@pytest.fixture(scope="session")
def mariadb_migrated(mariadb_server: Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the address of a migrated, empty database on the private server."""
    url = mariadb_server.create_database("yushu")
    app = make_app(tmp_path_factory.mktemp("mariadb-template"), url)
    migrate(app)
    pool_of(app).close()
    return url


@pytest.fixture
def mariadb_url(mariadb_server: Server, mariadb_migrated: str) -> Iterator[str]:
    """Yield the address of a migrated database that is empty at the start of each test."""
    mariadb_server.empty("yushu")
    yield mariadb_migrated
    mariadb_server.empty("yushu")


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    """Run a private, empty Redis server on loopback."""
    with RedisServer(tmp_path) as server:
        yield server


@pytest.fixture
def data_dir(sqlite_template: Path, tmp_path: Path) -> Path:
    """Return a data folder with a migrated, empty SQLite database."""
    folder = tmp_path / "data"
    shutil.copytree(sqlite_template, folder)
    return folder


@pytest.fixture
def app(data_dir: Path) -> Iterator[Flask]:
    """Yield an app on SQLite."""
    app = make_app(data_dir)
    yield app
    close(app)


@pytest.fixture(params=["sqlite", "mariadb"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Run the test once on each database."""
    kind: str = request.param
    return kind


@pytest.fixture
def any_database_url(database_kind: str, request: pytest.FixtureRequest) -> str:
    """Return the address of a migrated, empty database of each kind in turn."""
    if database_kind == "mariadb":
        url: str = request.getfixturevalue("mariadb_url")
        return url
    return "sqlite:///yushu.sqlite"


@pytest.fixture
def any_database_app(any_database_url: str, data_dir: Path) -> Iterator[Flask]:
    """Yield an app on each database in turn."""
    app = make_app(data_dir, any_database_url)
    yield app
    close(app)


@pytest.fixture
def clock(app: Flask) -> FrozenClock:
    """Stop the app's clock at noon of a Sunday and give it."""
    frozen = FrozenClock(NOON)
    app.extensions["container"].core.clock = frozen
    return frozen


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return a bare client of the SQLite app."""
    return app.test_client()


@pytest.fixture
def page(app: Flask) -> PageClient:
    """Return a client that checks every page it opens."""
    return PageClient(app)
