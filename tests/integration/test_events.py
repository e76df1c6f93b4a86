"""Domain events tell of what was committed, once; never of what was rolled back."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import pymysql
import pytest
import structlog
from flask import Flask
from sqlalchemy import event as sqlalchemy_event

from app import events
from app.container import container
from app.db.database import RollbackOnlyError
from app.db.soft_delete import Session
from app.events import DomainEvent
from app.extensions import db, pool_of
from app.models import Book
from app.services.unit_of_work import RaceLostError, UseCases
from tests.support.exchange import AT_HOME, Exchange
from tests.support.paths import ROOT

SOURCES = sorted((ROOT / "app").rglob("*.py"))


@pytest.fixture(autouse=True)
def _context(any_database_app: Flask) -> Iterator[None]:
    with any_database_app.app_context():
        yield


@pytest.fixture
def happened() -> DomainEvent:
    return DomainEvent("something happened")


@pytest.fixture
def heard(happened: DomainEvent) -> list[Any]:
    """Return the facts that a listener has heard."""
    facts: list[Any] = []

    def listen(_event: DomainEvent, **kwargs: Any) -> None:
        facts.append(kwargs)

    happened.connect(listen, weak=False)
    return facts


class Boom(Exception):
    pass


def test_an_event_is_sent_when_what_it_tells_of_can_be_read_and_no_connection_is_held(
    any_database_app: Flask, happened: DomainEvent
) -> None:
    seen = []

    @happened.connect
    def look(_event: DomainEvent, **facts: Any) -> None:
        leased = pool_of(any_database_app).leased
        book = container.catalogue.books.find("1")
        seen.append((facts, leased, book and book.facts.title))

    with db.auto_commit() as session:
        session.add(Book(isbn13="1", title="one"))
        happened.publish(book=1)
        session.flush()
        assert seen == []
    assert seen == [({"book": 1}, 0, "one")]


def test_events_of_nested_blocks_wait_for_the_outermost_and_come_in_order(
    happened: DomainEvent, heard: list[Any]
) -> None:
    with db.auto_commit():
        happened.publish(number=1)
        with db.auto_commit():
            happened.publish(number=2)
        assert heard == []
        happened.publish(number=3)
    assert heard == [{"number": 1}, {"number": 2}, {"number": 3}]


def test_nothing_is_sent_of_what_is_rolled_back(happened: DomainEvent, heard: list[Any]) -> None:
    with pytest.raises(Boom), db.auto_commit():
        happened.publish(number=1)
        raise Boom
    with pytest.raises(RollbackOnlyError), db.auto_commit():
        happened.publish(number=2)
        with pytest.raises(Boom), db.auto_commit():
            happened.publish(number=3)
            raise Boom
    with db.auto_commit():
        pass
    assert heard == []


def test_a_use_case_that_is_repeated_tells_once(happened: DomainEvent, heard: list[Any]) -> None:
    tries = []

    def work() -> int:
        tries.append(1)
        happened.publish(number=len(tries))
        if len(tries) < 3:
            raise RaceLostError
        return len(tries)

    assert UseCases(container.core.clock).run(work) == 3
    assert heard == [{"number": 3}]


def test_a_commit_whose_answer_is_lost_is_told_of_once(happened: DomainEvent, heard: list[Any]) -> None:
    lost = []

    def lose_the_answer(_session: object) -> None:
        if not lost:
            lost.append(1)
            raise pymysql.err.OperationalError(2013, "Lost connection to MySQL server during query")

    sqlalchemy_event.listen(Session, "after_commit", lose_the_answer)
    try:
        assert UseCases(container.core.clock).run(lambda: happened.publish(number=1) or "done") == "done"
    finally:
        sqlalchemy_event.remove(Session, "after_commit", lose_the_answer)
    assert (lost, heard) == ([1], [{"number": 1}])


def test_a_listener_that_fails_is_logged_and_disturbs_nobody(happened: DomainEvent, heard: list[Any]) -> None:
    @happened.connect
    def fail(_event: DomainEvent, **_facts: Any) -> None:
        raise Boom

    with structlog.testing.capture_logs() as lines, db.auto_commit() as session:
        session.add(Book(isbn13="1", title="one"))
        happened.publish(book=1)
    assert heard == [{"book": 1}]
    assert [(line["event"], line["of"]) for line in lines] == [("listener failed", "something happened")]
    assert container.catalogue.books.count() == 1


def test_a_listener_may_write_in_a_transaction_of_its_own(happened: DomainEvent) -> None:
    @happened.connect
    def write(_event: DomainEvent, **_facts: Any) -> None:
        with db.auto_commit() as session:
            session.add(Book(isbn13="1", title="one"))

    with db.auto_commit():
        happened.publish()
    assert container.catalogue.books.count() == 1


def test_log_and_counters_hear_what_happens_to_a_drift(
    any_database_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = structlog.testing.CapturingLogger()
    monkeypatch.setattr(events, "_log", log)
    before = events.COUNTERS.snapshot()
    exchange = Exchange(any_database_app)
    giver, reader = exchange.rich("小满"), exchange.rich("老周")
    drift = exchange.drifts.request(reader, exchange.offer(giver), AT_HOME)
    exchange.drifts.post(giver, drift)
    exchange.drifts.receive(reader, drift)
    told = [line.args[0] for line in log.calls if line.kwargs.get("drift") == drift]
    assert told == ["drift requested", "drift mailed", "drift received"]
    after = events.COUNTERS.snapshot()
    assert {name: after[name] - before.get(name, 0) for name in told} == dict.fromkeys(told, 1)
    written = repr(log.calls)
    assert "小满" not in written
    assert "老周" not in written


def published() -> Iterator[ast.Call]:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "publish":
                yield node


def test_every_event_is_published_somewhere() -> None:
    told = {ast.unparse(call.func.value) for call in published()}
    named = {f"events.{name}" for name, value in vars(events).items() if isinstance(value, DomainEvent)}
    assert told == named | {"events.drift[kind]"}
    assert len({event.name for event in events.ALL}) == len(events.ALL) == len(named) + len(events.drift)


def test_events_carry_ids_numbers_and_words_of_the_rules_alone() -> None:
    ids = {"member", "moderator", "gift", "wish", "drift", "list", "invitation", "session", "isbn13", "other", "case"}
    facts = {keyword.arg for call in published() for keyword in call.keywords}
    assert facts == ids | {"party", "kind", "role", "rows", "number", "left"}
