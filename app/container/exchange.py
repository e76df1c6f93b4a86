"""The container: gifts, wishes, drifts and beans."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property

from app.container.members import MemberParts
from app.domain.circle import Circles
from app.extensions import pool_of
from app.libs.clock import epoch
from app.libs.leavings import clear_leavings
from app.queries.acquaintance import AcquaintanceTable
from app.queries.book_list import BookLists
from app.queries.drift import DriftList
from app.queries.due_drifts import DueDrifts
from app.queries.exchange_facts import ExchangeFacts
from app.queries.ledger import LedgerBook
from app.queries.moderation import ModerationList
from app.queries.notice import NoticeList
from app.queries.persons import Persons
from app.queries.shelf import Shelf
from app.search import analyzer
from app.services.book_lists import ListService
from app.services.departures import Departures
from app.services.drift_clocks import DriftClocks
from app.services.drift_moves import DriftMoves
from app.services.drifts import Drifts
from app.services.gift_states import GiftStates
from app.services.gifts import Gifts
from app.services.judging import Judging
from app.services.leaving import Leaving
from app.services.list_lookup import ListLookup
from app.services.moderation import Moderation
from app.services.notices import Notices
from app.services.resealing import Resealing
from app.services.telling import Telling
from app.services.wishes import Wishes


class ExchangeParts(MemberParts):
    """Gifts, wishes, drifts and beans."""

    @cached_property
    def exchange_facts(self) -> ExchangeFacts:
        """What the exchange's rules ask."""
        return ExchangeFacts(self.sql)

    @cached_property
    def persons(self) -> Persons:
        """Look up what the accounts of one person had."""
        return Persons(self.sql)

    @cached_property
    def circles(self) -> Circles:
        """Judge whose receipts count."""
        return Circles(AcquaintanceTable(self.sql))

    @cached_property
    def ledger_book(self) -> LedgerBook:
        """Look into the ledger."""
        return LedgerBook(self.sql)

    @cached_property
    def shelf(self) -> Shelf:
        """Look up gifts and wishes."""
        return Shelf(self.sql)

    @cached_property
    def drift_list(self) -> DriftList:
        """Look up drifts."""
        return DriftList(self.sql)

    @cached_property
    def notice_list(self) -> NoticeList:
        """Look up notices."""
        return NoticeList(self.sql)

    @cached_property
    def notices(self) -> Notices:
        """Inform members what happened."""
        return Notices(self.clock, self.outbox)

    @cached_property
    def gift_states(self) -> GiftStates:
        """Write states of gifts; what the analyzer needs for it is loaded now, not while a transaction waits."""
        analyzer.make_ready()
        return GiftStates(self.catalogue.offers_changed)

    @cached_property
    def gifts(self) -> Gifts:
        """Offer copies."""
        return Gifts(
            clock=self.clock,
            use_cases=self.use_cases,
            facts=self.exchange_facts,
            persons=self.persons,
            circles=self.circles,
            books=self.books,
            states=self.gift_states,
            ledger=self.ledger,
            numbers=self.numbers,
        )

    @cached_property
    def telling(self) -> Telling:
        """Inform those who wish a book of a new copy."""
        return Telling(use_cases=self.use_cases, facts=self.exchange_facts, books=self.books, notices=self.notices)

    @cached_property
    def wishes(self) -> Wishes:
        """Wish for books."""
        return Wishes(
            clock=self.clock,
            use_cases=self.use_cases,
            facts=self.exchange_facts,
            books=self.books,
            notices=self.notices,
        )

    @cached_property
    def drift_moves(self) -> DriftMoves:
        """Take a drift's steps, inside a use case."""
        return DriftMoves(
            clock=self.clock,
            facts=self.exchange_facts,
            persons=self.persons,
            circles=self.circles,
            states=self.gift_states,
            ledger=self.ledger,
            notices=self.notices,
            numbers=self.numbers,
        )

    @cached_property
    def drifts(self) -> Drifts:
        """Ask for copies, and everything that follows."""
        return Drifts(
            clock=self.clock,
            use_cases=self.use_cases,
            facts=self.exchange_facts,
            persons=self.persons,
            books=self.books,
            states=self.gift_states,
            ledger=self.ledger,
            notices=self.notices,
            moves=self.drift_moves,
            sealer=self.sealer,
            numbers=self.numbers,
        )

    @cached_property
    def moderation(self) -> Moderation:
        """Act as a moderator."""
        return Moderation(
            clock=self.clock,
            use_cases=self.use_cases,
            facts=self.exchange_facts,
            persons=self.persons,
            states=self.gift_states,
            ledger=self.ledger,
            notices=self.notices,
            moves=self.drift_moves,
        )

    @cached_property
    def moderation_list(self) -> ModerationList:
        """Look up what moderators have to see."""
        return ModerationList(self.sql)

    @cached_property
    def drift_clocks(self) -> DriftClocks:
        """Do what time brings about."""
        return DriftClocks(
            clock=self.clock,
            use_cases=self.use_cases,
            due=DueDrifts(self.sql),
            moves=self.drift_moves,
            notices=self.notices,
            numbers=self.numbers,
            tidy=lambda: clear_leavings(pool_of(self._app), ("drift_address", "saved_address")),
        )

    @cached_property
    def resealing(self) -> Resealing:
        """Rotate the keys of what is sealed."""
        return Resealing(self.sealer)

    @cached_property
    def departures(self) -> Departures:
        """End the business of a member who leaves."""
        return Departures(use_cases=self.use_cases, states=self.gift_states, moves=self.drift_moves, ledger=self.ledger)

    @cached_property
    def leaving(self) -> Leaving:
        """Disable, enable and delete accounts."""
        return Leaving(clock=self.clock, departures=self.departures, outbox=self.outbox)

    def _forget_unconfirmed(self) -> int:
        before = epoch(self.clock.now() - timedelta(days=self.settings["UNCONFIRMED_DAYS"]))
        forgotten = 0
        while numbers := self.members.list_unconfirmed(before=before):
            gone = sum(self.leaving.forget_unconfirmed(number, before=before) for number in numbers)
            forgotten += gone
            if not gone:
                break
        return forgotten

    @cached_property
    def stored_lists(self) -> BookLists:
        """Look up the lists that members brought."""
        return BookLists(self.sql)

    @cached_property
    def list_lookup(self) -> ListLookup:
        """Find out what the rows of a list are."""
        return ListLookup(
            use_cases=self.use_cases,
            lists=self.stored_lists,
            judging=Judging(self.local_catalogue),
            finding=self.finding,
        )

    @cached_property
    def book_lists(self) -> ListService:
        """Bring a list, correct it, offer or wish for its books."""
        return ListService(
            clock=self.clock,
            use_cases=self.use_cases,
            lists=self.stored_lists,
            lookup=self.list_lookup,
            gifts=self.gifts,
            wishes=self.wishes,
        )
