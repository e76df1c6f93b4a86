"""A wish: a book that a member wants, in one edition or in any of its work, and what may be done with it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from app.domain.book import BookFacts
from app.domain.book_kinds import is_novel, is_textbook
from app.domain.errors import Refusal
from app.domain.gift import NotConfirmed

#: A giver may offer once a minute, and once a day to the same wish; in seconds.
OFFER_PAUSE = 60
SAME_OFFER_PAUSE = 86_400


class WishState(StrEnum):
    """Where a wish stands; one is joined while another wish of the same member stands for it."""

    OPEN = "open"
    FULFILLED = "fulfilled"
    WITHDRAWN = "withdrawn"
    JOINED = "joined"


class WishScope(StrEnum):
    """Which copies fulfil a wish: those of its ISBN, of any edition of its work, which is in one language, or of any of its family."""

    EDITION = "edition"
    LANGUAGE = "language"
    ANY = "any"


class Place(NamedTuple):
    """What a gift or a wish takes on its member's lists: an ISBN, or a work (an ISBN of "")."""

    isbn13: str
    work_id: int


def places_of(scope: WishScope, isbn13: str, works: Sequence[int]) -> tuple[Place, ...]:
    """Return the places of a wish for one edition, or for any of these works. That of a gift is the place of a wish for its edition."""
    return (Place(isbn13, 0),) if scope is WishScope.EDITION else tuple(Place("", work_id) for work_id in works)


class WishNotFound(Refusal):
    """There is no such wish, or it is not this member's to touch."""

    status = 404
    zh = "没有这条心愿，或者它已经实现或撤销了。"
    en = "There is no such wish, or it has come true or been taken back."


class AlreadyWished(Refusal):
    """The member wishes this edition, or any, already."""

    zh = "这本书已经在你的心愿里了。"
    en = "This book is on your wish list already."


class AnotherEditionWished(Refusal):
    """The member who wishes any edition has another edition on their wish list."""

    zh = "这本书的另一个版本已经在你的心愿里了。想要任何版本，请到「我的心愿」里把那一条放宽。"
    en = "Another edition of this book is on your wish list. If any edition will do, widen that wish on your wish list."


class AnotherEditionOffered(Refusal):
    """The member who wishes any edition gives one."""

    zh = "你正在赠送这本书的一个版本，所以不能许愿任何版本；可以只许愿要这个版本。"
    en = "You are giving an edition of this book, so you cannot wish for just any; you can wish for this very edition."


class OtherWorksMeant(Refusal):
    """Since the member was told which works a wish for any language means, others came or some went."""

    zh = "这本书各种语言的版本刚刚有了变化。请看看现在是哪些，再许愿。"
    en = "The languages of this book have just changed. Please look at what they are now, and wish again."


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


class WishingMember(NamedTuple):
    """What the rules want to know of a member who wishes: what they have of this edition, and of the works that are meant."""

    confirmed: bool
    wished: bool
    offered: bool
    wished_another: bool
    offered_another: bool


def ensure_may_wish(scope: WishScope, member: WishingMember) -> None:
    """Check that a member may wish for a book.

    :raises NotConfirmed: before the mail address is confirmed.
    :raises AlreadyWished: :raises OfferedByYourself: when their place for this edition is taken.
    :raises AnotherEditionWished: :raises AnotherEditionOffered: when any edition is wished, and they wish or give one.
    """
    if not member.confirmed:
        raise NotConfirmed
    if member.wished:
        raise AlreadyWished
    if member.offered:
        raise OfferedByYourself
    if scope is WishScope.EDITION:
        return
    if member.wished_another:
        raise AnotherEditionWished
    if member.offered_another:
        raise AnotherEditionOffered


_GUIDE: Final = "travel|lonely planet|旅游|旅行指南|年鉴|年度|考试|教材|教辅"
_NUMBERED: Final = (
    r"第\s*[0-9一二三四五六七八九十]+\s*版|修订版|\b[0-9]+(?:st|nd|rd|th) (?:edition|ed)\b|(?:19|20)[0-9]{2}"
)
_ONE_EDITION: Final = re.compile(f"{_GUIDE}|{_NUMBERED}", re.IGNORECASE)


def scope_suggested(facts: BookFacts) -> WishScope:
    """Return the scope that most readers of a book want: one edition of textbooks, numbered editions, yearbooks and guides.

    A novel with such words or a year in its title is a novel.
    """
    said = " ".join((facts.title, facts.subtitle, facts.series, *facts.subjects))
    needs_one = not is_novel(facts) and (is_textbook(facts) or _ONE_EDITION.search(said) is not None)
    return WishScope.EDITION if needs_one else WishScope.LANGUAGE
