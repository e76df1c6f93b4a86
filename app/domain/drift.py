"""A drift: one request for one copy; its state table, who may do what from where, what follows, and which beans move.

The table is the rule: `find_transition` looks an act up in it and refuses everything that is not there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from app.domain.beans import COVER, ESCROW, PRICE, EntryKind, Transfer, account_of
from app.domain.errors import AlreadyDone, Refusal


class DriftState(StrEnum):
    """Where a drift stands."""

    WAITING = "waiting"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    MAILED = "mailed"
    RECEIVED = "received"
    LOST = "lost"
    DISPUTED = "disputed"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    MISSED = "missed"


class Party(StrEnum):
    """Who acts. `LEAVING` is the closing of an account on either side, `HOLIDAY` the clock while the giver is on holiday."""

    REQUESTER = "requester"
    GIVER = "giver"
    CLOCK = "clock"
    MODERATOR = "moderator"
    LEAVING = "leaving"
    HOLIDAY = "holiday"


class Act(StrEnum):
    """What is done."""

    REQUEST = "request"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    MAIL = "mail"
    RECEIVE = "receive"
    LOSE = "lose"
    DISPUTE = "dispute"
    RETURN = "return"
    CANCEL = "cancel"
    MISS = "miss"


class Effect(StrEnum):
    """What follows from a transition, apart from the new state."""

    BEAN_TO_ESCROW = "1 bean: requester → escrow"
    BEAN_BACK = "1 bean: escrow → requester"
    BEAN_TO_GIVER = "1 bean: escrow → giver"
    COVER_GIVER = "1 bean: cover → giver, if the cover rule allows"
    SETTLE_LATE = "the requester owes 1 bean to the one who bore the loss"
    RESERVE_GIFT = "gift reserved"
    OPEN_GIFT = "gift open"
    LAUNCH_GIFT = "gift launched"
    FREE_GIFT = "gift may be listed again"
    PAUSE_GIVER = "all gifts of the giver paused"
    FULFIL_WISH = "the requester's wish fulfilled"
    REOPEN_WISH = "the requester's wish open again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One row of the state table: an act that leads from `source` (None: from nothing) to `target`."""

    act: Act
    source: DriftState | None
    target: DriftState
    parties: frozenset[Party]
    effects: frozenset[Effect]


def _row(
    act: Act, source: DriftState | None, target: DriftState, parties: Iterable[Party], *effects: Effect
) -> Transition:
    return Transition(act=act, source=source, target=target, parties=frozenset(parties), effects=frozenset(effects))


_REQUESTER, _GIVER, _CLOCK, _MODERATOR, _LEAVING, _HOLIDAY = Party
_ENDED_UNSENT = (Effect.BEAN_BACK, Effect.OPEN_GIFT)
_BACK_AT_GIVER = (Effect.BEAN_BACK, Effect.FREE_GIFT, Effect.REOPEN_WISH)
_LOST = (Effect.BEAN_BACK, Effect.COVER_GIVER, Effect.REOPEN_WISH)

TRANSITIONS: tuple[Transition, ...] = (
    _row(Act.REQUEST, None, DriftState.WAITING, [_REQUESTER], Effect.BEAN_TO_ESCROW, Effect.RESERVE_GIFT),
    _row(Act.REJECT, DriftState.WAITING, DriftState.REJECTED, [_GIVER, _LEAVING], *_ENDED_UNSENT),
    _row(Act.WITHDRAW, DriftState.WAITING, DriftState.WITHDRAWN, [_REQUESTER, _LEAVING], *_ENDED_UNSENT),
    _row(Act.MISS, DriftState.WAITING, DriftState.MISSED, [_REQUESTER, _GIVER], *_ENDED_UNSENT),
    _row(Act.EXPIRE, DriftState.WAITING, DriftState.EXPIRED, [_CLOCK], Effect.BEAN_BACK, Effect.PAUSE_GIVER),
    _row(Act.EXPIRE, DriftState.WAITING, DriftState.EXPIRED, [_HOLIDAY], *_ENDED_UNSENT),
    _row(Act.MAIL, DriftState.WAITING, DriftState.MAILED, [_GIVER], Effect.LAUNCH_GIFT, Effect.FULFIL_WISH),
    _row(Act.RECEIVE, DriftState.MAILED, DriftState.RECEIVED, [_REQUESTER, _CLOCK], Effect.BEAN_TO_GIVER),
    _row(Act.LOSE, DriftState.MAILED, DriftState.LOST, [_REQUESTER], *_LOST),
    _row(Act.DISPUTE, DriftState.MAILED, DriftState.DISPUTED, [_REQUESTER]),
    _row(Act.RETURN, DriftState.MAILED, DriftState.RETURNED, [_GIVER], *_BACK_AT_GIVER),
    _row(Act.RECEIVE, DriftState.LOST, DriftState.RECEIVED, [_REQUESTER], Effect.SETTLE_LATE, Effect.FULFIL_WISH),
    _row(Act.RECEIVE, DriftState.DISPUTED, DriftState.RECEIVED, [_MODERATOR], Effect.BEAN_TO_GIVER),
    _row(Act.LOSE, DriftState.DISPUTED, DriftState.LOST, [_MODERATOR], *_LOST),
    _row(Act.CANCEL, DriftState.WAITING, DriftState.CANCELLED, [_MODERATOR], *_ENDED_UNSENT),
    _row(Act.CANCEL, DriftState.MAILED, DriftState.CANCELLED, [_MODERATOR], *_BACK_AT_GIVER),
    _row(Act.CANCEL, DriftState.DISPUTED, DriftState.CANCELLED, [_MODERATOR], *_BACK_AT_GIVER),
)

#: States in which the bean lies in escrow and the gift's one place is taken.
OPEN_STATES = frozenset({DriftState.WAITING, DriftState.MAILED, DriftState.DISPUTED})
#: States that count as "received" in the requester's ratio.
GOT_STATES = OPEN_STATES | {DriftState.RECEIVED, DriftState.LOST}
#: States in which the giver may see the address.
ADDRESS_STATES = frozenset({DriftState.WAITING, DriftState.MAILED})


class DriftNotFound(Refusal):
    """There is no such drift, or it is not this person's to see."""

    status = 404
    zh = "没有这个鱼漂。"
    en = "There is no such drift."


class WrongParty(Refusal):
    """The act belongs to another party of the drift."""

    zh = "这一步要由另一方来做，什么都没有改变。"
    en = "This step is the other party's to take; nothing has changed."


class WrongState(Refusal):
    """The act does not start from the drift's present state."""

    zh = "这个鱼漂现在是“{state_zh}”，不能这样操作；什么都没有改变。"
    en = "This drift is “{state_en}” now, so that cannot be done; nothing has changed."


STATE_NAMES: dict[DriftState, tuple[str, str]] = {
    DriftState.WAITING: ("等待回复", "waiting for an answer"),
    DriftState.REJECTED: ("这次不方便", "declined"),
    DriftState.WITHDRAWN: ("已撤回", "taken back"),
    DriftState.EXPIRED: ("无人回复", "unanswered"),
    DriftState.MAILED: ("在路上", "on its way"),
    DriftState.RECEIVED: ("已收到", "received"),
    DriftState.LOST: ("丢失", "lost"),
    DriftState.DISPUTED: ("有分歧", "disputed"),
    DriftState.RETURNED: ("已退回", "returned"),
    DriftState.CANCELLED: ("已取消", "cancelled"),
    DriftState.MISSED: ("没见上", "missed"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftFacts:
    """What the rules want to know of a drift; times are epoch seconds, None where it has not happened."""

    id: int
    gift_id: int
    state: DriftState
    requester_id: int
    giver_id: int
    due_at: int | None
    mailed_at: int | None
    opened_at: int | None
    claimed_at: int | None
    delays: int
    tracked: bool
    handover: bool
    covered: bool

    def party_of(self, member_id: int) -> Party:
        """Return the side a member is on.

        :raises DriftNotFound: for a stranger, as if there were no such drift.
        """
        if member_id == self.requester_id:
            return Party.REQUESTER
        if member_id == self.giver_id:
            return Party.GIVER
        raise DriftNotFound


def find_transition(drift: DriftFacts, act: Act, party: Party) -> Transition:
    """Return the row of the table for an act.

    :raises AlreadyDone: when this party did it before. :raises WrongParty: when the act is never theirs.
    :raises WrongState: when it does not start here.
    """
    rows = [row for row in TRANSITIONS if row.act is act and party in row.parties]
    for row in rows:
        if row.source is drift.state:
            return row
    if not rows:
        raise WrongParty
    if _was_done(drift, act):
        raise AlreadyDone
    raise wrong_state(drift.state)


def wrong_state(state: DriftState) -> WrongState:
    """Make the refusal that names the state."""
    zh, en = STATE_NAMES[state]
    return WrongState(state_zh=zh, state_en=en)


def _was_done(drift: DriftFacts, act: Act) -> bool:
    if act is Act.MAIL:
        return drift.mailed_at is not None
    if act in {Act.LOSE, Act.DISPUTE}:
        return drift.state in {DriftState.LOST, DriftState.DISPUTED}
    return any(row.target is drift.state for row in TRANSITIONS if row.act is act)


#: Reasons of transfers. Entering and leaving escrow have one each, so a drift enters once and leaves once.
ENTERED = "escrow in"
LEFT = "escrow out"
COVERED = "covered"


def subject_of(drift_id: int) -> str:
    """Name a drift in the ledger."""
    return f"drift:{drift_id}"


def transfers_of(transition: Transition, drift: DriftFacts, *, cover: bool) -> tuple[Transfer, ...]:
    """List the ledger's entries for a transition.

    :param cover: whether `cover` pays the giver of a lost book.
    """
    requester, giver = account_of(drift.requester_id), account_of(drift.giver_id)
    subject = subject_of(drift.id)
    entries = {
        Effect.BEAN_TO_ESCROW: Transfer(requester, ESCROW, PRICE, EntryKind.ESCROW, subject, ENTERED),
        Effect.BEAN_BACK: Transfer(ESCROW, requester, PRICE, EntryKind.REFUND, subject, LEFT),
        Effect.BEAN_TO_GIVER: Transfer(ESCROW, giver, PRICE, EntryKind.PAYOUT, subject, LEFT),
    }
    if cover:
        entries[Effect.COVER_GIVER] = Transfer(COVER, giver, PRICE, EntryKind.COVER, subject, COVERED)
    return tuple(entry for effect, entry in entries.items() if effect in transition.effects)


def creditor_of_late_arrival(drift: DriftFacts) -> str:
    """Name whom the requester owes a bean when a lost book arrives after all: `cover` if it paid, else the giver."""
    return COVER if drift.covered else account_of(drift.giver_id)
