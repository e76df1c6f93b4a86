"""A suspended member begins nothing, finishes what is open, and is free again by time alone."""

from __future__ import annotations

import pytest

from app.domain.errors import NotFound
from app.domain.gift import GiftNotFound
from app.domain.moderation import NotSuspended, OwnCase, StaffCase, Stop, Suspended
from app.domain.wish import WishScope
from app.extensions import db
from app.models.drift import ModeratorAct
from app.models.gift import Gift
from app.models.message import OutboxMail
from app.models.user import User
from tests.support.exchange import AT_HOME, ISBNS, Exchange
from tests.support.rows import get_row, list_rows

REASON = "寄了空包裹"


@pytest.fixture
def moderator(exchange: Exchange) -> int:
    return exchange.member("版主", role="moderator")


def suspend(exchange: Exchange, member: int, days: int = 7, *, moderator: int | None = None) -> None:
    exchange.container.moderation.sanctions.suspend(moderator, member, days, reason=REASON)


def shelf_of(giver: int) -> list[tuple[str, str | None]]:
    return [(gift.state, gift.pause) for gift in list_rows(Gift, user_id=giver)]


def test_who_is_suspended_begins_nothing_until_the_time_is_over(exchange: Exchange, moderator: int) -> None:
    member, giver = exchange.rich("小满"), exchange.member("老舍")
    copy = exchange.offer(giver)
    exchange.wishes.wish_for(giver, ISBNS[-1])
    [wish] = exchange.container.exchange.listings.list_wishes(giver, limit=9, offset=0)
    paused = list_rows(Gift, user_id=member)[0].id
    suspend(exchange, member, moderator=moderator)
    balance = exchange.balance(member)
    for begin in (
        lambda: exchange.offer(member, ISBNS[1]),
        lambda: exchange.gifts.resume(member, paused),
        lambda: exchange.wishes.wish_for(member, ISBNS[2], WishScope.EDITION),
        lambda: exchange.wishes.offer_to(member, wish.id),
        lambda: exchange.drifts.ensure_may_request(member, copy),
        lambda: exchange.drifts.request(member, copy, AT_HOME),
    ):
        with pytest.raises(Suspended) as refused:
            begin()
        assert refused.value.values == {"days": 7}
    assert exchange.balance(member) == balance, "beans stay"
    exchange.pass_days(6.5)
    with pytest.raises(Suspended, match="days left: 1"):
        exchange.drifts.request(member, copy, AT_HOME)
    exchange.pass_days(0.5)
    exchange.drifts.request(member, copy, AT_HOME)
    exchange.offer(member, ISBNS[1])
    exchange.wishes.wish_for(member, ISBNS[2], WishScope.EDITION)


def test_what_is_open_runs_on_by_its_buttons(exchange: Exchange, moderator: int) -> None:
    giver, reader = exchange.rich("老舍"), exchange.rich("小满")
    asked = exchange.drifts.request(reader, exchange.offer(giver, ISBNS[0]), AT_HOME)
    suspend(exchange, giver)
    suspend(exchange, reader)
    assert exchange.drifts.open_address(giver, asked).name
    exchange.drifts.post(giver, asked)
    exchange.drifts.delay(reader, asked)
    exchange.drifts.receive(reader, asked)
    assert exchange.state(asked) == "received"
    assert exchange.breaches() == []


def test_what_waits_on_the_shelf_is_put_away_and_comes_back_by_a_word_when_it_is_over(
    exchange: Exchange, moderator: int
) -> None:
    giver, reader = exchange.member("老舍"), exchange.rich("小满")
    copies = [exchange.offer(giver, isbn) for isbn in ISBNS[:2]]
    suspend(exchange, giver)
    assert shelf_of(giver) == [("paused", "suspended")] * 2
    assert exchange.offered() == exchange.on_shelf()
    with pytest.raises(GiftNotFound):
        exchange.drifts.request(reader, copies[0], AT_HOME)
    exchange.gifts.withdraw(giver, copies[1])
    exchange.pass_days(8)
    exchange.gifts.resume(giver, copies[1])
    assert shelf_of(giver) == [("open", None)] * 2, "one word brings all of them"
    assert exchange.offered() == exchange.on_shelf() > set()


def test_a_copy_that_comes_back_while_its_giver_is_suspended_is_put_away_at_once(
    exchange: Exchange, moderator: int
) -> None:
    giver, reader = exchange.member("老舍"), exchange.rich("小满")
    asked = exchange.drifts.request(reader, exchange.offer(giver), AT_HOME)
    suspend(exchange, giver)
    exchange.drifts.withdraw(reader, asked)
    assert shelf_of(giver) == [("paused", "suspended")]
    assert exchange.offered() == exchange.on_shelf()


def test_a_copy_that_stayed_on_the_shelf_by_accident_cannot_be_asked_for(exchange: Exchange, moderator: int) -> None:
    giver, reader = exchange.member("老舍"), exchange.rich("小满")
    copy = exchange.offer(giver)
    suspend(exchange, giver)
    with db.auto_commit():
        Gift.query.filter_by(id=copy).update({"state": "open", "pause": None})
    with pytest.raises(GiftNotFound):
        exchange.drifts.request(reader, copy, AT_HOME)


def test_losses_that_are_forgiven_bring_nothing_back_while_the_giver_is_suspended(
    exchange: Exchange, moderator: int
) -> None:
    giver = exchange.member("老舍")
    exchange.offer(giver, ISBNS[2])
    for number, isbn in enumerate(ISBNS[:2]):
        reader = exchange.rich(f"读者{number}")
        drift = exchange.mailed(giver, reader, isbn)
        exchange.pass_days(15)
        exchange.drifts.claim_lost(reader, drift)
    suspend(exchange, giver)
    exchange.container.exchange.moderation.lift(moderator, giver, Stop.GIVING, reason="是快递公司的错")
    assert shelf_of(giver)[0] == ("paused", "suspended")


def test_it_is_told_in_the_site_and_by_a_letter_with_the_reason_and_written_down(
    exchange: Exchange, moderator: int
) -> None:
    member = exchange.member("小满")
    exchange.container.members.profiles.change(member, nickname="小满", language="zh", wants_mail=False)
    suspend(exchange, member, moderator=moderator)
    assert exchange.notices(member) == ["suspended"]
    assert REASON in next(mail.context for mail in list_rows(OutboxMail, kind="suspended", user_id=member))
    [act] = list_rows(ModeratorAct)
    assert (act.moderator_id, act.kind, act.member_id, act.reason) == (moderator, "suspend", member, REASON)
    assert act.until == get_row(User, member).suspended_until
    [row] = exchange.container.exchange.moderation_list.list_about(member, limit=9)
    assert (row.kind, row.reason, row.until) == ("suspend", REASON, act.until)


def test_it_ends_early_by_a_moderator_and_what_it_put_away_is_back(exchange: Exchange, moderator: int) -> None:
    giver = exchange.member("老舍")
    exchange.offer(giver)
    end = exchange.container.moderation.sanctions.end_suspension
    with pytest.raises(NotSuspended):
        end(moderator, giver, reason="x")
    suspend(exchange, giver)
    end(moderator, giver, reason="弄错了")
    assert shelf_of(giver) == [("open", None)]
    exchange.offer(giver, ISBNS[1])
    assert exchange.notices(giver) == ["suspended", "suspension_ended"]
    with pytest.raises(NotSuspended):
        end(moderator, giver, reason="x")


def test_it_holds_for_all_accounts_of_a_person_also_those_to_come(exchange: Exchange, moderator: int) -> None:
    old = exchange.join("旧号", "one@example.com")
    exchange.offer(old)
    exchange.move(old, "away@example.com")
    other = exchange.join("新号", "one@example.com")
    exchange.offer(other, ISBNS[1])
    suspend(exchange, other)
    assert [shelf_of(account) for account in (old, other)] == [[("paused", "suspended")]] * 2
    exchange.leave(other)
    exchange.leave(old)
    again = exchange.join("又来", "one@example.com")
    with pytest.raises(Suspended):
        exchange.offer(again)


def test_no_moderator_suspends_themselves_a_partner_or_another_moderator(exchange: Exchange, moderator: int) -> None:
    partner, admin = exchange.rich("小满"), exchange.member("站长", role="admin")
    asked = exchange.drifts.request(partner, exchange.offer(moderator), AT_HOME)
    for member, refusal in ((moderator, OwnCase), (partner, OwnCase), (admin, StaffCase), (9999, NotFound)):
        with pytest.raises(refusal):
            suspend(exchange, member, moderator=moderator)
    assert list_rows(ModeratorAct) == []
    exchange.drifts.reject(moderator, asked, reason="")
    suspend(exchange, partner, moderator=moderator)
    suspend(exchange, admin)
    with pytest.raises(Suspended):
        exchange.offer(admin)


@pytest.mark.parametrize("days", [0, 91])
def test_it_lasts_one_to_ninety_days(exchange: Exchange, days: int) -> None:
    with pytest.raises(ValueError, match="1 to 90"):
        suspend(exchange, exchange.member("小满"), days)
