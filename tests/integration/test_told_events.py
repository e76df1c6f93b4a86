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
from app.models.user import Invitation, UserSession
from tests.support.exchange import AT_HOME, ISBNS, Exchange
from tests.support.members import PASSWORD, open_session
from tests.support.rows import list_rows

LIST = "书名,ISBN\n三体,9787536692930\n".encode()


class Heard:
    """Listens to all events and gives, for one deed, what was told of it; `result` is what the last deed returned."""

    def __init__(self) -> None:
        self.result: Any = None
        self._told: list[tuple[str, dict[str, Any]]] = []

    def listen(self, event: DomainEvent, **facts: Any) -> None:
        self._told.append((event.name, facts))

    def of(self, deed: Callable[[], object]) -> list[tuple[str, dict[str, Any]]]:
        self._told.clear()
        self.result = deed()
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
    offered = heard.of(lambda: exchange.offer(giver))
    gift = heard.result
    about = {"member": giver, "gift": gift}
    assert offered == [("gift offered", about)]
    assert heard.of(lambda: exchange.gifts.withdraw(giver, gift)) == [("gift withdrawn", about)]
    assert heard.of(lambda: exchange.gifts.resume(giver, gift)) == [("gift resumed", about)]
    wished = heard.of(lambda: exchange.wishes.wish_for(reader, ISBNS[0]))
    wish = heard.result
    assert wished == [("wish made", {"member": reader, "wish": wish})]
    answered = heard.of(lambda: exchange.wishes.offer_to(giver, wish))
    assert answered == [("wish answered", about | {"wish": wish})]
    assert heard.of(lambda: exchange.wishes.withdraw(reader, ISBNS[0])) == [("wish withdrawn", {"member": reader})]
    [(name, facts)] = heard.of(lambda: exchange.drifts.request(reader, gift, AT_HOME))
    assert (name, facts["drift"]) == ("drift requested", heard.result)


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
    first, second, _third = (session.id for session in list_rows(UserSession))
    ended = heard.of(lambda: box.members.sessions.end(member, first))
    assert ended == [("logout", {"member": member, "session": first})]
    assert heard.of(lambda: box.members.sessions.end(member, first)) == [], "it had ended"
    others = heard.of(lambda: box.members.sessions.end_others(member, but=second))
    assert others == [("other logins ended", {"member": member, "number": 1})]
    assert heard.of(lambda: box.members.sessions.end_others(member, but=second)) == []
    changed = heard.of(
        lambda: box.members.accounts.change_password(member, old=PASSWORD, new="尺素如残雪 9527", session_id=second)
    )
    assert ("password changed", {"member": member}) in changed


def test_what_becomes_of_an_account_is_told(exchange: Exchange, heard: Heard) -> None:
    members, address = exchange.container.members, "man@example.org"
    told = heard.of(lambda: exchange.join("小满", address))
    member = heard.result
    about = {"member": member}
    assert told == [("signed up", about), ("address confirmed", about)]
    changes = {"nickname": "小满满", "language": "zh", "wants_mail": True}
    assert heard.of(lambda: members.profiles.change(member, **changes)) == [("profile changed", about)]
    told = heard.of(lambda: members.profiles.promote(address, "moderator"))
    assert told == [("role given", about | {"role": "moderator"})]
    assert ("address changed", about) in heard.of(lambda: exchange.move(member, address.replace("man", "men")))
    address = address.replace("man", "men")
    assert ("account disabled", about) in heard.of(lambda: members.leaving.disable(address))
    assert heard.of(lambda: members.leaving.enable(address)) == [("account enabled", about)]
    token = members.account_tokens.make("reset", member)
    reset = heard.of(lambda: members.accounts.reset_password(token, "尺素如残雪 9527"))
    assert ("password reset", about) in reset
    assert ("account deleted", about) in heard.of(lambda: exchange.leave(member))


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
    [invitation] = list_rows(Invitation)
    about = {"member": member, "invitation": invitation.id}
    assert made == [("invitation made", about)]
    assert heard.of(lambda: desk.end(member, invitation.id)) == [("invitation ended", about)]
    assert heard.of(lambda: desk.end(member, invitation.id)) == []
    brought = heard.of(lambda: lists.bring(member, "shelf.csv", LIST))
    book_list = heard.result
    about = {"member": member, "list": book_list}
    assert brought == [("list made", about | {"rows": 1})]
    assert heard.of(lambda: lists.forget(member, book_list)) == [("list deleted", about)]
    assert heard.of(lambda: lists.restore(member, book_list)) == [("list restored", about)]
