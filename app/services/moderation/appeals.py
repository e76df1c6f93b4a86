"""Appeals: a member asks once that another moderator looks at what was decided about them."""

from __future__ import annotations

from sqlalchemy import exists, func, select

from app import events
from app.domain.moderation import OwnCase, Sanction
from app.domain.report import CaseKind, MayNotAppeal, Reason, may_appeal
from app.extensions import db
from app.libs.clock import epoch
from app.models.drift import ModeratorAct
from app.models.moderation import ModerationCase, Report
from app.services.exchange.cases import Subject
from app.services.exchange.tools import ExchangeTools
from app.services.members.account_tokens import AccountTokens
from app.services.moderation.sanctions import Sanctions
from app.services.unit_of_work import use_case


class Appeals:
    """The use case of a member, and what a moderator makes of it, inside `CaseDecisions`."""

    def __init__(self, tools: ExchangeTools, *, sanctions: Sanctions, tokens: AccountTokens) -> None:
        self._tools = tools
        self._clock = tools.clock
        self._sanctions = sanctions
        self._tokens = tokens

    @use_case
    def appeal(self, member_id: int, act_id: int, *, note: str) -> None:
        """Let another moderator look at a decision about a member.

        :raises MayNotAppeal: when it is none about them, too old, or was appealed against before.
        """
        act = db.session.get(ModeratorAct, act_id, with_for_update=True)
        now = epoch(self._clock.now())
        if act is None or act.member_id != member_id:
            raise MayNotAppeal
        before = exists().where(ModerationCase.kind == CaseKind.APPEAL.value, ModerationCase.subject_id == act_id)
        if not may_appeal(act.kind, decided_at=act.create_time, now=now) or db.session.execute(select(before)).scalar():
            raise MayNotAppeal
        about = Subject(kind=CaseKind.APPEAL, subject_id=act.id, isbn13=act.isbn13)
        case = self._tools.cases.open(about, Reason.APPEAL, member_id=member_id)
        said = {"user_id": member_id, "reason": Reason.APPEAL.value, "note": note}
        db.session.add(Report(case_id=case.id, **said, create_time=now))
        events.reported.publish(member=member_id, kind=CaseKind.APPEAL.value, case=case.id)

    @use_case
    def appeal_by_link(self, token: str, *, note: str) -> None:
        """Let another moderator look at why an account was disabled, by the link in the letter about that.

        :raises LinkExpired: when it no longer works. :raises MayNotAppeal: as `appeal`.
        """
        member_id = self._tokens.use("appeal", token).user_id
        last = select(func.max(ModeratorAct.id)).where(
            ModeratorAct.member_id == member_id, ModeratorAct.kind == Sanction.DISABLE.value
        )
        self.appeal(member_id, db.session.execute(last).scalar() or 0, note=note)

    def ensure_another(self, moderator_id: int, act_id: int) -> None:
        """Check that a moderator did not take the decision, by whichever account.

        :raises OwnCase: when they did.
        """
        taken_by = db.session.get_one(ModeratorAct, act_id).moderator_id
        if taken_by is not None and self._tools.persons.are_one(moderator_id, taken_by):
            raise OwnCase

    def refuse(self, moderator_id: int | None, case: ModerationCase, *, reason: str) -> None:
        """Let a decision stand, and tell the member why."""
        self._sanctions.answer_appeal(moderator_id, case, Sanction.UPHOLD, reason=reason)

    def reverse(self, moderator_id: int | None, case: ModerationCase, *, reason: str) -> None:
        """Take a decision back, as far as it can be, and tell the member."""
        act = db.session.get_one(ModeratorAct, case.subject_id)
        self._sanctions.undo(act)
        self._sanctions.answer_appeal(moderator_id, case, Sanction.REVERSE, reason=reason)
