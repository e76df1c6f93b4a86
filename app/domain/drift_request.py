"""A request: what is checked, in which order, before a drift begins; and what a recipient's form may hold."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.domain import gift
from app.domain.beans import ensure_enough, ensure_ratio
from app.domain.errors import AlreadyDone, Refusal
from app.domain.exchange_policy import Policy
from app.domain.gift import GiftNotFound, NotConfirmed, too_many_losses
from app.domain.holiday import day_of

NAME_LENGTHS = (2, 20)
ADDRESS_LENGTHS = (10, 100)
MESSAGE_LENGTH = 200
#: A mainland number, or an international one (E.164: up to fifteen digits).
MOBILE = re.compile(r"1[0-9]{10}|\+[1-9][0-9]{5,14}")


class OwnGift(Refusal):
    """Nobody asks for their own book."""

    zh = "这是你自己送出的书，不用向自己请求。"
    en = "This is a book you are giving yourself; there is no need to ask for it."


class TooLate(Refusal):
    """Somebody was faster."""

    zh = "有人快了一步，刚刚请求了这一本。你的鱼豆没有动。还有 {others} 位书友也在送同一本书。"
    en = "Somebody was a step faster, and this copy has just been asked for. Your bean is untouched. Other copies on offer: {others}."


class GiverAway(Refusal):
    """The giver is on holiday."""

    zh = "送书的人在休假，{day}以后再来请求吧。"
    en = "The giver is on holiday; please come back after {day_en}."


class AlreadyAsked(AlreadyDone):
    """This very request stands already: a double tap, or a second window."""

    zh = "你已经请求过这一本了，什么都没有改变。"
    en = "You have asked for this copy already; nothing has changed."


class SameBookAsked(Refusal):
    """The member has an open drift for another copy of this work."""

    zh = "你已经在请求这本书的另一册了，先等等那边的回音吧。"
    en = "You are asking for another copy of this book already; let us wait for that answer first."


class TooManyOpenDrifts(Refusal):
    """The member has as many open requests as allowed."""

    zh = "你同时进行的请求已经有 {limit} 个了。等一个有了结果，再来请求这一本吧。"
    en = "You have {limit} open requests. When one of them is finished, come back for this book."


class RequestsStopped(Refusal):
    """Too many books on the way to the member got lost."""

    status = 403
    zh = "寄给你的书丢失得有点多，请求先暂停了。管理员已经知道，会来联系你。"
    en = "Too many of the books sent to you got lost, so requests are stopped for now. The moderators know and will be in touch."


class HandoverOnly(Refusal):
    """The giver hands this copy over in person alone."""

    zh = "这本书只能当面交接，请选择“当面交接”。"
    en = "This copy is handed over in person only; please choose “meet in person”."


@dataclass(frozen=True, slots=True, kw_only=True)
class PostalRecipient:
    """Whom and where a book goes to."""

    name: str
    mobile: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftRequest:
    """The gift as the rules see it: its state, whose it is, how it changes hands, and how many others offer the same work.

    `parted`: one of the two has blocked the other; then it is as if there were no such gift, unless they ask for it already.
    `away_until`: when the holiday ends on which its giver is, None when they are here. What rests for a holiday is open by itself.
    """

    state: gift.GiftState
    giver_id: int
    isbn13: str
    work_id: int
    held_by: int | None
    others: int
    postage: str = gift.Postage.GIVER.value
    parted: bool = False
    away_until: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Requester:
    """The one who asks: `received` and `sent` as the ratio counts them, `balance` in tenths, open drifts, and whether one is for a copy of this work.

    `own`: the gift is of another account of the same person.
    """

    id: int
    confirmed: bool
    balance: int
    received: int
    sent: int
    open_drifts: int
    same_book: bool
    own: bool
    losses: int
    parcels: int


def ensure_may_request(asked: DriftRequest, requester: Requester, policy: Policy) -> None:
    """Check a request, in the order in which the reasons are told.

    :raises GiftNotFound: :raises OwnGift: :raises AlreadyAsked: :raises TooLate: :raises GiverAway: about the gift.
    :raises NotConfirmed: :raises RequestsStopped: :raises TooManyOpenDrifts: :raises SameBookAsked: about the member.
    :raises NotEnoughBeans: :raises RatioTooLow: about what they have and have given.
    """
    _ensure_to_be_had(asked, requester)
    if asked.away_until is not None:
        last = day_of(asked.away_until - 1, policy.time_zone)
        raise GiverAway(day=f"{last.month} 月 {last.day} 日", day_en=f"{last.day} {last:%B}")
    _ensure_may_ask_at_all(requester, policy)
    ensure_enough(requester.balance, policy)
    ensure_ratio(received=requester.received, sent=requester.sent)


def _ensure_to_be_had(asked: DriftRequest, requester: Requester) -> None:
    if asked.state not in {gift.GiftState.OPEN, gift.GiftState.RESERVED}:
        raise GiftNotFound
    if requester.own or asked.giver_id == requester.id:
        raise OwnGift
    if asked.held_by == requester.id:
        raise AlreadyAsked
    if asked.parted:
        raise GiftNotFound
    if asked.state is gift.GiftState.RESERVED:
        raise TooLate(others=asked.others, isbn13=asked.isbn13)


def _ensure_may_ask_at_all(requester: Requester, policy: Policy) -> None:
    if not requester.confirmed:
        raise NotConfirmed
    if too_many_losses(requester.losses, requester.parcels):
        raise RequestsStopped
    if requester.open_drifts >= policy.open_drifts:
        raise TooManyOpenDrifts(limit=policy.open_drifts)
    if requester.same_book:
        raise SameBookAsked


def is_mobile(text: str) -> bool:
    """Return whether it is a mobile number: eleven digits from 1, or ``+`` and a country's number."""
    return MOBILE.fullmatch(text) is not None
