"""The measurements run: small ones, so that the commands of docs/performance.md do not rot."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.bench.__main__ import bench


@pytest.mark.slow
@pytest.mark.timeout(280)
@pytest.mark.parametrize("database", ["sqlite", pytest.param("mariadb", marks=pytest.mark.mariadb)])
def test_the_search_is_measured_with_its_rivals(tmp_path: Path, database: str):
    arguments = ["search", "--books", "1500", "--runs", "40", "--deltas", "20", "--folder", str(tmp_path)]
    result = CliRunner().invoke(bench, [*arguments, "--database", database])
    assert result.exit_code == 0, result.output
    for row in (
        "bytes/book",
        "mix of ten kinds",
        "worst pair",
        "20 changes waiting",
        "a writer",
        "during a merge",
        "LIKE",
    ):
        assert row in result.output
    assert ("FTS5 bm25" if database == "sqlite" else "FULLTEXT") in result.output


@pytest.mark.slow
def test_the_pages_are_measured(tmp_path: Path):
    common = ["--books", "1500", "--folder", str(tmp_path)]
    pages = CliRunner().invoke(bench, ["pages", *common, "--seconds", "0.3"])
    assert pages.exit_code == 0, pages.output
    assert "hello world" in pages.output
    parts = pages.output.partition("of which")[2]
    for row in ("search, 20 rows", "/v2/book/search, 20"):
        assert row in parts


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite", pytest.param("mariadb", marks=pytest.mark.mariadb)])
def test_the_growth_is_measured(database: str):
    arguments = ["growth", "--members", "1000", "2000", "--database", database]
    result = CliRunner().invoke(bench, arguments)
    assert result.exit_code == 0, result.output
    for row in ("/moderation (member)", "/my/beans (member)", "the clocks of drifts", "reads everything"):
        assert row in result.output


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite", pytest.param("mariadb", marks=pytest.mark.mariadb)])
def test_the_choices_are_measured(database: str):
    result = CliRunner().invoke(bench, ["choices", "--books", "500", "--database", database])
    assert result.exit_code == 0, result.output
    for row in (
        "read 20 books: models",
        "write 1,000 books: SqlHelper",
        "a use case within another",
        "make a container",
    ):
        assert row in result.output
