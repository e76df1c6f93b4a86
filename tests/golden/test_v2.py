"""What `/v2` answers stays as it is, to the byte, even as works on the site are decided on, linked, wished and grouped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise

import pytest
from flask import Flask

from app.container import Container
from app.domain.errors import Refusal
from app.domain.wish import WishScope
from app.models.book import Work
from app.models.gift import Wish
from tests.golden.starter import read_starter
from tests.golden.v2 import list_paths, read_answers, read_golden
from tests.support.apps import close, make_app
from tests.support.members import make_member
from tests.support.rows import list_rows

#: So many decisions about works, and wishes, are made.
MANY = 40


@pytest.fixture
def api(golden_site: Flask) -> Iterator[Flask]:
    """Return the site with nothing remembered."""
    again = make_app(golden_site.config["DATA_DIR"], golden_site.config["DATABASE_URL"])
    yield again
    close(again)


def test_the_file_names_a_few_hundred_addresses() -> None:
    paths = list(dict.fromkeys(list_paths(read_starter())))
    assert list(read_golden()) == paths
    assert 400 < len(paths) < 600


def test_answers_are_those_of_the_file(api: Flask) -> None:
    assert differing(api) == {}


def differing(api: Flask) -> dict[str, tuple[str, str]]:
    wanted = read_golden()
    found = read_answers(api, list(wanted))
    return {path: (wanted[path], found[path]) for path in wanted if wanted[path] != found[path]}


def test_nothing_that_is_decided_linked_wished_or_grouped_changes_an_answer(golden_site: Flask, api: Flask) -> None:
    reader = make_member(golden_site, "读书人").id
    with golden_site.app_context():
        box: Container = golden_site.extensions["container"]
        box.catalogue.families.link_all()
        decided = decide(box)
        wish(box, reader)
        assert len(decided) >= MANY
        assert len(list_rows(Wish)) >= MANY
        assert {row.family_id for row in list_rows(Work)} != {0}
        for path in list(read_golden())[::9]:
            box.catalogue.search.find(path.rpartition("=")[2], grouped=True)
    changed = differing(api)
    with golden_site.app_context():
        for decision in decided:
            box.catalogue.work_decisions.undo(None, decision, reason="试完了")
    assert changed == {}


def asked(box: Container) -> list[str]:
    """Return the numbers of books that the file asks for."""
    isbns = [path.rpartition("/")[2] for path in read_golden() if "/isbn/" in path]
    return [book.facts.isbn13 for isbn, book in box.catalogue.books.resolve_many(isbns).items() if isbn]


def decide(box: Container) -> list[int]:
    """Merge, move and part books that the file asks for; return the decisions."""
    decisions, made = box.catalogue.work_decisions, []
    for number, (one, other) in enumerate(pairwise(asked(box))):
        with suppress(Refusal):
            act = decisions.merge if number % 2 else decisions.put
            made.append(act(None, one, other, reason="试试"))
            if number % 5 == 0:
                made.append(decisions.part(None, one, reason="试试"))
    return made[::-1]


def wish(box: Container, reader: int) -> None:
    for number, isbn13 in enumerate(asked(box)):
        with suppress(Refusal):
            scope = list(WishScope)[number % 3]
            book = box.catalogue.books.find(isbn13)
            assert book is not None
            works = box.exchange.facts.list_works(book.work_id, WishScope.ANY)
            box.exchange.wishes.wish_for(reader, isbn13, scope, works=works)
