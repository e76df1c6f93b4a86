"""Sanctions: hide what a member wrote, warn, suspend or disable them, and take that back; each is written down and told with its reason."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from app import events
from app.domain.account import MODERATORS
from app.domain.drift import Act, Party
from app.domain.errors import NotFound
from app.domain.gift import LISTED, GiftState, Pause
from app.domain.moderation import SANCTION_NOTICES, NotSuspended, OwnCase, Sanction, StaffCase, suspension_end
from app.domain.report import CaseKind
from app.extensions import db
from app.libs.clock import epoch
from app.mail.outbox import Outbox, recipient_of
from app.models.drift import Drift, ModeratorAct
from app.models.gift import Gift
from app.models.moderation import ModerationCase
from app.models.user import User, accounts_of_person
from app.queries.book import BookQueries
from app.services.exchange.drift_transitions import DriftTransitions
from app.services.exchange.gift_states import GiftStates
from app.services.exchange.listing_places import free_places
from app.services.exchange.tools import ExchangeTools
from app.services.members.account_closure import Leaving
from app.services.unit_of_work import use_case


class Sanctions:
    """The use cases about a member. `moderator_id` is None for the operator at the terminal; `case` is what brought it up.

    All raise `OwnCase` about oneself and the other side of one's open drift, `StaffCase` about those who moderate, `NotFound` about
    who has left.
    """

    def __init__(
        self,
        tools: ExchangeTools,
        *,
        states: GiftStates,
        transitions: DriftTransitions,
        leaving: Leaving,
        outbox: Outbox,
        books: BookQueries,
    ) -> None:
        self._tools = tools
        self._clock = tools.clock
        self._states = states
        self._transitions = transitions
        self._leaving = leaving
        self._outbox = outbox
        self._books = books

    @use_case
    def suspend(
        self, moderator_id: int | None, member_id: int, days: int, *, reason: str, case: ModerationCase | None = None
    ) -> int:
        """Let a member begin nothing for some days, by whichever account, and return the act's id. A later word replaces an earlier one.

        What is open runs on by its buttons; beans stay. Gifts on the shelf are paused, and come back by their giver's word
        when it is over.

        :raises ValueError: as `suspension_end`.
        """
        member = self._hold(moderator_id, member_id)
        until = suspension_end(self._now(), days)
        self._set_end(member.id, until)
        self._states.pause_all(member.id, Pause.SUSPENDED)
        return self._enter(moderator_id, Sanction.SUSPEND, member, case, reason=reason, until=until)

    @use_case
    def end_suspension(self, moderator_id: int | None, member_id: int, *, reason: str) -> int:
        """End a suspension before its time: what it paused is on the shelf again. Return the act's id.

        :raises NotSuspended: when there is none.
        """
        member = self._hold(moderator_id, member_id)
        if member.suspended_until <= self._now():
            raise NotSuspended
        self._free(member)
        return self._enter(moderator_id, Sanction.END_SUSPENSION, member, None, reason=reason)

    @use_case
    def warn(self, moderator_id: int | None, member_id: int, *, reason: str, case: ModerationCase | None = None) -> int:
        """Write to a member what is not wanted here, and return the act's id."""
        member = self._hold(moderator_id, member_id)
        return self._enter(moderator_id, Sanction.WARN, member, case, reason=reason)

    @use_case
    def disable(
        self, moderator_id: int | None, member_id: int, *, reason: str, case: ModerationCase | None = None
    ) -> int:
        """Put a member out, close their business by the rules, and return the act's id."""
        member = self._hold(moderator_id, member_id)
        self._leaving.put_out(member)
        return self._enter(moderator_id, Sanction.DISABLE, member, case, reason=reason)

    @use_case
    def hide(self, moderator_id: int | None, case: ModerationCase, *, reason: str) -> int:
        """Take the gift of a case off the shelf for good, or empty the message of a request. Return the act's id."""
        if case.member_id is None:
            raise NotFound
        member = self._hold(moderator_id, case.member_id)
        if case.kind == CaseKind.GIFT:
            self._hide_gift(case.subject_id)
        else:
            db.session.execute(update(Drift).where(Drift.id == case.subject_id).values(message=""))
        return self._enter(moderator_id, Sanction.HIDE, member, case, reason=reason)

    def undo(self, act: ModeratorAct) -> None:
        """Take a sanction back as far as it can be, inside a use case: what was closed by it stays closed.

        A hidden gift is withdrawn, so that its giver may put it back; an emptied message stays empty.
        """
        member = db.session.get(User, act.member_id)
        case = db.session.get(ModerationCase, act.case_id) if act.case_id else None
        if member is None:
            raise NotFound
        if act.kind == Sanction.SUSPEND and member.suspended_until == act.until:
            self._free(member)
        elif act.kind == Sanction.DISABLE:
            self._leaving.let_in(member)
        elif act.kind == Sanction.HIDE and case is not None and case.kind == CaseKind.GIFT:
            gift = db.session.get_one(Gift, case.subject_id)
            if gift.state == GiftState.HIDDEN:
                self._states.set(gift.id, GiftState.WITHDRAWN)

    def answer_appeal(self, moderator_id: int | None, case: ModerationCase, kind: Sanction, *, reason: str) -> None:
        """Record what became of an appeal, and tell the member, inside a use case."""
        member = db.session.get(User, case.member_id)
        if member is None:
            raise NotFound
        self._enter(moderator_id, kind, member, case, reason=reason)

    def note(self, moderator_id: int | None, kind: str, case: ModerationCase, *, reason: str) -> None:
        """Record an act about no member, inside a use case."""
        self._add_act(moderator_id, kind, case, reason=reason)

    def ensure_outside(self, moderator_id: int, member_id: int) -> None:
        """Check that a moderator has no part in what concerns a member.

        :raises OwnCase: about oneself, by whichever account, and about the other side of one's open drift.
        """
        if self._tools.persons.are_one(moderator_id, member_id) or self._tools.facts.has_open_drift_with(
            moderator_id, member_id
        ):
            raise OwnCase

    def _hold(self, moderator_id: int | None, member_id: int) -> User:
        """Return a member about whom this moderator may decide, held with all that their accounts share."""
        if moderator_id is not None:
            self.ensure_outside(moderator_id, member_id)
        member: User | None = User.query.filter_by(id=member_id).one_or_none()
        if member is None:
            raise NotFound
        if moderator_id is not None and member.role in MODERATORS:
            raise StaffCase
        self._tools.ledger.lock_person(member_id)
        db.session.refresh(member, with_for_update=True)
        return member

    def _free(self, member: User) -> None:
        self._set_end(member.id, 0)
        self._states.resume_all(member.id, Pause.SUSPENDED)

    @staticmethod
    def _set_end(member_id: int, until: int) -> None:
        ids = db.session.execute(accounts_of_person(member_id)).scalars().all()
        db.session.execute(
            update(User).where(User.id.in_(ids)).values(suspended_until=until),
            execution_options={"include_deleted": True},
        )

    def _hide_gift(self, gift_id: int) -> None:
        """Hide a gift that is listed; a request for it that waits is cancelled first, with the bean back."""
        gift = db.session.execute(select(Gift).where(Gift.id == gift_id).with_for_update()).scalar_one()
        waiting = db.session.execute(select(Drift.id).where(Drift.open_gift_id == gift_id)).scalar_one_or_none()
        if gift.state not in LISTED:
            return
        if waiting is not None:
            self._transitions.apply(self._transitions.load(waiting), Act.CANCEL, Party.MODERATOR)
        self._states.hide(gift_id)
        free_places(gift.user_id, kind="gift", listing_id=gift_id)

    def _enter(
        self,
        moderator_id: int | None,
        kind: Sanction,
        member: User,
        case: ModerationCase | None,
        *,
        reason: str,
        until: int | None = None,
    ) -> int:
        """Record an act; write the notice, and the letter with the reason, whether the member wants other mail or not."""
        told = SANCTION_NOTICES[kind]
        self._tools.notices.note(member.id, told)
        book = self._books.find(case.isbn13) if case is not None and case.isbn13 else None
        title = "" if book is None else book.facts.title
        self._outbox.post(told, recipient_of(member), {"reason": reason, "until": until or 0, "title": title})
        return self._add_act(moderator_id, kind.value, case, reason=reason, member_id=member.id, until=until)

    def _add_act(
        self, moderator_id: int | None, kind: str, case: ModerationCase | None, *, reason: str, **values: Any
    ) -> int:
        act = ModeratorAct(
            moderator_id=moderator_id,
            kind=kind,
            reason=reason,
            case_id=None if case is None else case.id,
            isbn13="" if case is None else case.isbn13,
            create_time=self._now(),
            **values,
        )
        db.session.add(act)
        db.session.flush()
        member_id = values.get("member_id")
        events.moderator_acted.publish(
            moderator=moderator_id, kind=kind, member=member_id, case=None if case is None else case.id
        )
        return int(act.id)

    def _now(self) -> int:
        return epoch(self._clock.now())
