"""kill -9 in the middle of an import or of building the index: the next run heals, nothing is lost or doubled."""

from __future__ import annotations

import csv
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from app.cli.bootstrap import STARTER, build_index
from app.container import container
from app.domain.book import BookFacts
from app.search import analyzer
from tests.support.apps import close, make_app
from tests.support.import_files import isbn
from tests.support.site import ROOT, environ_of

pytestmark = pytest.mark.slow
BOOKS = 4_000


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """A file of many books, and at its end one whose title is like no other."""
    path = tmp_path / "books.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["isbn13", "title", "authors"])
        rows.writerows([isbn(number), f"第{number}本书", "作者"] for number in range(BOOKS - 1))
        rows.writerow([isbn(BOOKS - 1), "鱼传尺素", "无名氏"])
    return path


class Command:
    """`flask catalogue …` as a process of its own."""

    def __init__(self, data_dir: Path, url: str, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "fisher", "catalogue", *arguments],
            cwd=ROOT,
            env=environ_of(data_dir, DATABASE_URL=url),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def kill_when(self, condition: Callable[[], bool]) -> None:
        """Kill -9 as soon as the condition holds; it must still be at work then."""
        until = time.monotonic() + 60
        while not condition():
            assert self.process.poll() is None, self.process.communicate()[0]
            assert time.monotonic() < until
            time.sleep(0.005)
        self.process.kill()
        self.process.communicate()
        assert self.process.returncode == -9

    def finish(self) -> str:
        """Wait for its end; give what it said."""
        said = self.process.communicate(timeout=120)[0]
        assert self.process.returncode == 0, said
        return said


def found(title: str) -> list[str]:
    """Search for all words of a title; give the ISBNs."""
    words = analyzer.terms(BookFacts(isbn13="", title=title)).words
    plan = tuple(word for word in words if word.startswith("w"))
    return [book.facts.isbn13 for book in container.catalogue.search_index.candidates([plan], limit=10).books]


def reopened(app: Flask) -> Flask:
    """Return a new app on the same data, as a new process would have it."""
    return make_app(app.config["DATA_DIR"], app.config["DATABASE_URL"])


@pytest.mark.parametrize("rows", [1, 2_000])
def test_an_import_that_was_killed_goes_on_and_counts_each_row_once(
    any_database_app: Flask, books: Path, rows: int
) -> None:
    app, data, url = any_database_app, any_database_app.config["DATA_DIR"], any_database_app.config["DATABASE_URL"]
    with app.app_context():
        Command(data, url, "import", str(books)).kill_when(lambda: container.catalogue.books.count() >= rows)
        assert rows <= container.catalogue.books.count() < BOOKS
        assert container.catalogue.imports.list_interrupted()
        said = Command(data, url, "import", str(books)).finish()
        assert "going on after row" in said
        assert f"{BOOKS:,} rows: {BOOKS:,} new, 0 changed, 0 unchanged, 0 rejected" in said
        assert container.catalogue.books.count() == BOOKS
        assert not container.catalogue.imports.needs_rebuild()
        assert found("鱼传尺素") == [isbn(BOOKS - 1)]


def test_a_rebuild_that_was_killed_leaves_the_old_index_and_the_next_one_heals(
    any_database_app: Flask, books: Path
) -> None:
    app, data, url = any_database_app, any_database_app.config["DATA_DIR"], any_database_app.config["DATABASE_URL"]
    with app.app_context():
        Command(data, url, "import", str(books)).finish()
        before = container.catalogue.search_index.status().generation
        for _ in range(2):
            Command(data, url, "reindex").kill_when(lambda: bool(container.catalogue.search_index.status().busy_with))
            assert container.catalogue.search_index.status().generation == before
            assert found("鱼传尺素") == [isbn(BOOKS - 1)]
    again = reopened(app)
    with again.app_context():
        Command(data, url, "reindex").finish()
        assert container.catalogue.search_index.status().generation > before
        assert container.catalogue.search_index.status().books == BOOKS
        assert found("鱼传尺素") == [isbn(BOOKS - 1)]
    close(again)


def test_the_start_heals_what_a_killed_import_left_out_of_the_index(any_database_app: Flask, books: Path) -> None:
    app, data, url = any_database_app, any_database_app.config["DATA_DIR"], any_database_app.config["DATABASE_URL"]
    with app.app_context():
        Command(data, url, "import", str(books)).kill_when(lambda: container.catalogue.books.count() >= 1_000)
        assert container.catalogue.imports.needs_rebuild()
        build_index()
        assert not container.catalogue.imports.needs_rebuild()
        assert found("第10本书")[:1] == [isbn(10)]


def test_a_starter_catalogue_whose_loading_was_killed_is_loaded_to_its_end(app: Flask) -> None:
    data, url = app.config["DATA_DIR"], app.config["DATABASE_URL"]
    with app.app_context():
        Command(data, url, "import", str(STARTER)).kill_when(lambda: container.catalogue.books.count() >= 3_000)
        said = Command(data, url, "import", str(STARTER)).finish()
        assert "18,706 rows: 18,706 new" in said
        assert found("三体")
