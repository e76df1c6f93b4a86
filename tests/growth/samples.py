"""How each statement of `app.queries` is asked on a large site. One that is missing here fails the test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

from app.container import Container
from app.domain.block import MetAt
from app.domain.catalogue_name import NameKind
from app.domain.reading_list import Outcome
from app.domain.report import CaseKind
from app.domain.wish import WishScope
from app.libs.clock import from_epoch
from app.queries.acquaintance import AcquaintanceQueries
from app.queries.book import BookRow
from app.queries.catalogue import IncompleteBookQueries
from app.queries.drift import DueDriftQueries, SavedAddressQueries
from app.queries.gift_telling import ToldGift
from app.queries.member import PersonQueries
from app.queries.operation import JobQueries, SchemaQueries, SealedTextQueries
from app.queries.personal_data import PersonalDataQueries
from app.queries.report import ReportSubjectQueries
from app.services.members.sessions import hash_token
from tests.growth.crowd import BEST_SELLERS, BUSY, CITIES, DAY, GIFT, MODERATOR, NOW, TOKENS

Ask = Callable[[Container, str], object]

#: By class and method; called with the container and the ISBN of a book that many give and wish.
SAMPLES: Mapping[str, Ask] = {
    "BookQueries.find": lambda c, isbn: c.catalogue.books.find(isbn),
    "BookQueries.find_many": lambda c, isbn: c.catalogue.books.find_many([isbn]),
    "BookQueries.resolve": lambda c, isbn: c.catalogue.books.resolve(isbn),
    "BookQueries.resolve_many": lambda c, isbn: c.catalogue.books.resolve_many([isbn, "9780000000026"]),
    "BookQueries.count_editions": lambda c, _: c.catalogue.books.count_editions([1, 2, 3]),
    "BookQueries.list_series_ids": lambda c, _: c.catalogue.books.list_series_ids("三体", 20),
    "BookQueries.list_popular": lambda c, _: c.catalogue.books.list_popular(24),
    "AcquaintanceQueries.count_mailboxes": lambda c, _: AcquaintanceQueries(c.core.sql).count_mailboxes(),
    "AcquaintanceQueries.list_readers": lambda c, _: AcquaintanceQueries(c.core.sql).list_readers(
        [BUSY], but=[11], limit=20
    ),
    "AcquaintanceQueries.list_partners": lambda c, _: AcquaintanceQueries(c.core.sql).list_partners(BUSY, limit=20),
    "PersonQueries.are_one": lambda c, _: PersonQueries(c.core.sql).are_one(BUSY, 11),
    "PersonQueries.find_person": lambda c, _: PersonQueries(c.core.sql).find_person(BUSY),
    "PersonQueries.find_first_mark": lambda c, _: PersonQueries(c.core.sql).find_first_mark(BUSY),
    "PersonQueries.listings": lambda c, _: PersonQueries(c.core.sql).listings(BUSY),
    "BookListQueries.list_of": lambda c, _: c.lists.stored.list_of(BUSY),
    "BookListQueries.find": lambda c, _: c.lists.stored.find(BUSY, BUSY),
    "BookListQueries.count": lambda c, _: c.lists.stored.count(BUSY),
    "BookListQueries.count_todo": lambda c, _: c.lists.stored.count_todo(BUSY),
    "BookListQueries.list_rows": lambda c, _: c.lists.stored.list_rows(BUSY, limit=20, todo=True),
    "BookListQueries.list_by_outcome": lambda c, _: c.lists.stored.list_by_outcome(BUSY, Outcome.WAITING),
    "BookListQueries.list_pending": lambda c, _: c.lists.stored.list_pending(BUSY, limit=200),
    "BookListQueries.find_row": lambda c, _: c.lists.stored.find_row(BUSY, 1),
    "CityQueries.list_named": lambda c, _: c.exchange.cities.list_named(limit=501),
    "CityQueries.list_named_of": lambda c, _: c.exchange.cities.list_named_of(CITIES),
    "CityQueries.list_gifts": lambda c, _: c.exchange.cities.list_gifts(CITIES[:10], limit=100, member_id=BUSY),
    "CityQueries.count_gifts": lambda c, _: c.exchange.cities.count_gifts(CITIES[0], limit=300),
    "CityQueries.list_copies": lambda c, isbn: c.exchange.cities.list_copies(
        [isbn] * 100, CITIES[:10], limit=100, member_id=BUSY
    ),
    "CityQueries.list_languages_in": lambda c, _: c.exchange.cities.list_languages_in(CITIES[0], limit=300),
    "CityQueries.find_languages_upto": lambda c, _: c.exchange.cities.find_languages_upto("gift languages"),
    "CityQueries.list_languages": lambda c, _: c.exchange.cities.list_languages(100, limit=500),
    "CredentialQueries.find_by_email": lambda c, _: c.members.credentials.find_by_email("m10@example.net"),
    "CredentialQueries.find": lambda c, _: c.members.credentials.find(BUSY),
    "CredentialQueries.find_link": lambda c, _: c.members.credentials.find_link("confirm", "l99", now=NOW),
    "CredentialQueries.find_factor": lambda c, _: c.members.credentials.find_factor(101),
    "DriftQueries.list_of": lambda c, _: c.exchange.drift_list.list_of(BUSY, limit=20, offset=40, now=NOW),
    "DriftQueries.count_of": lambda c, _: c.exchange.drift_list.count_of(BUSY),
    "DriftQueries.find": lambda c, _: c.exchange.drift_list.find(BUSY),
    "DueDriftQueries.list_due": lambda c, _: DueDriftQueries(c.core.sql).list_due(NOW),
    "DueDriftQueries.list_to_remind": lambda c, _: DueDriftQueries(c.core.sql).list_to_remind(NOW),
    "DueDriftQueries.list_to_erase": lambda c, _: DueDriftQueries(c.core.sql).list_to_erase(NOW - 30 * DAY),
    "DueDriftQueries.list_unreachable": lambda c, _: DueDriftQueries(c.core.sql).list_unreachable(NOW - 2 * DAY),
    "DueDriftQueries.list_stopped": lambda c, _: DueDriftQueries(c.core.sql).list_stopped(),
    "ExchangeStatQueries.get_standing": lambda c, _: c.exchange.facts.get_standing(BUSY),
    "ExchangeStatQueries.find_standing": lambda c, _: c.exchange.facts.find_standing(BUSY),
    "ExchangeStatQueries.find_request": lambda c, _: c.exchange.facts.find_request(BUSY, 100, now=NOW),
    "ExchangeStatQueries.has_asked_for": lambda c, isbn: c.exchange.facts.has_asked_for(BUSY, isbn, 1),
    "ExchangeStatQueries.count_other_gifts": lambda c, isbn: c.exchange.facts.count_other_gifts(BUSY, isbn, 1, but=1),
    "ExchangeStatQueries.count_covered": lambda c, _: c.exchange.facts.count_covered(BUSY),
    "ExchangeStatQueries.has_traded_both_ways": lambda c, _: c.exchange.facts.has_traded_both_ways(BUSY, 11),
    "ExchangeStatQueries.has_open_drift_with": lambda c, _: c.exchange.facts.has_open_drift_with(BUSY, 11),
    "ExchangeStatQueries.count_claims": lambda c, _: c.exchange.facts.count_claims(BUSY, since=NOW - 365 * DAY),
    "ExchangeStatQueries.count_opened": lambda c, _: c.exchange.facts.count_opened(BUSY, but=1),
    "ExchangeStatQueries.list_moderators": lambda c, _: c.exchange.facts.list_moderators(),
    "GiftTellingQueries.list_tellings": lambda c, _: c.exchange.gift_tellings.list_tellings(),
    "GiftTellingQueries.list_wishers": lambda c, isbn: c.exchange.gift_tellings.list_wishers(
        ToldGift(1, isbn, 1, 1), after=0, until=NOW, limit=20
    ),
    "ExchangeStatQueries.list_joined_fulfilled": lambda c, isbn: c.exchange.facts.list_joined_fulfilled(1, isbn, 1),
    "ExchangeStatQueries.has_in_works": lambda c, _: c.exchange.facts.has_in_works(BUSY, [1, 2], but=1),
    "ExchangeStatQueries.list_meetings": lambda c, _: c.exchange.facts.list_meetings(BUSY),
    "ExchangeStatQueries.list_meant_works": lambda c, _: c.exchange.facts.list_meant_works(1, 1, WishScope.ANY),
    "ExchangeStatQueries.list_works": lambda c, _: c.exchange.facts.list_works(1, WishScope.ANY),
    "ListingQueries.find_wished": lambda c, _: c.exchange.listings.find_wished(BUSY, 1),
    "NeighbourQueries.list_one_of_each_family": lambda c, isbn: c.catalogue.neighbour_queries.list_one_of_each_family(
        c.catalogue.books.find_many([isbn])
    ),
    "NeighbourQueries.list_of": lambda c, _: c.catalogue.neighbour_queries.list_of(BEST_SELLERS[0], 8),
    "NeighbourQueries.list_stored": lambda c, _: c.catalogue.neighbour_queries.list_stored(0, 300),
    "NeighbourQueries.list_candidates": lambda c, _: c.catalogue.neighbour_queries.list_candidates(0, 300, 20),
    "NeighbourQueries.list_holders": lambda c, _: c.catalogue.neighbour_queries.list_holders(BEST_SELLERS[0]),
    "NeighbourQueries.list_entries": lambda c, _: c.catalogue.neighbour_queries.list_entries(range(101, 200)),
    "BlockQueries.list_of": lambda c, _: c.exchange.block_queries.list_of(BUSY),
    "BlockQueries.count_of": lambda c, _: c.exchange.block_queries.count_of(BUSY),
    "BlockQueries.has_blocked": lambda c, _: c.exchange.block_queries.has_blocked(BUSY, 11),
    "BlockQueries.are_parted": lambda c, _: c.exchange.block_queries.are_parted(BUSY, 11),
    "BlockQueries.find_met": lambda c, _: c.exchange.block_queries.find_met(BUSY, MetAt.DRIFT, 5),
    "HolidayQueries.find": lambda c, _: c.exchange.holiday_queries.find(BUSY, now=NOW),
    "HolidayQueries.list_taken": lambda c, _: c.exchange.holiday_queries.list_taken(BUSY, since=NOW - 180 * DAY),
    "HolidayQueries.list_away": lambda c, _: c.exchange.holiday_queries.list_away([BUSY, 11], now=NOW),
    "HolidayQueries.list_due": lambda c, _: c.exchange.holiday_queries.list_due(NOW),
    "WorkQueries.list_relatives": lambda c, _: c.catalogue.work_queries.list_relatives(1, 50),
    "WorkQueries.list_translations": lambda c, _: c.catalogue.work_queries.list_translations(0, 2_000, 200),
    "WorkQueries.list_families": lambda c, _: c.catalogue.work_queries.list_families([1, 2]),
    "CatalogueVersionQueries.stamp": lambda c, _: c.catalogue.version.stamp(),
    "IndexedBookQueries.find_many": lambda c, _: c.catalogue.indexed_books.find_many([1, 2, 3]),
    "IndexedBookQueries.list_states": lambda c, _: c.catalogue.indexed_books.list_states([1, 2, 3]),
    "IndexedBookQueries.list_ranked": lambda c, _: c.catalogue.indexed_books.list_ranked(None, 100),
    "IndexedBookQueries.list_without_work": lambda c, _: c.catalogue.indexed_books.list_without_work(100),
    "IndexedBookQueries.list_after": lambda c, _: c.catalogue.indexed_books.list_after(100, 100),
    "WorkQueries.find_tellers": lambda c, _: c.catalogue.work_queries.find_tellers([1, 2, 3]),
    "IndexedBookQueries.find_last_id": lambda c, _: c.catalogue.indexed_books.find_last_id(),
    "IndexedBookQueries.list_isbns": lambda c, _: c.catalogue.indexed_books.list_isbns(100, 200),
    "IndexedBookQueries.list_offered": lambda c, isbn: c.catalogue.indexed_books.list_offered([isbn]),
    "BookQueries.list_times": lambda c, _: c.catalogue.books.list_times([1, 2, 3]),
    "CatalogueNameQueries.find_last_id": lambda c, _: c.catalogue.names.find_last_id(),
    "CatalogueNameQueries.find": lambda c, _: c.catalogue.names.find(NameKind.PUBLISHER, "AAAAAA"),
    "CatalogueNameQueries.list_keys": lambda c, _: c.catalogue.names.list_keys(NameKind.PUBLISHER, "A", "B", limit=20),
    "CatalogueNameQueries.find_round": lambda c, _: c.catalogue.names.find_round(),
    "CatalogueNameQueries.list_named": lambda c, _: c.catalogue.names.list_named([1, 2, 3]),
    "CatalogueNameQueries.list_largest": lambda c, _: c.catalogue.names.list_largest(NameKind.SUBJECT, 60),
    "BrowseQueries.list_counts": lambda c, _: c.catalogue.browse.list_counts(),
    "BrowseQueries.find_last_listed": lambda c, _: c.catalogue.browse.find_last_listed(),
    "BrowseQueries.list_most_wished": lambda c, _: c.catalogue.browse.list_most_wished(0, 500, limit=20),
    "BrowseQueries.list_most_launched": lambda c, _: c.catalogue.browse.list_most_launched(0, 500, limit=20),
    "BrowseQueries.count_wishers": lambda c, _: c.catalogue.browse.count_wishers([1, 2, 3]),
    "InvitationQueries.has_place": lambda c, _: c.members.invitations.has_place("i1", now=NOW),
    "InvitationQueries.list_open": lambda c, _: c.members.invitations.list_open(now=NOW),
    "JobQueries.list_all": lambda c, _: JobQueries(c.core.sql).list_all(),
    "LedgerQueries.get_balance": lambda c, _: c.exchange.ledger_queries.get_balance(BUSY),
    "LedgerQueries.get_owed": lambda c, _: c.exchange.ledger_queries.get_owed(BUSY),
    "LedgerQueries.list_entries": lambda c, _: c.exchange.ledger_queries.list_entries(BUSY, limit=20, offset=100),
    "LedgerQueries.count_entries": lambda c, _: c.exchange.ledger_queries.count_entries(BUSY),
    "MailQueries.list_due": lambda c, _: c.mail.mails.list_due(from_epoch(NOW), limit=20),
    "MailQueries.list_to": lambda c, _: c.mail.mails.list_to(BUSY),
    "MemberQueries.find_by_session": lambda c, _: c.members.directory.find_by_session(
        hash_token(TOKENS[BUSY]), seen_after=0, opened_after=0
    ),
    "MemberQueries.has_nickname": lambda c, _: c.members.directory.has_nickname("书友lo"),
    "MemberQueries.list_sessions": lambda c, _: c.members.directory.list_sessions(BUSY),
    "MemberQueries.list_unconfirmed": lambda c, _: c.members.directory.list_unconfirmed(before=NOW - 30 * DAY),
    "MemberQueries.get_id": lambda c, _: c.members.directory.get_id("m10@example.net"),
    "ModerationQueries.list_deeds": lambda c, _: c.exchange.moderation_list.list_deeds(limit=50, about=BUSY),
    "ModerationQueries.find_deed": lambda c, _: c.exchange.moderation_list.find_deed(1),
    "CaseQueries.list_open": lambda c, _: c.moderation.cases.list_open(
        kind=CaseKind.GIFT, reader_id=MODERATOR, limit=21, offset=40
    ),
    "CaseQueries.find": lambda c, _: c.moderation.cases.find(1),
    "CaseQueries.list_reports": lambda c, _: c.moderation.cases.list_reports(1, limit=50),
    "CaseQueries.list_own": lambda c, _: c.moderation.cases.list_own(BUSY, limit=21, offset=40),
    "CaseQueries.find_member": lambda c, _: c.moderation.cases.find_member(BUSY),
    "ReportSubjectQueries.find": lambda c, _: ReportSubjectQueries(c.core.sql).find(
        CaseKind.MEMBER, "书友10", member_id=BUSY
    ),
    "ModerationQueries.list_about": lambda c, _: c.exchange.moderation_list.list_about(BUSY, limit=50),
    "CatalogueNameQueries.find_newest_change": lambda c, _: c.catalogue.names.find_newest_change(),
    "CatalogueNameQueries.list_changes": lambda c, _: c.catalogue.names.list_changes(0, 200),
    "ShortEditionQueries.count_open": lambda c, _: c.catalogue.short_editions.count_open(),
    "ShortEditionQueries.list_whole": lambda c, _: c.catalogue.short_editions.list_whole(["9787020000043"]),
    "ShortEditionQueries.list_open": lambda c, _: c.catalogue.short_editions.list_open(limit=20, offset=20),
    "ShortEditionQueries.has_open": lambda c, _: c.catalogue.short_editions.has_open(offset=40),
    "ShortEditionQueries.list_pages": lambda c, _: c.catalogue.short_editions.list_pages(0, 2_000),
    "ShortEditionQueries.list_stored": lambda c, _: c.catalogue.short_editions.list_stored(0, 2_000),
    "WorkQueries.find_last": lambda c, _: c.catalogue.work_queries.find_last(),
    "WorkDecisionQueries.list_decisions": lambda c, _: c.catalogue.decision_list.list_decisions(limit=20, offset=20),
    "NoticeQueries.list_of": lambda c, _: c.exchange.notice_list.list_of(BUSY, limit=20, offset=40),
    "NoticeQueries.count_of": lambda c, _: c.exchange.notice_list.count_of(BUSY),
    "NoticeQueries.count_unread": lambda c, _: c.exchange.notice_list.count_unread(BUSY),
    "SavedAddressQueries.find_sealed": lambda c, _: SavedAddressQueries(c.core.sql).find_sealed(BUSY),
    "SchemaQueries.find_revision": lambda c, _: SchemaQueries(c.core.sql).find_revision(),
    "SealedTextQueries.list_samples": lambda c, _: SealedTextQueries(c.core.sql).list_samples(),
    "ListingQueries.list_recent": lambda c, _: c.exchange.listings.list_recent(30, BUSY),
    "SiteCountQueries.get": lambda c, _: c.catalogue.site_counts.get(),
    "ShelfQueries.list_sisters": lambda c, isbn: c.exchange.shelf.list_sisters(
        cast("BookRow", c.catalogue.books.find(isbn)), 50, member_id=BUSY
    ),
    "ShelfQueries.get_shelf": lambda c, isbn: c.exchange.shelf.get_shelf(
        c.catalogue.books.find(isbn), member_id=BUSY, now=NOW
    ),
    "ShelfQueries.find_given": lambda c, isbn: c.exchange.shelf.find_given(
        [
            c.core.sql.fetchvalue(
                "SELECT work_key FROM work WHERE id = :id", {"id": c.catalogue.books.find(isbn).work_id}
            )
        ],
        member_id=BUSY,
    ),
    "ListingQueries.count_open": lambda c, isbn: c.exchange.listings.count_open([isbn], BUSY),
    "ListingQueries.list_gifts": lambda c, _: c.exchange.listings.list_gifts(BUSY, limit=20, offset=0),
    "ListingQueries.list_wishes": lambda c, _: c.exchange.listings.list_wishes(BUSY, limit=20, offset=0),
    "ListingQueries.count_gifts": lambda c, _: c.exchange.listings.count_gifts(BUSY),
    "ListingQueries.count_wishes": lambda c, _: c.exchange.listings.count_wishes(BUSY),
    "ListingQueries.find_copy": lambda c, _: c.exchange.listings.find_copy(BUSY),
}

#: What reads everything, and why; its work must be linear and its memory bounded.
WALKS: Mapping[str, tuple[str, Ask]] = {
    "BrowseQueries.count_readers": (
        "a job counts, every five minutes, the readers of the few works that most copies went to",
        lambda c, _: c.catalogue.browse.count_readers([1, 2, 3]),
    ),
    "LedgerQueries.list_breaches": (
        "an audit looks at every transfer",
        lambda c, _: list(c.exchange.ledger_queries.list_breaches(c.exchange.policy)),
    ),
    **{
        f"PersonalDataQueries.{name}": (
            "an export of everything about one member, however long their history",
            lambda c, _, name=name: getattr(PersonalDataQueries(c.core.sql), name)(BUSY),
        )
        for name in "account marks sessions mails invitations gifts wishes drifts holidays blocks decisions beans debts reports notices lists".split()  # noqa: SIM905 - a list of names
    },
    "CatalogueNameQueries.walk": (
        "a sitemap names up to fifty thousand",
        lambda c, _: sum(1 for _name in c.catalogue.names.walk(0, 50_000)),
    ),
    "BookQueries.walk": ("an export of the catalogue", lambda c, _: sum(1 for _book in c.catalogue.books.walk())),
    "BookQueries.count": ("`catalogue status` counts exactly", lambda c, _: c.catalogue.books.count()),
    "WorkQueries.list_links": (
        "`catalogue families --sample` draws some of all links",
        lambda c, _: c.catalogue.work_queries.list_links(),
    ),
    "IndexedBookQueries.count_without_work": (
        "`catalogue works` says how many it is going to assign",
        lambda c, _: c.catalogue.indexed_books.count_without_work(),
    ),
    "IndexedBookQueries.count_after": (
        "`catalogue works` says how many it is going to look at",
        lambda c, _: c.catalogue.indexed_books.count_after(0),
    ),
    "IndexedBookQueries.count": (
        "a rebuild of the index reads every book anyway",
        lambda c, _: c.catalogue.indexed_books.count(),
    ),
    "MemberQueries.walk_accounts": (
        "`user list` prints every account",
        lambda c, _: sum(1 for _row in c.members.directory.walk_accounts()),
    ),
    "SiteCountQueries.count": (
        "a job counts the site every ten minutes, by indexes alone",
        lambda c, _: c.catalogue.site_counts.count(),
    ),
    "IncompleteBookQueries.count": (
        "`catalogue enrich` says how many it is going to ask about",
        lambda c, _: IncompleteBookQueries(c.core.sql).count(before=NOW, listed=True),
    ),
    "IncompleteBookQueries.list_next": (
        "`catalogue enrich` goes through the catalogue once",
        lambda c, _: IncompleteBookQueries(c.core.sql).list_next("", before=NOW, listed=True, limit=25),
    ),
}

#: Jobs that read everything, and why; the same holds for them.
WALKING_JOBS: Mapping[str, str] = {
    "count what can be browsed": "it counts wishes and gifts of all works, by indexes alone and in slices, so that no page has to",
    "count the site": "it counts, by indexes alone, so that no page has to",
    "list short editions": "it goes through all works once a day, twenty thousand in a turn",
    "write the names of the catalogue": "it goes through all names once a day, twenty thousand in a turn",
}

#: The pages that list something, each as the member who sees most, whose list has their own number; `{isbn}` is a book that many give and wish.
PAGES: tuple[tuple[str, int], ...] = (
    ("/", 0),
    ("/book/{isbn}/detail", 0),
    ("/book/{isbn}/detail", BUSY),
    ("/author/东野圭吾", 0),
    ("/", BUSY),
    ("/city/上海", 0),
    ("/city/上海?language=zh&page=3", BUSY),
    ("/feed/city/上海", 0),
    ("/near", BUSY),
    ("/near?same=1", BUSY),
    ("/author/东野圭吾?near=1", BUSY),
    ("/subject/Fiction?near=1", BUSY),
    ("/sitemap/cities.xml", 0),
    ("/personal/city?q=s", BUSY),
    ("/browse", 0),
    ("/browse/language/zh", 0),
    ("/browse/decade/2000?page=3", 0),
    ("/publisher/上海译文出版社", 0),
    ("/publisher/上海译文出版社?page=3&language=zh&gift=1", 0),
    ("/subject/Fiction", 0),
    ("/feed/subject/Fiction", 0),
    (f"/drift/{GIFT}", MODERATOR),
    ("/invitations", MODERATOR),
    ("/moderation", MODERATOR),
    ("/moderation?kind=dispute&page=9", MODERATOR),
    ("/moderation/cases/1", MODERATOR),
    ("/moderation/works", MODERATOR),
    ("/moderation/short-editions", MODERATOR),
    ("/my/beans", BUSY),
    ("/my/decisions", BUSY),
    ("/my/gifts", BUSY),
    ("/my/blocks", BUSY),
    ("/my/holiday", BUSY),
    ("/my/lists", BUSY),
    (f"/my/lists/{BUSY}", BUSY),
    (f"/my/lists/{BUSY}/rejects.csv", BUSY),
    ("/my/mail", BUSY),
    ("/my/reports", BUSY),
    ("/my/wish", BUSY),
    ("/notices", BUSY),
    ("/pending", BUSY),
    ("/personal", BUSY),
    ("/personal/sessions", BUSY),
    ("/readyz", 0),
    ("/recent.atom", 0),
    ("/sitemap.xml", 0),
    ("/sitemap/books.xml", 0),
)
