"""What a drift's transitions do to the beans, and when a loss is covered."""

from __future__ import annotations

from app.domain.beans import COVER, ESCROW, PRICE, EntryKind, Transfer, account_of
from app.domain.drift import DriftFacts, Effect, Transition

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
