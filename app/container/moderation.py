"""The container: reports of members, and what moderators do."""

from __future__ import annotations

from functools import cached_property

from app.container.catalogue import CatalogueParts
from app.container.core import Core, MailParts
from app.container.exchange import ExchangeParts
from app.container.members import MemberParts
from app.queries.report import CaseQueries, ReportSubjectQueries
from app.services.moderation.appeals import Appeals
from app.services.moderation.case_decisions import CaseDecisions
from app.services.moderation.reports import Reports
from app.services.moderation.sanctions import Sanctions


class ModerationParts:
    """Reports, cases and sanctions."""

    def __init__(
        self, core: Core, *, catalogue: CatalogueParts, mail: MailParts, exchange: ExchangeParts, members: MemberParts
    ) -> None:
        self._core = core
        self._catalogue = catalogue
        self._mail = mail
        self._exchange = exchange
        self._members = members

    @cached_property
    def cases(self) -> CaseQueries:
        """Look up cases."""
        return CaseQueries(self._core.sql)

    @cached_property
    def reports(self) -> Reports:
        """Report something."""
        subjects = ReportSubjectQueries(self._core.sql)
        return Reports(self._exchange.tools, subjects=subjects, books=self._catalogue.books)

    @cached_property
    def sanctions(self) -> Sanctions:
        """Hide, warn, suspend and disable."""
        return Sanctions(
            self._exchange.tools,
            states=self._exchange.gift_states,
            transitions=self._exchange.drift_transitions,
            leaving=self._members.leaving,
            outbox=self._mail.outbox,
            books=self._catalogue.books,
        )

    @cached_property
    def appeals(self) -> Appeals:
        """Appeal against a decision."""
        return Appeals(self._exchange.tools, sanctions=self.sanctions, tokens=self._members.account_tokens)

    @cached_property
    def decisions(self) -> CaseDecisions:
        """Decide cases."""
        return CaseDecisions(
            self._exchange.tools,
            sanctions=self.sanctions,
            appeals=self.appeals,
            works=self._catalogue.work_decisions,
            catalogue=self._catalogue.writer,
        )
