"""The rules of a member's city: how often it may change, who sees it, and when a city is named at all."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from app.domain.errors import Refusal
from app.domain.exchange_policy import DAY
from app.domain.gift import Postage

#: A city has a page, and is named on gifts, once so many members show it: below that only its province is told.
SHOWN_FROM: Final = 10
#: So often a city may change within so many days; the first choice is no change.
CHANGES: Final = 2
CHANGE_DAYS: Final = 90
#: Cities around one's own that count as near, those in which a city is named alone.
NEAREST: Final = 10


class NoSuchCity(Refusal):
    """There is no city of this number."""

    status = 404
    zh = "没有找到这座城市，请从列出来的里面选一座。"
    en = "There is no such city; please choose one of those listed."


class CityChangedTwice(Refusal):
    """The member's city changed twice not long ago."""

    zh = "城市 {days} 天里最多换 {changes} 次。再换要等到 {until}；不想再让人看到，随时可以取消显示或删掉。"
    en = (
        "A city can be changed {changes} times in {days} days. You can change it again from {until}; "
        "hiding or removing it is possible at any time."
    )


def ensure_may_change_city(*, before_last: int | None, now: int) -> None:
    """Check that a member may choose another city.

    :param before_last: when it changed the time before the last, epoch seconds; None or 0 if it did not change twice yet.
    :raises CityChangedTwice: when that was not long ago.
    """
    until = (before_last or 0) + CHANGE_DAYS * DAY
    if before_last and now < until:
        day = datetime.fromtimestamp(until, UTC).date().isoformat()
        raise CityChangedTwice(days=CHANGE_DAYS, changes=CHANGES, until=day)


def is_named(members: int | None) -> bool:
    """Return whether a city that so many members show is named."""
    return (members or 0) >= SHOWN_FROM


def is_seen_on(postage: str, *, shown: bool) -> bool:
    """Return whether a gift tells its giver's city: where the member shows it, and where one has to come and fetch the book."""
    return shown or postage == Postage.MEET
