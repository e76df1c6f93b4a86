"""The lock file installs whole on the oldest Python that the program promises to run on."""

from __future__ import annotations

import json
import tomllib

import pytest
from packaging.markers import Marker

from tests.support.paths import ROOT

LOCK = json.loads((ROOT / "Pipfile.lock").read_text("utf-8"))
OLDEST = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["requires-python"].removeprefix(">=")


@pytest.mark.parametrize("section", ["default", "develop"])
def test_no_package_asks_for_a_newer_python(section: str) -> None:
    oldest = {"python_version": OLDEST, "python_full_version": f"{OLDEST}.0"}
    newest = {"python_version": "3.99", "python_full_version": "3.99.0"}
    left_out = [
        name
        for name, package in LOCK[section].items()
        if (marker := package.get("markers"))
        and not Marker(marker).evaluate(oldest)
        and Marker(marker).evaluate(newest)
    ]
    assert left_out == []
