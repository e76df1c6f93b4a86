"""What members and moderators do on a large site, one thing after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from app.container import Container
from app.domain.block import MetAt
from app.domain.drift import DriftState
from app.domain.holiday import Days
from app.domain.report import CaseKind, Decision, Reason
from app.services.exchange.gifts import Offer
from app.services.moderation.case_decisions import Ruling
from tests.growth.crowd import BUSY, CITIES, GIFT, MODERATOR, Sizes
from tests.support.apps import NOON
from tests.support.exchange import AT_HOME
from tests.support.members import open_session

GIVER, READER, OTHER, LEAVING, DISABLED = 501, 502, 504, 505, 506
#: A book that none of these gives or wishes yet.
BOOK = 5

Kept = dict[str, Any]


def _isbn(c: Container, book: int = BOOK) -> str:
    return c.catalogue.indexed_books.find_many([book])[book].facts.isbn13


#: In this order; each may keep something for those behind it.
DEEDS: Mapping[str, Callable[[Container, Kept, Sizes], object]] = {
    "wish": lambda c, kept, _: c.exchange.wishes.wish_for(OTHER, _isbn(c)),
    "offer": lambda c, kept, _: kept.update(gift=c.exchange.gifts.offer(GIVER, _isbn(c), Offer()).gift_id),
    "tell": lambda c, kept, _: c.exchange.gift_announcements.run(),
    "request": lambda c, kept, _: kept.update(drift=c.exchange.drifts.request(READER, kept["gift"], AT_HOME)),
    "open the address": lambda c, kept, _: c.exchange.drifts.open_address(GIVER, kept["drift"]),
    "post": lambda c, kept, _: c.exchange.drifts.post(GIVER, kept["drift"]),
    "delay": lambda c, kept, _: c.exchange.drifts.delay(READER, kept["drift"]),
    "dispute": lambda c, kept, _: c.exchange.drifts.claim_lost(READER, kept["drift"]),
    "decide": lambda c, kept, _: c.exchange.moderation.decide(
        MODERATOR, kept["drift"], DriftState.RECEIVED, reason="寄到了"
    ),
    "decide a loss": lambda c, kept, s: c.exchange.moderation.decide(
        MODERATOR, s.open_drifts, DriftState.LOST, reason="丢了"
    ),
    "report": lambda c, kept, _: c.moderation.reports.report(OTHER, CaseKind.MEMBER, f"书友{BUSY}", Reason.FRAUD),
    "report a busy subject": lambda c, kept, _: c.moderation.reports.report(
        OTHER, CaseKind.GIFT, str(GIFT), Reason.RUDE
    ),
    "take a case": lambda c, kept, _: c.moderation.decisions.claim(MODERATOR, 1),
    "decide a case": lambda c, kept, _: c.moderation.decisions.decide(
        MODERATOR, 1, Ruling(decision=Decision.HIDE, reason="看过了")
    ),
    "appeal": lambda c, kept, _: c.moderation.appeals.appeal(
        GIFT, c.exchange.moderation_list.list_about(GIFT, limit=1)[0].id, note="不对"
    ),
    "suspend": lambda c, kept, _: c.moderation.sanctions.suspend(MODERATOR, BUSY, 7, reason="空包裹"),
    "end a suspension": lambda c, kept, _: c.moderation.sanctions.end_suspension(MODERATOR, BUSY, reason="弄错了"),
    "go on holiday": lambda c, _, __: c.exchange.holidays.take(
        GIVER, Days(NOON.date(), NOON.date() + timedelta(days=9))
    ),
    "come back": lambda c, _, __: c.exchange.holidays.end(GIVER),
    "block": lambda c, kept, _: c.exchange.blocks.block(READER, MetAt.DRIFT, kept["drift"]),
    "unblock": lambda c, _, __: c.exchange.blocks.unblock(READER, GIVER),
    "take the wish back": lambda c, kept, _: c.exchange.wishes.withdraw(OTHER, _isbn(c)),
    "offer another": lambda c, kept, _: kept.update(gift=c.exchange.gifts.offer(OTHER, _isbn(c), Offer()).gift_id),
    "withdraw": lambda c, kept, _: c.exchange.gifts.withdraw(OTHER, kept["gift"]),
    "read notices": lambda c, kept, _: c.exchange.notices.mark_read(OTHER, up_to=2**53),
    "merge works": lambda c, kept, _: kept.update(
        decision=c.catalogue.work_decisions.merge(MODERATOR, _isbn(c), _isbn(c, BOOK + 1), reason="同一本")
    ),
    "undo a merge": lambda c, kept, _: c.catalogue.work_decisions.undo(MODERATOR, kept["decision"], reason="不是"),
    "choose a city": lambda c, kept, _: c.members.cities.choose(OTHER, CITIES[0], shown=True),
    "hide it": lambda c, kept, _: c.members.cities.choose(OTHER, CITIES[0], shown=False),
    "log in": lambda c, kept, _: open_session(c, OTHER, "another browser"),
    "log out elsewhere": lambda c, kept, _: c.members.sessions.end_others(OTHER),
    "delete a list": lambda c, kept, _: c.lists.book_lists.forget(BUSY, BUSY),
    "leave": lambda c, kept, _: c.members.leaving.delete(LEAVING),
    "put out": lambda c, kept, _: c.members.leaving.disable(f"m{DISABLED}@example.net"),
    "let in again": lambda c, kept, _: c.members.leaving.enable(f"m{DISABLED}@example.net"),
}
