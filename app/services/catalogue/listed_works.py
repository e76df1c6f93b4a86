"""Gifts and wishes follow their books to other works, in the transaction that moves the books."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter

from app.db.dialects import Params
from app.db.sql_helper import QueryCursor, Row, SqlHelper, in_list
from app.domain.wish import WishScope, WishState
from app.libs.clock import Clock, epoch
from app.queries.book import BookRow
from app.queries.matching import is_fulfilled
from app.queries.work import FAMILY, SHOWN_WORKS
from app.services.catalogue.late_tellings import put_down

_OPEN, _JOINED = f"state = '{WishState.OPEN}'", f"state = '{WishState.JOINED}'"
_FULFILLED = f"state = '{WishState.FULFILLED}'"
#: One copy has fulfilled a wish and one that was joined to it: rows of both stay together until their works part.
_BOTH_FULFILLED = f"j.{_FULFILLED} AND k.{_FULFILLED} AND j.drift_id = k.drift_id"

_ELSEWHERE = (
    "SELECT l.isbn13, l.work_id, b.work_id FROM (SELECT isbn13, work_id FROM gift WHERE isbn13 IN ({isbns}) "
    "UNION SELECT isbn13, work_id FROM wish WHERE isbn13 IN ({isbns})) l "
    "JOIN book b ON b.isbn13 = l.isbn13 WHERE b.work_id <> l.work_id"
)
#: Whoever wishes holds their balance first, so nobody's lists change meanwhile.
_HOLD_WISHERS = (
    "SELECT user_id FROM bean_balance WHERE user_id IN "
    f"(SELECT user_id FROM wish WHERE isbn13 = :isbn AND ({_OPEN} OR {_JOINED} OR "
    f"{_FULFILLED} AND (joined_to IS NOT NULL OR EXISTS (SELECT 1 FROM wish j WHERE j.joined_to = wish.id)))) "
    "ORDER BY user_id FOR UPDATE"
)
_MOVE = (
    "UPDATE gift SET work_id = :work WHERE isbn13 = :isbn",
    (
        "DELETE FROM open_listing WHERE isbn13 = '' AND work_id = :old AND kind = 'wish' "
        f"AND listing_id IN (SELECT id FROM wish WHERE isbn13 = :isbn AND {_OPEN})"
    ),
    "UPDATE wish SET work_id = :work WHERE isbn13 = :isbn",
)
#: Wishes of one member of which one is for any edition of the work: by its place there, or by its row, for it has none yet.
_MEETING = (
    "SELECT m.user_id, m.scope, m.id, o.scope, o.id FROM wish m "
    "JOIN open_listing p ON p.user_id = m.user_id AND p.isbn13 = '' AND p.work_id = :work AND p.kind = 'wish' "
    f"JOIN wish o ON o.id = p.listing_id AND o.id <> m.id WHERE m.{{which}} AND m.{_OPEN} UNION "
    "SELECT m.user_id, m.scope, m.id, o.scope, o.id FROM wish m "
    f"JOIN wish o ON o.user_id = m.user_id AND o.work_id = m.work_id AND o.id <> m.id AND o.{_OPEN} "
    f"WHERE m.{{which}} AND m.{_OPEN} AND m.scope <> '{WishScope.EDITION}' ORDER BY 1"
)
_MEETING_OF_BOOK, _MEETING_OF_ONE = (_MEETING.format(which=which) for which in ("isbn13 = :isbn", "id = :wish"))
_JOIN = (
    f"UPDATE wish SET joined_to = :kept WHERE joined_to = :joined AND {_JOINED}",
    f"UPDATE wish SET state = '{WishState.JOINED}', joined_to = :kept WHERE id = :joined",
    "DELETE FROM open_listing WHERE user_id = :user AND kind = 'wish' AND listing_id = :joined",
)
_TAKE = "INSERT INTO open_listing (user_id, isbn13, work_id, kind, listing_id, create_time) "
_TAKE_PLACES = (
    f"{_TAKE} SELECT user_id, '', work_id, 'wish', id, create_time FROM wish "
    f"WHERE isbn13 = :isbn AND {_OPEN} AND scope <> '{WishScope.EDITION}' AND NOT EXISTS (SELECT 1 FROM open_listing o "
    "WHERE o.user_id = wish.user_id AND o.isbn13 = '' AND o.work_id = wish.work_id)"
)
_PARTED = (
    f"SELECT j.id FROM wish j JOIN wish k ON k.id = j.joined_to WHERE j.isbn13 = :isbn AND j.{_JOINED} "
    "AND j.work_id <> k.work_id UNION "
    f"SELECT j.id FROM wish k CROSS JOIN wish j ON j.joined_to = k.id AND j.{_JOINED} WHERE k.isbn13 = :isbn "
    "AND j.work_id <> k.work_id ORDER BY 1"
)
#: Of two that one copy has fulfilled, (joined, kept, whether it is the joined one's, whether the kept one's) where their works part.
_PARTED_FULFILLED = (
    f"SELECT p.joined, p.kept, {is_fulfilled('j', 'g.isbn13', 'g.work_id')}, {is_fulfilled('k', 'g.isbn13', 'g.work_id')} FROM ("
    f"SELECT j.id AS joined, k.id AS kept FROM wish j CROSS JOIN wish k ON k.id = j.joined_to WHERE j.isbn13 = :isbn AND {_BOTH_FULFILLED} "
    "AND j.work_id <> k.work_id UNION "
    f"SELECT j.id, k.id FROM wish k CROSS JOIN wish j ON j.joined_to = k.id WHERE k.isbn13 = :isbn AND {_BOTH_FULFILLED} "
    "AND j.work_id <> k.work_id) p JOIN wish j ON j.id = p.joined JOIN wish k ON k.id = p.kept "
    "JOIN user u ON u.id = j.user_id AND u.status = 1 AND u.disabled_at IS NULL "
    "JOIN drift d ON d.id = j.drift_id JOIN gift g ON g.id = d.gift_id ORDER BY 1"
)
_LEAVE = "UPDATE wish SET joined_to = NULL WHERE id = :wish"
_PLACE = (
    f"CASE WHEN w.scope = '{WishScope.EDITION}' THEN w.isbn13 ELSE '' END",
    f"CASE WHEN w.scope = '{WishScope.EDITION}' THEN 0 ELSE w.work_id END",
)
_HOLDER = (
    "SELECT o.kind, o.listing_id FROM wish w JOIN open_listing o "
    f"ON o.user_id = w.user_id AND o.isbn13 = {_PLACE[0]} AND o.work_id = {_PLACE[1]} WHERE w.id = :wish"
)
#: A wish for any language takes the places of the works that its owner was shown besides that of its own, as far as they are free.
_TAKE_SHOWN = (
    f"{_TAKE} SELECT w.user_id, '', s.work_id, 'wish', w.id, w.create_time FROM wish w JOIN ({SHOWN_WORKS}) s "
    f"WHERE w.id = :wish AND w.{_OPEN} AND w.scope = '{WishScope.ANY}' AND NOT EXISTS (SELECT 1 FROM open_listing o "
    "WHERE o.user_id = w.user_id AND o.isbn13 = '' AND o.work_id = s.work_id)"
)
#: One whose book moves into another family leaves the works of the old one; where the new work has none it keeps what it meant.
_OF_ANY_LANGUAGE = f"SELECT user_id, id FROM wish WHERE isbn13 = :isbn AND {_OPEN} AND scope = '{WishScope.ANY}'"
_LEAVE_FAMILY = (
    "DELETE FROM open_listing WHERE user_id = :user AND isbn13 = '' AND kind = 'wish' AND listing_id = :wish "
    f"AND work_id NOT IN ({FAMILY}) AND EXISTS (SELECT 1 FROM ({FAMILY}) f WHERE f.id <> :work)"
)
_WORK_OF = "SELECT work_id FROM wish WHERE id = :wish"
_REOPEN = (
    f"{_TAKE} SELECT w.user_id, {_PLACE[0]}, {_PLACE[1]}, 'wish', w.id, w.create_time FROM wish w WHERE w.id = :wish",
    f"UPDATE wish SET state = '{WishState.OPEN}', joined_to = NULL, drift_id = NULL WHERE id = :wish",
)
#: What a moderator has merged or moved hands nothing on, so that it is as before when that is taken back.
_EMPTIED = (
    "SELECT k.id FROM work k WHERE k.id IN ({works}) AND k.same_as = 0 "
    "AND NOT EXISTS (SELECT 1 FROM book b WHERE b.work_id = k.id)"
)
_WORK_OF_BOOK = (
    "SELECT b.work_id FROM book b WHERE b.isbn13 = :isbn "
    "AND NOT EXISTS (SELECT 1 FROM work_override o WHERE o.isbn13 = b.isbn13)"
)
_FAMILY_OF_OLD = "SELECT CASE WHEN family_id = :new THEN 0 ELSE family_id END AS family_id FROM work WHERE id = :old"
_HAND_OVER = {
    dialect: (
        f"UPDATE work SET family_id = (SELECT o.family_id FROM ({_FAMILY_OF_OLD}) o) WHERE id = :new AND family_id = 0",
        "UPDATE work SET family_id = :new WHERE family_id = :old AND id <> :new",
        f"UPDATE {unless_taken} open_listing SET work_id = :new WHERE isbn13 = '' AND work_id = :old",
        "DELETE FROM open_listing WHERE isbn13 = '' AND work_id = :old",
        f"UPDATE {unless_taken} wish_work SET work_id = :new WHERE work_id = :old",
        "DELETE FROM wish_work WHERE work_id = :old",
    )
    for dialect, unless_taken in {"sqlite": "OR IGNORE", "mysql": "IGNORE"}.items()
}
_WIDEST_FIRST = tuple(reversed(WishScope))
_JOIN_HOLDER = "UPDATE wish SET joined_to = :kept WHERE id = :wish"


class ListedWorks:
    """Keeps the works of gifts and wishes those of their books.

    Where two wishes of one member come to stand for one work, the wider stays, of two as wide the older; the other is joined to it
    until their works are two again.
    """

    def __init__(self, sql: SqlHelper, clock: Clock) -> None:
        self._sql = sql
        self._clock = clock

    def follow(self, books: Sequence[BookRow]) -> None:
        """Let gifts, wishes and families follow books that were moved; `books` as they were before. Their rows are held, so no new
        gift or wish comes meanwhile. Who has got copies to ask for by that is told of one.
        """
        if not books:
            return
        marks, params = in_list("i", [book.facts.isbn13 for book in books])
        with self._sql as cursor:
            moved = cursor.execute(_ELSEWHERE.format(isbns=marks), params).fetchall()
            moves = [{"isbn": isbn13, "old": old, "work": work} for isbn13, old, work in sorted(map(tuple, moved))]
            for move in moves:
                if self._sql.dialect != "sqlite":
                    cursor.execute(_HOLD_WISHERS, move).fetchall()
                for statement in _MOVE:
                    cursor.execute(statement, move)
            for move in moves:
                self._settle(cursor, move)
            put_down(cursor, moves, now=epoch(self._clock.now()))
            self._hand_over(cursor, {book.work_id: book.facts.isbn13 for book in books if book.work_id})

    def _hand_over(self, cursor: QueryCursor, left: Mapping[int, str]) -> None:
        """Let a work take the place of one that has lost its last edition to it, in its family and in wishes for any language."""
        if not left:
            return
        marks, params = in_list("w", sorted(left))
        for (old,) in cursor.execute(_EMPTIED.format(works=marks), params).fetchall():
            new = cursor.execute(_WORK_OF_BOOK, {"isbn": left[old]}).fetchvalue()
            if new is not None:
                self._take_over(cursor, old, new)

    def hand_on(self, works: Mapping[int, int]) -> None:
        """Let works take the places of merged ones of which the same editions are known by another rule."""
        with self._sql as cursor:
            for old, new in sorted(works.items()):
                if old != new:
                    self._take_over(cursor, old, new)

    def _take_over(self, cursor: QueryCursor, old: int, new: int) -> None:
        for statement in _HAND_OVER[self._sql.dialect]:
            cursor.execute(statement, {"old": old, "new": new})

    @staticmethod
    def _settle(cursor: QueryCursor, move: Params) -> None:
        """Join and part the wishes of a book that stands in its new work, as all that move with it do, and take their places."""
        parted = [wish_id for (wish_id,) in cursor.execute(_PARTED, move).fetchall()]
        for wish_id in parted:
            _part(cursor, wish_id)
        _join(cursor, _MEETING_OF_BOOK, move)
        for wish_id in parted:  # two that were joined to a third one may be for one work still
            wish = {"wish": wish_id}
            _join(cursor, _MEETING_OF_ONE, wish | {"work": cursor.execute(_WORK_OF, wish).fetchvalue()})
        for joined, kept, is_joined_ones, is_kept_ones in cursor.execute(_PARTED_FULFILLED, move).fetchall():
            if is_joined_ones != is_kept_ones:
                cursor.execute(_LEAVE, {"wish": joined})
                _open(cursor, kept if is_joined_ones else joined)
        cursor.execute(_TAKE_PLACES, move)
        for user_id, wish_id in cursor.execute(_OF_ANY_LANGUAGE, move).fetchall():
            for statement in (_LEAVE_FAMILY, _TAKE_SHOWN):
                cursor.execute(statement, {**move, "user": user_id, "wish": wish_id})


def _joined(meetings: Sequence[tuple[int, str, int, str, int]]) -> Iterator[Params]:
    """Choose of each member's wishes for one work the one that stays, and name the others that are joined to it."""
    for user_id, pairs in groupby(meetings, key=itemgetter(0)):
        wishes = {wish for _user, *both in pairs for wish in ((both[0], both[1]), (both[2], both[3]))}
        (_scope, kept), *others = sorted(
            wishes, key=lambda wish: (_WIDEST_FIRST.index(WishScope(str(wish[0]))), wish[1])
        )
        yield from ({"user": user_id, "kept": kept, "joined": joined} for _scope, joined in sorted(others))


def _join(cursor: QueryCursor, meeting: str, params: Params) -> None:
    """Join the wishes that have met."""
    for pair in _joined(cursor.execute(meeting, params).fetchall()):
        for statement in _JOIN:
            cursor.execute(statement, pair)


def _part(cursor: QueryCursor, wish_id: int) -> None:
    """Open a joined wish again; where its place is taken by another wish it is joined to that one."""
    holder = _open(cursor, wish_id)
    if holder is not None and holder[0] == "wish":
        cursor.execute(_JOIN_HOLDER, {"wish": wish_id, "kept": holder[1]})


def _open(cursor: QueryCursor, wish_id: int) -> Row | None:
    """Open a wish again, unless its place is taken; return by what."""
    holder = cursor.execute(_HOLDER, {"wish": wish_id}).fetchone()
    if holder is None:
        wish = {"wish": wish_id}
        for statement in _REOPEN:
            cursor.execute(statement, wish)
        cursor.execute(_TAKE_SHOWN, wish | {"work": cursor.execute(_WORK_OF, wish).fetchvalue()})
    return holder
