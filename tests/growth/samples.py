"""How each statement of `app.queries` is asked on a large site. One that is missing here fails the test."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.container import Container
from app.domain.reading_list import Outcome
from app.libs.clock import from_epoch
from app.queries.acquaintance import AcquaintanceTable
from app.queries.due_drifts import DueDrifts
from app.queries.gaps import Gaps
from app.queries.jobs import JobRecords
from app.queries.own_data import OwnData
from app.queries.persons import Persons
from app.queries.saved_address import SavedAddressRows
from app.queries.schema import SchemaQueries
from app.queries.sealed_texts import SealedTexts
from app.services.sessions import hash_token
from tests.growth.crowd import BUSY, DAY, MODERATOR, NOW, TOKENS

Ask = Callable[[Container, str], object]

#: By class and method; called with the container and the ISBN of a book that many give and wish.
SAMPLES: Mapping[str, Ask] = {
    "Books.find": lambda c, isbn: c.catalogue.books.find(isbn),
    "Books.find_many": lambda c, isbn: c.catalogue.books.find_many([isbn]),
    "Books.resolve": lambda c, isbn: c.catalogue.books.resolve(isbn),
    "Books.resolve_many": lambda c, isbn: c.catalogue.books.resolve_many([isbn, "9780000000026"]),
    "Books.list_series_ids": lambda c, _: c.catalogue.books.list_series_ids("三体", 20),
    "Books.list_popular": lambda c, _: c.catalogue.books.list_popular(24),
    "AcquaintanceTable.count_mailboxes": lambda c, _: AcquaintanceTable(c.core.sql).count_mailboxes(),
    "AcquaintanceTable.readers_of": lambda c, _: AcquaintanceTable(c.core.sql).readers_of([BUSY], but=[11], limit=20),
    "AcquaintanceTable.partners_of": lambda c, _: AcquaintanceTable(c.core.sql).partners_of(BUSY, limit=20),
    "Persons.are_one": lambda c, _: Persons(c.core.sql).are_one(BUSY, 11),
    "Persons.find_person": lambda c, _: Persons(c.core.sql).find_person(BUSY),
    "Persons.find_first_mark": lambda c, _: Persons(c.core.sql).find_first_mark(BUSY),
    "Persons.listings": lambda c, _: Persons(c.core.sql).listings(BUSY),
    "BookLists.list_of": lambda c, _: c.lists.stored.list_of(BUSY),
    "BookLists.find": lambda c, _: c.lists.stored.find(BUSY, BUSY),
    "BookLists.count": lambda c, _: c.lists.stored.count(BUSY),
    "BookLists.count_todo": lambda c, _: c.lists.stored.count_todo(BUSY),
    "BookLists.list_rows": lambda c, _: c.lists.stored.list_rows(BUSY, limit=20, todo=True),
    "BookLists.list_by_outcome": lambda c, _: c.lists.stored.list_by_outcome(BUSY, Outcome.WAITING),
    "BookLists.list_pending": lambda c, _: c.lists.stored.list_pending(BUSY, limit=200),
    "BookLists.find_row": lambda c, _: c.lists.stored.find_row(BUSY, 1),
    "CredentialsBook.find_by_email": lambda c, _: c.members.credentials.find_by_email("m10@example.net"),
    "CredentialsBook.find": lambda c, _: c.members.credentials.find(BUSY),
    "CredentialsBook.find_link": lambda c, _: c.members.credentials.find_link("confirm", "l99", now=NOW),
    "CredentialsBook.find_factor": lambda c, _: c.members.credentials.find_factor(101),
    "DriftList.list_of": lambda c, _: c.exchange.drift_list.list_of(BUSY, limit=20, offset=40),
    "DriftList.count_of": lambda c, _: c.exchange.drift_list.count_of(BUSY),
    "DriftList.list_disputed": lambda c, _: c.exchange.drift_list.list_disputed(limit=50),
    "DueDrifts.list_due": lambda c, _: DueDrifts(c.core.sql).list_due(NOW),
    "DueDrifts.list_to_remind": lambda c, _: DueDrifts(c.core.sql).list_to_remind(NOW),
    "DueDrifts.list_to_erase": lambda c, _: DueDrifts(c.core.sql).list_to_erase(NOW - 30 * DAY),
    "DueDrifts.list_unreachable": lambda c, _: DueDrifts(c.core.sql).list_unreachable(NOW - 2 * DAY),
    "DueDrifts.list_stopped": lambda c, _: DueDrifts(c.core.sql).list_stopped((0, 0)),
    "ExchangeFacts.standing": lambda c, _: c.exchange.facts.standing(BUSY),
    "ExchangeFacts.find_standing": lambda c, _: c.exchange.facts.find_standing(BUSY),
    "ExchangeFacts.asked": lambda c, _: c.exchange.facts.asked(100),
    "ExchangeFacts.asks_for": lambda c, isbn: c.exchange.facts.asks_for(BUSY, isbn),
    "ExchangeFacts.count_other_gifts": lambda c, isbn: c.exchange.facts.count_other_gifts(isbn, but=1),
    "ExchangeFacts.count_covered": lambda c, _: c.exchange.facts.count_covered(BUSY),
    "ExchangeFacts.trades_both_ways": lambda c, _: c.exchange.facts.trades_both_ways(BUSY, 11),
    "ExchangeFacts.count_claims": lambda c, _: c.exchange.facts.count_claims(BUSY, since=NOW - 365 * DAY),
    "ExchangeFacts.count_opened": lambda c, _: c.exchange.facts.count_opened(BUSY, but=1),
    "ExchangeFacts.list_moderators": lambda c, _: c.exchange.facts.list_moderators(),
    "ExchangeFacts.list_tellings": lambda c, _: c.exchange.facts.list_tellings(),
    "ExchangeFacts.list_wishers": lambda c, isbn: c.exchange.facts.list_wishers(
        isbn, but=1, after=0, until=NOW, limit=20
    ),
    "Freshness.stamp": lambda c, _: c.catalogue.freshness.stamp(),
    "IndexedBooks.find_many": lambda c, _: c.catalogue.indexed_books.find_many([1, 2, 3]),
    "IndexedBooks.list_states": lambda c, _: c.catalogue.indexed_books.list_states([1, 2, 3]),
    "IndexedBooks.list_ranked": lambda c, _: c.catalogue.indexed_books.list_ranked(None, 100),
    "IndexedBooks.list_offered": lambda c, isbn: c.catalogue.indexed_books.list_offered([isbn]),
    "Invitations.has_place": lambda c, _: c.members.invitations.has_place("i1", now=NOW),
    "Invitations.list_open": lambda c, _: c.members.invitations.list_open(now=NOW),
    "JobRecords.list_all": lambda c, _: JobRecords(c.core.sql).list_all(),
    "LedgerBook.balance": lambda c, _: c.exchange.ledger_book.balance(BUSY),
    "LedgerBook.owed": lambda c, _: c.exchange.ledger_book.owed(BUSY),
    "LedgerBook.statement": lambda c, _: c.exchange.ledger_book.statement(BUSY, limit=20, offset=100),
    "LedgerBook.count_entries": lambda c, _: c.exchange.ledger_book.count_entries(BUSY),
    "Mails.list_due": lambda c, _: c.mail.mails.list_due(from_epoch(NOW), limit=20),
    "Mails.list_to": lambda c, _: c.mail.mails.list_to(BUSY),
    "Members.find_by_session": lambda c, _: c.members.directory.find_by_session(
        hash_token(TOKENS[BUSY]), seen_after=0, opened_after=0
    ),
    "Members.has_nickname": lambda c, _: c.members.directory.has_nickname("书友10"),
    "Members.list_sessions": lambda c, _: c.members.directory.list_sessions(BUSY),
    "Members.list_unconfirmed": lambda c, _: c.members.directory.list_unconfirmed(before=NOW - 30 * DAY),
    "Members.get_id": lambda c, _: c.members.directory.get_id("m10@example.net"),
    "ModerationList.list_stopped": lambda c, _: c.exchange.moderation_list.list_stopped(),
    "ModerationList.has_losses": lambda c, _: c.exchange.moderation_list.has_losses(offset=200),
    "ModerationList.list_deeds": lambda c, _: c.exchange.moderation_list.list_deeds(limit=50),
    "NoticeList.list_of": lambda c, _: c.exchange.notice_list.list_of(BUSY, limit=20, offset=40),
    "NoticeList.count_of": lambda c, _: c.exchange.notice_list.count_of(BUSY),
    "NoticeList.count_unread": lambda c, _: c.exchange.notice_list.count_unread(BUSY),
    "SavedAddressRows.find_sealed": lambda c, _: SavedAddressRows(c.core.sql).find_sealed(BUSY),
    "SchemaQueries.find_revision": lambda c, _: SchemaQueries(c.core.sql).find_revision(),
    "SealedTexts.list_samples": lambda c, _: SealedTexts(c.core.sql).list_samples(),
    "Shelf.list_recent": lambda c, _: c.exchange.shelf.list_recent(30),
    "SiteCounts.read": lambda c, _: c.catalogue.site_counts.read(),
    "Shelf.of_book": lambda c, isbn: c.exchange.shelf.of_book(isbn, member_id=BUSY),
    "Shelf.count_open": lambda c, isbn: c.exchange.shelf.count_open([isbn]),
    "Shelf.list_gifts": lambda c, _: c.exchange.shelf.list_gifts(BUSY, limit=20, offset=0),
    "Shelf.list_wishes": lambda c, _: c.exchange.shelf.list_wishes(BUSY, limit=20, offset=0),
    "Shelf.count_gifts": lambda c, _: c.exchange.shelf.count_gifts(BUSY),
    "Shelf.count_wishes": lambda c, _: c.exchange.shelf.count_wishes(BUSY),
    "Shelf.find_copy": lambda c, _: c.exchange.shelf.find_copy(BUSY),
}

#: What reads everything, and why; its work must be linear and its memory bounded.
WALKS: Mapping[str, tuple[str, Ask]] = {
    "LedgerBook.breaches": (
        "an audit looks at every transfer",
        lambda c, _: list(c.exchange.ledger_book.breaches(c.exchange.numbers)),
    ),
    **{
        f"OwnData.{name}": (
            "an export of everything about one member, however long their history",
            lambda c, _, name=name: getattr(OwnData(c.core.sql), name)(BUSY),
        )
        for name in "account marks sessions letters invitations gifts wishes drifts beans notices lists".split()  # noqa: SIM905 - a list of names
    },
    "Books.walk": ("an export of the catalogue", lambda c, _: sum(1 for _book in c.catalogue.books.walk())),
    "Books.count": ("`catalogue status` counts exactly", lambda c, _: c.catalogue.books.count()),
    "IndexedBooks.count": (
        "a rebuild of the index reads every book anyway",
        lambda c, _: c.catalogue.indexed_books.count(),
    ),
    "Members.walk_accounts": (
        "`user list` prints every account",
        lambda c, _: sum(1 for _row in c.members.directory.walk_accounts()),
    ),
    "SiteCounts.count": (
        "a job counts the site every ten minutes, by indexes alone",
        lambda c, _: c.catalogue.site_counts.count(),
    ),
    "Gaps.count": (
        "`catalogue enrich` says how many it is going to ask about",
        lambda c, _: Gaps(c.core.sql).count(before=NOW, listed=True),
    ),
    "Gaps.list_next": (
        "`catalogue enrich` goes through the catalogue once",
        lambda c, _: Gaps(c.core.sql).list_next("", before=NOW, listed=True, limit=25),
    ),
}

#: Jobs that read everything, and why; the same holds for them.
WALKING_JOBS: Mapping[str, str] = {"count the site": "it counts, by indexes alone, so that no page has to"}

#: The pages that list something, each as the member who sees most; `{isbn}` is a book that many give and wish.
PAGES: tuple[tuple[str, int], ...] = (
    ("/", 0),
    ("/book/{isbn}/detail", 0),
    ("/book/{isbn}/detail", BUSY),
    ("/drift/50", MODERATOR),
    ("/invitations", MODERATOR),
    ("/moderation", MODERATOR),
    ("/my/beans", BUSY),
    ("/my/gifts", BUSY),
    ("/my/lists", BUSY),
    ("/my/lists/10", BUSY),
    ("/my/lists/10/rejects.csv", BUSY),
    ("/my/mail", BUSY),
    ("/my/wish", BUSY),
    ("/notices", BUSY),
    ("/pending", BUSY),
    ("/personal", BUSY),
    ("/personal/sessions", BUSY),
    ("/readyz", 0),
    ("/recent.atom", 0),
    ("/sitemap.xml", 0),
)
