"""What moderators may do: decide drifts that are not their own, lift a stop that losses brought about, suspend a member for some days."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from app.domain.errors import Refusal
from app.domain.exchange_policy import DAY

#: Characters of a reason.
REASON_LENGTH: Final = 200
#: The fewest and the most days of a suspension.
SUSPENSION_DAYS: Final = (1, 90)


class Stop(StrEnum):
    """What too many losses stop: a giver's gifts, or a reader's requests."""

    GIVING = "giving"
    ASKING = "asking"

    @property
    def lift(self) -> str:
        """How the act of lifting it is recorded."""
        return f"lift {self.value}"


class OwnCase(Refusal):
    """A moderator has a part in what is to be decided."""

    status = 403
    zh = "这件事和你自己有关，要请另一位版主来决定；什么都没有改变。"
    en = "You have a part in this yourself, so another moderator has to decide it; nothing has changed."


class NotStopped(Refusal):
    """The stop that is to be lifted does not stand: it was lifted before, or the counts changed."""

    zh = "这位书友现在没有被暂停，什么都没有改变。"
    en = "This member is not stopped now; nothing has changed."


class Sanction(StrEnum):
    """What a moderator does about a member, who reads the reason; as it is recorded. The last two answer an appeal."""

    HIDE = "hide"
    WARN = "warn"
    SUSPEND = "suspend"
    END_SUSPENSION = "end suspension"
    DISABLE = "disable"
    UPHOLD = "uphold"
    REVERSE = "reverse"


#: The notice and the letter about each.
SANCTION_NOTICES: Final[Mapping[Sanction, str]] = {
    Sanction.HIDE: "hidden",
    Sanction.WARN: "warned",
    Sanction.SUSPEND: "suspended",
    Sanction.END_SUSPENSION: "suspension_ended",
    Sanction.DISABLE: "disabled",
    Sanction.UPHOLD: "appeal_refused",
    Sanction.REVERSE: "appeal_granted",
}


class Suspended(Refusal):
    """A moderator has suspended the member: they finish what is open, and begin nothing."""

    status = 403
    zh = "版主暂停了你发起新的交换，还有 {days} 天。正在进行的可以照常完成，鱼豆也都还在。"
    en = (
        "A moderator has suspended you from beginning anything new; days left: {days}. "
        "You can finish what is open, and your beans stay yours."
    )


class StaffCase(Refusal):
    """The member is a moderator or an administrator, whom no moderator judges."""

    status = 403
    zh = "对方是版主或管理员，要请站长先收回这个身份；什么都没有改变。"
    en = "This member is a moderator or an administrator. The operator has to take that role back first; nothing has changed."


class NotSuspended(Refusal):
    """The suspension that is to be ended is over, or there is none."""

    zh = "这位书友现在没有被暂停，什么都没有改变。"
    en = "This member is not suspended now; nothing has changed."


def ensure_not_suspended(until: int, now: int) -> None:
    """Check that a suspension until then (0: none) is over.

    :raises Suspended: while it lasts.
    """
    if until > now:
        raise Suspended(days=-(-(until - now) // DAY))


def suspension_end(now: int, days: int) -> int:
    """Return when a suspension of so many days ends.

    :raises ValueError: for fewer or more days than may be.
    """
    if not SUSPENSION_DAYS[0] <= days <= SUSPENSION_DAYS[1]:
        raise ValueError(f"a suspension lasts {SUSPENSION_DAYS[0]} to {SUSPENSION_DAYS[1]} days")
    return now + days * DAY
