"""Moderators lift what losses stopped; each of their acts is written down; nobody decides their own case."""

from __future__ import annotations

import pytest

from app.domain.beans import RatioTooLow
from app.domain.drift import DriftState
from app.domain.drift_request import RequestsStopped
from app.domain.gift import GivingStopped
from app.domain.moderation import NotStopped, OwnCase, Stop
from app.domain.report import CaseKind
from app.models.drift import Drift, ModeratorAct
from app.models.gift import Gift
from app.web.cases import list_stops
from tests.support.exchange import AT_HOME, ISBNS, Exchange
from tests.support.rows import count_rows, list_rows

REASON = "查过运单，是快递公司的错"


@pytest.fixture
def moderator(exchange: Exchange) -> int:
    return exchange.member("版主", role="moderator")


def lose(exchange: Exchange, giver: int, reader: int, isbn: str) -> None:
    drift = exchange.mailed(giver, reader, isbn)
    exchange.pass_days(15)
    exchange.drifts.claim_lost(reader, drift)


@pytest.fixture
def unlucky(exchange: Exchange, moderator: int) -> int:
    """Make a giver of three books, two of whose parcels got lost."""
    giver = exchange.member("倒霉的")
    exchange.offer(giver, ISBNS[2])
    lose(exchange, giver, exchange.rich("读者一"), ISBNS[0])
    lose(exchange, giver, exchange.rich("读者二"), ISBNS[1])
    return giver


def shelf_of(giver: int) -> list[tuple[str, str | None]]:
    """Return state and pause of each gift that is, or soon may be, on the shelf."""
    return [(gift.state, gift.pause) for gift in list_rows(Gift, user_id=giver) if gift.state in {"open", "paused"}]


def stopped(exchange: Exchange) -> list[tuple[int | None, Stop, int, int]]:
    """Return the stops of the members whose losses wait for a moderator, as the pages of these cases show them."""
    cases = exchange.container.moderation.cases.list_open(kind=CaseKind.LOSSES, limit=99)
    standings = [
        (case.member_id, exchange.container.exchange.facts.get_standing(case.member_id or 0)) for case in cases
    ]
    return [(member, *stop) for member, standing in standings for stop in list_stops(standing)]


def test_a_giver_s_stop_is_listed_lifted_and_told(exchange: Exchange, moderator: int, unlucky: int) -> None:
    assert stopped(exchange) == [(unlucky, Stop.GIVING, 2, 2)]
    assert shelf_of(unlucky) == [("paused", "losses")]
    with pytest.raises(GivingStopped):
        exchange.offer(unlucky, ISBNS[3])
    exchange.container.exchange.moderation.lift(moderator, unlucky, Stop.GIVING, reason=REASON)
    assert exchange.offered() == exchange.on_shelf() > set(), "the search knows what came back"
    assert stopped(exchange) == []
    assert shelf_of(unlucky) == [("open", None)]
    exchange.offer(unlucky, ISBNS[3])
    assert exchange.notices(unlucky)[-1] == "giving_again"
    assert exchange.mails("giving_again") == [unlucky]


def test_forgiven_losses_never_count_again_and_two_new_ones_stop_again(
    exchange: Exchange, moderator: int, unlucky: int
) -> None:
    exchange.container.exchange.moderation.lift(moderator, unlucky, Stop.GIVING, reason=REASON)
    exchange.pass_days(1)
    lose(exchange, unlucky, exchange.rich("读者三"), ISBNS[0])
    assert stopped(exchange) == []
    lose(exchange, unlucky, exchange.rich("读者四"), ISBNS[1])
    assert stopped(exchange) == [(unlucky, Stop.GIVING, 2, 4)]


def test_a_reader_s_stop_is_lifted_on_its_own(exchange: Exchange, moderator: int) -> None:
    reader = exchange.rich("读者")
    exchange.offer(reader, ISBNS[3])
    giver = exchange.member("老舍")
    drift = exchange.mailed(giver, reader, ISBNS[0])
    exchange.pass_days(15)
    exchange.drifts.claim_lost(reader, drift)
    drift = exchange.mailed(giver, reader, ISBNS[1])
    exchange.pass_days(15)
    exchange.drifts.claim_lost(reader, drift)  # the second time a moderator looks
    exchange.container.exchange.moderation.decide(moderator, drift, DriftState.LOST, reason="真的丢了")
    assert (reader, Stop.ASKING, 2, 2) in stopped(exchange)
    other = exchange.offer(exchange.member("巴金"), ISBNS[2])
    with pytest.raises(RequestsStopped):
        exchange.drifts.request(reader, other, AT_HOME)
    with pytest.raises(NotStopped):
        exchange.container.exchange.moderation.lift(moderator, exchange.member("无事"), Stop.ASKING, reason=REASON)
    exchange.container.exchange.moderation.lift(moderator, reader, Stop.ASKING, reason=REASON)
    with pytest.raises(RatioTooLow):  # what stands in the way now is another rule
        exchange.drifts.request(reader, other, AT_HOME)


def test_lifting_twice_or_for_nobody_changes_nothing(exchange: Exchange, moderator: int, unlucky: int) -> None:
    lift = exchange.container.exchange.moderation.lift
    lift(moderator, unlucky, Stop.GIVING, reason=REASON)
    with pytest.raises(NotStopped):
        lift(moderator, unlucky, Stop.GIVING, reason=REASON)
    with pytest.raises(NotStopped):
        lift(moderator, 9999, Stop.GIVING, reason=REASON)
    assert count_rows(ModeratorAct) == 1


def test_what_a_stop_paused_comes_back_when_a_lost_book_turns_up(exchange: Exchange, unlucky: int) -> None:
    [copy] = list_rows(Gift, user_id=unlucky, state="paused")
    with pytest.raises(GivingStopped):
        exchange.gifts.resume(unlucky, copy.id)
    late = list_rows(Drift, giver_id=unlucky)[0]
    exchange.drifts.receive(late.requester_id, late.id)
    assert shelf_of(unlucky) == [("open", None)]


def test_every_act_is_written_down_with_its_moderator_and_reason(
    exchange: Exchange, moderator: int, unlucky: int
) -> None:
    reader = exchange.rich("又一位")
    exchange.container.exchange.moderation.lift(moderator, unlucky, Stop.GIVING, reason=REASON)
    drift = exchange.drifts.request(reader, exchange.offer(unlucky, ISBNS[3]), AT_HOME)
    exchange.container.exchange.moderation.decide(None, drift, DriftState.CANCELLED, reason="双方商量好了")
    deeds = exchange.container.exchange.moderation_list.list_deeds(limit=9)
    assert [(one.moderator, one.kind, one.member, one.reason) for one in deeds] == [
        ("", "cancelled", "", "双方商量好了"),
        ("版主", "lift giving", "倒霉的", REASON),
    ]
    exchange.pass_days(31)
    assert exchange.container.exchange.moderation_list.list_deeds(limit=1)[0].reason == "", (
        "erased with the drift's texts"
    )


def test_a_moderator_decides_nothing_about_their_other_account(exchange: Exchange) -> None:
    giver, moderator = exchange.join("送书人", "one@example.com"), exchange.member("也是版主", role="moderator")
    drift = exchange.drifts.request(exchange.rich("小满"), exchange.offer(giver), AT_HOME)
    exchange.move(giver, "away@example.com")
    exchange.move(moderator, "one@example.com")
    with pytest.raises(OwnCase):
        exchange.container.exchange.moderation.decide(moderator, drift, DriftState.CANCELLED, reason="我说了算")
    with pytest.raises(OwnCase):
        exchange.container.exchange.moderation.lift(moderator, giver, Stop.GIVING, reason="我说了算")


def test_a_moderator_decides_nothing_about_themselves(exchange: Exchange, moderator: int) -> None:
    drift = exchange.drifts.request(exchange.rich("小满"), exchange.offer(moderator), AT_HOME)
    with pytest.raises(OwnCase):
        exchange.container.exchange.moderation.decide(moderator, drift, DriftState.CANCELLED, reason="我说了算")
    with pytest.raises(OwnCase):
        exchange.container.exchange.moderation.lift(moderator, moderator, Stop.GIVING, reason="我说了算")
    assert exchange.state(drift) == "waiting"


def test_the_reason_about_a_member_goes_with_their_account(exchange: Exchange, moderator: int, unlucky: int) -> None:
    exchange.container.exchange.moderation.lift(moderator, unlucky, Stop.GIVING, reason=REASON)
    exchange.leave(unlucky)
    assert [act.reason for act in list_rows(ModeratorAct)] == [""]


@pytest.fixture
def moved(exchange: Exchange, moderator: int) -> tuple[int, int]:
    """Make a giver of two accounts, of each of which a parcel got lost; both have another book on the shelf."""
    old = exchange.join("旧号", "one@example.com")
    exchange.move(old, "away@example.com")
    new = exchange.join("新号", "one@example.com")
    exchange.offer(old, ISBNS[2])
    exchange.offer(new, ISBNS[3])
    lose(exchange, old, exchange.rich("读者一"), ISBNS[0])
    lose(exchange, new, exchange.rich("读者二"), ISBNS[1])
    return old, new


def test_losses_of_one_person_s_accounts_are_listed_together(exchange: Exchange, moved: tuple[int, int]) -> None:
    old, new = moved
    assert stopped(exchange) == [(new, Stop.GIVING, 2, 2)]
    exchange.container.members.leaving.delete(new)
    assert stopped(exchange) == [(old, Stop.GIVING, 2, 2)], "one account is left to be lifted"
    exchange.container.members.leaving.delete(old)
    assert stopped(exchange) == []


def test_a_stop_for_losses_holds_for_all_accounts_of_a_person_and_so_does_lifting_it(
    exchange: Exchange, moderator: int, moved: tuple[int, int]
) -> None:
    assert [shelf_of(account) for account in moved] == [[("paused", "losses")]] * 2
    exchange.container.exchange.moderation.lift(moderator, moved[0], Stop.GIVING, reason=REASON)
    assert [shelf_of(account) for account in moved] == [[("open", None)]] * 2
    assert stopped(exchange) == []
    with pytest.raises(NotStopped):
        exchange.container.exchange.moderation.lift(moderator, moved[1], Stop.GIVING, reason=REASON)


def test_a_loss_of_an_account_that_left_stops_the_person_s_other_account(exchange: Exchange, moderator: int) -> None:
    old = exchange.join("旧号", "one@example.com")
    reader = exchange.rich("读者一")
    drift = exchange.mailed(old, reader, ISBNS[0])
    exchange.container.members.leaving.delete(old)
    new = exchange.join("新号", "one@example.com")
    exchange.offer(new, ISBNS[3])
    lose(exchange, new, exchange.rich("读者二"), ISBNS[1])
    exchange.drifts.claim_lost(reader, drift)
    assert shelf_of(new) == [("paused", "losses")]
