"""Reports of members that two editions are not the same book, and what a moderator makes of them."""

from __future__ import annotations

from sqlalchemy import update

from app import events
from app.domain.work_decision import AlreadyReported, NotOneWork, ReportClosed, WorkAct, pair_of
from app.extensions import db
from app.libs.clock import Clock, epoch
from app.models.book import EditionReport
from app.queries.book import BookQueries
from app.services.catalogue.work_decisions import WorkDecisions
from app.services.unit_of_work import insert_once, use_case


class EditionReports:
    """The use cases of who reports, and of the moderator who decides."""

    def __init__(self, clock: Clock, *, books: BookQueries, decisions: WorkDecisions) -> None:
        self._clock = clock
        self._books = books
        self._decisions = decisions

    @use_case
    def report(self, member_id: int, isbn13: str, other: str, *, note: str) -> None:
        """Write down that a member holds two editions of one work for different books.

        :raises NotOneWork: when they are no editions of one work. :raises AlreadyReported: while an earlier one is open.
        """
        works = {book.work_id for book in self._books.find_many([isbn13, other])}
        if isbn13 == other or len(works) != 1 or 0 in works or not self._are_known(isbn13, other):
            raise NotOneWork
        one, two = pair_of(isbn13, other)
        values = {"user_id": member_id, "isbn13": one, "other_isbn13": two, "note": note, "is_open": 1}
        if not insert_once(EditionReport, **values, create_time=epoch(self._clock.now())):
            raise AlreadyReported
        events.editions_reported.publish(member=member_id, isbn13=one, other=two)

    @use_case
    def keep(self, moderator_id: int, report_id: int, *, reason: str) -> None:
        """Leave both editions in the works where they are, and close all reports of the two.

        :raises ReportClosed: when there is no such open report.
        """
        report = self._hold(report_id)
        self._decisions.note(moderator_id, WorkAct.KEEP, (report.isbn13, report.other_isbn13), reason=reason)
        self._close(report)

    @use_case
    def part(self, moderator_id: int, report_id: int, isbn13: str, *, reason: str) -> None:
        """Take one of the two editions out of their work, and close all reports of the two.

        :raises ReportClosed: when there is no such open report.
        :raises NotOneWork: when the edition is none of the two. :raises AlreadyAlone: as `WorkDecisions.part`.
        """
        report = self._hold(report_id)
        if isbn13 not in {report.isbn13, report.other_isbn13}:
            raise NotOneWork
        self._decisions.part(moderator_id, isbn13, reason=reason)
        self._close(report)

    def _are_known(self, *isbns: str) -> bool:
        return len(self._books.find_many(isbns)) == len(isbns)

    @staticmethod
    def _hold(report_id: int) -> EditionReport:
        report = db.session.get(EditionReport, report_id, with_for_update=True)
        if report is None or not report.is_open:
            raise ReportClosed
        return report

    def _close(self, report: EditionReport) -> None:
        same = (EditionReport.isbn13 == report.isbn13, EditionReport.other_isbn13 == report.other_isbn13)
        now = epoch(self._clock.now())
        db.session.execute(
            update(EditionReport)
            .where(*same, EditionReport.is_open == 1)
            .values(is_open=None, closed_time=now)
            .execution_options(synchronize_session=False)
        )
