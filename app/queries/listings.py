"""Who gives and who wishes which book."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.db.row_mapper import RowMapper
from app.db.sql_helper import SqlHelper, in_list
from app.domain.gift import GiftState
from app.domain.wish import WishScope, WishState
from app.queries.book import BOOK, BookRow
from app.queries.matching import (
    CITY,
    CITY_NAMED,
    COPY_OF_EDITION,
    NOT_ASKED,
    OPEN_GIFT,
    count_joined,
    count_wishes,
    gives,
    of_copies,
    place_in,
    seen,
    wishes,
)

_RECENT_COPIES = 150


@dataclass(frozen=True, slots=True)
class RecentGiftRow:
    """A book that can be had, how many members give it, and since when the latest copy is on the shelf."""

    book: BookRow
    givers: int
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedBookRow:
    """A line of a member's own list: its book, and how many others stand on the other side: wishers of a gift, copies for a wish.

    `id` is the gift's or the wish's. Of a wish, `gift_id` is a copy that can be asked for, None where there is none or the member
    asks for one already. `is_barred`: what else they have on their lists keeps a gift from coming back to the shelf, a wish for one
    edition from being widened. `joined`: for how many more of their wishes it stands.
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
    is_barred: bool
    joined: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyRow:
    """One gift, as the page of a request shows it."""

    gift_id: int
    book: BookRow
    giver: str
    condition: str
    postage: str
    note: str
    city_id: int | None
    city_named: bool


_KEPT_WISH = f"state <> '{WishState.WITHDRAWN}'"

_RECENT = RowMapper(
    RecentGiftRow,
    book=BOOK,
    givers=f"(SELECT COUNT(*) FROM gift g WHERE g.isbn13 = r.isbn13 AND g.{OPEN_GIFT}{seen('g.user_id')})",
    since="r.latest",
)
_GIFT = RowMapper(
    ListedBookRow,
    "g",
    book=BOOK,
    scope=f"'{WishScope.EDITION}'",
    pause="COALESCE(g.pause, '')",
    others=count_wishes("g.isbn13", "g.work_id", but_own=True),
    gift_id="NULL",
    is_barred=(
        f"g.state = '{GiftState.WITHDRAWN}' AND EXISTS (SELECT 1 FROM open_listing l WHERE l.user_id = :member "
        f"AND ((l.isbn13 = g.isbn13 AND l.work_id = 0) OR ({place_in('g.work_id', 'l')})))"
    ),
    joined="0",
)
_WISH = RowMapper(
    ListedBookRow,
    "w",
    book=BOOK,
    pause="''",
    postage="''",
    note="''",
    others=of_copies("COUNT(*)"),
    gift_id=f"COALESCE({COPY_OF_EDITION}, {of_copies('MIN(g.id)', NOT_ASKED)})",
    is_barred=f"w.scope = '{WishScope.EDITION}' AND ({gives('w.work_id')} OR {wishes('w.work_id', 'w.id')})",
    joined=count_joined("w.id"),
)
_COPY = RowMapper(
    CopyRow, "g", book=BOOK, gift_id="g.id", giver="u.nickname", condition="g.book_condition", city_named=CITY_NAMED
)


class ListingQueries:
    """Look up gifts and wishes. A member sees none of those from whom a block parts them, and no count tells of these; a guest sees all."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def list_recent(self, limit: int, member_id: int | None = None) -> tuple[RecentGiftRow, ...]:
        """Return the books that came onto the shelf last, one line per ISBN, of the last few hundred copies; one statement."""
        rows = self._sql.fetchall(
            f"SELECT {_RECENT.columns} "
            "FROM (SELECT isbn13, MAX(open_time) AS latest, MAX(id) AS newest FROM ("
            f"SELECT g.id, g.isbn13, g.open_time FROM gift g WHERE g.{OPEN_GIFT}{seen('g.user_id')} "
            f"ORDER BY g.open_time DESC, g.id DESC LIMIT {_RECENT_COPIES}) c "
            "GROUP BY isbn13 ORDER BY latest DESC, newest DESC LIMIT :limit) r "
            "JOIN book b ON b.isbn13 = r.isbn13 ORDER BY r.latest DESC, r.newest DESC",
            {"limit": limit, "member": member_id},
        )
        return _RECENT.read_all(rows)

    def count_open(self, isbns: Sequence[str], member_id: int | None = None) -> dict[str, int]:
        """Return for each of these ISBN-13 that can be had how many copies there are; one statement."""
        if not isbns:
            return {}
        marks, params = in_list("isbn", isbns)
        rows = self._sql.fetchall(
            f"SELECT g.isbn13, COUNT(*) FROM gift g WHERE g.{OPEN_GIFT} AND g.isbn13 IN ({marks}){seen('g.user_id')} "
            "GROUP BY g.isbn13",
            params | {"member": member_id},
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
            f"JOIN book b ON b.isbn13 = g.isbn13 JOIN user u ON u.id = g.user_id AND u.status = 1 {CITY} WHERE g.id = :gift",
            {"gift": gift_id},
        )
        return _COPY.read_optional(row)

    def _number(self, statement: str, member_id: int) -> int:
        return int(self._sql.fetchvalue(statement, {"member": member_id}))
