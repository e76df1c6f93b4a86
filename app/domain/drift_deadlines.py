"""A drift's clocks: deadlines, reminders, and what the time allows. Times are epoch seconds."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntFlag
from typing import Final, NamedTuple

from app.domain.drift import ADDRESS_STATES, Act, DriftFacts, DriftState, Party, WrongParty, wrong_state
from app.domain.errors import AlreadyDone, Refusal
from app.domain.exchange_policy import DAY, Policy

#: Reminders, in days from the start; the last one is counted back from the deadline, so it moves with it.
ANSWER_REMINDERS = (3, 7, 12)
RECEIPT_REMINDERS = (14, 21, 26)
OPENING_DAYS = 7
DELAY_DAYS = 15
DELAYS = 2
LOST_FROM_DAY = 14
CLAIM_REST_DAYS = 365
OPENED_AT_ONCE_NEWCOMER = 3
OPENED_AT_ONCE = 10


class StopCause(IntFlag):
    """Why a deadline stands still: our mail does not arrive, a holiday, a moderator. There may be several at once."""

    MAIL = 1
    HOLIDAY = 2
    SUSPENDED = 4


#: Whose cause stops the clock of which state. What is posted comes to its reader also while its giver is away or suspended.
STOPPED_BY: Final[Mapping[StopCause, Mapping[DriftState, Party]]] = {
    StopCause.MAIL: {DriftState.WAITING: Party.GIVER, DriftState.MAILED: Party.REQUESTER},
    StopCause.HOLIDAY: {DriftState.WAITING: Party.GIVER},
    StopCause.SUSPENDED: {DriftState.WAITING: Party.GIVER},
}


class DriftClock(NamedTuple):
    """A drift's deadline, since when it stands still (None: it runs), and for which causes."""

    due_at: int | None
    stopped_at: int | None
    stopped_for: StopCause

    def stop(self, cause: StopCause, now: int) -> DriftClock:
        """Return the clock after a cause began."""
        return self._replace(
            stopped_at=now if self.stopped_at is None else self.stopped_at, stopped_for=self.stopped_for | cause
        )

    def start(self, cause: StopCause, now: int) -> DriftClock:
        """Return the clock after a cause ended: when it was the last one the deadline has moved by as long as it stood."""
        left = self.stopped_for & ~cause
        if left or self.stopped_at is None:
            return self._replace(stopped_for=left)
        due_at = None if self.due_at is None else self.due_at + now - self.stopped_at
        return DriftClock(due_at, None, left)


class WithdrawTooSoon(Refusal):
    """The giver has opened the address and may be at the post office."""

    zh = "对方已经看过地址，可能正在寄书。{days} 天后还没有寄出的话，再来撤回吧。"
    en = "The giver has seen the address and may be posting the book. If it is not on its way in {days} day(s), come back."


class NoMoreDelays(Refusal):
    """Both delays are used."""

    zh = "已经延长过两次了。书还没到的话，可以告诉我们它可能丢了。"
    en = "This has been extended twice. If the book is not there yet, you can tell us that it may be lost."


class TooManyOpened(Refusal):
    """The giver has many open addresses at once."""

    zh = "你同时打开的地址已经有 {limit} 个了。先把手上的寄出去，再看下一个吧。"
    en = "You have {limit} addresses open at once. Please post those books before you open the next."


class AddressClosed(Refusal):
    """The drift is not at a point where its address is shown."""

    zh = "这个鱼漂的地址现在不能查看了。"
    en = "The address of this drift cannot be shown now."


class NoAddress(Refusal):
    """The two meet in person; there is no address."""

    zh = "这次是当面交接，没有地址。"
    en = "You meet in person; there is no address."


def answer_due(now: int, policy: Policy) -> int:
    """Return the time by which the giver must answer a request made now."""
    return now + policy.answer_days * DAY


def receipt_due(now: int, policy: Policy) -> int:
    """Return the time at which a book posted now counts as received."""
    return now + policy.receipt_days * DAY


def due_after_opening(drift: DriftFacts) -> int | None:
    """Return the deadline after the giver opened the address: the first opening gives a week more."""
    if drift.due_at is None or drift.state is not DriftState.WAITING or drift.opened_at is not None:
        return drift.due_at
    return drift.due_at + OPENING_DAYS * DAY


def due_after_delay(drift: DriftFacts, party: Party, *, seen: int | None) -> int:
    """Return the deadline after "still on its way".

    :param seen: how many delays the page showed; another number means that the same button was pressed twice.
    :raises WrongParty: :raises WrongState: when it is not the requester's turn on a posted book.
    :raises AlreadyDone: for a repeated press. :raises NoMoreDelays: after the second.
    """
    if party is not Party.REQUESTER:
        raise WrongParty
    if drift.state is not DriftState.MAILED or drift.due_at is None:
        raise wrong_state(drift.state)
    if seen is not None and seen != drift.delays:
        raise AlreadyDone
    if drift.delays >= DELAYS:
        raise NoMoreDelays
    return drift.due_at + DELAY_DAYS * DAY


def reminder_times(state: DriftState, started: int, due: int) -> tuple[int, ...]:
    """List when the party whose turn it is gets reminded; nothing lies at or after the deadline."""
    days, span = {
        DriftState.WAITING: (ANSWER_REMINDERS, Policy().answer_days),
        DriftState.MAILED: (RECEIPT_REMINDERS, Policy().receipt_days),
    }[state]
    last = due - (span - days[-1]) * DAY
    times = {started + day * DAY for day in days[:-1]} | {last}
    return tuple(sorted(time for time in times if started < time < due))


def reminders_due(state: DriftState, started: int, due: int, now: int) -> int:
    """Count the reminders that should have gone out by now."""
    return sum(time <= now for time in reminder_times(state, started, due))


def next_reminder(state: DriftState, started: int, due: int, reminded: int) -> int | None:
    """Return when the next reminder is due, after `reminded` of them; None when there is none left."""
    times = reminder_times(state, started, due)
    return times[reminded] if reminded < len(times) else None


def ensure_may_take_back(drift: DriftFacts, now: int, *, away: bool) -> None:
    """Check that the requester may withdraw as far as time goes: at once from a giver who is `away`, on holiday.

    :raises WithdrawTooSoon: for seven days after the giver opened the address.
    """
    if drift.opened_at is None or away:
        return
    left = drift.opened_at + OPENING_DAYS * DAY - now
    if left > 0:
        raise WithdrawTooSoon(days=-(-left // DAY))


def act_of_claim(drift: DriftFacts, now: int, *, recent_claims: int) -> Act:
    """Decide what "it did not arrive" leads to.

    Lost at once from day 14, for the first claim in twelve months, with no tracking number and no meeting in person;
    in all other cases a moderator looks at it.
    """
    plain = not drift.tracked and not drift.handover and recent_claims == 0
    late = drift.mailed_at is not None and now - drift.mailed_at >= LOST_FROM_DAY * DAY
    return Act.LOSE if plain and late else Act.DISPUTE


def ensure_may_open_address(drift: DriftFacts, party: Party, *, opened_now: int, newcomer: bool) -> None:
    """Check that a party may see the address.

    :param opened_now: other drifts of the giver that wait or travel with their address opened.
    :param newcomer: none of the giver's books was received yet.
    :raises NoAddress: when the two meet. :raises AddressClosed: when the drift is over or disputed.
    :raises TooManyOpened: when the giver has too many open at once.
    """
    if drift.handover:
        raise NoAddress
    if drift.state not in ADDRESS_STATES:
        raise AddressClosed
    if party is Party.REQUESTER or drift.opened_at is not None:
        return
    limit = OPENED_AT_ONCE_NEWCOMER if newcomer else OPENED_AT_ONCE
    if opened_now >= limit:
        raise TooManyOpened(limit=limit)
