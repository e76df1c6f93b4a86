"""The container on a real database, and a clock that stands still, for the jobs of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from app.container import Container
from app.libs.clock import FrozenClock
from tests.support.apps import NOON


@pytest.fixture
def box(any_database_app: Flask) -> Iterator[Container]:
    with any_database_app.app_context():
        yield any_database_app.extensions["container"]


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(NOON)
