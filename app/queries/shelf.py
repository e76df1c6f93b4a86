"""Read side: who gives and who wishes which book."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.libs.clock import from_epoch
from app.libs.sql_helper import SqlHelper, in_list
from app.queries.book import BOOK_COLUMNS, Book, book_of

_SHOWN = 20
_RECENT_COPIES = 500


@dataclass(frozen=True, slots=True)
class RecentGift:
    """A book that can be had, how many members give it, and since when the latest copy is on the shelf."""

    book: Book
    givers: int
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Giver:
    """One copy on the shelf (``open``) or asked for (``reserved``), and whose it is."""

    gift_id: int
    member_id: int
    nickname: str
    state: str
    condition: str
    postage: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wisher:
    """One member who waits for a book."""

    wish_id: int
    member_id: int
    nickname: str
    since: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BookShelf:
    """The exchange's side of one book: the first givers and wishers, and how many there are; `own` is "gift", "wish" or ""."""

    givers: tuple[Giver, ...]
    wishers: tuple[Wisher, ...]
    giver_count: int
    wisher_count: int
    own: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A line of a member's own list: its book, and how many stand on the other side (wishers of a gift, givers of a wish).

    `id` is the gift's or the wish's. `gift_id` of a wish is a copy that can be asked for, or None.
    """

    id: int
    book: Book
    state: str
    pause: str
    postage: str
    note: str
    others: int
    gift_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One gift, as the page of a request shows it."""

    gift_id: int
    book: Book
    giver: str
    condition: str
    postage: str
    note: str


class Shelf:
    """Look up gifts and wishes."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def list_recent(self, limit: int) -> tuple[RecentGift, ...]:
        """Return the books that came onto the shelf last, one line per ISBN, of the last five hundred copies; one statement."""
        rows = self._sql.fetchall(
            f"SELECT (SELECT COUNT(*) FROM gift g WHERE g.isbn13 = r.isbn13 AND g.state = 'open'), r.latest, {BOOK_COLUMNS} "
            "FROM (SELECT isbn13, MAX(open_time) AS latest, MAX(id) AS newest FROM ("
            "SELECT id, isbn13, open_time FROM gift WHERE state = 'open' "
            f"ORDER BY open_time DESC, id DESC LIMIT {_RECENT_COPIES}) c "
            "GROUP BY isbn13 ORDER BY latest DESC, newest DESC LIMIT :limit) r "
            "JOIN book b ON b.isbn13 = r.isbn13 ORDER BY r.latest DESC, r.newest DESC",
            {"limit": limit},
        )
        return tuple(RecentGift(book_of(row[2:]), int(row[0]), from_epoch(row[1])) for row in rows)

    def of_book(self, isbn13: str, *, member_id: int | None) -> BookShelf:
        """Return who gives and who wishes a book; four statements, however many there are."""
        params = {"isbn": isbn13, "member": member_id}
        with self._sql as cursor:
            givers = cursor.execute(
                "SELECT g.id, g.user_id, u.nickname, g.state, g.book_condition, g.postage, g.note FROM gift g "
                "JOIN user u ON u.id = g.user_id AND u.status = 1 WHERE g.isbn13 = :isbn AND g.state IN ('open', 'reserved') "
                f"ORDER BY g.state, g.id LIMIT {_SHOWN}",
                params,
            ).fetchall()
            wishers = cursor.execute(
                "SELECT w.id, w.user_id, u.nickname, w.create_time FROM wish w "
                "JOIN user u ON u.id = w.user_id AND u.status = 1 "
                f"WHERE w.isbn13 = :isbn AND w.state = 'open' ORDER BY w.id LIMIT {_SHOWN}",
                params,
            ).fetchall()
            counts = cursor.execute(
                "SELECT (SELECT COUNT(*) FROM gift WHERE isbn13 = :isbn AND state IN ('open', 'reserved')), "
                "(SELECT COUNT(*) FROM wish WHERE isbn13 = :isbn AND state = 'open')",
                params,
            ).fetchone() or (0, 0)
            own = cursor.execute(
                "SELECT kind FROM open_listing WHERE user_id = :member AND isbn13 = :isbn", params
            ).fetchone()
        return BookShelf(
            givers=tuple(
                Giver(
                    gift_id=row[0],
                    member_id=row[1],
                    nickname=row[2],
                    state=row[3],
                    condition=row[4],
                    postage=row[5],
                    note=row[6],
                )
                for row in givers
            ),
            wishers=tuple(Wisher(wish_id=row[0], member_id=row[1], nickname=row[2], since=row[3]) for row in wishers),
            giver_count=int(counts[0]),
            wisher_count=int(counts[1]),
            own="" if own is None else own[0],
        )

    def count_open(self, isbns: Sequence[str]) -> dict[str, int]:
        """Return for each of these ISBN-13 that can be had how many copies there are; one statement."""
        if not isbns:
            return {}
        marks, params = in_list("isbn", isbns)
        rows = self._sql.fetchall(
            f"SELECT isbn13, COUNT(*) FROM gift WHERE state = 'open' AND isbn13 IN ({marks}) GROUP BY isbn13", params
        )
        return {row[0]: int(row[1]) for row in rows}

    def list_gifts(self, member_id: int, *, limit: int, offset: int) -> tuple[Listed, ...]:
        """List a member's gifts, newest first, with the number of members who wish the book; one statement."""
        return self._listed(
            "SELECT g.id, g.state, COALESCE(g.pause, ''), g.postage, g.note, "
            "(SELECT COUNT(*) FROM wish w WHERE w.isbn13 = g.isbn13 AND w.state = 'open'), NULL, "
            f"{BOOK_COLUMNS} FROM gift g JOIN book b ON b.isbn13 = g.isbn13 WHERE g.user_id = :member "
            "ORDER BY g.id DESC LIMIT :limit OFFSET :offset",
            member_id,
            limit,
            offset,
        )

    def list_wishes(self, member_id: int, *, limit: int, offset: int) -> tuple[Listed, ...]:
        """List a member's open and fulfilled wishes, newest first, with the number of members who give the book; one statement."""
        return self._listed(
            "SELECT w.id, w.state, '', '', '', "
            "(SELECT COUNT(*) FROM gift g WHERE g.isbn13 = w.isbn13 AND g.state = 'open'), "
            "(SELECT MIN(g.id) FROM gift g WHERE g.isbn13 = w.isbn13 AND g.state = 'open'), "
            f"{BOOK_COLUMNS} FROM wish w JOIN book b ON b.isbn13 = w.isbn13 WHERE w.user_id = :member "
            "AND w.state <> 'withdrawn' ORDER BY w.id DESC LIMIT :limit OFFSET :offset",
            member_id,
            limit,
            offset,
        )

    def count_gifts(self, member_id: int) -> int:
        """Count a member's gifts."""
        return self._number("SELECT COUNT(*) FROM gift WHERE user_id = :member", member_id)

    def count_wishes(self, member_id: int) -> int:
        """Count a member's wishes that were not taken back."""
        return self._number("SELECT COUNT(*) FROM wish WHERE user_id = :member AND state <> 'withdrawn'", member_id)

    def find_copy(self, gift_id: int) -> Copy | None:
        """Return one gift with its book and giver, or None."""
        row = self._sql.fetchone(
            f"SELECT g.id, u.nickname, g.book_condition, g.postage, g.note, {BOOK_COLUMNS} FROM gift g "
            "JOIN book b ON b.isbn13 = g.isbn13 JOIN user u ON u.id = g.user_id AND u.status = 1 WHERE g.id = :gift",
            {"gift": gift_id},
        )
        if row is None:
            return None
        return Copy(gift_id=row[0], giver=row[1], condition=row[2], postage=row[3], note=row[4], book=book_of(row[5:]))

    def _listed(self, statement: str, member_id: int, limit: int, offset: int) -> tuple[Listed, ...]:
        rows = self._sql.fetchall(statement, {"member": member_id, "limit": limit, "offset": offset})
        return tuple(
            Listed(
                id=row[0],
                state=row[1],
                pause=row[2],
                postage=row[3],
                note=row[4],
                others=int(row[5]),
                gift_id=row[6],
                book=book_of(row[7:]),
            )
            for row in rows
        )

    def _number(self, statement: str, member_id: int) -> int:
        row = self._sql.fetchone(statement, {"member": member_id})
        return 0 if row is None else int(row[0])
