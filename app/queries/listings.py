"""Who gives and who wishes which book."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.db.row_mapper import RowMapper
from app.db.sql_helper import SqlHelper, in_list, one_of
from app.domain.gift import GiftState
from app.domain.wish import WishScope, WishState
from app.queries.book import BOOK, BookRow

_SHOWN = 20
_RECENT_COPIES = 500


@dataclass(frozen=True, slots=True)
class RecentGiftRow:
    """A book that can be had, how many members give it, and since when the latest copy is on the shelf."""

    book: BookRow
    givers: int
    since: datetime


@dataclass(frozen=True, slots=True)
class EditionRow:
    """Another edition of a work, and how many members give it."""

    book: BookRow
    givers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GiverRow:
    """One copy on the shelf (``open``) or asked for (``reserved``), and whose it is."""

    gift_id: int
    member_id: int
    nickname: str
    state: str
    condition: str
    postage: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WisherRow:
    """One member who waits for a copy of a book, of this edition or of any (`scope`)."""

    wish_id: int
    member_id: int
    nickname: str
    scope: WishScope
    since: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BookShelf:
    """The exchange's side of one book: the first givers of this edition and the first wishers whom a copy of it would do.

    `giver_count` and `wisher_count` are those of this edition, `work_giver_count` and `work_wisher_count` those of all editions
    of its work. `own` is what the member has of it, "gift", "wish" or ""; `own_id` its id, `own_scope` the scope of that wish.
    """

    givers: tuple[GiverRow, ...]
    wishers: tuple[WisherRow, ...]
    giver_count: int
    wisher_count: int
    work_giver_count: int
    work_wisher_count: int
    own: str
    own_id: int
    own_scope: WishScope


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedBookRow:
    """A line of a member's own list: its book, and how many stand on the other side: wishers of a gift, copies for a wish.

    `id` is the gift's or the wish's. Of a wish, `gift_id` is a copy that can be asked for, or None.
    """

    id: int
    book: BookRow
    state: str
    scope: WishScope
    pause: str
    postage: str
    note: str
    others: int
    gift_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyRow:
    """One gift, as the page of a request shows it."""

    gift_id: int
    book: BookRow
    giver: str
    condition: str
    postage: str
    note: str


_OPEN_GIFT = f"state = '{GiftState.OPEN}'"
_SHOWN_GIFT = f"state IN {one_of({GiftState.OPEN, GiftState.RESERVED})}"
_OPEN_WISH = f"state = '{WishState.OPEN}'"
_KEPT_WISH = f"state <> '{WishState.WITHDRAWN}'"

_RECENT = RowMapper(
    RecentGiftRow,
    book=BOOK,
    givers=f"(SELECT COUNT(*) FROM gift g WHERE g.isbn13 = r.isbn13 AND g.{_OPEN_GIFT})",
    since="r.latest",
)
_EDITION = RowMapper(
    EditionRow, book=BOOK, givers=f"(SELECT COUNT(*) FROM gift g WHERE g.isbn13 = b.isbn13 AND g.{_OPEN_GIFT})"
)
_GIVER = RowMapper(
    GiverRow, "g", gift_id="g.id", member_id="g.user_id", nickname="u.nickname", condition="g.book_condition"
)
_WISHER = RowMapper(WisherRow, "w", wish_id="w.id", member_id="w.user_id", nickname="u.nickname", since="w.create_time")


def fulfilled_wishes(columns: str, rest: str = "") -> str:
    """Write the statement that reads the first wishes (``wish w``, ``user u``) that a copy of an ISBN fulfils, by id.

    Its parameters are ``isbn``, ``work``, ``limit`` and those of `rest`. Each half walks an index no further than the limit.
    """
    halves = (
        f"SELECT * FROM (SELECT {columns} FROM open_listing o JOIN wish w ON w.id = o.listing_id "
        f"JOIN user u ON u.id = w.user_id AND u.status = 1 WHERE o.isbn13 = {isbn} AND o.work_id = {work} "
        f"AND o.kind = 'wish' {rest} ORDER BY o.listing_id LIMIT :limit) {name}"
        for name, isbn, work in (("edition", ":isbn", "0"), ("any_edition", "''", ":work"))
    )
    return " UNION ALL ".join(halves) + " ORDER BY 1 LIMIT :limit"


def _wishes_in(place: str) -> str:
    return f"(SELECT COUNT(*) FROM open_listing o WHERE {place} AND o.kind = 'wish')"


def _count_wishes(isbn: str, work: str) -> str:
    """Count the open wishes that a copy of an edition fulfils."""
    of_work = _wishes_in(f"o.isbn13 = '' AND o.work_id = {work}")
    return f"{_wishes_in(f'o.isbn13 = {isbn} AND o.work_id = 0')} + {of_work}"


def _of_copies(what: str) -> str:
    """Read something of the copies that fulfil ``wish w``: of its edition, its work, or the works of which it has the places."""
    read = f"(SELECT {what} FROM gift g {{}} AND g.{_OPEN_GIFT})"
    places = "JOIN open_listing o ON o.work_id = g.work_id WHERE o.user_id = w.user_id AND o.kind = 'wish' AND o.listing_id = w.id"
    return (
        f"CASE w.scope WHEN '{WishScope.EDITION}' THEN {read.format('WHERE g.isbn13 = w.isbn13')} "
        f"WHEN '{WishScope.LANGUAGE}' THEN {read.format('WHERE g.work_id = w.work_id')} ELSE {read.format(places)} END"
    )


_GIFT = RowMapper(
    ListedBookRow,
    "g",
    book=BOOK,
    scope=f"'{WishScope.EDITION}'",
    pause="COALESCE(g.pause, '')",
    others=_count_wishes("g.isbn13", "g.work_id"),
    gift_id="NULL",
)
_WISH = RowMapper(
    ListedBookRow,
    "w",
    book=BOOK,
    pause="''",
    postage="''",
    note="''",
    others=_of_copies("COUNT(*)"),
    gift_id=f"COALESCE((SELECT MIN(g.id) FROM gift g WHERE g.isbn13 = w.isbn13 AND g.{_OPEN_GIFT}), {_of_copies('MIN(g.id)')})",
)
_COPY = RowMapper(CopyRow, "g", book=BOOK, gift_id="g.id", giver="u.nickname", condition="g.book_condition")


_COUNT_SHELF = (
    f"SELECT (SELECT COUNT(*) FROM gift WHERE isbn13 = :isbn AND {_SHOWN_GIFT}), {_count_wishes(':isbn', ':work')}, "
    f"(SELECT COUNT(*) FROM gift WHERE work_id = :work AND work_id <> 0 AND isbn13 <> :isbn AND {_SHOWN_GIFT}), "
    f"(SELECT COUNT(*) FROM wish WHERE work_id = :work AND work_id <> 0 AND isbn13 <> :isbn AND {_OPEN_WISH} "
    f"AND scope = '{WishScope.EDITION}')"
)
#: What a member has in the places that a book takes: its own ISBN first.
_OWN_LISTING = (
    f"SELECT o.kind, o.listing_id, COALESCE(w.scope, '{WishScope.EDITION}') FROM open_listing o "
    "LEFT JOIN wish w ON w.id = o.listing_id AND o.kind = 'wish' WHERE o.user_id = :member "
    "AND ((o.isbn13 = :isbn AND o.work_id = 0) OR (o.isbn13 = '' AND o.work_id = :work)) ORDER BY o.isbn13 DESC LIMIT 1"
)


class ListingQueries:
    """Look up gifts and wishes."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def list_recent(self, limit: int) -> tuple[RecentGiftRow, ...]:
        """Return the books that came onto the shelf last, one line per ISBN, of the last five hundred copies; one statement."""
        rows = self._sql.fetchall(
            f"SELECT {_RECENT.columns} "
            "FROM (SELECT isbn13, MAX(open_time) AS latest, MAX(id) AS newest FROM ("
            f"SELECT id, isbn13, open_time FROM gift WHERE {_OPEN_GIFT} "
            f"ORDER BY open_time DESC, id DESC LIMIT {_RECENT_COPIES}) c "
            "GROUP BY isbn13 ORDER BY latest DESC, newest DESC LIMIT :limit) r "
            "JOIN book b ON b.isbn13 = r.isbn13 ORDER BY r.latest DESC, r.newest DESC",
            {"limit": limit},
        )
        return _RECENT.read_all(rows)

    def list_sisters(self, book: BookRow, limit: int) -> tuple[EditionRow, ...]:
        """Return other editions of a book's work, the most popular first, at most `limit`; one statement."""
        if not book.work_id:
            return ()
        rows = self._sql.fetchall(
            f"SELECT {_EDITION.columns} FROM book b WHERE b.work_id = :work "
            "ORDER BY b.popularity DESC, b.id DESC LIMIT :limit",
            {"work": book.work_id, "limit": limit + 1},
        )
        return tuple(sister for sister in map(_EDITION.read, rows) if sister.book.id != book.id)[:limit]

    def get_shelf(self, book: BookRow, *, member_id: int | None) -> BookShelf:
        """Return who gives and who wishes a book; four statements, however many there are."""
        params = {"isbn": book.facts.isbn13, "work": book.work_id, "member": member_id, "limit": _SHOWN}
        with self._sql as cursor:
            givers = cursor.execute(
                f"SELECT {_GIVER.columns} FROM gift g "
                f"JOIN user u ON u.id = g.user_id AND u.status = 1 WHERE g.isbn13 = :isbn AND g.{_SHOWN_GIFT} "
                f"ORDER BY g.state, g.id LIMIT {_SHOWN}",
                params,
            ).fetchall()
            wishers = cursor.execute(fulfilled_wishes(_WISHER.columns), params).fetchall()
            giver_count, wisher_count, other_givers, other_wishers = cursor.execute(
                _COUNT_SHELF, params
            ).fetchone() or (
                0,
                0,
                0,
                0,
            )
            own = cursor.execute(_OWN_LISTING, params).fetchone()
        kind, own_id, scope = own or ("", 0, WishScope.EDITION)
        return BookShelf(
            givers=_GIVER.read_all(givers),
            wishers=_WISHER.read_all(wishers),
            giver_count=giver_count,
            wisher_count=wisher_count,
            work_giver_count=giver_count + other_givers,
            work_wisher_count=wisher_count + other_wishers,
            own=kind,
            own_id=own_id,
            own_scope=WishScope(scope),
        )

    def count_open(self, isbns: Sequence[str]) -> dict[str, int]:
        """Return for each of these ISBN-13 that can be had how many copies there are; one statement."""
        if not isbns:
            return {}
        marks, params = in_list("isbn", isbns)
        rows = self._sql.fetchall(
            f"SELECT isbn13, COUNT(*) FROM gift WHERE {_OPEN_GIFT} AND isbn13 IN ({marks}) GROUP BY isbn13", params
        )
        return dict(rows)

    def list_gifts(self, member_id: int, *, limit: int, offset: int) -> tuple[ListedBookRow, ...]:
        """List a member's gifts, newest first, with the number of members who wish the book; one statement."""
        rows = self._sql.fetchall(
            f"SELECT {_GIFT.columns} FROM gift g JOIN book b ON b.isbn13 = g.isbn13 WHERE g.user_id = :member "
            "ORDER BY g.id DESC LIMIT :limit OFFSET :offset",
            {"member": member_id, "limit": limit, "offset": offset},
        )
        return _GIFT.read_all(rows)

    def list_wishes(self, member_id: int, *, limit: int, offset: int) -> tuple[ListedBookRow, ...]:
        """List a member's open and fulfilled wishes, newest first, with the number of members who give the book; one statement."""
        rows = self._sql.fetchall(
            f"SELECT {_WISH.columns} FROM wish w JOIN book b ON b.isbn13 = w.isbn13 WHERE w.user_id = :member "
            f"AND w.{_KEPT_WISH} ORDER BY w.id DESC LIMIT :limit OFFSET :offset",
            {"member": member_id, "limit": limit, "offset": offset},
        )
        return _WISH.read_all(rows)

    def find_wished(self, member_id: int, wish_id: int) -> BookRow | None:
        """Return the book of a member's wish, or None."""
        row = self._sql.fetchone(
            f"SELECT {BOOK.columns} FROM wish w JOIN book b ON b.isbn13 = w.isbn13 "
            "WHERE w.id = :wish AND w.user_id = :member",
            {"wish": wish_id, "member": member_id},
        )
        return BOOK.read_optional(row)

    def count_gifts(self, member_id: int) -> int:
        """Count a member's gifts."""
        return self._number("SELECT COUNT(*) FROM gift WHERE user_id = :member", member_id)

    def count_wishes(self, member_id: int) -> int:
        """Count a member's wishes that were not taken back."""
        return self._number(f"SELECT COUNT(*) FROM wish WHERE user_id = :member AND {_KEPT_WISH}", member_id)

    def find_copy(self, gift_id: int) -> CopyRow | None:
        """Return one gift with its book and giver, or None."""
        row = self._sql.fetchone(
            f"SELECT {_COPY.columns} FROM gift g "
            "JOIN book b ON b.isbn13 = g.isbn13 JOIN user u ON u.id = g.user_id AND u.status = 1 WHERE g.id = :gift",
            {"gift": gift_id},
        )
        return _COPY.read_optional(row)

    def _number(self, statement: str, member_id: int) -> int:
        return int(self._sql.fetchvalue(statement, {"member": member_id}))
