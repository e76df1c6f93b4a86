"""Moderation: end a drift that two disagree about, lift a stop; every act is written down."""

from __future__ import annotations

from app import events
from app.domain.drift import Act, DriftState, Party, WrongParty
from app.domain.gift import Pause
from app.domain.moderation import NotStopped, OwnCase, Stop
from app.domain.report import CaseKind
from app.extensions import db
from app.libs.clock import epoch
from app.models.drift import ModeratorAct
from app.services.exchange.drift_transitions import DriftTransitions
from app.services.exchange.gift_states import GiftStates
from app.services.exchange.tools import ExchangeTools
from app.services.unit_of_work import use_case

_DECISIONS = {DriftState.RECEIVED: Act.RECEIVE, DriftState.LOST: Act.LOSE, DriftState.CANCELLED: Act.CANCEL}


class Moderation:
    """The use cases of a moderator. `moderator_id` is None for the operator at the terminal."""

    def __init__(self, tools: ExchangeTools, *, states: GiftStates, transitions: DriftTransitions) -> None:
        self._tools = tools
        self._clock = tools.clock
        self._states = states
        self._transitions = transitions

    @use_case
    def decide(self, moderator_id: int | None, drift_id: int, decision: DriftState, *, reason: str) -> None:
        """End a drift: received or lost (a disputed one), or cancelled; both sides see the reason.

        :raises DriftNotFound: :raises OwnCase: :raises ClaimedByAnother: :raises WrongParty: for another decision.
        :raises WrongState: :raises AlreadyDone: as the state table says.
        """
        act = _DECISIONS.get(decision)
        if act is None:
            raise WrongParty

        row = self._transitions.load(drift_id)
        self._ensure_not_own(moderator_id, row.giver_id, row.requester_id)
        self._tools.cases.ensure_free(moderator_id, CaseKind.DISPUTE, drift_id)
        self._transitions.apply(row, act, Party.MODERATOR, reason=reason)
        self._note(moderator_id, decision.value, drift_id=row.id)

    @use_case
    def lift(self, moderator_id: int | None, member_id: int, stop: Stop, *, reason: str) -> None:
        """Let a member give or ask again: losses up to now count no more, and what they stopped comes back to the shelf.

        :raises OwnCase: :raises ClaimedByAnother: :raises NotStopped: when there is nothing to lift.
        """
        self._ensure_not_own(moderator_id, member_id)
        if self._tools.facts.find_standing(member_id) is None:
            raise NotStopped
        self._tools.ledger.lock_person(member_id)  # of two moderators, the second finds nothing to lift
        self._ensure_stopped(member_id, stop)
        self._tools.cases.ensure_free(moderator_id, CaseKind.LOSSES, self._tools.persons.find_person(member_id))
        self._note(moderator_id, stop.lift, member_id=member_id, reason=reason)
        if stop is Stop.GIVING:
            self._states.resume_all(member_id, Pause.LOSSES)
        db.session.flush()
        standing = self._tools.facts.get_standing(member_id)
        if not (standing.giving_stopped or standing.asking_stopped):
            self._tools.cases.close_losses(member_id)
        self._tools.notices.tell_lifted(member_id, stop)

    def _ensure_not_own(self, moderator_id: int | None, *parties: int) -> None:
        """Check that a moderator stands outside, by whichever account. The operator at the terminal always does.

        :raises OwnCase: when they are one of the parties.
        """
        if moderator_id is not None and any(self._tools.persons.are_one(moderator_id, party) for party in parties):
            raise OwnCase

    def _ensure_stopped(self, member_id: int, stop: Stop) -> None:
        standing = self._tools.facts.get_standing(member_id)
        if not (standing.giving_stopped if stop is Stop.GIVING else standing.asking_stopped):
            raise NotStopped

    def _note(
        self,
        moderator_id: int | None,
        kind: str,
        *,
        drift_id: int | None = None,
        member_id: int | None = None,
        reason: str = "",
    ) -> None:
        db.session.add(
            ModeratorAct(
                moderator_id=moderator_id,
                kind=kind,
                drift_id=drift_id,
                member_id=member_id,
                reason=reason,
                create_time=epoch(self._clock.now()),
            )
        )
        events.moderator_acted.publish(moderator=moderator_id, kind=kind, drift=drift_id, member=member_id)
