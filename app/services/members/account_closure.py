"""A member leaves, or is shut out: their open business ends, and their beans go back to the mint."""

from __future__ import annotations

import secrets

from sqlalchemy import delete, select, union_all, update

from app.domain import wish as wish_rules
from app.domain.beans import account_of
from app.domain.drift import Act, Party, State
from app.extensions import db
from app.models.drift import Drift
from app.models.moderator_act import ModeratorAct
from app.models.notice import Notice
from app.models.open_listing import OpenListing
from app.models.saved_address import SavedAddress
from app.models.wish import Wish
from app.services.exchange.drift_transitions import DriftTransitions
from app.services.exchange.gift_states import GiftStates
from app.services.exchange_tools import ExchangeTools
from app.services.unit_of_work import use_case


class AccountClosure:
    """Closes a member's part in the exchange."""

    def __init__(self, tools: ExchangeTools, *, states: GiftStates, transitions: DriftTransitions) -> None:
        self._tools = tools
        self._clock = tools.clock
        self._states = states
        self._transitions = transitions

    @use_case
    def close_for(self, member_id: int, *, forget: bool = True) -> None:
        """End what a member has open: waiting drifts close with the bean back, posted ones run to their end.

        Call it in the transaction that disables or deletes the member.

        :param forget: whether the account is deleted: then the saved address and the notices go too, and others read a
            pseudonym (an empty name) in their history.
        """
        sides = (
            select(Drift.id, Drift.giver_id).where(Drift.state == State.WAITING.value, side == member_id)
            for side in (Drift.giver_id, Drift.requester_id)
        )
        for drift_id, giver_id in sorted(map(tuple, db.session.execute(union_all(*sides)))):
            act = Act.REJECT if giver_id == member_id else Act.WITHDRAW
            self._transitions.apply(self._transitions.load(drift_id), act, Party.LEAVING)
        self._clear_lists(member_id)
        self._tools.ledger.sweep(member_id, subject=account_of(member_id), reason=f"left {secrets.token_hex(8)}")
        if forget:
            self._forget(member_id)

    def _clear_lists(self, member_id: int) -> None:
        self._states.hide_all(member_id)
        db.session.execute(
            update(Wish)
            .where(Wish.user_id == member_id, Wish.state == wish_rules.State.OPEN.value)
            .values(state=wish_rules.State.WITHDRAWN.value)
            .execution_options(synchronize_session=False)
        )
        db.session.execute(delete(OpenListing).where(OpenListing.user_id == member_id))

    @staticmethod
    def _forget(member_id: int) -> None:
        db.session.execute(delete(SavedAddress).where(SavedAddress.user_id == member_id))
        db.session.execute(update(ModeratorAct).where(ModeratorAct.member_id == member_id).values(reason=""))
        db.session.execute(delete(Notice).where(Notice.user_id == member_id))
        for column, name in ((Drift.requester_id, Drift.requester_name), (Drift.giver_id, Drift.giver_name)):
            db.session.execute(
                update(Drift).where(column == member_id).values({name: ""}).execution_options(synchronize_session=False)
            )
