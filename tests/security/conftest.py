"""What several security checks ask for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.support.apps import close, make_app
from tests.support.members import quick_passwords
from tests.support.world import World


@pytest.fixture(autouse=True)
def _quick(request: pytest.FixtureRequest) -> None:
    """Hash quickly: the checks make many members."""
    if "app" in request.fixturenames:
        quick_passwords(request.getfixturevalue("app"))


@pytest.fixture
def limited_app(data_dir: Path) -> Iterator[Flask]:
    """Yield an app whose limits hold."""
    app = make_app(data_dir, RATELIMIT_ENABLED="1")
    quick_passwords(app)
    yield app
    close(app)


@pytest.fixture
def world(app: Flask) -> World:
    return World(app)
