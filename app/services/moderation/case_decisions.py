"""Decide cases: one moderator at a time takes one, decides with a reason, and who reported hears what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.book import BookFacts
from app.domain.moderation import OwnCase
from app.domain.report import (
    CAN_BE_HIDDEN,
    CLAIM_SECONDS,
    DECISIONS,
    CaseKind,
    ClaimedByAnother,
    Decision,
    NothingMended,
    WrongDecision,
)
from app.domain.work_decision import WorkAct
from app.extensions import db
from app.libs.clock import epoch
from app.models.drift import Drift
from app.models.moderation import ModerationCase
from app.services.catalogue.catalogue import Catalogue
from app.services.catalogue.work_decisions import WorkDecisions
from app.services.exchange.tools import ExchangeTools
from app.services.moderation.appeals import Appeals
from app.services.moderation.sanctions import Sanctions
from app.services.unit_of_work import use_case


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What a moderator decides. `days` of a suspension; `hide` the subject, too; `part` is the edition to be taken out."""

    decision: Decision
    reason: str
    days: int = 0
    hide: bool = False
    part: str = ""


class CaseDecisions:
    """The use cases of a moderator about a case. `moderator_id` is None for the operator at the terminal."""

    def __init__(
        self,
        tools: ExchangeTools,
        *,
        sanctions: Sanctions,
        appeals: Appeals,
        works: WorkDecisions,
        catalogue: Catalogue,
    ) -> None:
        self._tools = tools
        self._clock = tools.clock
        self._sanctions = sanctions
        self._appeals = appeals
        self._works = works
        self._catalogue = catalogue

    @use_case
    def claim(self, moderator_id: int, case_id: int) -> None:
        """Take a case for an hour, or for another hour.

        :raises CaseClosed: :raises ClaimedByAnother: :raises OwnCase: when another has to decide it.
        """
        case = self._hold(moderator_id, case_id)
        case.claimed_by, case.claimed_until = moderator_id, epoch(self._clock.now()) + CLAIM_SECONDS

    @use_case
    def release(self, moderator_id: int, case_id: int) -> None:
        """Let others have a case.

        :raises CaseClosed: :raises ClaimedByAnother: :raises OwnCase: as `claim`.
        """
        case = self._hold(moderator_id, case_id)
        case.claimed_by, case.claimed_until = None, 0

    @use_case
    def decide(self, moderator_id: int | None, case_id: int, ruling: Ruling) -> None:
        """Decide a case, and close it.

        :raises CaseClosed: :raises ClaimedByAnother: :raises OwnCase: as `claim`. :raises WrongDecision: where the kind has no such one.
        :raises Refusal: as the use cases that carry it out.
        """
        case = self._hold(moderator_id, case_id)
        decision, kind = ruling.decision, CaseKind(case.kind)
        if decision not in DECISIONS[kind] or decision is Decision.MEND:
            raise WrongDecision
        if decision is Decision.PART:
            self._works.part(moderator_id, self._edition_of(case, ruling.part), reason=ruling.reason)
        elif decision is Decision.REVERSE:
            self._appeals.reverse(moderator_id, case, reason=ruling.reason)
        elif decision is Decision.DISMISS:
            self._dismiss(moderator_id, case, kind, reason=ruling.reason)
        else:
            self._punish(moderator_id, case, kind, ruling)
        self._tools.cases.close_as(case, decision)

    @use_case
    def mend(self, moderator_id: int | None, case_id: int, facts: BookFacts, *, reason: str) -> None:
        """Correct what is known of the book of a case, and close it. A fact that is empty takes nothing away.

        :raises CaseClosed: :raises ClaimedByAnother: :raises OwnCase: as `claim`. :raises WrongDecision: for another kind or book.
        :raises NothingMended: when these facts are what stands there already.
        """
        case = self._hold(moderator_id, case_id)
        if case.kind != CaseKind.FACTS or case.isbn13 != facts.isbn13:
            raise WrongDecision
        if not self._catalogue.store([facts]).changed:
            raise NothingMended
        self._sanctions.note(moderator_id, Decision.MEND.value, case, reason=reason)
        self._tools.cases.close_as(case, Decision.MEND)

    def _hold(self, moderator_id: int | None, case_id: int) -> ModerationCase:
        """Return a case that this moderator may decide, held."""
        case = self._tools.cases.hold(case_id)
        if moderator_id is None:
            return case
        if case.claimed_by not in {None, moderator_id} and case.claimed_until > epoch(self._clock.now()):
            raise ClaimedByAnother
        if case.member_id is not None:
            self._sanctions.ensure_outside(moderator_id, case.member_id)
        if case.kind == CaseKind.APPEAL:
            self._appeals.ensure_another(moderator_id, case.subject_id)
        if case.kind == CaseKind.DISPUTE:
            self._ensure_no_party(moderator_id, case.subject_id)
        return case

    def _ensure_no_party(self, moderator_id: int, drift_id: int) -> None:
        drift = db.session.get_one(Drift, drift_id)
        if any(self._tools.persons.are_one(moderator_id, party) for party in (drift.giver_id, drift.requester_id)):
            raise OwnCase

    @staticmethod
    def _edition_of(case: ModerationCase, isbn13: str) -> str:
        if isbn13 not in {case.isbn13, case.other_isbn13}:
            raise WrongDecision
        return isbn13

    def _dismiss(self, moderator_id: int | None, case: ModerationCase, kind: CaseKind, *, reason: str) -> None:
        """Change nothing; who appealed hears why, and so does a moderator who asks which editions were left together."""
        if kind is CaseKind.APPEAL:
            self._appeals.refuse(moderator_id, case, reason=reason)
        elif kind is CaseKind.EDITIONS:
            self._works.note(moderator_id, WorkAct.KEEP, (case.isbn13, case.other_isbn13), reason=reason)
        else:
            self._sanctions.note(moderator_id, Decision.DISMISS.value, case, reason=reason)

    def _punish(self, moderator_id: int | None, case: ModerationCase, kind: CaseKind, ruling: Ruling) -> None:
        """Hide the subject, if that is decided, and do to its member what is."""
        member_id, reason = case.member_id, ruling.reason
        if member_id is None:
            raise WrongDecision
        if ruling.decision is Decision.HIDE or (ruling.hide and kind in CAN_BE_HIDDEN):
            self._sanctions.hide(moderator_id, case, reason=reason)
        if ruling.decision is Decision.WARN:
            self._sanctions.warn(moderator_id, member_id, reason=reason, case=case)
        elif ruling.decision is Decision.SUSPEND:
            self._sanctions.suspend(moderator_id, member_id, ruling.days, reason=reason, case=case)
        elif ruling.decision is Decision.DISABLE:
            self._sanctions.disable(moderator_id, member_id, reason=reason, case=case)
