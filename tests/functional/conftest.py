"""The exchange of one site; at the end its ledger must be sound."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.support.exchange import Exchange


@pytest.fixture
def exchange(app: Flask) -> Iterator[Exchange]:
    """Yield an exchange outside the app's context, as the client of a page needs it."""
    with app.app_context():
        made = Exchange(app)
    yield made
    with app.app_context():
        assert made.breaches() == []
