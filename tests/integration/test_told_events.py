"""What members do is told, once, with the numbers of whom and what it concerns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pyotp
import pytest

from app import events
from app.domain.drift import DriftState
from app.events import DomainEvent
from tests.support.exchange import AT_HOME, ISBNS, Exchange
from tests.support.members import PASSWORD, open_session

LIST = "书名,ISBN\n三体,9787536692930\n".encode()


class Heard:
    """Listens to all events and gives, for one deed, what was told of it."""

    def __init__(self) -> None:
        self._told: list[tuple[str, dict[str, Any]]] = []

    def listen(self, event: DomainEvent, **facts: Any) -> None:
        self._told.append((event.name, facts))

    def of(self, deed: Callable[[], object]) -> list[tuple[str, dict[str, Any]]]:
        self._told.clear()
        deed()
        return list(self._told)


@pytest.fixture
def heard() -> Iterator[Heard]:
    listener = Heard()
    for event in events.ALL:
        event.connect(listener.listen)
    yield listener
    for event in events.ALL:
        event.disconnect(listener.listen)


def test_what_is_offered_wished_and_withdrawn_is_told(exchange: Exchange, heard: Heard) -> None:
    giver, reader = exchange.member("老舍"), exchange.rich("小满")
    assert heard.of(lambda: exchange.offer(giver)) == [("gift offered", {"member": giver, "gift": 2})]
    assert heard.of(lambda: exchange.gifts.withdraw(giver, 2)) == [("gift withdrawn", {"member": giver, "gift": 2})]
    assert heard.of(lambda: exchange.gifts.resume(giver, 2)) == [("gift resumed", {"member": giver, "gift": 2})]
    wished = heard.of(lambda: exchange.wishes.wish_for(reader, ISBNS[0]))
    assert wished == [("wish made", {"member": reader, "wish": 1})]
    answered = heard.of(lambda: exchange.wishes.offer_to(giver, 1))
    assert answered == [("wish answered", {"member": giver, "gift": 2, "wish": 1})]
    assert heard.of(lambda: exchange.wishes.withdraw(reader, ISBNS[0])) == [("wish withdrawn", {"member": reader})]
    [(name, facts)] = heard.of(lambda: exchange.drifts.request(reader, 2, AT_HOME))
    assert (name, facts["drift"]) == ("drift requested", 1)


def test_what_a_moderator_decides_is_told(exchange: Exchange, heard: Heard) -> None:
    moderator, reader = exchange.member("版主", role="moderator"), exchange.rich("小满")
    drift = exchange.mailed(exchange.member("老舍"), reader, tracking="SF1")
    exchange.clock.advance(timedelta(days=15))
    exchange.drifts.claim_lost(reader, drift)
    decide = exchange.container.exchange.moderation.decide
    told = dict(heard.of(lambda: decide(moderator, drift, DriftState.CANCELLED, reason="没有寄出")))
    assert told["drift cancelled"]["drift"] == told["moderator acted"]["drift"] == drift
    assert told["moderator acted"]["moderator"] == moderator


def test_what_becomes_of_sessions_is_told(exchange: Exchange, heard: Heard) -> None:
    member, box = exchange.member("小满"), exchange.container
    opened = [heard.of(lambda: open_session(box, member)) for _ in range(3)]
    assert opened == [[("login", {"member": member})]] * 3
    assert heard.of(lambda: box.members.sessions.end(member, 1)) == [("logout", {"member": member, "session": 1})]
    assert heard.of(lambda: box.members.sessions.end(member, 1)) == [], "it had ended"
    others = heard.of(lambda: box.members.sessions.end_others(member, but=2))
    assert others == [("other logins ended", {"member": member, "number": 1})]
    assert heard.of(lambda: box.members.sessions.end_others(member, but=2)) == []
    changed = heard.of(
        lambda: box.members.accounts.change_password(member, old=PASSWORD, new="尺素如残雪 9527", session_id=2)
    )
    assert ("password changed", {"member": member}) in changed


def test_what_becomes_of_an_account_is_told(exchange: Exchange, heard: Heard) -> None:
    members, address = exchange.container.members, "man@example.org"
    told = heard.of(lambda: exchange.join("小满", address))
    assert told == [("signed up", {"member": 1}), ("address confirmed", {"member": 1})]
    changes = {"nickname": "小满满", "language": "zh", "wants_mail": True}
    assert heard.of(lambda: members.profiles.change(1, **changes)) == [("profile changed", {"member": 1})]
    told = heard.of(lambda: members.profiles.promote(address, "moderator"))
    assert told == [("role given", {"member": 1, "role": "moderator"})]
    assert ("address changed", {"member": 1}) in heard.of(lambda: exchange.move(1, address.replace("man", "men")))
    address = address.replace("man", "men")
    assert ("account disabled", {"member": 1}) in heard.of(lambda: members.leaving.disable(address))
    assert heard.of(lambda: members.leaving.enable(address)) == [("account enabled", {"member": 1})]
    token = members.account_tokens.make("reset", 1)
    reset = heard.of(lambda: members.accounts.reset_password(token, "尺素如残雪 9527"))
    assert ("password reset", {"member": 1}) in reset
    assert ("account deleted", {"member": 1}) in heard.of(lambda: exchange.leave(1))


def test_what_becomes_of_a_second_factor_is_told(exchange: Exchange, heard: Heard) -> None:
    member, factors = exchange.member("小满"), exchange.container.members.second_factors
    factors.begin(member)
    phone = pyotp.TOTP(str(factors.state(member).secret))
    codes: list[str] = []
    told = heard.of(lambda: codes.extend(factors.turn_on(member, phone.at(exchange.clock.now()))))
    assert told == [("second factor on", {"member": member})]
    used = heard.of(lambda: factors.check(member, codes[0]))
    assert used == [("recovery code used", {"member": member, "left": len(codes) - 1})]
    assert heard.of(lambda: factors.renew_codes(member)) == [("recovery codes renewed", {"member": member})]
    assert heard.of(lambda: factors.turn_off(member)) == [("second factor off", {"member": member})]
    assert heard.of(lambda: factors.turn_off(member)) == []


def test_what_becomes_of_invitations_and_lists_is_told(exchange: Exchange, heard: Heard) -> None:
    member, box = exchange.member("小满"), exchange.container
    desk, lists = box.members.invitation_desk, box.lists.book_lists
    made = heard.of(lambda: desk.make(member, places=2, days=2, note=""))
    assert made == [("invitation made", {"member": member, "invitation": 1})]
    assert heard.of(lambda: desk.end(member, 1)) == [("invitation ended", {"member": member, "invitation": 1})]
    assert heard.of(lambda: desk.end(member, 1)) == []
    brought = heard.of(lambda: lists.bring(member, "shelf.csv", LIST))
    assert brought == [("list made", {"member": member, "list": 1, "rows": 1})]
    assert heard.of(lambda: lists.forget(member, 1)) == [("list deleted", {"member": member, "list": 1})]
    assert heard.of(lambda: lists.restore(member, 1)) == [("list restored", {"member": member, "list": 1})]
