"""`flask catalogue enrich`: gaps are filled from the sources, politely, and what is known stays."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from io import StringIO
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from app.cli.progress import ShownEnriching
from app.container import container
from app.domain.book import BookFacts, SourcesSilent
from app.libs.clock import FrozenClock
from app.services.catalogue.book_lookup import BOOKS_OF_A_QUESTION, Enriched, Enriching
from tests.support.apps import NOON, close, make_app
from tests.support.import_files import isbn
from tests.support.members import make_member, quick_passwords
from tests.support.site import ROOT, environ_of
from tests.upstreams import BODIES, Upstream

BARE = BookFacts(isbn13="9787536692930", title="三体（我的版本）", source="member")


class Told:
    """Sources that know every book, until they fall silent."""

    def __init__(self, *, silent_after: int = 1_000) -> None:
        self.asked: list[list[str]] = []
        self._silent_after = silent_after

    def find_many(self, isbns: Sequence[str]) -> Mapping[str, BookFacts]:
        if len(self.asked) >= self._silent_after:
            raise SourcesSilent(detail="silent")
        self.asked.append(list(isbns))
        return {each: BookFacts(isbn13=each, title="Another", authors=("A",), source="told") for each in isbns}


@pytest.fixture
def shelf(any_database_app: Flask) -> Iterator[Flask]:
    quick_passwords(any_database_app)
    with any_database_app.app_context():
        container.core.clock = FrozenClock(NOON)
        container.catalogue.writer.store(
            [BookFacts(isbn13=isbn(number), title=f"Title {number}") for number in range(60)]
        )
        yield any_database_app


def run(sources: Told, *, listed: bool = False) -> Enriched:
    return container.catalogue.enriching.run(sources, lambda _done, _total: None, listed=listed)


def test_gaps_are_filled_and_what_is_known_stays(shelf: Flask) -> None:
    assert run(Told()) == Enriched(asked=60, known=60, filled=60)
    book = container.catalogue.books.find(isbn(7))
    assert book is not None
    assert book.facts == BookFacts(isbn13=isbn(7), title="Title 7", authors=("A",))
    assert book.version == 2


def test_a_run_that_was_cut_off_goes_on_and_nobody_is_asked_twice_within_a_month(shelf: Flask) -> None:
    first, second, third = Told(silent_after=1), Told(), Told()
    with pytest.raises(SourcesSilent):
        run(first)
    run(second)
    asked = [each for sources in (first, second) for batch in sources.asked for each in batch]
    assert sorted(asked) == sorted(set(asked))
    assert len(asked) == 60
    assert max(map(len, second.asked)) == BOOKS_OF_A_QUESTION
    assert run(third) == Enriched()
    container.core.clock = FrozenClock(NOON.replace(month=5))
    later = Enriching(
        clock=container.core.clock, gaps=container.catalogue.enriching._gaps, catalogue=container.catalogue.writer
    )
    assert later.run(third, lambda _done, _total: None, listed=False).asked == 60


def test_only_listed_books_are_asked_about_unless_all_are_wanted(shelf: Flask) -> None:
    member = make_member(shelf).id
    container.exchange.wishes.wish_for(member, isbn(3))
    sources = Told()
    assert run(sources, listed=True).asked == 1
    assert sources.asked == [[isbn(3)]]


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream(BODIES["open_library"]) as server:
        yield server


def command(data_dir: Any, *arguments: str, **settings: Any) -> tuple[str, BookFacts | None]:
    app = make_app(data_dir, **settings)
    with app.app_context():
        if arguments[0] == "enrich":
            container.catalogue.writer.store([BARE, replace(BARE, isbn13="9787020002207", title="红楼梦")])
    result = app.test_cli_runner().invoke(args=["catalogue", *arguments])
    with app.app_context():
        book = container.catalogue.books.find(BARE.isbn13)
    close(app)
    return result.output, book.facts if book else None


def test_the_command_asks_one_question_about_many_books(data_dir: Any, upstream: Upstream) -> None:
    said, facts = command(data_dir, "enrich", "--all", SOURCES="open_library", OPEN_LIBRARY_URL=upstream.url)
    assert "2 books asked about, 1 known to the sources, 1 filled" in said
    assert len(upstream.asked) == 1
    assert facts is not None
    assert (facts.title, facts.authors, facts.publisher, facts.source) == (
        BARE.title,
        ("刘慈欣",),
        "重庆出版社",
        "member",
    )


def test_a_run_that_is_killed_goes_on_where_it_was(data_dir: Path, upstream: Upstream) -> None:
    app = make_app(data_dir)
    with app.app_context():
        container.catalogue.writer.store(
            [BookFacts(isbn13=isbn(number), title=f"Title {number}") for number in range(60)]
        )
    close(app)
    settings = {"ENV": "testing", "SOURCES": "open_library", "OPEN_LIBRARY_URL": upstream.url}
    run = [sys.executable, "-m", "flask", "--app", "fisher", "catalogue", "enrich", "--all", "--pause", "0.2"]
    where = {"cwd": ROOT, "env": environ_of(data_dir, **settings)}
    with subprocess.Popen(run, stderr=subprocess.DEVNULL, **where) as first:
        until = monotonic() + 60
        while len(upstream.asked) < 2:
            assert monotonic() < until
            sleep(0.01)
        first.kill()
    cut_at = len(upstream.asked)
    second = subprocess.run(run, capture_output=True, text=True, timeout=60, check=True, **where)
    assert "books asked about" in second.stdout
    batches = [set(parse_qs(urlsplit(path).query)["bibkeys"][0].split(",")) for path, _ in upstream.asked]
    assert {key.removeprefix("ISBN:") for batch in batches for key in batch} == {isbn(n) for n in range(60)}
    assert not batches[0] & set().union(*batches[cut_at:]), "what was stored is not asked about again"
    assert max(map(len, batches)) == BOOKS_OF_A_QUESTION


def test_on_a_terminal_the_bar_names_who_is_asked_and_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    written = StringIO()
    monkeypatch.setattr(written, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", written)
    monkeypatch.setattr("app.cli.progress._ON_TERMINAL_SECONDS", 0.0)
    shown = ShownEnriching()
    shown.show(Enriched(), 60)
    shown.asking("open_library")
    shown.show(Enriched(25, 20, 10), 60)
    shown.ends()
    lines = [line.rstrip() for line in written.getvalue().split("\r")]
    assert lines[1].endswith("0%  0 of 60 books, 0 filled")
    assert lines[2].endswith("0 of 60 books, 0 filled, asking open_library")
    assert lines[3].endswith("42%  25 of 60 books, 10 filled")


def test_an_isbn_alone_can_be_added_when_a_source_knows_it(data_dir: Any, upstream: Upstream) -> None:
    settings = {"SOURCES": "open_library", "OPEN_LIBRARY_URL": upstream.url}
    said, facts = command(data_dir, "add-isbn", "978-7-5366-9293-0", **settings)
    assert "9787536692930 三体: found at open_library" in said
    assert facts is not None
    assert facts.authors == ("刘慈欣",)
