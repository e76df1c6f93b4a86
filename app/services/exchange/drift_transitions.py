"""A drift's one step: the new state by conditional UPDATE, and everything that follows, in the caller's transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select, update

from app import events
from app.db.database import rows_touched
from app.domain import drift as rules
from app.domain import gift as gift_rules
from app.domain import wish as wish_rules
from app.domain.beans import may_cover, witnesses_needed
from app.domain.drift import (
    OPEN_STATES,
    Act,
    DriftFacts,
    DriftNotFound,
    DriftState,
    Effect,
    Party,
    Transition,
    creditor_of_late_arrival,
    subject_of,
    transfers_of,
)
from app.domain.drift_deadlines import STOPPED_BY, DriftClock, StopCause, next_reminder, receipt_due
from app.domain.report import CaseKind, Reason
from app.extensions import db
from app.libs.clock import epoch
from app.models.drift import Drift, DriftAddress, DriftEvent
from app.models.gift import Gift, Wish
from app.services.exchange.cases import Subject
from app.services.exchange.gift_states import GiftStates
from app.services.exchange.listing_places import find_fulfilled, free_places, join_to, list_joined, open_again
from app.services.exchange.tools import ExchangeTools
from app.services.unit_of_work import RaceLostError

_TOLD_KIND: dict[DriftState, str] = {
    DriftState.REJECTED: "drift_rejected",
    DriftState.WITHDRAWN: "drift_withdrawn",
    DriftState.EXPIRED: "drift_expired",
    DriftState.MAILED: "drift_mailed",
    DriftState.RECEIVED: "drift_received",
    DriftState.LOST: "drift_lost",
    DriftState.DISPUTED: "drift_disputed",
    DriftState.RETURNED: "drift_returned",
    DriftState.CANCELLED: "drift_cancelled",
    DriftState.MISSED: "drift_missed",
}


def facts_of(row: Drift) -> DriftFacts:
    """Return a drift's row as the rules see it."""
    return DriftFacts(
        id=row.id,
        gift_id=row.gift_id,
        state=DriftState(row.state),
        requester_id=row.requester_id,
        giver_id=row.giver_id,
        due_at=row.due_at,
        mailed_at=row.mailed_at,
        opened_at=row.opened_at,
        claimed_at=row.claimed_at,
        delays=row.delays,
        tracked=bool(row.tracking),
        handover=bool(row.handover),
        covered=bool(row.covered),
    )


def _clock_of(row: Drift) -> DriftClock:
    return DriftClock(row.due_at, row.stopped_at, StopCause(row.stopped_for))


class DriftTransitions:
    """Carries out what the state table says."""

    def __init__(self, tools: ExchangeTools, states: GiftStates) -> None:
        self._tools = tools
        self._clock = tools.clock
        self._states = states

    def load(self, drift_id: int) -> Drift:
        """Return a drift's row, held until the transaction ends.

        :raises DriftNotFound: when there is none.
        """
        row = db.session.execute(
            select(Drift).where(Drift.id == drift_id).with_for_update().execution_options(populate_existing=True)
        ).scalar_one_or_none()
        if row is None:
            raise DriftNotFound
        return row

    def note(self, row: Drift, kind: str, party: Party) -> None:
        """Add a line to the drift's history, and publish it as an event."""
        db.session.add(DriftEvent(drift_id=row.id, kind=kind, party=party.value, create_time=epoch(self._clock.now())))
        events.drift[kind].publish(drift=row.id, gift=row.gift_id, party=party.value)

    def stop_clock(self, row: Drift, cause: StopCause) -> bool:
        """Let a drift's deadline stand still for a cause; tell whether it did not before. No other cause is touched."""
        if DriftState(row.state) not in STOPPED_BY[cause] or row.stopped_for & cause:
            return False
        self._set_clock(row, _clock_of(row).stop(cause, epoch(self._clock.now())))
        return True

    def start_clock(self, row: Drift, cause: StopCause) -> None:
        """Let a deadline run on that stood still for a cause, unless it does for another one, too."""
        self._set_clock(row, _clock_of(row).start(cause, epoch(self._clock.now())))

    @staticmethod
    def _set_clock(row: Drift, clock: DriftClock) -> None:
        row.due_at, row.stopped_at, row.stopped_for = clock.due_at, clock.stopped_at, clock.stopped_for.value
        db.session.flush()

    def apply(self, row: Drift, act: Act, party: Party, **values: Any) -> None:
        """Take a step of the state table; `values` are further columns that change with it.

        :raises WrongParty: :raises WrongState: :raises AlreadyDone: when the table has no such step from here.
        """
        drift = facts_of(row)
        step = rules.find_transition(drift, act, party)
        cover = Effect.COVER_GIVER in step.effects and self._covers(drift)
        self._change(row, step, values | {"covered": int(cover or drift.covered)})
        self.note(row, step.target.value, party)
        self._follow(row, drift, step, party)
        for transfer in transfers_of(step, drift, cover=cover):
            self._tools.ledger.enter(transfer)
        if Effect.SETTLE_LATE in step.effects:
            self._tools.ledger.owe(drift.requester_id, creditor_of_late_arrival(drift), subject_of(drift.id))
        self._tell(row, step, party)
        if drift.state is DriftState.DISPUTED:
            self._tools.cases.close(CaseKind.DISPUTE, row.id)
        if step.target is DriftState.LOST:
            self._look_at_losses(row)
        elif drift.state is DriftState.LOST:
            self._look_again(row)

    def _change(self, row: Drift, step: Transition, values: dict[str, Any]) -> None:
        """Write the new state if the row still has the old one."""
        now = epoch(self._clock.now())
        is_open = step.target in OPEN_STATES
        changes = {
            "state": step.target.value,
            "due_at": None,
            "remind_at": None,
            "open_gift_id": row.gift_id if is_open else None,
            "ended_at": None if is_open else now,
            "stopped_at": None,
            "stopped_for": 0,
            "reminded": 0,
        }
        if step.target is DriftState.MAILED:
            due = receipt_due(now, self._tools.policy)
            changes |= {"mailed_at": now, "due_at": due, "remind_at": next_reminder(DriftState.MAILED, now, due, 0)}
        elif not is_open and row.mailed_at is None:
            changes["message"] = ""
            db.session.execute(delete(DriftAddress).where(DriftAddress.drift_id == row.id))
        changed = db.session.execute(
            update(Drift).where(Drift.id == row.id, Drift.state == row.state).values(**(changes | values))
        )
        if not rows_touched(changed):
            raise RaceLostError

    def _covers(self, drift: DriftFacts) -> bool:
        self._tools.ledger.lock_person(drift.giver_id)
        covered = self._tools.facts.count_covered(drift.giver_id)
        giver = self._tools.persons.find_person(drift.giver_id)
        return self._tools.facts.get_standing(drift.giver_id).present and may_cover(
            covered=covered,
            witnesses=self._tools.circles.count_witnesses(giver, enough=witnesses_needed(covered)),
            both_ways=self._tools.facts.has_traded_both_ways(drift.giver_id, drift.requester_id),
        )

    def _follow(self, row: Drift, drift: DriftFacts, step: Transition, party: Party) -> None:
        if Effect.OPEN_GIFT in step.effects:
            self._put_back(row, drift, party)
        if Effect.LAUNCH_GIFT in step.effects:
            self._states.set(drift.gift_id, gift_rules.GiftState.LAUNCHED)
            free_places(row.giver_id, kind="gift", listing_id=drift.gift_id)
        if Effect.FREE_GIFT in step.effects:
            self._states.set(drift.gift_id, gift_rules.GiftState.WITHDRAWN)
        if Effect.PAUSE_GIVER in step.effects:
            self._states.set(drift.gift_id, gift_rules.GiftState.OPEN)
            self._states.pause_all(drift.giver_id, gift_rules.Pause.SILENT)
        if Effect.FULFIL_WISH in step.effects:
            self._fulfil_wish(row)
        if Effect.REOPEN_WISH in step.effects:
            self._reopen_wish(row)

    def _put_back(self, row: Drift, drift: DriftFacts, party: Party) -> None:
        giver = self._tools.facts.get_standing(row.giver_id)
        leaving = party is Party.LEAVING and not giver.present
        self._states.set(drift.gift_id, gift_rules.GiftState.HIDDEN if leaving else gift_rules.GiftState.OPEN)
        if giver.giving_stopped:
            self._states.pause_all(row.giver_id, gift_rules.Pause.LOSSES)

    def _fulfil_wish(self, row: Drift) -> None:
        """Fulfil the wishes of the requester that this copy is for: one as a rule, more where works became one.

        Of those that are joined to one the others open again: what stood for them has come true, but not they.
        """
        gift = db.session.get_one(Gift, row.gift_id)
        listed = find_fulfilled(row.requester_id, gift.isbn13, gift.work_id)
        fulfilled = {"state": wish_rules.WishState.FULFILLED.value, "drift_id": row.id}
        for wish_id in sorted({place.listing_id for place in listed if place.kind == "wish"}):
            done = self._tools.facts.list_joined_fulfilled(wish_id, gift.isbn13, gift.work_id)
            db.session.execute(update(Wish).where(Wish.id.in_([wish_id, *done])).values(**fulfilled))
            free_places(row.requester_id, kind="wish", listing_id=wish_id)
            for other in list_joined(wish_id):
                open_again(other, self._list_meant(other))
        db.session.flush()

    def _reopen_wish(self, row: Drift) -> None:
        """Open what this drift had fulfilled, unless its place on the member's lists is taken or they have left.

        Where the wish for another edition has the place, or stood for it before, it is joined to that one.
        """
        fulfilled = select(Wish).where(Wish.drift_id == row.id, Wish.state == wish_rules.WishState.FULFILLED.value)
        in_order = fulfilled.order_by(Wish.joined_to.is_not(None), Wish.id)
        wishes = db.session.execute(in_order.execution_options(populate_existing=True)).scalars().all()
        if not wishes or not self._tools.facts.get_standing(row.requester_id).present:
            return
        opened: dict[int | None, Wish] = {}
        for wish in wishes:
            if wish.joined_to in opened:
                join_to(wish, opened[wish.joined_to].id)
            elif open_again(wish, self._list_meant(wish)):
                opened[wish.id] = wish
        db.session.flush()

    def _list_meant(self, wish: Wish) -> tuple[int, ...]:
        return self._tools.facts.list_meant_works(wish.id, wish.work_id, wish_rules.WishScope(wish.scope))

    def _tell(self, row: Drift, step: Transition, party: Party) -> None:
        """Notify those who did not act themselves."""
        kind = "drift_rested" if party is Party.HOLIDAY else _TOLD_KIND[step.target]
        for side, member_id in ((Party.REQUESTER, row.requester_id), (Party.GIVER, row.giver_id)):
            if side is not party:
                self._tools.notices.tell(member_id, kind, row)
        if step.target is DriftState.DISPUTED:
            self._tools.cases.open(Subject(kind=CaseKind.DISPUTE, subject_id=row.id, isbn13=row.isbn13), Reason.DISPUTE)
            for moderator_id in self._tools.facts.list_moderators():
                self._tools.notices.tell(moderator_id, "moderate_drift", row)

    def _look_at_losses(self, row: Drift) -> None:
        """Stop the gifts of a giver who loses too much; tell the moderators of either side."""
        giver, requester = (
            self._tools.facts.get_standing(row.giver_id),
            self._tools.facts.get_standing(row.requester_id),
        )
        if giver.giving_stopped:
            self._states.pause_all(row.giver_id, gift_rules.Pause.LOSSES)
            self._open_losses(row.giver_id)
        if requester.asking_stopped:
            self._open_losses(row.requester_id)
        if giver.giving_stopped or requester.asking_stopped:
            for moderator_id in self._tools.facts.list_moderators():
                self._tools.notices.tell(moderator_id, "moderate_losses", row)

    def _open_losses(self, member_id: int) -> None:
        """Let a moderator look at the losses of a member's person."""
        person = Subject(kind=CaseKind.LOSSES, subject_id=self._tools.persons.find_person(member_id))
        self._tools.cases.open(person, Reason.LOSSES, member_id=member_id)

    def _look_again(self, row: Drift) -> None:
        """Put a giver's gifts back on the shelf when a book that was given up for lost makes the losses few enough."""
        giver_id = row.giver_id
        for member_id in (giver_id, row.requester_id):
            standing = self._tools.facts.get_standing(member_id)
            if not (standing.giving_stopped or standing.asking_stopped):
                self._tools.cases.close_losses(member_id)
        giver = self._tools.facts.get_standing(giver_id)
        if not giver.giving_stopped:
            self._states.resume_all(giver_id, gift_rules.Pause.LOSSES)
