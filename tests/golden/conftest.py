"""The starter catalogue on each database, loaded once for all golden tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from flask import Flask

from app.domain.book import BookFacts
from app.search.search import Search
from tests.golden.starter import load_starter, read_starter
from tests.support.apps import close, make_app, migrate

Loaded = tuple[Search, list[BookFacts]]


@pytest.fixture(scope="session", params=["sqlite", pytest.param("mariadb", marks=pytest.mark.mariadb)])
def golden_site(request, sqlite_template, tmp_path_factory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("golden") / "data"
    shutil.copytree(sqlite_template, folder)
    url = "sqlite:///yushu.sqlite"
    if request.param == "mariadb":
        url = request.getfixturevalue("mariadb_server").create_database("golden")
    app = make_app(folder, url)
    if request.param == "mariadb":
        migrate(app)
    load_starter(app)
    # No context stays open: a command that a later test runs would take this app for its own.
    yield app
    close(app)


@pytest.fixture(scope="session")
def loaded(golden_site) -> Loaded:
    return golden_site.extensions["container"].catalogue.search, read_starter()
