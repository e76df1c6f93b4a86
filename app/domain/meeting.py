"""Meetings in person: who says when that the other did not come, and what follows from two missed in a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from app.domain.drift import DriftFacts, DriftState, Party, wrong_state
from app.domain.errors import AlreadyDone, Refusal
from app.domain.exchange_policy import DAY

#: Nobody can have waited in vain before this.
MISSED_FROM_DAY: Final = 1
#: So long the other side may say that it was not they who did not come.
DENIED_WITHIN_DAYS: Final = 7
#: So many meetings missed in a row stop requests for meetings, for so many days.
MISSED_IN_A_ROW: Final = 2
STOP_DAYS: Final = 30


class NotInPerson(Refusal):
    """The book is to be posted."""

    zh = "这本书是邮寄的，没有约见面；什么都没有改变。"
    en = "This book is to be posted, nobody was to meet; nothing has changed."


class TooEarlyToMiss(Refusal):
    """The request is not a day old."""

    zh = "请求才发出不到一天。再等等，约个时间；明天还没见上，再来说。"
    en = "The request is not a day old. Agree on a time first; if you have not met by tomorrow, come back."


class MeetingsStopped(Refusal):
    """The member missed two meetings in a row."""

    status = 403
    zh = "最近两次约好当面交接，对方都说你没来。到 {until} 为止，不能请求当面交接的书；邮寄的照常。"
    en = (
        "At your last two meetings the other side waited in vain. Until {until} you cannot ask to meet in person; "
        "books that are posted are not affected."
    )


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting that was kept, or that one side missed: when it ended so, and whether it was this member who did not come."""

    at: int
    missed: bool


def ensure_may_miss(drift: DriftFacts, *, asked_at: int, now: int) -> None:
    """Check that one side may say that the other did not come.

    :raises NotInPerson: when a parcel was agreed on. :raises TooEarlyToMiss: on the first day.
    """
    if not drift.handover:
        raise NotInPerson
    if drift.state is DriftState.WAITING and is_too_early(asked_at, now):
        raise TooEarlyToMiss


def is_too_early(asked_at: int, now: int) -> bool:
    """Return whether nobody can have waited in vain yet, since a request of that time."""
    return now < asked_at + MISSED_FROM_DAY * DAY


def ensure_may_deny(*, missing: bool, ended_at: int, now: int) -> None:
    """Check that the side that is said to have missed a meeting may say the same of the other: then it counts for neither.

    :param missing: whether the other side is said to have missed it, too.
    :raises AlreadyDone: when it was said before. :raises WrongState: when it is too late.
    """
    if missing:
        raise AlreadyDone
    if is_too_late_to_deny(ended_at, now):
        raise wrong_state(DriftState.MISSED)


def is_too_late_to_deny(ended_at: int, now: int) -> bool:
    """Return whether it is too late to say that it was the other side who missed a meeting."""
    return now >= ended_at + DENIED_WITHIN_DAYS * DAY


def other_side(party: Party) -> Party:
    """Return who is waited for by one of the two."""
    return Party.GIVER if party is Party.REQUESTER else Party.REQUESTER


def stopped_until(meetings: Sequence[Meeting], now: int) -> int | None:
    """Return until when a member cannot ask for meetings, epoch seconds; None if they can.

    :param meetings: their last ones, the newest first.
    """
    last = meetings[:MISSED_IN_A_ROW]
    if len(last) < MISSED_IN_A_ROW or not all(meeting.missed for meeting in last):
        return None
    until = last[0].at + STOP_DAYS * DAY
    return until if now < until else None


def ensure_may_meet(meetings: Sequence[Meeting], now: int) -> None:
    """Check that a member may ask for a book that is handed over in person.

    :raises MeetingsStopped: after two missed in a row.
    """
    until = stopped_until(meetings, now)
    if until is not None:
        raise MeetingsStopped(until=datetime.fromtimestamp(until, UTC).date().isoformat())
