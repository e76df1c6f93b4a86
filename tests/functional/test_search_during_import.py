"""Searches go on while books are imported and the index is built: old or new results, never none, never an error."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from app.container import container
from app.domain.book import BookFacts
from app.search import analyzer
from app.services.catalogue.catalogue_import import CatalogueImports
from tests.support.import_files import Watcher, isbn, write_books

STEADY = [BookFacts(isbn13=isbn(900_000 + number), title=f"海底两万里 {number}") for number in range(30)]
CHANGING = BookFacts(isbn13=isbn(0), title="石头记", authors=("曹雪芹",))


def plan_of(text: str) -> tuple[str, ...]:
    """Return the words of a text, all of which a book must have."""
    return tuple(word for word in analyzer.terms(BookFacts(isbn13="", title=text)).words if word.startswith("w"))


class Searcher(threading.Thread):
    """Searches without a pause, in a thread of its own, until told to stop; remembers what was not right."""

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self._app = app
        self._asked_to_stop = threading.Event()
        self.searches = 0
        self.wrong: list[str] = []

    def run(self) -> None:
        with self._app.app_context():
            while not self._asked_to_stop.is_set():
                try:
                    self._expect("海底两万里", {facts.isbn13 for facts in STEADY})
                    self._expect("曹雪芹", {CHANGING.isbn13})
                except Exception as error:  # noqa: BLE001 - any error is what the test is about
                    self.wrong.append(repr(error))
                self.searches += 1

    def _expect(self, text: str, wanted: set[str]) -> None:
        found = [
            book.facts.isbn13 for book in container.catalogue.search_index.candidates([plan_of(text)], limit=50).books
        ]
        if set(found) != wanted or len(found) != len(wanted):
            self.wrong.append(f"{text}: {len(found)} books, {len(set(found) & wanted)} of them right")

    def end(self) -> None:
        self._asked_to_stop.set()
        self.join()


def search_during(app: Flask, work: Callable[[], object]) -> None:
    """Do the work while two threads search; every search must have been right."""
    searchers = [Searcher(app), Searcher(app)]
    for searcher in searchers:
        searcher.start()
    try:
        work()
    finally:
        for searcher in searchers:
            searcher.end()
    assert [wrong for searcher in searchers for wrong in searcher.wrong] == []
    assert all(searcher.searches > 5 for searcher in searchers)


@pytest.fixture
def filled(any_database_app: Flask) -> Flask:
    """An app with some books that stay, one that will change, and an index that was built."""
    with any_database_app.app_context():
        container.catalogue.writer.store([*STEADY, CHANGING])
        container.catalogue.imports.rebuild()
    return any_database_app


@pytest.mark.parametrize("cap", [10_000, 50], ids=["entry by entry", "with a rebuild"])
def test_searches_during_an_import_are_right(filled: Flask, tmp_path: Path, cap: int) -> None:
    path = write_books(tmp_path / "b.csv", good=1_200, title="红楼梦")
    with filled.app_context():
        imports = CatalogueImports(
            container.core.sql,
            container.catalogue.writer,
            container.catalogue.search_index,
            container.core.clock,
            lock=tmp_path / "lock",
            delta_cap=cap,
        )
        search_during(filled, lambda: imports.run(path, Watcher()))
        # All but the first, whose number belongs to a book of quite another title already.
        assert len(container.catalogue.search_index.candidates([plan_of("红楼梦")], limit=2_000).books) == 1_199


def test_searches_during_rebuilds_are_right(filled: Flask, tmp_path: Path) -> None:
    with filled.app_context():
        imports = container.catalogue.imports
        imports.run(write_books(tmp_path / "b.csv", good=500, title="别的书"), Watcher())
        container.catalogue.writer.store(
            [BookFacts(isbn13=CHANGING.isbn13, title="石头记", authors=("曹雪芹", "高鹗"))]
        )
        search_during(filled, lambda: [imports.rebuild() for _ in range(2)])
