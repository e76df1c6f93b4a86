"""The exchange on a real database; at the end its ledger must be sound."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.support.apps import close, make_app
from tests.support.at_once import AT_ONCE
from tests.support.exchange import Exchange


@pytest.fixture
def exchange(any_database_app: Flask) -> Iterator[Exchange]:
    yield from _sound_exchange(any_database_app)


@pytest.fixture
def crowded_exchange(any_database_url: str, data_dir: Path) -> Iterator[Exchange]:
    """Yield an exchange with a connection for each of `AT_ONCE` members, who wait for each other as long as it takes."""
    app = make_app(data_dir, any_database_url, THREADS=AT_ONCE, POOL_WAIT_SECONDS=60.0, DATABASE_TIMEOUT_SECONDS=60.0)
    yield from _sound_exchange(app)
    close(app)


def _sound_exchange(app: Flask) -> Iterator[Exchange]:
    with app.app_context():
        exchange = Exchange(app)
        yield exchange
        assert exchange.breaches() == []
