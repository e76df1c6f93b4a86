"""Sanctions: suspend a member for some days, and end that; every act is written down, and told with its reason."""

from __future__ import annotations

from sqlalchemy import update

from app import events
from app.domain.account import MODERATORS
from app.domain.errors import NotFound
from app.domain.gift import Pause
from app.domain.moderation import NotSuspended, OwnCase, Sanction, StaffCase, suspension_end
from app.extensions import db
from app.libs.clock import epoch
from app.mail.outbox import Outbox, recipient_of
from app.models.drift import ModeratorAct
from app.models.user import User, accounts_of_person
from app.services.exchange.gift_states import GiftStates
from app.services.exchange.tools import ExchangeTools
from app.services.unit_of_work import use_case


class Sanctions:
    """The use cases about a member. `moderator_id` is None for the operator at the terminal."""

    def __init__(self, tools: ExchangeTools, *, states: GiftStates, outbox: Outbox) -> None:
        self._tools = tools
        self._clock = tools.clock
        self._states = states
        self._outbox = outbox

    @use_case
    def suspend(self, moderator_id: int | None, member_id: int, days: int, *, reason: str) -> int:
        """Let a member begin nothing for some days, by whichever account, and return the act's id. A later word replaces an earlier one.

        What is open runs on by its buttons; beans stay. Gifts on the shelf are paused, and come back by their giver's word
        when it is over.

        :raises OwnCase: :raises StaffCase: as `_hold`. :raises ValueError: as `suspension_end`.
        """
        member = self._hold(moderator_id, member_id)
        until = suspension_end(epoch(self._clock.now()), days)
        self._set_end(member.id, until)
        self._states.pause_all(member.id, Pause.SUSPENDED)
        self._tell(member, "suspended", {"reason": reason, "until": until})
        return self._note(moderator_id, Sanction.SUSPEND, member.id, reason=reason, until=until)

    @use_case
    def end_suspension(self, moderator_id: int | None, member_id: int, *, reason: str) -> int:
        """End a suspension before its time: what it paused is on the shelf again. Return the act's id.

        :raises OwnCase: :raises StaffCase: as `_hold`. :raises NotSuspended: when there is none.
        """
        member = self._hold(moderator_id, member_id)
        if member.suspended_until <= epoch(self._clock.now()):
            raise NotSuspended
        self._set_end(member.id, 0)
        self._states.resume_all(member.id, Pause.SUSPENDED)
        self._tell(member, "suspension_ended", {"reason": reason})
        return self._note(moderator_id, Sanction.END_SUSPENSION, member.id, reason=reason)

    def _hold(self, moderator_id: int | None, member_id: int) -> User:
        """Return a member about whom this moderator may decide, held with all that their accounts share.

        :raises NotFound: when they have left.
        :raises OwnCase: about oneself, by whichever account, and about the other side of one's open drift.
        :raises StaffCase: about a moderator or an administrator.
        """
        if moderator_id is not None and (
            self._tools.persons.are_one(moderator_id, member_id)
            or self._tools.facts.has_open_drift_with(moderator_id, member_id)
        ):
            raise OwnCase
        member: User | None = User.query.filter_by(id=member_id).one_or_none()
        if member is None:
            raise NotFound
        if moderator_id is not None and member.role in MODERATORS:
            raise StaffCase
        self._tools.ledger.lock_person(member_id)
        db.session.refresh(member, with_for_update=True)
        return member

    @staticmethod
    def _set_end(member_id: int, until: int) -> None:
        ids = db.session.execute(accounts_of_person(member_id)).scalars().all()
        db.session.execute(
            update(User).where(User.id.in_(ids)).values(suspended_until=until),
            execution_options={"include_deleted": True},
        )

    def _tell(self, member: User, kind: str, context: dict[str, str | int]) -> None:
        """Write the notice, and the letter with the reason, whether the member wants other mail or not."""
        self._tools.notices.note(member.id, kind)
        self._outbox.post(kind, recipient_of(member), context)

    def _note(
        self, moderator_id: int | None, kind: Sanction, member_id: int, *, reason: str, until: int | None = None
    ) -> int:
        act = ModeratorAct(
            moderator_id=moderator_id,
            kind=kind.value,
            member_id=member_id,
            reason=reason,
            until=until,
            create_time=epoch(self._clock.now()),
        )
        db.session.add(act)
        db.session.flush()
        events.moderator_acted.publish(moderator=moderator_id, kind=kind.value, member=member_id)
        return int(act.id)
