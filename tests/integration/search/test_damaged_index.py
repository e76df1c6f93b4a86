"""An index whose files are damaged says so, hides no book behind an empty answer, and is built again by the worker."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from app.container import Container
from app.search.index.merge import MergePolicy
from tests.support.apps import close, make_app
from tests.support.books import SHELF, stock


def cut_short(file: Path) -> None:
    with file.open("r+b") as stream:
        stream.truncate(file.stat().st_size // 2)


def empty(file: Path) -> None:
    file.write_bytes(b"")


def overwrite(file: Path) -> None:
    file.write_bytes(b"no database at all\n" * 5000)


def corrupt_the_middle(file: Path) -> None:
    with file.open("r+b") as stream:
        stream.seek(8192)
        stream.write(b"\xff" * (file.stat().st_size - 8192))


def replace_by_another_database(file: Path) -> None:
    file.unlink()
    other = sqlite3.connect(file)
    other.execute("CREATE TABLE note (text TEXT)")
    other.close()


def replace_by_a_smaller_catalogue(file: Path) -> None:
    shutil.copy(file.parents[1] / "of-another-site.sqlite", file)


def remove(file: Path) -> None:
    file.unlink()


@pytest.fixture
def indexed(app: Flask) -> Flask:
    """Return an app whose books are all in a generation, and next to it the generation of a site without books."""
    container: Container = app.extensions["container"]
    with app.app_context():
        container.catalogue.search_index.rebuild()
        made = app.config["DATA_DIR"] / "search" / "generation-000001.sqlite"
        shutil.copy(made, app.config["DATA_DIR"] / "of-another-site.sqlite")
    stock(app)
    with app.app_context():
        container.catalogue.search_index.rebuild()
    return app


@pytest.mark.parametrize(
    "damage",
    [
        cut_short,
        empty,
        overwrite,
        corrupt_the_middle,
        replace_by_another_database,
        replace_by_a_smaller_catalogue,
        remove,
    ],
)
def test_a_damaged_index_is_told_and_built_again(indexed: Flask, damage: Callable[[Path], None]) -> None:
    file = indexed.config["DATA_DIR"] / "search" / "generation-000002.sqlite"
    damage(file)
    later = make_app(indexed.config["DATA_DIR"])
    client = later.test_client()

    page = client.get("/book/search?q=三体")
    assert (page.status_code, page.headers["Retry-After"]) == (503, "60")
    assert "书目索引暂时读不出来" in page.text
    api = client.get("/v2/book/search?q=三体")
    assert (api.status_code, api.json["msg"]) == (503, "service_unavailable")
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json["index"]["state"]) == (503, "missing")
    assert client.get("/").status_code == 200

    container: Container = later.extensions["container"]
    with later.app_context():
        MergePolicy(container.catalogue.search_index, container.core.clock).run()
    assert client.get("/readyz").status_code == 200
    assert "三体" in client.get("/book/search?q=三体").text
    assert client.get("/readyz").json["index"]["books"] == len(SHELF)
    with later.app_context():
        container.catalogue.search_index.merge()
    assert client.get("/readyz").json["index"]["books"] == len(SHELF)
    close(later)


def test_a_file_that_is_cut_short_while_it_is_open_ends_no_process(indexed: Flask) -> None:
    """Through mmap, a page behind the file's end is a signal, not an exception."""
    client = indexed.test_client()
    assert "三体" in client.get("/book/search?q=三体").text
    cut_short(indexed.config["DATA_DIR"] / "search" / "generation-000002.sqlite")
    assert client.get("/readyz").json["index"]["state"] == "missing"
    assert client.get("/book/search?q=活着").status_code == 503
    container: Container = indexed.extensions["container"]
    with indexed.app_context():
        MergePolicy(container.catalogue.search_index, container.core.clock).run()
    assert "活着" in client.get("/book/search?q=活着").text


def test_a_process_that_reads_a_damaged_file_takes_it_from_the_others(indexed: Flask) -> None:
    folder = indexed.config["DATA_DIR"] / "search"
    corrupt_the_middle(folder / "generation-000002.sqlite")
    later = make_app(indexed.config["DATA_DIR"])
    assert later.test_client().get("/book/search?q=三体").status_code == 503
    assert not (folder / "generation-000002.sqlite").exists()
    close(later)


def test_a_damaged_file_that_cannot_be_removed_is_not_read_again(
    indexed: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(30, "read-only")

    overwrite(indexed.config["DATA_DIR"] / "search" / "generation-000002.sqlite")
    later = make_app(indexed.config["DATA_DIR"])
    monkeypatch.setattr(Path, "unlink", refuse)
    client = later.test_client()
    assert [client.get("/book/search?q=三体").status_code for _ in range(2)] == [503, 503]
    assert client.get("/readyz").json["index"]["state"] == "missing"
    close(later)
