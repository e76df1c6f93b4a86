"""Reports: a member tells the moderators of something, once each and ten times a day; what is told about one subject is one case."""

from __future__ import annotations

from sqlalchemy import func, select, update

from app import events
from app.domain.exchange_policy import DAY
from app.domain.gift import NotConfirmed
from app.domain.moderation import ensure_not_suspended
from app.domain.report import (
    REASONS,
    REPORTS_A_DAY,
    WORDS_KEPT_SECONDS,
    AlreadyReported,
    CaseKind,
    OwnSubject,
    Reason,
    SubjectGone,
    TooManyReports,
    due_of,
    is_urgent,
)
from app.domain.work_decision import NotOneWork, pair_of
from app.extensions import db
from app.libs.clock import epoch
from app.models.moderation import ModerationCase, Report
from app.queries.book import BookQueries
from app.queries.report import ReportSubjectQueries, SubjectRow
from app.services.exchange.cases import Subject
from app.services.exchange.tools import ExchangeTools
from app.services.unit_of_work import insert_once, use_case

#: So many cases are erased in one transaction.
_AT_ONCE = 200


class Reports:
    """The use cases of who reports."""

    def __init__(self, tools: ExchangeTools, *, subjects: ReportSubjectQueries, books: BookQueries) -> None:
        self._tools = tools
        self._clock = tools.clock
        self._subjects = subjects
        self._books = books

    def get_subject(self, member_id: int, kind: CaseKind, key: str) -> SubjectRow:
        """Return what a member is about to report, as they may see it.

        :param key: the id of a gift, or of a drift whose message is meant; a nickname; an ISBN.
        :raises SubjectGone: when there is none. :raises OwnSubject: when it is their own.
        """
        subject = self._subjects.find(kind, key, member_id=member_id)
        if subject is None:
            raise SubjectGone
        if subject.member_id is not None and self._tools.persons.are_one(member_id, subject.member_id):
            raise OwnSubject
        return subject

    @use_case
    def report(self, member_id: int, kind: CaseKind, key: str, reason: Reason, *, note: str = "") -> None:
        """Write down what a member says about a subject.

        :raises NotConfirmed: :raises Suspended: :raises TooManyReports: :raises AlreadyReported: about who reports.
        :raises SubjectGone: :raises OwnSubject: as `get_subject`; the former also for a reason that the kind does not have.
        """
        self._ensure_may_report(member_id)
        subject = self.get_subject(member_id, kind, key)
        if reason not in REASONS[kind]:
            raise SubjectGone
        about = Subject(kind=kind, subject_id=subject.subject_id, isbn13=subject.isbn13)
        self._enter(member_id, about, reason, note=note, concerned=subject.member_id, quote=subject.quote)

    @use_case
    def report_editions(self, member_id: int, isbn13: str, other: str, *, note: str = "") -> None:
        """Write down that a member holds two editions of one work for different books.

        :raises NotOneWork: when they are no editions of one work. Else as `report`.
        """
        self._ensure_may_report(member_id)
        books = self._books.find_many([isbn13, other])
        if len(books) != 2 or isbn13 == other or books[0].work_id != books[1].work_id or not books[0].work_id:
            raise NotOneWork
        one, two = pair_of(isbn13, other)
        self._enter(
            member_id,
            Subject(kind=CaseKind.EDITIONS, isbn13=one, other_isbn13=two),
            Reason.NOT_SAME,
            note=note,
            concerned=None,
        )

    def erase_old(self) -> int:
        """Erase the words of cases that were closed long ago, of who reported and of whom it is about; return how many cases."""
        erased = 0
        while some := self._erase_some():
            erased += some
        return erased

    @use_case
    def _erase_some(self) -> int:
        now = epoch(self._clock.now())
        old = select(ModerationCase.id).where(
            ModerationCase.erased_at.is_(None), ModerationCase.closed_time <= now - WORDS_KEPT_SECONDS
        )
        ids = db.session.execute(old.order_by(ModerationCase.closed_time).limit(_AT_ONCE)).scalars().all()
        if ids:
            db.session.execute(update(ModerationCase).where(ModerationCase.id.in_(ids)).values(quote="", erased_at=now))
            db.session.execute(update(Report).where(Report.case_id.in_(ids)).values(note=""))
        return len(ids)

    def _ensure_may_report(self, member_id: int) -> None:
        self._tools.ledger.lock(member_id)
        standing, now = self._tools.facts.get_standing(member_id), epoch(self._clock.now())
        if not standing.confirmed:
            raise NotConfirmed
        ensure_not_suspended(standing.suspended_until, now)
        lately = select(func.count()).where(
            Report.user_id == member_id, Report.create_time > now - DAY, Report.reason != Reason.APPEAL.value
        )
        if db.session.execute(lately).scalar_one() >= REPORTS_A_DAY:
            raise TooManyReports(limit=REPORTS_A_DAY)

    def _enter(
        self, member_id: int, about: Subject, reason: Reason, *, note: str, concerned: int | None, quote: str = ""
    ) -> None:
        case = self._tools.cases.open(about, reason, member_id=concerned, quote=quote)
        said = {"case_id": case.id, "user_id": member_id, "reason": reason.value, "note": note}
        now = epoch(self._clock.now())
        if not insert_once(Report, **said, create_time=now):
            raise AlreadyReported
        if is_urgent(reason) and case.due_at == due_of(reason, now):  # new, or moved forward by this
            for moderator_id in self._tools.facts.list_moderators():
                self._tools.notices.note(moderator_id, "moderate_report")
        events.reported.publish(member=member_id, kind=about.kind.value, case=case.id)
