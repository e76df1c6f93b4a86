"""What was bounded so that it does not grow with the members still says the same, and leaves nobody out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.beans import COVER, MINT, EntryKind, Transfer
from app.domain.exchange_policy import DAY
from app.extensions import db
from app.libs.clock import epoch
from app.models.bean import BeanTransfer
from app.models.drift import Drift
from app.models.operation import UseCaseDone
from app.queries import drift, operation
from app.queries.drift import DueDriftQueries
from app.services.operations import purging
from app.services.operations.purging import sweep
from tests.support.exchange import AT_HOME, ISBNS, Exchange
from tests.support.members import MadeMember, login
from tests.support.pages import PageClient
from tests.support.rows import list_rows, make_row


def test_a_statement_has_the_same_balances_in_pages_as_in_one_piece(exchange: Exchange):
    giver, reader = exchange.member("老舍"), exchange.rich("小满")
    exchange.drifts.receive(reader, exchange.mailed(giver, reader))
    book = exchange.container.exchange.ledger_queries
    for member in (giver, reader):
        count = book.count_entries(member)
        whole = book.list_entries(member, limit=100)
        assert len(whole) == count > 2
        assert whole[0].balance == book.get_balance(member)
        balance = 0
        for entry in reversed(whole):
            balance += entry.amount
            assert entry.balance == balance
        assert tuple(book.list_entries(member, limit=1, offset=at)[0] for at in range(count)) == whole
    titles = {entry.subject.partition(":")[0]: (entry.title, entry.kind) for entry in whole}
    assert titles["drift"] == ("三体", EntryKind.ESCROW)
    assert titles["gift"][0] != ""


def test_the_page_of_beans_has_pages_and_a_chart_on_the_first(exchange: Exchange):
    member = exchange.rich("账多的")
    transfers = [(f"member:{member}", "cover", "there"), ("cover", f"member:{member}", "back")] * 23
    ledger = exchange.container.exchange.ledger
    with db.auto_commit():
        for number, (source, target, reason) in enumerate(transfers):
            ledger.enter(Transfer(source, target, 1, EntryKind.COVER, f"test:{number}", reason))
    page = PageClient(exchange.app)
    login(page.http, MadeMember(member, "", ""))
    count = exchange.container.exchange.ledger_queries.count_entries(member)
    pages = [page.http.get(f"/my/beans?page={number}").text for number in (1, 2, 3)]
    assert [text.count('<td class="number"><time') for text in pages] == [20, 20, count - 40]
    assert [text.count('class="bean-chart"') for text in pages] == [1, 0, 0]
    page.get("/my/beans?page=2")
    with db.auto_commit():  # the rules know no such payments
        BeanTransfer.query.filter(BeanTransfer.subject.startswith("test:")).delete()


def reminded(exchange: Exchange, member: int) -> int:
    """Let the clock remind, and count all the reminders that a member has by then."""
    exchange.container.exchange.drift_deadlines.remind()
    return sum(kind.startswith("remind_") for kind in exchange.notices(member))


def test_a_reminder_that_a_worker_was_down_for_comes_when_it_is_back(exchange: Exchange):
    giver, reader = exchange.member("老舍"), exchange.rich("小满")
    exchange.drifts.request(reader, exchange.offer(giver), AT_HOME)
    exchange.clock.advance(timedelta(days=6))
    assert [reminded(exchange, giver) for _ in range(2)] == [1, 1]
    exchange.clock.advance(timedelta(days=1, hours=1))
    assert reminded(exchange, giver) == 2


def test_a_longer_deadline_moves_the_last_reminder_with_it(exchange: Exchange):
    giver, reader = exchange.member("老舍"), exchange.rich("小满")
    drift = exchange.mailed(giver, reader)
    exchange.clock.advance(timedelta(days=27))
    assert reminded(exchange, reader) == 1
    exchange.drifts.delay(reader, drift)
    exchange.clock.advance(timedelta(days=1))
    assert reminded(exchange, reader) == 1
    exchange.clock.advance(timedelta(days=14))
    assert reminded(exchange, reader) == 2


def test_every_deadline_that_stands_still_gets_its_turn(exchange: Exchange, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(drift, "_STOPPED", drift._STOPPED.replace(f"LIMIT {drift._STOPPED_BATCH}", "LIMIT 2"))
    giver = exchange.member("老舍")
    drifts = [
        exchange.drifts.request(exchange.rich(f"读者{number}"), exchange.offer(giver, ISBNS[number]), AT_HOME)
        for number in range(5)
    ]
    exchange.fail_mails("drift_requested")
    clocks = exchange.container.exchange.drift_deadlines

    def running() -> list[int]:
        clocks.stop_deadlines()
        return [drift.id for drift in list_rows(Drift, stopped_at=None)]

    assert running() == []
    with db.auto_commit():  # the later ones have stood still for longer
        Drift.query.update({"stopped_at": Drift.stopped_at - Drift.id})
    exchange.clock.advance(timedelta(days=1))
    assert running() == [], "two were looked at, and the giver has not been reached"
    exchange.container.exchange.notices.mark_read(giver, up_to=10**9)
    assert running() == drifts[1:3], "the next two"
    assert running() == drifts[:3], "the last one"
    assert running() == drifts, "and the first two again"
    assert DueDriftQueries(exchange.container.core.sql).list_stopped() == []


def test_small_numbers_are_exact_and_large_ones_as_they_were_counted(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
):
    counts, counting = exchange.container.catalogue.site_counts, exchange.container.catalogue.site_counting
    exchange.offer(exchange.member("老舍"))
    assert counts.get().offered == 1
    monkeypatch.setattr(operation, "_FEW", 1)
    assert (counts.get().offered, counts.get().delivered) == (1, 0)
    counting.run()
    exchange.offer(exchange.member("小满"), ISBNS[1])
    assert counts.get().offered == 1
    counting.run()
    assert counts.get().offered == 2
    assert counts.get() == counts.count()


def test_a_sweep_removes_all_that_is_old_in_batches_and_nothing_else(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(purging, "_SWEPT_AT_ONCE", 3)
    with db.auto_commit() as session:
        session.add_all(UseCaseDone(id=f"old {number}", create_time=number) for number in range(10))
    now = epoch(exchange.clock.now())
    assert sweep(exchange.clock, UseCaseDone, UseCaseDone.create_time < now - 2 * DAY) == 10
    left = list_rows(UseCaseDone)
    assert left != []
    assert not any(key.id.startswith("old ") for key in left)


def test_a_transfer_of_nobodys_account_is_a_breach(exchange: Exchange):
    member = exchange.rich("小满")
    with db.auto_commit():
        for account in ("member:99", f"member:0{member}"):
            make_row(BeanTransfer, source=COVER, target=account, amount=10, subject="x")
    found = {breach.what for breach in exchange.breaches()}
    assert "a transfer moves the beans of an account without a balance" in found
    with db.auto_commit():
        BeanTransfer.query.filter_by(subject="x").delete()


def test_a_bonus_for_an_account_that_is_no_member_s_is_a_breach(exchange: Exchange):
    with db.auto_commit():
        make_row(BeanTransfer, source=MINT, target=COVER, amount=10, kind="welcome", subject="welcome", reason="x")
    assert [breach.what for breach in exchange.breaches()] == ["the mint paid for something the rules do not know"]
    with db.auto_commit():
        BeanTransfer.query.filter_by(reason="x").delete()
