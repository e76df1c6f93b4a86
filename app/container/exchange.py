"""The container: gifts, wishes, drifts and beans."""

from __future__ import annotations

from functools import cached_property

from app.container.catalogue import CatalogueParts
from app.container.core import Core
from app.container.mail import MailParts
from app.domain.circle import Circles
from app.domain.exchange_numbers import Numbers
from app.extensions import pool_of
from app.libs.leavings import clear_leavings
from app.queries.acquaintance import AcquaintanceTable
from app.queries.drift import DriftList
from app.queries.due_drifts import DueDrifts
from app.queries.exchange_facts import ExchangeFacts
from app.queries.ledger import LedgerBook
from app.queries.moderation import ModerationList
from app.queries.notice import NoticeList
from app.queries.persons import Persons
from app.queries.shelf import Shelf
from app.search import analyzer
from app.services.departures import Departures
from app.services.drift_clocks import DriftClocks
from app.services.drift_moves import DriftMoves
from app.services.drifts import Drifts
from app.services.exchange_tools import ExchangeTools
from app.services.gift_states import GiftStates
from app.services.gifts import Gifts
from app.services.ledger import Ledger
from app.services.moderation import Moderation
from app.services.notices import Notices
from app.services.telling import Telling
from app.services.wishes import Wishes


class ExchangeParts:
    """Gifts, wishes, drifts and beans."""

    def __init__(self, core: Core, catalogue: CatalogueParts, mail: MailParts) -> None:
        self._core = core
        self._catalogue = catalogue
        self._mail = mail

    @cached_property
    def numbers(self) -> Numbers:
        """Hold the numbers of the exchange's rules."""
        return Numbers.of(self._core.settings)

    @cached_property
    def ledger(self) -> Ledger:
        """Move beans."""
        return Ledger(self._core.clock, self.numbers)

    @cached_property
    def facts(self) -> ExchangeFacts:
        """What the exchange's rules ask."""
        return ExchangeFacts(self._core.sql)

    @cached_property
    def persons(self) -> Persons:
        """Look up what the accounts of one person had."""
        return Persons(self._core.sql)

    @cached_property
    def circles(self) -> Circles:
        """Judge whose receipts count."""
        return Circles(AcquaintanceTable(self._core.sql))

    @cached_property
    def ledger_book(self) -> LedgerBook:
        """Look into the ledger."""
        return LedgerBook(self._core.sql)

    @cached_property
    def shelf(self) -> Shelf:
        """Look up gifts and wishes."""
        return Shelf(self._core.sql)

    @cached_property
    def drift_list(self) -> DriftList:
        """Look up drifts."""
        return DriftList(self._core.sql)

    @cached_property
    def notice_list(self) -> NoticeList:
        """Look up notices."""
        return NoticeList(self._core.sql)

    @cached_property
    def notices(self) -> Notices:
        """Inform members what happened."""
        return Notices(self._core.clock, self._mail.outbox)

    @cached_property
    def gift_states(self) -> GiftStates:
        """Write states of gifts; what the analyzer needs for it is loaded now, not while a transaction waits."""
        analyzer.make_ready()
        return GiftStates(self._catalogue.writer.offers_changed)

    @cached_property
    def tools(self) -> ExchangeTools:
        """Gather what the use cases share."""
        return ExchangeTools(
            clock=self._core.clock,
            numbers=self.numbers,
            facts=self.facts,
            persons=self.persons,
            circles=self.circles,
            ledger=self.ledger,
            notices=self.notices,
        )

    @cached_property
    def gifts(self) -> Gifts:
        """Offer copies."""
        return Gifts(self.tools, states=self.gift_states, books=self._catalogue.books)

    @cached_property
    def telling(self) -> Telling:
        """Inform those who wish a book of a new copy."""
        return Telling(self.tools, self._catalogue.books)

    @cached_property
    def wishes(self) -> Wishes:
        """Wish for books."""
        return Wishes(self.tools, self._catalogue.books)

    @cached_property
    def drift_moves(self) -> DriftMoves:
        """Take a drift's steps, inside a use case."""
        return DriftMoves(self.tools, self.gift_states)

    @cached_property
    def drifts(self) -> Drifts:
        """Ask for copies, and everything that follows."""
        return Drifts(
            self.tools,
            states=self.gift_states,
            moves=self.drift_moves,
            books=self._catalogue.books,
            sealer=self._core.sealer,
        )

    @cached_property
    def moderation(self) -> Moderation:
        """Act as a moderator."""
        return Moderation(self.tools, states=self.gift_states, moves=self.drift_moves)

    @cached_property
    def moderation_list(self) -> ModerationList:
        """Look up what moderators have to see."""
        return ModerationList(self._core.sql)

    @cached_property
    def drift_clocks(self) -> DriftClocks:
        """Do what time brings about."""
        return DriftClocks(
            self.tools,
            due=DueDrifts(self._core.sql),
            moves=self.drift_moves,
            tidy=lambda: clear_leavings(pool_of(self._core.app), ("drift_address", "saved_address")),
        )

    @cached_property
    def departures(self) -> Departures:
        """End the business of a member who leaves."""
        return Departures(self.tools, states=self.gift_states, moves=self.drift_moves)
