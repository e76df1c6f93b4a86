"""The security checks make many members; hashing their passwords shall not take long."""

from __future__ import annotations

import pytest

from tests.members import quick_passwords


@pytest.fixture(autouse=True)
def _quick(request: pytest.FixtureRequest) -> None:
    if "app" in request.fixturenames:
        quick_passwords(request.getfixturevalue("app"))
