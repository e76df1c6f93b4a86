"""Cases for moderators: open, hold and close them, inside a use case."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import ColumnElement, insert, literal, select, update

from app.domain.report import CaseClosed, CaseKind, ClaimedByAnother, Decision, Reason, due_of
from app.extensions import db
from app.libs.clock import Clock, epoch
from app.models.message import Notice
from app.models.moderation import ModerationCase, Report
from app.models.user import User, accounts_of_person
from app.services.unit_of_work import insert_once


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a case is about, as `ModerationCase` stores it."""

    kind: CaseKind
    subject_id: int = 0
    isbn13: str = ""
    other_isbn13: str = ""


class Cases:
    """Writes the cases."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def open(
        self, subject: Subject, reason: Reason, *, member_id: int | None = None, quote: str = ""
    ) -> ModerationCase:
        """Return the open case about a subject, held; made if need be. A more urgent reason moves it forward.

        :param member_id: whom it is about. :param quote: what they had written.
        """
        now = epoch(self._clock.now())
        due = due_of(reason, now)
        told = {"member_id": member_id, "quote": quote, "reason": reason.value, "due_at": due, "create_time": now}
        insert_once(ModerationCase, **asdict(subject), is_open=1, **told)
        held = select(ModerationCase).filter_by(**asdict(subject), is_open=1).with_for_update()
        case = db.session.execute(held.execution_options(populate_existing=True)).scalar_one()
        if due < case.due_at:
            case.reason, case.due_at = reason.value, due
            db.session.flush()
        return case

    def hold(self, case_id: int) -> ModerationCase:
        """Return an open case, held until the transaction ends.

        :raises CaseClosed: when there is none.
        """
        case = db.session.get(ModerationCase, case_id, with_for_update=True, populate_existing=True)
        if case is None or not case.is_open:
            raise CaseClosed
        return case

    def ensure_free(self, moderator_id: int | None, kind: CaseKind, subject_id: int) -> None:
        """Check that no other moderator has taken the case about a subject.

        :raises ClaimedByAnother: when one has.
        """
        others = (
            ModerationCase.kind == kind.value,
            ModerationCase.subject_id == subject_id,
            ModerationCase.is_open == 1,
            ModerationCase.claimed_by != moderator_id,
            ModerationCase.claimed_until > epoch(self._clock.now()),
        )
        taken = select(ModerationCase.id).where(*others)
        if moderator_id is not None and db.session.execute(taken).first() is not None:
            raise ClaimedByAnother

    def close(self, kind: CaseKind, subject_id: int) -> None:
        """Close the case about a subject, if there is an open one."""
        self._close(ModerationCase.kind == kind.value, ModerationCase.subject_id == subject_id)

    def close_as(self, case: ModerationCase, outcome: Decision) -> None:
        """Close a case that is held, as it was decided, and notify those who reported."""
        case.outcome = outcome.value
        db.session.flush()
        told = "report_dismissed" if outcome is Decision.DISMISS else "report_acted"
        self._tell_reporters(told, ModerationCase.id == case.id)
        self._close(ModerationCase.id == case.id)

    def close_losses(self, member_id: int) -> None:
        """Close what is open about the losses of a member's person."""
        persons = db.session.execute(accounts_of_person(member_id)).scalars().all()
        self._close(ModerationCase.kind == CaseKind.LOSSES.value, ModerationCase.subject_id.in_(persons))

    def forget_member(self, member_id: int, *, kin_id: int | None) -> None:
        """Close what is open about a member who leaves, and forget what they had written.

        :param kin_id: another account of the same person, to whom the person's losses still matter.
        """
        about = ModerationCase.member_id == member_id
        if kin_id is not None:
            moved = update(ModerationCase).where(about, ModerationCase.kind == CaseKind.LOSSES.value)
            db.session.execute(moved.values(member_id=kin_id).execution_options(synchronize_session=False))
        self._tell_reporters("report_closed", about)
        self._close(about)
        claimed = update(ModerationCase).where(ModerationCase.claimed_by == member_id)
        db.session.execute(
            claimed.values(claimed_by=None, claimed_until=0).execution_options(synchronize_session=False)
        )
        db.session.execute(
            update(ModerationCase).where(about).values(quote="").execution_options(synchronize_session=False)
        )

    def _tell_reporters(self, kind: str, *which: ColumnElement[bool]) -> None:
        """Write in one statement the notices of members who reported what open cases are about; who has left gets none."""
        now = literal(epoch(self._clock.now()))
        reporters = (
            select(Report.user_id, literal(kind), now)
            .join(ModerationCase, ModerationCase.id == Report.case_id)
            .join(User, User.id == Report.user_id)
            .where(ModerationCase.is_open == 1, ModerationCase.kind != CaseKind.APPEAL.value, User.status == 1, *which)
        )
        db.session.execute(insert(Notice).from_select(["user_id", "kind", "create_time"], reporters))

    def _close(self, *which: ColumnElement[bool]) -> None:
        db.session.execute(
            update(ModerationCase)
            .where(ModerationCase.is_open == 1, *which)
            .values(is_open=None, claimed_by=None, claimed_until=0, closed_time=epoch(self._clock.now()))
            .execution_options(synchronize_session=False)
        )
