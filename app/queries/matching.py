"""Which copies fulfil which wishes, in SQL: parts of statements that the lists, the pages of books and the rules share."""

from __future__ import annotations

from app.db.sql_helper import one_of
from app.domain.drift import OPEN_STATES
from app.domain.gift import LISTED, GiftState
from app.domain.wish import WishScope
from app.queries.member import MATES

OPEN_GIFT = f"state = '{GiftState.OPEN}'"
#: The accounts of the person that the member ``:member`` is: nobody asks themselves for a book.
SELF = f"(SELECT mate.id FROM {MATES})"


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


def _wishes_in(place: str, but: str) -> str:
    return f"(SELECT COUNT(*) FROM open_listing o WHERE {place} AND o.kind = 'wish'{but})"


def count_wishes(isbn: str, work: str, *, but_own: bool = False) -> str:
    """Count the open wishes that a copy of an edition fulfils, without those of ``:member``, if so wanted."""
    but = f" AND o.user_id NOT IN {SELF}" if but_own else ""
    of_work = _wishes_in(f"o.isbn13 = '' AND o.work_id = {work}", but)
    return f"{_wishes_in(f'o.isbn13 = {isbn} AND o.work_id = 0', but)} + {of_work}"


def of_copies(what: str, rest: str = "") -> str:
    """Read something of the copies of others that fulfil ``wish w``: of its edition, its work, or the works of which it has the places."""
    read = f"(SELECT {what} FROM gift g {{}} AND g.{OPEN_GIFT} AND g.user_id NOT IN {SELF}{rest})"
    places = "JOIN open_listing o ON o.work_id = g.work_id WHERE o.user_id = w.user_id AND o.kind = 'wish' AND o.listing_id = w.id"
    return (
        f"CASE w.scope WHEN '{WishScope.EDITION}' THEN {read.format('WHERE g.isbn13 = w.isbn13')} "
        f"WHEN '{WishScope.LANGUAGE}' THEN {read.format('WHERE g.work_id = w.work_id')} ELSE {read.format(places)} END"
    )


#: Copies that ``:member`` asks for, of which one of a work is enough.
ASKED = (
    f"FROM drift d JOIN gift a ON a.id = d.gift_id WHERE d.requester_id = :member AND d.state IN {one_of(OPEN_STATES)}"
)
NOT_ASKED = (
    f" AND g.isbn13 NOT IN (SELECT a.isbn13 {ASKED}) AND g.work_id NOT IN (SELECT a.work_id {ASKED} AND a.work_id <> 0)"
)
COPY_OF_EDITION = (
    f"(SELECT MIN(g.id) FROM gift g WHERE g.isbn13 = w.isbn13 AND g.{OPEN_GIFT} AND g.user_id NOT IN {SELF}{NOT_ASKED})"
)


def gives(works: str) -> str:
    """Write that ``:member`` has a gift of one of these works on their list."""
    return f"EXISTS (SELECT 1 FROM gift x WHERE x.user_id = :member AND x.work_id IN ({works}) AND x.state IN {one_of(LISTED)})"


def wishes(works: str, but: str) -> str:
    """Write that ``:member`` has an open wish for an edition of one of these works, besides one (or those of a SELECT)."""
    return (
        "EXISTS (SELECT 1 FROM open_listing l JOIN wish x ON x.id = l.listing_id WHERE l.user_id = :member AND l.kind = 'wish' "
        f"AND x.id NOT IN ({but}) AND x.work_id IN ({works}))"
    )
