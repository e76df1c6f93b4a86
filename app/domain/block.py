"""A block: two members who have nothing to do with each other any more, because one of them wants it so."""

from __future__ import annotations

from enum import Enum
from typing import Final

from app.domain.errors import AlreadyDone, NotFound, Refusal

#: So many members somebody may have blocked at a time.
MOST_BLOCKS: Final = 200


class MetAt(Enum):
    """Where one meets whom one blocks: at a copy that they give, a wish of theirs, or a drift between the two."""

    GIFT = "gift"
    WISH = "wish"
    DRIFT = "drift"


class NobodyToBlock(NotFound):
    """Nobody is met there, or oneself."""

    zh = "没有找到这位书友。"
    en = "There is no such member."


class AlreadyBlocked(AlreadyDone):
    """The member has blocked this one before."""

    zh = "你已经屏蔽了这位书友，什么都没有改变。"
    en = "You have blocked this member already; nothing has changed."


class NotBlocked(AlreadyDone):
    """The member has not blocked this one, or does so no more."""

    zh = "你没有屏蔽这位书友，什么都没有改变。"
    en = "You have not blocked this member; nothing has changed."


class TooManyBlocks(Refusal):
    """The list of whom one has blocked is full."""

    zh = "最多屏蔽 {most} 位书友。先解除几位，再屏蔽这一位。"
    en = "You can block {most} members at most. Please unblock somebody first."
