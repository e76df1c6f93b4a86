"""Meetings in person that were missed: said by one side, denied by the other."""

from __future__ import annotations

from sqlalchemy import update

from app.db.database import rows_touched
from app.domain.drift import Act, DriftState, Party
from app.domain.meeting import ensure_may_deny, ensure_may_miss, other_side
from app.extensions import db
from app.libs.clock import epoch
from app.models.drift import Drift
from app.services.exchange.drift_transitions import DriftTransitions, facts_of
from app.services.exchange.tools import ExchangeTools
from app.services.unit_of_work import RaceLostError, use_case


class Meetings:
    """The use cases of a meeting. A member who is no party finds no drift."""

    def __init__(self, tools: ExchangeTools, transitions: DriftTransitions) -> None:
        self._tools = tools
        self._clock = tools.clock
        self._transitions = transitions

    @use_case
    def miss(self, member_id: int, drift_id: int) -> bool:
        """Record that the other side did not come to meet; return whether each says so of the other, so that it counts for neither.

        :raises NotInPerson: :raises TooEarlyToMiss: as the rules say.
        :raises DriftNotFound: :raises WrongState: :raises AlreadyDone: as the state table says.
        """
        row = self._transitions.load(drift_id)
        party = facts_of(row).party_of(member_id)
        now, missing = epoch(self._clock.now()), f"{other_side(party)}_missing"
        ensure_may_miss(facts_of(row), asked_at=row.create_time, now=now)
        if row.state != DriftState.MISSED:
            self._transitions.apply(row, Act.MISS, party, **{missing: 1})
            return False
        ensure_may_deny(missing=bool(getattr(row, missing)), ended_at=row.ended_at or 0, now=now)
        denied = update(Drift).where(Drift.id == row.id, getattr(Drift, missing) == 0).values({missing: 1})
        if not rows_touched(db.session.execute(denied)):
            raise RaceLostError
        self._transitions.note(row, "denied", party)
        self._tools.notices.tell(row.requester_id if party is Party.GIVER else row.giver_id, "miss_denied", row)
        return True
