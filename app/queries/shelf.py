"""The exchange's side of one book: who gives and who wishes it, in which editions, and what a member has to do with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.db.row_mapper import RowMapper
from app.db.sql_helper import SqlHelper, in_list
from app.domain.gift import GiftState
from app.domain.wish import WishScope, WishState
from app.queries.book import BOOK, BookRow
from app.queries.holiday import STANDS_ON_PAGE, away_until
from app.queries.matching import (
    ASKED,
    CITY,
    CITY_NAMED,
    OPEN_GIFT,
    SELF,
    count_joined,
    count_wishes,
    fulfilled_wishes,
    gives,
    place_in,
    seen,
    wishes,
)
from app.queries.member_block import are_parted
from app.queries.work import FAMILY_NOW, NOW

_SHOWN = 20
#: What one asks for stays in sight, though a block has parted the two since.
_SHOWN_GIFT = f"{STANDS_ON_PAGE} AND (NOT {are_parted(':member', 'g.user_id')} OR g.id IN (SELECT a.id {ASKED}))"
_OPEN_WISH = f"state = '{WishState.OPEN}'"


@dataclass(frozen=True, slots=True)
class EditionRow:
    """Another edition of a work, and how many members give it."""

    book: BookRow
    givers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GiverRow:
    """One copy on the shelf (``open``), asked for (``reserved``), or at rest while its giver is on holiday, and whose it is.

    `is_own`: the member's who looks. `away_until`: the last moment of the giver's holiday. `city_id` is the city that
    the copy tells, `city_named` whether that is named.
    """

    gift_id: int
    member_id: int
    nickname: str
    is_own: bool
    state: str
    condition: str
    postage: str
    note: str
    city_id: int | None
    city_named: bool
    away_until: datetime | None

    @property
    def may_be_asked_for(self) -> bool:
        """Whether the copy can be had now: one that rests for a holiday can as soon as that is over."""
        return not self.is_own and self.state != GiftState.RESERVED and self.away_until is None


@dataclass(frozen=True, slots=True, kw_only=True)
class WisherRow:
    """One member who waits for a copy of a book, of this edition or of any (`scope`); `is_own`: the member who looks."""

    wish_id: int
    member_id: int
    nickname: str
    is_own: bool
    scope: WishScope
    since: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BookShelf:
    """The exchange's side of one book: the first givers of this edition and the first wishers whom a copy of it would do.

    `giver_count` and `wisher_count` are those of this edition, `work_giver_count` and `work_wisher_count` those of all editions
    of its work, of those whom the member sees; `is_giver` and `is_wisher` tell that the member, by whichever account, is among
    those of this edition, whom their own lists leave out. `own` is what the member has of it, "gift", "wish" or ""; `own_id` its id,
    `own_scope` the scope of that wish, `own_joined` for how many more of theirs it stands. `may_offer`: their copy is on the shelf. `is_asked`: they ask for a copy of this work already.
    `scopes`: those in which they may wish for it, as far as other wishes and gifts of theirs say.
    """

    givers: tuple[GiverRow, ...]
    wishers: tuple[WisherRow, ...]
    giver_count: int
    wisher_count: int
    work_giver_count: int
    work_wisher_count: int
    is_giver: bool
    is_wisher: bool
    own: str
    own_id: int
    own_scope: WishScope
    own_joined: int
    may_offer: bool
    is_asked: bool
    scopes: frozenset[WishScope]


_EDITION = RowMapper(
    EditionRow,
    book=BOOK,
    givers=f"(SELECT COUNT(*) FROM gift g WHERE g.isbn13 = b.isbn13 AND g.{OPEN_GIFT} "
    f"AND g.user_id NOT IN {SELF}{seen('g.user_id')})",
)
_GIVER = RowMapper(
    GiverRow,
    "g",
    gift_id="g.id",
    member_id="g.user_id",
    nickname="u.nickname",
    is_own=f"g.user_id IN {SELF}",
    condition="g.book_condition",
    city_named=CITY_NAMED,
    away_until=f"{away_until('g.user_id')} - 1",
)
_WISHER = RowMapper(
    WisherRow,
    "w",
    wish_id="w.id",
    member_id="w.user_id",
    nickname="u.nickname",
    is_own=f"w.user_id IN {SELF}",
    since="w.create_time",
)


_OWN_PLACES = f"((o.isbn13 = :isbn AND o.work_id = 0) OR ({place_in(':work', 'o')}))"
#: The member's wish on this page, which is to be changed.
_OWN_WISH = f"SELECT o.listing_id FROM open_listing o WHERE o.user_id = :member AND o.kind = 'wish' AND {_OWN_PLACES}"
#: How many give and wish, and what of the member's own lists bears on what they may do here.
_COUNT_SHELF = (
    f"SELECT (SELECT COUNT(*) FROM gift g WHERE g.isbn13 = :isbn AND {_SHOWN_GIFT}), {count_wishes(':isbn', ':work')}, "
    f"(SELECT COUNT(*) FROM gift g WHERE g.work_id = :work AND g.work_id <> 0 AND g.isbn13 <> :isbn AND {_SHOWN_GIFT}), "
    f"(SELECT COUNT(*) FROM wish w WHERE w.work_id = :work AND w.work_id <> 0 AND w.isbn13 <> :isbn AND w.{_OPEN_WISH} "
    f"AND w.scope = '{WishScope.EDITION}'{seen('w.user_id')}), "
    f"EXISTS (SELECT 1 FROM gift g WHERE g.user_id IN {SELF} AND g.isbn13 = :isbn AND {_SHOWN_GIFT}), "
    f"{count_wishes(':isbn', ':work', but_own=True)}, "
    f"EXISTS (SELECT 1 FROM gift WHERE user_id = :member AND isbn13 = :isbn AND {OPEN_GIFT}), "
    f"EXISTS (SELECT 1 {ASKED} AND (a.isbn13 = :isbn OR (a.work_id = :work AND a.work_id <> 0))), "
    f"{gives(':work')} OR {wishes(':work', _OWN_WISH)}, {gives(FAMILY_NOW)} OR {wishes(FAMILY_NOW, _OWN_WISH)}"
)
#: What a member has in the places that a book takes: its own ISBN first.
_OWN_LISTING = (
    f"SELECT o.kind, o.listing_id, COALESCE(w.scope, '{WishScope.EDITION}'), {count_joined('w.id')} FROM open_listing o "
    "LEFT JOIN wish w ON w.id = o.listing_id AND o.kind = 'wish' WHERE o.user_id = :member "
    f"AND {_OWN_PLACES} ORDER BY o.isbn13 DESC LIMIT 1"
)


_FIRST_WISHES = fulfilled_wishes(_WISHER.columns, seen("w.user_id"))
#: The scopes that other wishes and gifts may bar, in the order of `_COUNT_SHELF`.
_WIDER = (WishScope.LANGUAGE, WishScope.ANY)


class ShelfQueries:
    """Look up the exchange's side of one book."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def list_sisters(self, book: BookRow, limit: int, *, member_id: int | None = None) -> tuple[EditionRow, ...]:
        """Return other editions of a book's work, the most popular first, at most `limit`; one statement.

        :param member_id: whose own copies do not count, nor those that they do not see.
        """
        if not book.work_id:
            return ()
        rows = self._sql.fetchall(
            f"SELECT {_EDITION.columns} FROM book b WHERE b.work_id = :work "
            "ORDER BY b.popularity DESC, b.id DESC LIMIT :limit",
            {"work": book.work_id, "limit": limit + 1, "member": member_id},
        )
        return tuple(sister for sister in map(_EDITION.read, rows) if sister.book.id != book.id)[:limit]

    def find_given(self, work_keys: Sequence[str], *, member_id: int | None) -> dict[str, BookRow]:
        """Return of those of these works that somebody else gives the book that came first; one statement."""
        if not work_keys:
            return {}
        marks, params = in_list("key", work_keys)
        rows = self._sql.fetchall(
            f"SELECT c.work_key, {BOOK.columns} FROM (SELECT m.work_key, (SELECT MIN(g.id) FROM gift g "
            f"WHERE g.work_id = {NOW} AND g.{OPEN_GIFT} "
            f"AND g.user_id NOT IN {SELF}{seen('g.user_id')}) AS gift_id FROM work m WHERE m.work_key IN ({marks})) c "
            "JOIN gift f ON f.id = c.gift_id JOIN book b ON b.isbn13 = f.isbn13",
            params | {"member": member_id},
        )
        return {key: BOOK.read(book) for key, *book in rows}

    def get_shelf(self, book: BookRow, *, member_id: int | None, now: int) -> BookShelf:
        """Return who gives and who wishes a book; four statements, however many there are. `now` is in epoch seconds."""
        params = {"isbn": book.facts.isbn13, "work": book.work_id, "member": member_id, "limit": _SHOWN, "now": now}
        with self._sql as cursor:
            givers = cursor.execute(
                f"SELECT {_GIVER.columns} FROM gift g "
                f"JOIN user u ON u.id = g.user_id AND u.status = 1 {CITY} WHERE g.isbn13 = :isbn AND {_SHOWN_GIFT} "
                f"ORDER BY g.state, g.id LIMIT {_SHOWN}",
                params,
            ).fetchall()
            wishers = cursor.execute(_FIRST_WISHES, params).fetchall()
            counts = cursor.execute(_COUNT_SHELF, params).fetchone() or (0,) * 10
            own = cursor.execute(_OWN_LISTING, params).fetchone() or ("", 0, WishScope.EDITION, 0)
        kind, own_id, scope, joined = own
        giver_count, wisher_count, other_givers, other_wishers, is_giver, but_own, may_offer, is_asked, *barred = counts
        return BookShelf(
            givers=_GIVER.read_all(givers),
            wishers=_WISHER.read_all(wishers),
            giver_count=giver_count,
            wisher_count=wisher_count,
            work_giver_count=giver_count + other_givers,
            work_wisher_count=wisher_count + other_wishers,
            is_giver=bool(is_giver),
            is_wisher=but_own < wisher_count,
            own=kind,
            own_id=own_id,
            own_scope=WishScope(scope),
            own_joined=joined,
            may_offer=bool(may_offer),
            is_asked=bool(is_asked),
            scopes=frozenset(WishScope) - {scope for scope, is_barred in zip(_WIDER, barred, strict=True) if is_barred},
        )
