"""A gift: one copy that a member offers, its states, and what the giver may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.domain.errors import AlreadyDone, Refusal

NOTE_LENGTH = 200


class GiftState(StrEnum):
    """Where a gift stands."""

    OPEN = "open"
    RESERVED = "reserved"
    PAUSED = "paused"
    HIDDEN = "hidden"
    LAUNCHED = "launched"
    WITHDRAWN = "withdrawn"


class Pause(StrEnum):
    """Why a gift is paused."""

    SILENT = "silent"
    LOSSES = "losses"
    SUSPENDED = "suspended"
    HOLIDAY = "holiday"


class Condition(StrEnum):
    """How the copy looks."""

    NEW = "new"
    GOOD = "good"
    READ = "read"
    WORN = "worn"


class Postage(StrEnum):
    """Who pays the parcel; `MEET` means that the book is handed over in person alone."""

    GIVER = "giver"
    RECEIVER = "receiver"
    MEET = "meet"


#: States in which the gift still takes its giver's one place for this ISBN.
LISTED = frozenset({GiftState.OPEN, GiftState.RESERVED, GiftState.PAUSED})


class GiftNotFound(Refusal):
    """There is no such gift, or it is not this member's to touch."""

    status = 404
    zh = "没有这份礼物，或者它已经不在架上了。"
    en = "There is no such gift, or it is no longer on the shelf."


class AlreadyOffered(Refusal):
    """The member has an open gift of this ISBN."""

    zh = "你已经在赠送这本书了，不用再放一次。"
    en = "You are already giving this book; there is no need to list it twice."


class WishedByYourself(Refusal):
    """The member wishes the ISBN they want to give."""

    zh = "这本书还在你的心愿里。想送出它，请先撤销心愿。"
    en = "This book is on your own wish list. Take the wish back first, then you can give it."


class AnyEditionWished(Refusal):
    """The member wishes any edition of the book that they want to give."""

    zh = "你在心愿里说过，这本书任何版本都行。想送出它，请先撤销那条心愿，或者改成只要一个版本。"
    en = "You wish for any edition of this book. Take the wish back first, or narrow it to one edition; then you can give it."


class GiftInDrift(Refusal):
    """The gift has an open drift."""

    zh = "这个礼物正处于交易状态，请先前往鱼漂完成该交易。"
    en = "This gift is in an open drift; please finish that on your drifts page first."


class GiftLaunched(Refusal):
    """The gift has left the giver's hands."""

    zh = "这本书已经送出去了。"
    en = "This book has already been given."


class GiftAlreadyWithdrawn(AlreadyDone):
    """The gift was withdrawn before."""

    zh = "这份礼物之前已经撤下了，什么都没有改变。"
    en = "This gift had been withdrawn before; nothing has changed."


class GiftIsOpen(AlreadyDone):
    """The gift that is to be put back is on the shelf already."""

    zh = "这份礼物就在架上，什么都没有改变。"
    en = "This gift is on the shelf already; nothing has changed."


class GivingStopped(Refusal):
    """Too many of the member's parcels got lost."""

    status = 403
    zh = "你寄出的书丢失得有点多，赠送先暂停了。管理员已经知道，会来联系你。"
    en = "Too many of the books you sent got lost, so giving is stopped for now. The moderators know and will be in touch."


class OnHoliday(Refusal):
    """The giver is on holiday, and their gifts are with them."""

    zh = "你在休假，书会在假期结束后自己回到架上。想早点回来，就先结束假期。"
    en = "You are on holiday; your books come back to the shelf by themselves when it is over. To be back sooner, end the holiday first."


class NotConfirmed(Refusal):
    """The member's mail address is not confirmed yet."""

    status = 403
    zh = "先确认邮箱，再来送书、许愿和请求书。确认信在你的邮箱里，也可以在个人中心重新发送。"
    en = "Please confirm your e-mail first; then you can give, wish and ask. The letter is in your inbox, and your page can send it again."


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingMember:
    """What the rules want to know of a member who gives or wishes."""

    confirmed: bool
    losses: int
    parcels: int


def ensure_may_list(member: ListingMember, *, offered: bool, wished: bool, any_wished: bool) -> None:
    """Check that a member may list an ISBN as a gift.

    :raises NotConfirmed: before the mail address is confirmed.
    :raises GivingStopped: after too many losses.
    :raises AlreadyOffered: :raises WishedByYourself: when their place for this ISBN is taken.
    :raises AnyEditionWished: when they wish any edition of its work.
    """
    if not member.confirmed:
        raise NotConfirmed
    if too_many_losses(member.losses, member.parcels):
        raise GivingStopped
    if offered:
        raise AlreadyOffered
    if wished:
        raise WishedByYourself
    if any_wished:
        raise AnyEditionWished


def ensure_may_withdraw(state: GiftState) -> None:
    """Check that the giver may take the gift off the shelf. Beans never stand in the way.

    :raises GiftInDrift: while a drift is open. :raises GiftLaunched: once it was given.
    :raises GiftAlreadyWithdrawn: the second time. :raises GiftNotFound: when a moderator has hidden it.
    """
    refusals = {
        GiftState.RESERVED: GiftInDrift,
        GiftState.LAUNCHED: GiftLaunched,
        GiftState.WITHDRAWN: GiftAlreadyWithdrawn,
        GiftState.HIDDEN: GiftNotFound,
    }
    if state in refusals:
        raise refusals[state]


def ensure_may_resume(state: GiftState, *, stopped: bool, away: bool) -> None:
    """Check that the giver may put the gift back on the shelf.

    :raises GiftIsOpen: when it is there. :raises GiftInDrift: while a drift is open. :raises GiftLaunched: once given.
    :raises GivingStopped: while losses stop the giver. :raises OnHoliday: while they are away.
    :raises GiftNotFound: when a moderator has hidden it.
    """
    refusals = {
        GiftState.OPEN: GiftIsOpen,
        GiftState.RESERVED: GiftInDrift,
        GiftState.LAUNCHED: GiftLaunched,
        GiftState.HIDDEN: GiftNotFound,
    }
    if state in refusals:
        raise refusals[state]
    if stopped:
        raise GivingStopped
    if away:
        raise OnHoliday


def too_many_losses(losses: int, parcels: int) -> bool:
    """Return whether two or more losses are more than a third of a member's parcels."""
    return losses >= 2 and losses * 3 > parcels
