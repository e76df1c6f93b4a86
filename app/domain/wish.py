"""A wish: one ISBN that a member wants, and what may be done with it."""

from __future__ import annotations

from enum import StrEnum

from app.domain.errors import Refusal
from app.domain.gift import NotConfirmed

#: A giver may offer once a minute, and once a day to the same wish; in seconds.
OFFER_PAUSE = 60
SAME_OFFER_PAUSE = 86_400


class WishState(StrEnum):
    """Where a wish stands."""

    OPEN = "open"
    FULFILLED = "fulfilled"
    WITHDRAWN = "withdrawn"


class WishNotFound(Refusal):
    """There is no such wish, or it is not this member's to touch."""

    status = 404
    zh = "没有这条心愿，或者它已经实现或撤销了。"
    en = "There is no such wish, or it has come true or been taken back."


class AlreadyWished(Refusal):
    """The member wishes this ISBN already."""

    zh = "这本书已经在你的心愿里了。"
    en = "This book is on your wish list already."


class OfferedByYourself(Refusal):
    """The member gives the ISBN they want to wish."""

    zh = "你正在赠送这本书，就不用再许愿了。"
    en = "You are giving this book yourself, so there is no need to wish for it."


class NothingToOffer(Refusal):
    """The member has no open gift of the wished ISBN."""

    zh = "先把这本书放进你的赠送清单，再告诉许愿的人。"
    en = "List this book among your gifts first; then you can tell the one who wishes for it."


class OfferedJustNow(Refusal):
    """The giver made an offer less than a minute ago."""

    status = 429
    zh = "刚刚才告诉过一位书友，请过一分钟再告诉下一位。"
    en = "You have just told one reader; please wait a minute before you tell the next."


class OfferedToday(Refusal):
    """The giver told this wisher within a day."""

    zh = "今天已经告诉过这位书友了，等等回音吧。"
    en = "You have told this reader within the last day; give them time to answer."


def ensure_may_wish(*, confirmed: bool, wished: bool, offered: bool) -> None:
    """Check that a member may wish for an ISBN.

    :raises NotConfirmed: before the mail address is confirmed.
    :raises AlreadyWished: :raises OfferedByYourself: when their place for this ISBN is taken.
    """
    if not confirmed:
        raise NotConfirmed
    if wished:
        raise AlreadyWished
    if offered:
        raise OfferedByYourself
