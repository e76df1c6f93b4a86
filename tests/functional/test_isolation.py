"""No text of a member or a book turns the direction of the site's own words: on pages, in feeds, in letters."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from sqlalchemy import text

from app.domain.characters import isolated
from app.extensions import db
from tests.support.apps import close, make_app
from tests.support.fair import Fair
from tests.support.letters import EVERY_MAIL, RENDERER, sample_for
from tests.support.members import login
from tests.support.routes import address_of, routes

TURN = "\u202e"
#: What people and book files write, by table.
WRITTEN = {
    "book": ("title", "subtitle", "authors", "translators", "publisher", "binding", "price", "original_title", "series", "subjects", "summary"),
    "user": ("nickname",),
    "gift": ("note",),
    "drift": ("title", "authors", "requester_name", "giver_name", "message", "reason", "carrier", "tracking"),
    "moderation_case": ("quote",),
    "report": ("note",),
    "moderator_act": ("reason",),
    "book_list": ("name",),
    "book_list_row": ("title", "author"),
    "invitation": ("note",),
    "catalogue_name": ("shown",),
    "outbox_mail": ("subject", "name"),
}  # fmt: skip
#: Where a browser shows each text by itself, and what it never shows.
ALONE = {"bdi", "title", "option", "textarea"}
HIDDEN = {"script", "style"}


class Read(HTMLParser):
    """Every text and attribute of a page that is neither isolated nor alone."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loose: list[str] = []
        self.turns = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"input", "img", "br", "meta", "link", "path", "hr", "rect"}:
            self.open.append(tag)
        for name, value in attrs:
            if name in {"aria-label", "title", "content"}:
                self._look(value or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not HIDDEN.intersection(self.open):
            self.turns += TURN in data
            if not ALONE.intersection(self.open):
                self._look(data)

    def _look(self, said: str) -> None:
        if isolated(said) != said:
            self.loose.append(f"{'/'.join(self.open[-3:])}: {said.strip()}")


@pytest.fixture
def fair(sqlite_template: Path, tmp_path: Path) -> Iterator[Fair]:
    folder = tmp_path / "data"
    shutil.copytree(sqlite_template, folder)
    app = make_app(folder)
    app.config["WTF_CSRF_ENABLED"] = False
    made = Fair(app)
    with app.app_context():
        parts = app.extensions["container"]
        moderator, giver = made.members["moderator"].id, made.members["giver"].id
        one, two = made.things["isbn"], made.things["other"]
        parts.catalogue.search_index.rebuild()
        decision = parts.catalogue.work_decisions.part(moderator, one, reason="另一本")
        parts.catalogue.work_decisions.undo(moderator, decision, reason="同一本")
        parts.moderation.reports.report_editions(giver, one, two, note="少了一章")
        parts.exchange.gift_announcements.run()
        parts.catalogue.name_writing.write_all()
        parts.catalogue.browse_counting.run()
        with db.auto_commit() as session:
            for table, columns in WRITTEN.items():
                for column in columns:
                    session.execute(text(f"UPDATE `{table}` SET `{column}` = '{TURN}' || `{column}` || '字'"))
    yield made
    close(app)


def addresses(made: Fair) -> list[str]:
    return [
        address_of(made.app, route.rule, **made.things)
        for route in routes(made.app, "GET")
        if "static" not in route.rule.endpoint and "logout" not in route.address
    ] + ["/book/search?q=三体", "/book/search?q=9787536692930"]


@pytest.mark.parametrize("role", ["nobody", "giver", "reader", "moderator"])
def test_no_page_shows_a_text_that_turns_what_follows(fair: Fair, role: str) -> None:
    client = fair.app.test_client()
    if role != "nobody":
        login(client, fair.members[role])
    turns = 0
    loose: list[str] = []
    for address in addresses(fair):
        response = client.get(address)
        if response.mimetype not in {"text/html", "application/atom+xml"}:
            continue
        read = Read()
        read.feed(response.get_data(as_text=True))
        loose += [f"{address} {each}" for each in read.loose]
        turns += read.turns
    assert loose == []
    assert turns > 20, "the pages show what was written"


@pytest.mark.parametrize(("kind", "language"), EVERY_MAIL)
def test_no_letter_lets_a_text_turn_what_follows(kind: str, language: str) -> None:
    sample = sample_for(kind, language) | {"name": f"小{TURN}满"}
    for name in sample.keys() - {"name", "secret", "gift"}:  # the number of one stands in an address
        try:
            said = RENDERER.word(kind, language, sample | {name: f"甲{TURN}乙"})
        except TypeError:  # a moment or a number
            continue
        read = Read()
        read.feed(said.html)
        assert read.loose == [], name
        assert isolated(said.subject) == said.subject, name
        assert isolated(said.text) == said.text, name
