"""The container: gifts, wishes, drifts and beans, and the lists of books that members bring to offer or wish for."""

from __future__ import annotations

from functools import cached_property

from app.container.catalogue import CatalogueParts
from app.container.core import Core, MailParts
from app.domain.circle import Circles
from app.domain.exchange_policy import Policy
from app.queries.acquaintance import AcquaintanceQueries
from app.queries.book_list import BookListQueries
from app.queries.city import CityQueries
from app.queries.drift import DriftQueries, DueDriftQueries, SavedAddressQueries
from app.queries.exchange_stats import ExchangeStatQueries
from app.queries.gift_telling import GiftTellingQueries
from app.queries.holiday import HolidayQueries
from app.queries.ledger import LedgerQueries
from app.queries.listings import ListingQueries
from app.queries.member import PersonQueries
from app.queries.member_block import BlockQueries
from app.queries.message import NoticeQueries
from app.queries.moderation import ModerationQueries
from app.queries.shelf import ShelfQueries
from app.search import analyzer
from app.services.exchange.blocks import Blocks
from app.services.exchange.cases import Cases
from app.services.exchange.drift_deadlines import DriftDeadlines
from app.services.exchange.drift_transitions import DriftTransitions
from app.services.exchange.drifts import Drifts
from app.services.exchange.gift_announcements import GiftAnnouncements
from app.services.exchange.gift_places import GiftLanguages
from app.services.exchange.gift_states import GiftStates
from app.services.exchange.gifts import Gifts
from app.services.exchange.holidays import Holidays
from app.services.exchange.ledger import Ledger
from app.services.exchange.meetings import Meetings
from app.services.exchange.moderation import Moderation
from app.services.exchange.notices import Notices
from app.services.exchange.saved_addresses import SavedAddresses
from app.services.exchange.tools import ExchangeTools
from app.services.exchange.wishes import Wishes
from app.services.lists.book_lists import ListService
from app.services.lists.list_lookup import ListLookup
from app.services.lists.row_matching import RowMatching
from app.services.members.account_closure import AccountClosure


class ExchangeParts:
    """Gifts, wishes, drifts and beans."""

    def __init__(self, core: Core, catalogue: CatalogueParts, mail: MailParts) -> None:
        self._core = core
        self._catalogue = catalogue
        self._mail = mail

    @cached_property
    def policy(self) -> Policy:
        """Hold the numbers of the exchange's rules."""
        return Policy.of(self._core.settings)

    @cached_property
    def ledger(self) -> Ledger:
        """Move beans."""
        return Ledger(self._core.clock, self.policy)

    @cached_property
    def facts(self) -> ExchangeStatQueries:
        """What the exchange's rules ask."""
        return ExchangeStatQueries(self._core.sql)

    @cached_property
    def persons(self) -> PersonQueries:
        """Look up what the accounts of one person had."""
        return PersonQueries(self._core.sql)

    @cached_property
    def circles(self) -> Circles:
        """Judge whose receipts count."""
        return Circles(AcquaintanceQueries(self._core.sql))

    @cached_property
    def ledger_queries(self) -> LedgerQueries:
        """Look into the ledger."""
        return LedgerQueries(self._core.sql)

    @cached_property
    def listings(self) -> ListingQueries:
        """Look up gifts and wishes."""
        return ListingQueries(self._core.sql)

    @cached_property
    def shelf(self) -> ShelfQueries:
        """Look up who gives and who wishes one book."""
        return ShelfQueries(self._core.sql)

    @cached_property
    def cities(self) -> CityQueries:
        """Look up cities and the gifts in them."""
        return CityQueries(self._core.sql)

    @cached_property
    def gift_languages(self) -> GiftLanguages:
        """Write the languages of gifts from before."""
        return GiftLanguages(self._core.clock, self.cities)

    @cached_property
    def drift_list(self) -> DriftQueries:
        """Look up drifts."""
        return DriftQueries(self._core.sql)

    @cached_property
    def notice_list(self) -> NoticeQueries:
        """Look up notices."""
        return NoticeQueries(self._core.sql)

    @cached_property
    def notices(self) -> Notices:
        """Notify members of what happened."""
        return Notices(self._core.clock, self._mail.outbox)

    @cached_property
    def gift_states(self) -> GiftStates:
        """Write states of gifts; what the analyzer needs for it is loaded now, not while a transaction waits."""
        analyzer.make_ready()
        return GiftStates(self._catalogue.writer.offers_changed, self._core.clock, holidays=self.holiday_queries)

    @cached_property
    def holiday_queries(self) -> HolidayQueries:
        """Look up who is away."""
        return HolidayQueries(self._core.sql)

    @cached_property
    def block_queries(self) -> BlockQueries:
        """Look up who has blocked whom."""
        return BlockQueries(self._core.sql)

    @cached_property
    def blocks(self) -> Blocks:
        """Have nothing more to do with somebody."""
        return Blocks(self.tools, self.block_queries)

    @cached_property
    def holidays(self) -> Holidays:
        """Be away for some days."""
        return Holidays(
            self.tools,
            states=self.gift_states,
            transitions=self.drift_transitions,
            holidays=self.holiday_queries,
        )

    @cached_property
    def tools(self) -> ExchangeTools:
        """Gather what the use cases share."""
        return ExchangeTools(
            clock=self._core.clock,
            policy=self.policy,
            facts=self.facts,
            persons=self.persons,
            circles=self.circles,
            ledger=self.ledger,
            notices=self.notices,
            cases=Cases(self._core.clock),
        )

    @cached_property
    def gifts(self) -> Gifts:
        """Offer copies."""
        return Gifts(self.tools, states=self.gift_states, works=self._catalogue.works, holidays=self.holiday_queries)

    @cached_property
    def gift_tellings(self) -> GiftTellingQueries:
        """Look up which gifts wishers are still to be told of."""
        return GiftTellingQueries(self._core.sql)

    @cached_property
    def gift_announcements(self) -> GiftAnnouncements:
        """Notify those who wish for a book of a new copy."""
        return GiftAnnouncements(self.tools, tellings=self.gift_tellings, books=self._catalogue.books)

    @cached_property
    def wishes(self) -> Wishes:
        """Wish for books."""
        return Wishes(self.tools, self._catalogue.books, self._catalogue.works, self.block_queries)

    @cached_property
    def drift_transitions(self) -> DriftTransitions:
        """Take a drift's steps, inside a use case."""
        return DriftTransitions(self.tools, self.gift_states)

    @cached_property
    def saved_addresses(self) -> SavedAddresses:
        """Keep one address of a member who asks for it."""
        return SavedAddresses(self._core.clock, self._core.sealer, SavedAddressQueries(self._core.sql))

    @cached_property
    def drifts(self) -> Drifts:
        """Ask for copies, and everything that follows."""
        return Drifts(
            self.tools,
            states=self.gift_states,
            transitions=self.drift_transitions,
            books=self._catalogue.books,
            sealer=self._core.sealer,
            saved_addresses=self.saved_addresses,
            holidays=self.holiday_queries,
            blocks=self.block_queries,
        )

    @cached_property
    def meetings(self) -> Meetings:
        """Record meetings that were missed."""
        return Meetings(self.tools, self.drift_transitions)

    @cached_property
    def moderation(self) -> Moderation:
        """Act as a moderator."""
        return Moderation(self.tools, states=self.gift_states, transitions=self.drift_transitions)

    @cached_property
    def moderation_list(self) -> ModerationQueries:
        """Look up what moderators have to see."""
        return ModerationQueries(self._core.sql)

    @cached_property
    def drift_deadlines(self) -> DriftDeadlines:
        """Do what time brings about."""
        return DriftDeadlines(
            self.tools,
            due=DueDriftQueries(self._core.sql),
            transitions=self.drift_transitions,
            holidays=self.holiday_queries,
        )

    @cached_property
    def account_closure(self) -> AccountClosure:
        """End the business of a member who leaves."""
        return AccountClosure(self.tools, states=self.gift_states, transitions=self.drift_transitions)


class ListParts:
    """Lists of books that members bring."""

    def __init__(self, core: Core, catalogue: CatalogueParts, exchange: ExchangeParts) -> None:
        self._core = core
        self._catalogue = catalogue
        self._exchange = exchange

    @cached_property
    def stored(self) -> BookListQueries:
        """Look up the lists that members brought."""
        return BookListQueries(self._core.sql)

    @cached_property
    def lookup(self) -> ListLookup:
        """Find out what the rows of a list are."""
        return ListLookup(
            clock=self._core.clock,
            lists=self.stored,
            matching=RowMatching(self._catalogue.local_catalogue),
            book_lookup=self._catalogue.book_lookup,
        )

    @cached_property
    def book_lists(self) -> ListService:
        """Bring a list, correct it, offer or wish for its books."""
        return ListService(
            clock=self._core.clock,
            lists=self.stored,
            lookup=self.lookup,
            gifts=self._exchange.gifts,
            wishes=self._exchange.wishes,
        )
