"""What each step of the state table leaves behind: the drift's row, gift, wish, beans, notices, history and event."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app import events
from app.domain.drift import TRANSITIONS, Act, DriftFacts, DriftNotFound, DriftState, Party
from app.domain.exchange_policy import DAY
from app.extensions import db
from app.libs.clock import epoch
from app.models.drift import Drift
from app.services.exchange.drift_transitions import facts_of
from app.services.unit_of_work import RaceLostError
from tests.support.exchange import AT_HOME, ISBNS, Exchange

GIVER, REQUESTER, CLOCK, MODERATOR, LEAVING, HOLIDAY = (
    Party.GIVER,
    Party.REQUESTER,
    Party.CLOCK,
    Party.MODERATOR,
    Party.LEAVING,
    Party.HOLIDAY,
)


@dataclass(frozen=True, kw_only=True)
class Left:
    """What a step leaves behind: where gift and wish stand, and the balances of giver and reader, in tenths."""

    gift: str
    wish: str
    giver: int = 10
    reader: int = 10
    covered: int = 0


UNSENT = Left(gift="open", wish="open")
BACK = Left(gift="withdrawn", wish="open")
HERE = Left(gift="launched", wish="fulfilled", giver=20, reader=0)
LOST = Left(gift="launched", wish="open", giver=20, covered=1)
UNDER_WAY = Left(gift="launched", wish="fulfilled", reader=0)
#: exchange.md section 3, row by row.
STEPS = {
    (DriftState.WAITING, Act.REJECT, GIVER): UNSENT,
    (DriftState.WAITING, Act.REJECT, LEAVING): UNSENT,
    (DriftState.WAITING, Act.WITHDRAW, REQUESTER): UNSENT,
    (DriftState.WAITING, Act.WITHDRAW, LEAVING): UNSENT,
    (DriftState.WAITING, Act.MISS, REQUESTER): UNSENT,
    (DriftState.WAITING, Act.MISS, GIVER): UNSENT,
    (DriftState.WAITING, Act.EXPIRE, CLOCK): Left(gift="paused", wish="open"),
    (DriftState.WAITING, Act.EXPIRE, HOLIDAY): UNSENT,
    (DriftState.WAITING, Act.MAIL, GIVER): UNDER_WAY,
    (DriftState.WAITING, Act.CANCEL, MODERATOR): UNSENT,
    (DriftState.MAILED, Act.RECEIVE, REQUESTER): HERE,
    (DriftState.MAILED, Act.RECEIVE, CLOCK): HERE,
    (DriftState.MAILED, Act.LOSE, REQUESTER): LOST,
    (DriftState.MAILED, Act.DISPUTE, REQUESTER): UNDER_WAY,
    (DriftState.MAILED, Act.RETURN, GIVER): BACK,
    (DriftState.MAILED, Act.CANCEL, MODERATOR): BACK,
    (DriftState.LOST, Act.RECEIVE, REQUESTER): Left(gift="launched", wish="fulfilled", giver=20, reader=0, covered=1),
    (DriftState.DISPUTED, Act.RECEIVE, MODERATOR): HERE,
    (DriftState.DISPUTED, Act.LOSE, MODERATOR): LOST,
    (DriftState.DISPUTED, Act.CANCEL, MODERATOR): BACK,
}
TARGETS = {(row.source, row.act): row.target for row in TRANSITIONS}


@pytest.fixture
def giver(exchange: Exchange) -> int:
    return exchange.member("老舍")


@pytest.fixture
def reader(exchange: Exchange) -> int:
    reader = exchange.rich("小满")
    exchange.wishes.wish_for(reader, ISBNS[0])
    return reader


@pytest.fixture
def bring_to(exchange: Exchange, giver: int, reader: int) -> Callable[[DriftState], int]:
    """Return a function that brings a drift of the wished book to a state, and its deadline to where a step has to clear it."""

    def bring(state: DriftState) -> int:
        drift = exchange.drifts.request(reader, exchange.offer(giver), AT_HOME)
        if state is not DriftState.WAITING:
            exchange.drifts.post(giver, drift)
        if state is DriftState.LOST:
            exchange.clock.advance(timedelta(days=15))
        if state in {DriftState.LOST, DriftState.DISPUTED}:
            assert exchange.drifts.claim_lost(reader, drift) is state
        with db.auto_commit() as session:
            session.execute(update(Drift).values(stopped_at=7, reminded=2))
        return drift

    return bring


def take(exchange: Exchange, drift: int, act: Act, party: Party) -> None:
    with db.auto_commit():
        transitions = exchange.container.exchange.drift_transitions
        transitions.apply(transitions.load(drift), act, party)


def test_the_steps_are_those_of_the_state_table() -> None:
    table = {(row.source, row.act, party) for row in TRANSITIONS if row.source for party in row.parties}
    assert table == set(STEPS)


each_step = pytest.mark.parametrize("step", STEPS, ids="-".join)


@each_step
def test_a_step_writes_its_row_and_moves_gift_wish_and_beans(
    exchange: Exchange,
    bring_to: Callable[[DriftState], int],
    giver: int,
    reader: int,
    step: tuple[DriftState, Act, Party],
) -> None:
    source, act, party = step
    drift = bring_to(source)
    target, left, now = TARGETS[source, act], STEPS[step], epoch(exchange.clock.now())
    sent_at = exchange.one("SELECT mailed_at FROM drift")
    take(exchange, drift, act, party)
    is_open = target in {DriftState.MAILED, DriftState.DISPUTED}
    posted = target is DriftState.MAILED
    was_sent = posted or source is not DriftState.WAITING
    with exchange.container.core.sql as cursor:
        row = cursor.execute(
            "SELECT state, open_gift_id IS NOT NULL, ended_at, stopped_at, reminded, due_at, remind_at, mailed_at, message, "
            "(SELECT COUNT(*) FROM drift_address), covered FROM drift"
        ).fetchone()
    assert row == (
        target,
        is_open,
        None if is_open else now,
        None,
        0,
        now + 30 * DAY if posted else None,
        now + 14 * DAY if posted else None,
        now if posted else sent_at,
        AT_HOME.message if was_sent else "",
        int(was_sent),
        left.covered,
    )
    assert exchange.one("SELECT state FROM gift WHERE user_id = :id", id=giver) == left.gift
    assert exchange.one("SELECT state FROM wish") == left.wish
    assert exchange.one("SELECT drift_id FROM wish") == (drift if left.wish == "fulfilled" else None)
    assert (exchange.balance(giver), exchange.balance(reader)) == (left.giver, left.reader)
    places = "SELECT COUNT(*) FROM open_listing WHERE user_id = :id AND kind = :kind AND isbn13 IN ('', :isbn)"
    assert exchange.one(places, id=reader, isbn=ISBNS[0], kind="wish") == int(left.wish == "open")
    assert exchange.one(places, id=giver, isbn=ISBNS[0], kind="gift") == int(left.gift in {"open", "paused"})


@each_step
def test_a_step_is_told_to_those_who_did_not_take_it_written_down_and_published(
    exchange: Exchange,
    bring_to: Callable[[DriftState], int],
    giver: int,
    reader: int,
    step: tuple[DriftState, Act, Party],
) -> None:
    source, act, party = step
    moderator = exchange.member("版主", role="moderator")
    drift = bring_to(source)
    target = TARGETS[source, act]
    with db.auto_commit() as session:
        session.execute(db.text("DELETE FROM notice"))
        session.execute(db.text("DELETE FROM outbox_mail"))
    with hearing(target) as heard:
        take(exchange, drift, act, party)
    kind = "drift_rested" if party is HOLIDAY else f"drift_{target}"
    told = {Party.GIVER: giver, Party.REQUESTER: reader}
    told.pop(party, None)
    assert {member: exchange.notices(member) for member in (giver, reader, moderator)} == {
        giver: [],
        reader: [],
        **{member: [kind] for member in told.values()},
        moderator: ["moderate_drift"] if target is DriftState.DISPUTED else [],
    }
    mails = exchange.container.core.sql.fetchall("SELECT user_id, kind, context FROM outbox_mail ORDER BY user_id")
    assert [mail[:2] for mail in mails] == [(member, kind) for member in sorted(told.values())]
    until = exchange.one("SELECT due_at FROM drift") or 0
    assert {json.loads(context)["until"] for _, _, context in mails} <= {until}
    gift = exchange.one("SELECT gift_id FROM drift")
    assert heard == [{"drift": drift, "gift": gift, "party": party.value}]
    history = exchange.container.core.sql.fetchall(
        "SELECT drift_id, kind, party, create_time FROM drift_event ORDER BY id DESC LIMIT 1"
    )
    assert history == [(drift, target, party, epoch(exchange.clock.now()))]


@contextmanager
def hearing(state: DriftState) -> Iterator[list[dict[str, Any]]]:
    """Collect the facts of a drift's event."""
    heard: list[dict[str, Any]] = []

    def listen(_event: events.DomainEvent, **facts: Any) -> None:
        heard.append(facts)

    with events.drift[state].connected_to(listen):
        yield heard


def test_the_rules_see_every_column_that_they_ask_for() -> None:
    seen = DriftFacts(
        id=1,
        gift_id=2,
        state=DriftState.MAILED,
        requester_id=3,
        giver_id=4,
        due_at=5,
        mailed_at=6,
        opened_at=7,
        claimed_at=8,
        delays=9,
        tracked=True,
        handover=True,
        covered=True,
    )
    row = Drift(id=1, gift_id=2, state="mailed", requester_id=3, giver_id=4, due_at=5, mailed_at=6, opened_at=7)
    row.claimed_at, row.delays, row.tracking, row.handover, row.covered = 8, 9, "SF1", 1, 1
    assert facts_of(row) == seen


def test_a_drift_is_loaded_as_it_stands_in_the_database(
    exchange: Exchange, bring_to: Callable[[DriftState], int]
) -> None:
    drift = bring_to(DriftState.WAITING)
    load = exchange.container.exchange.drift_transitions.load
    with db.auto_commit() as session:
        row = load(drift)
        assert row.message == AT_HOME.message
        session.execute(db.text("UPDATE drift SET message = 'another'"))
        assert load(drift).message == "another"
        with pytest.raises(DriftNotFound):
            load(drift + 1)


def test_a_step_from_a_state_that_another_has_ended_is_a_lost_race(
    exchange: Exchange, bring_to: Callable[[DriftState], int]
) -> None:
    drift = bring_to(DriftState.WAITING)
    transitions = exchange.container.exchange.drift_transitions

    def late() -> None:
        with db.auto_commit() as session:
            row = transitions.load(drift)
            session.execute(db.text("UPDATE drift SET state = 'withdrawn'"))
            transitions.apply(row, Act.MAIL, Party.GIVER)

    with pytest.raises(RaceLostError):
        late()
    assert exchange.state(drift) == "waiting", "the transaction was rolled back"


def test_every_row_of_a_story_bears_the_time_of_the_site(exchange: Exchange, giver: int, reader: int) -> None:
    drift = exchange.mailed(giver, reader)
    exchange.clock.advance(timedelta(days=15))
    exchange.drifts.claim_lost(reader, drift)
    assert "open_listing" in tables_written(exchange), "the wish is open again"
    exchange.drifts.receive(reader, drift)
    assert tables_written(exchange) >= {
        "bean_balance", "bean_debt", "bean_transfer", "drift", "drift_address", "drift_event", "notice", "outbox_mail", "wish",
    }  # fmt: skip


def tables_written(exchange: Exchange) -> set[str]:
    """Return the tables with rows, all of which were made now or fifteen days ago, by the site's clock."""
    now = epoch(exchange.clock.now())
    times = {
        table.name: set(exchange.container.core.sql.fetchcolumn(f"SELECT create_time FROM {table.name}"))
        for table in db.metadata.sorted_tables
        if "create_time" in table.columns
    }
    assert {name: found for name, found in times.items() if found - {now - 15 * DAY, now}} == {}
    return {name for name, found in times.items() if found}


@pytest.mark.parametrize("who", ["giver", "reader"])
def test_the_book_of_a_request_stays_on_the_shelf_when_the_reader_leaves_and_is_hidden_when_the_giver_does(
    exchange: Exchange, giver: int, reader: int, who: str
) -> None:
    copy = exchange.offer(giver)
    exchange.drifts.request(reader, copy, AT_HOME)
    exchange.leave(giver if who == "giver" else reader)
    assert exchange.gift_state(copy) == ("hidden" if who == "giver" else "open")


def test_a_wish_of_a_member_who_has_left_is_not_opened_again(exchange: Exchange, giver: int, reader: int) -> None:
    drift = exchange.mailed(giver, reader)
    exchange.leave(reader)
    exchange.drifts.take_back(giver, drift)
    assert exchange.one("SELECT state FROM wish") == "fulfilled"
    assert exchange.one("SELECT COUNT(*) FROM open_listing WHERE user_id = :id", id=reader) == 0


def test_a_lost_book_that_the_reader_offers_or_wishes_for_by_now_opens_no_second_wish(
    exchange: Exchange, giver: int, reader: int
) -> None:
    drift = exchange.mailed(giver, reader)
    again = exchange.wishes.wish_for(reader, ISBNS[0])
    exchange.drifts.take_back(giver, drift)
    states = exchange.container.core.sql.fetchall("SELECT id, state FROM wish ORDER BY id")
    assert [state for _, state in states] == ["fulfilled", "open"]
    assert exchange.one("SELECT listing_id FROM open_listing WHERE user_id = :id AND kind = 'wish'", id=reader) == again


def test_a_lost_book_that_nobody_wished_for_leaves_no_place_on_a_list(exchange: Exchange, giver: int) -> None:
    other = exchange.rich("不曾想要")
    exchange.drifts.take_back(giver, exchange.mailed(giver, other))
    assert exchange.one("SELECT COUNT(*) FROM open_listing WHERE isbn13 = :isbn", isbn=ISBNS[0]) == 0
    assert exchange.one("SELECT COUNT(*) FROM wish") == 0
