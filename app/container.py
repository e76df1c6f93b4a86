"""The container: which part stands behind each name, built once per app, when first asked for."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import Any, cast

from flask import Flask, current_app
from werkzeug.local import LocalProxy

from app.domain.exchange_numbers import Numbers
from app.extensions import db, pool_of
from app.libs.clock import Clock, SystemClock
from app.libs.common_passwords import common_passwords
from app.libs.disk_cache import DiskCache
from app.libs.http_client import HttpClient
from app.libs.passwords import Passwords
from app.libs.sealing import Sealer
from app.libs.sql_helper import SqlHelper
from app.libs.wal import truncate_wal
from app.mail.letter import Mailbox
from app.mail.outbox import Outbox
from app.mail.rendering import Renderer
from app.mail.transports.choose import transport_for
from app.mail.transports.port import Transport
from app.providers.chain import SourceChain
from app.providers.choose import http_client_for, sources_for
from app.providers.covers import CoverFetcher
from app.providers.port import Source
from app.queries.book import Books
from app.queries.book_list import BookLists
from app.queries.credentials import CredentialsBook
from app.queries.drift import DriftList
from app.queries.due_drifts import DueDrifts
from app.queries.exchange_facts import ExchangeFacts
from app.queries.freshness import Freshness
from app.queries.gaps import Gaps
from app.queries.indexed_books import IndexedBooks
from app.queries.invitation import Invitations
from app.queries.jobs import JobRecords
from app.queries.ledger import LedgerBook
from app.queries.mail import Mails
from app.queries.member import Members
from app.queries.notice import NoticeList
from app.queries.own_data import OwnData
from app.queries.shelf import Shelf
from app.search import analyzer
from app.search.index import Index
from app.search.posting.builder import Builder
from app.search.posting.index import PostingIndex
from app.search.posting.mariadb_store import MariadbStore
from app.search.posting.sqlite_store import SqliteStore
from app.search.search import Search
from app.search.upkeep import IndexUpkeep
from app.services.account_tokens import AccountTokens, mints_for
from app.services.accounts import Accounts
from app.services.book_lists import ListService
from app.services.catalogue import Catalogue
from app.services.catalogue_import import CatalogueImports
from app.services.clockwork import Clockwork, Job
from app.services.courier import Courier, Mint
from app.services.covers import Covers
from app.services.departures import Departures
from app.services.drift_clocks import DriftClocks
from app.services.drift_moves import DriftMoves
from app.services.drifts import Drifts
from app.services.enriching import Enriching
from app.services.export import Export, ExportTable
from app.services.finding import Finding
from app.services.gifts import Gifts
from app.services.invitations import InvitationDesk
from app.services.judging import Judging
from app.services.leaving import Leaving
from app.services.ledger import Ledger
from app.services.notices import Notices
from app.services.password_rules import PasswordRules
from app.services.profiles import Profiles
from app.services.registration import Registration
from app.services.saved_addresses import SavedAddresses
from app.services.second_factors import SecondFactors
from app.services.sessions import Sessions
from app.services.use_cases import UseCases
from app.services.wishes import Wishes


class Container:
    """The parts of one app. A view or command takes them from `container`, the current app's."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self.clock: Clock = SystemClock()

    @property
    def _slots(self) -> int:
        """How many threads may wait for other servers, of each kind."""
        threads: int = self.settings["THREADS"]
        return max(1, threads // 4)

    @property
    def settings(self) -> dict[str, Any]:
        """The app's settings by name."""
        return self._app.config

    @cached_property
    def sql(self) -> SqlHelper:
        """The read door."""
        return SqlHelper(pool_of(self._app), db.joined_connection)

    @cached_property
    def books(self) -> Books:
        """Look up books."""
        return Books(self.sql)

    @cached_property
    def indexed_books(self) -> IndexedBooks:
        """Look up books by id."""
        return IndexedBooks(self.sql)

    @cached_property
    def search_index(self) -> Index:
        """Find books by terms; its generations lie beside the database file, or in the database itself on MariaDB."""
        directory = self.settings["DATA_DIR"] / "search"
        books = self.indexed_books
        store = SqliteStore(directory) if self.sql.dialect == "sqlite" else MariadbStore(self.sql)
        builder = Builder(self.sql, books, store, self.clock, terms=analyzer.terms, directory=directory)
        return PostingIndex(self.sql, books, store, self.clock, builder)

    @cached_property
    def http_client(self) -> HttpClient:
        """The one way to ask other servers."""
        return http_client_for(self.settings)

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """The enabled book sources outside, in order."""
        return sources_for(self.settings, self.http_client)

    @cached_property
    def source_chain(self) -> SourceChain:
        """The enabled sources as one; only a quarter of the threads may wait for them at a time."""
        return SourceChain(self.sources, budget=self.settings["UPSTREAM_BUDGET_SECONDS"], slots=self._slots)

    @cached_property
    def finding(self) -> Finding:
        """Find the book of an ISBN in the catalogue or at the sources."""
        return Finding(books=self.books, sources=self.source_chain, store=self.catalogue.store)

    @cached_property
    def covers(self) -> Covers:
        """The pictures of books; only a quarter of the threads may wait for one at a time."""
        fetcher = CoverFetcher(self.http_client, seconds=self.settings["UPSTREAM_BUDGET_SECONDS"])
        cache = DiskCache(self.settings["DATA_DIR"] / "covers", max_bytes=self.settings["COVER_CACHE_BYTES"])
        return Covers(fetch=fetcher.fetch, cache=cache, slots=self._slots)

    @cached_property
    def search(self) -> Search:
        """Find books by whatever is typed."""
        return Search(self.books, self.search_index, self.sql.reading, self.freshness.stamp)

    @cached_property
    def freshness(self) -> Freshness:
        """Tell whether the catalogue changed."""
        return Freshness(self.sql, lambda: db.commits)

    @cached_property
    def catalogue(self) -> Catalogue:
        """Store books so that the next search finds them."""
        return Catalogue(self.sql, self.search_index, analyzer.terms, self.clock)

    @cached_property
    def catalogue_imports(self) -> CatalogueImports:
        """Import files of books."""
        lock = self.settings["DATA_DIR"] / "import.lock"
        return CatalogueImports(self.sql, self.catalogue, self.search_index, self.clock, lock=lock)

    @cached_property
    def letters(self) -> Renderer:
        """Word mail."""
        return Renderer(site_url=self.settings["SITE_URL"], time_zone=self.settings["TIME_ZONE"])

    @cached_property
    def mail_transport(self) -> Transport:
        """Where mail leaves the house; its `is_terminal` tells a page to say that the link is in the terminal."""
        return transport_for(self.settings["MAIL_URL"])

    @cached_property
    def mail_sender(self) -> Mailbox:
        """From whom mail comes."""
        return Mailbox.parse(self.settings["MAIL_FROM"])

    @cached_property
    def mails(self) -> Mails:
        """Look up what became of mail."""
        return Mails(self.sql)

    @cached_property
    def outbox(self) -> Outbox:
        """Post mail, inside the transaction that gives cause for it."""
        return Outbox(letters=self.letters, clock=self.clock, sender=self.mail_sender)

    @cached_property
    def mail_mints(self) -> dict[str, Mint]:
        """What makes the secrets of a kind of mail when it is sent."""
        return mints_for(self.account_tokens)

    @cached_property
    def courier(self) -> Courier:
        """Deliver the outbox."""
        return Courier(
            mails=self.mails,
            letters=self.letters,
            transport=self.mail_transport,
            sender=self.mail_sender,
            clock=self.clock,
            mints=self.mail_mints,
        )

    @cached_property
    def clockwork(self) -> Clockwork:
        """Run the jobs that return; each area adds its own."""
        return Clockwork(
            records=JobRecords(self.sql),
            clock=self.clock,
            jobs=(
                Job(name="forget old mail", every=timedelta(hours=6), run=self.courier.forget_old),
                Job(name="forget old sessions", every=timedelta(hours=6), run=self._forget_old_sessions),
                Job(name="forget old links", every=timedelta(hours=6), run=self.account_tokens.forget_old),
                Job(
                    name="keep up the search index",
                    every=timedelta(minutes=1),
                    run=IndexUpkeep(self.search_index, self.clock).run,
                    lease=timedelta(hours=2),
                ),
                Job(name="forget old lists", every=timedelta(days=1), run=self.book_lists.forget_old),
                Job(name="the clocks of drifts", every=timedelta(minutes=10), run=self.drift_clocks.run),
                Job(name="erase old addresses", every=timedelta(hours=1), run=self.drift_clocks.erase),
            ),
        )

    @cached_property
    def members(self) -> Members:
        """Look up members."""
        return Members(self.sql)

    @cached_property
    def passwords(self) -> Passwords:
        """Hash and check passwords."""
        return Passwords()

    @cached_property
    def sessions(self) -> Sessions:
        """Open, touch and end sessions."""
        return Sessions(self.clock)

    def _forget_old_sessions(self) -> int:
        idle, longest = (timedelta(days=self.settings[name]) for name in ("SESSION_IDLE_DAYS", "SESSION_DAYS"))
        return self.sessions.forget_old(idle=idle, longest=longest)

    @cached_property
    def account_tokens(self) -> AccountTokens:
        """Make and use the links of account mail."""
        return AccountTokens(self.clock, self.credentials)

    @cached_property
    def credentials(self) -> CredentialsBook:
        """Look up what proves who somebody is."""
        return CredentialsBook(self.sql)

    @cached_property
    def password_rules(self) -> PasswordRules:
        """Judge and hash new passwords."""
        return PasswordRules(self.passwords, common_passwords)

    @cached_property
    def registration(self) -> Registration:
        """Make accounts and confirm them."""
        return Registration(clock=self.clock, rules=self.password_rules, tokens=self.account_tokens, outbox=self.outbox)

    @cached_property
    def accounts(self) -> Accounts:
        """Log in, reset and change passwords."""
        return Accounts(
            clock=self.clock,
            credentials=self.credentials,
            passwords=self.passwords,
            rules=self.password_rules,
            sessions=self.sessions,
            tokens=self.account_tokens,
            outbox=self.outbox,
        )

    @cached_property
    def profiles(self) -> Profiles:
        """Change what is stored of a member."""
        return Profiles(clock=self.clock, tokens=self.account_tokens, outbox=self.outbox)

    @cached_property
    def numbers(self) -> Numbers:
        """Count what the exchange's rules count with."""
        return Numbers.of(self.settings)

    @cached_property
    def sealer(self) -> Sealer:
        """Seal what must not lie readable in the database: addresses, and secrets of second factors."""
        return Sealer(self.settings["ADDRESS_KEYS"])

    @cached_property
    def exchange_facts(self) -> ExchangeFacts:
        """What the exchange's rules ask."""
        return ExchangeFacts(self.sql)

    @cached_property
    def use_cases(self) -> UseCases:
        """Run use cases that are repeated when the database asks for it."""
        return UseCases(self.clock)

    @cached_property
    def ledger(self) -> Ledger:
        """Move beans."""
        return Ledger(self.clock, self.numbers)

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
        """Tell members what happened."""
        return Notices(self.clock, self.outbox)

    @cached_property
    def gifts(self) -> Gifts:
        """Offer copies."""
        return Gifts(
            clock=self.clock,
            use_cases=self.use_cases,
            facts=self.exchange_facts,
            books=self.books,
            ledger=self.ledger,
            notices=self.notices,
            numbers=self.numbers,
        )

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
            books=self.books,
            ledger=self.ledger,
            notices=self.notices,
            moves=self.drift_moves,
            sealer=self.sealer,
            numbers=self.numbers,
        )

    @cached_property
    def departures(self) -> Departures:
        """End the business of a member who leaves."""
        return Departures(use_cases=self.use_cases, moves=self.drift_moves, ledger=self.ledger)

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
            tidy=lambda: truncate_wal(pool_of(self._app)),
        )

    @cached_property
    def saved_addresses(self) -> SavedAddresses:
        """Keep one address of a member who asks for it."""
        return SavedAddresses(self.clock, self.sealer)

    @cached_property
    def second_factors(self) -> SecondFactors:
        """Turn second factors on and off, and check them."""
        return SecondFactors(clock=self.clock, sealer=self.sealer, credentials=self.credentials)

    @cached_property
    def invitations(self) -> Invitations:
        """Look up invitations."""
        return Invitations(self.sql)

    @cached_property
    def invitation_desk(self) -> InvitationDesk:
        """Make and end invitations."""
        return InvitationDesk(self.clock)

    @cached_property
    def enriching(self) -> Enriching:
        """Fill the gaps of known books from the sources."""
        return Enriching(clock=self.clock, gaps=Gaps(self.sql), catalogue=self.catalogue)

    @cached_property
    def stored_lists(self) -> BookLists:
        """Look up the lists that members brought."""
        return BookLists(self.sql)

    @cached_property
    def book_lists(self) -> ListService:
        """Bring a list, correct it, offer or wish for its books."""
        return ListService(
            clock=self.clock,
            use_cases=self.use_cases,
            lists=self.stored_lists,
            judging=Judging(self.books, self.search),
            finding=self.finding,
            gifts=self.gifts,
            wishes=self.wishes,
        )

    @cached_property
    def leaving(self) -> Leaving:
        """Disable, enable and delete accounts."""
        return Leaving(clock=self.clock, departures=self.departures, outbox=self.outbox)

    @cached_property
    def export(self) -> Export:
        """Write everything about a member into a zip; each area adds its tables."""
        own = OwnData(self.sql)
        return Export(
            (
                ExportTable("account", "账号 · your account", own.account),
                ExportTable("sessions", "登录过的地方 · where you are logged in", own.sessions),
                ExportTable("letters", "鱼书写给你的信 · letters to you", own.letters),
                ExportTable("invitations", "你发的邀请码 · invitations you made", own.invitations),
                ExportTable("gifts", "你送的书 · your gifts", own.gifts),
                ExportTable("wishes", "你的心愿 · your wishes", own.wishes),
                ExportTable("drifts", "你的鱼漂 · your drifts", own.drifts),
                ExportTable("beans", "你的鱼豆 · your beans", own.beans),
                ExportTable("notices", "你收到的消息 · your notices", own.notices),
                ExportTable("lists", "你带来的书单 · lists you brought", own.lists),
                ExportTable("saved_address", "你保存的地址 · your saved address", self.saved_addresses.rows),
            )
        )


def init_app(app: Flask) -> None:
    """Give the app its container."""
    app.extensions["container"] = Container(app)


container = cast("Container", LocalProxy(lambda: current_app.extensions["container"]))
