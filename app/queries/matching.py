"""Which copies fulfil which wishes, in SQL: parts of statements that the lists, the pages of books and the rules share."""

from __future__ import annotations

from app.db.sql_helper import one_of
from app.domain.city_choice import SHOWN_FROM
from app.domain.drift import OPEN_STATES
from app.domain.gift import LISTED, GiftState
from app.domain.wish import WishScope, WishState
from app.queries.member import MATES
from app.queries.member_block import are_parted
from app.queries.work import NOW

OPEN_GIFT = f"state = '{GiftState.OPEN}'"
#: The accounts of the person that the member ``:member`` is: nobody asks themselves for a book.
SELF = f"(SELECT mate.id FROM {MATES})"
#: Whether the city that ``gift g`` tells is named, and what is joined for that.
CITY_NAMED = f"COALESCE(c.members, 0) >= {SHOWN_FROM}"
CITY = "LEFT JOIN shown_city c ON c.city_id = g.city_id"


def now_of(works: str) -> str:
    """Write the SELECT of the works that these, which are told one by one, are by now."""
    return f"SELECT {NOW} FROM work m WHERE m.id IN ({works})"


def place_in(work: str, place: str) -> str:
    """Write that a copy of a work fulfils who has a place: that of the work, or of one that is merged with it."""
    merged = f"SELECT m.id FROM work m WHERE m.same_as = {work} AND {work} <> 0"
    return f"{place}.isbn13 = '' AND ({place}.work_id = {work} OR {place}.work_id IN ({merged}))"


def is_fulfilled(wish: str, isbn: str = ":isbn", work: str = ":work") -> str:
    """Write that a copy of an edition fulfils a wish, be it open or not."""
    shown = f"SELECT 1 FROM wish_work t JOIN work m ON m.id = t.work_id WHERE t.wish_id = {wish}.id AND {NOW} = {work}"
    return (
        f"CASE {wish}.scope WHEN '{WishScope.EDITION}' THEN {wish}.isbn13 = {isbn} "
        f"WHEN '{WishScope.LANGUAGE}' THEN {wish}.work_id = {work} "
        f"ELSE {wish}.work_id = {work} OR EXISTS ({shown}) END"
    )


def _merged_places(isbn: str, work: str) -> tuple[str, str]:
    """Write what joins the wishes in the places of works that are merged with one, and what leaves out those that have a nearer place."""
    nearer = f"((n.isbn13 = '' AND n.work_id = {work}) OR (n.isbn13 = {isbn} AND n.work_id = 0))"
    return (
        "work m CROSS JOIN open_listing o ON o.isbn13 = '' AND o.work_id = m.id AND o.kind = 'wish'",
        (
            f"m.same_as = {work} AND {work} <> 0 AND NOT EXISTS "
            f"(SELECT 1 FROM open_listing n WHERE n.user_id = o.user_id AND n.kind = 'wish' AND {nearer})"
        ),
    )


def seen(owner: str) -> str:
    """Write what leaves out the gifts or wishes of those from whom a block parts ``:member``; a guest (NULL) sees all."""
    return f" AND NOT {are_parted(':member', owner)}"


def fulfilled_wishes(columns: str, rest: str = "") -> str:
    """Write the statement that reads the first wishes (``wish w``, ``user u``) that a copy of an ISBN fulfils, by id.

    Its parameters are ``isbn``, ``work``, ``limit`` and those of `rest`. The halves for the edition and for its work walk an index
    no further than the limit; wishes that come by a moderator's merge are those for any language of the merged work's translations.
    """
    person = "JOIN wish w ON w.id = o.listing_id JOIN user u ON u.id = w.user_id AND u.status = 1"
    halves = [
        f"SELECT * FROM (SELECT {columns} FROM open_listing o {person} WHERE o.isbn13 = {isbn} AND o.work_id = {work} "
        f"AND o.kind = 'wish' {rest} ORDER BY o.listing_id LIMIT :limit) {name}"
        for name, isbn, work in (("edition", ":isbn", "0"), ("any_edition", "''", ":work"))
    ]
    joined, where = _merged_places(":isbn", ":work")
    merged = f"SELECT DISTINCT {columns} FROM {joined} {person} WHERE {where} {rest} ORDER BY 1 LIMIT :limit"
    return " UNION ALL ".join([*halves, f"SELECT * FROM ({merged}) merged"]) + " ORDER BY 1 LIMIT :limit"


def _wishes_in(place: str, but: str) -> str:
    return f"(SELECT COUNT(*) FROM open_listing o WHERE {place} AND o.kind = 'wish'{but})"


def count_wishes(isbn: str, work: str, *, but_own: bool = False) -> str:
    """Count the open wishes that a copy of an edition fulfils and ``:member`` sees, without their own, if so wanted."""
    but = (f" AND o.user_id NOT IN {SELF}" if but_own else "") + seen("o.user_id")
    of_edition = _wishes_in(f"o.isbn13 = {isbn} AND o.work_id = 0", but)
    of_work = _wishes_in(f"o.isbn13 = '' AND o.work_id = {work}", but)
    joined, where = _merged_places(isbn, work)
    return f"{of_edition} + {of_work} + (SELECT COUNT(DISTINCT o.listing_id) FROM {joined} WHERE {where}{but})"


def of_copies(what: str, rest: str = "") -> str:
    """Read something of the copies of others that fulfil ``wish w``: of its edition, its work, or the works of which it has the places."""
    read = (
        f"(SELECT {what} FROM gift g WHERE {{}} AND g.{OPEN_GIFT} AND g.user_id NOT IN {SELF}{seen('g.user_id')}{rest})"
    )
    places = (
        f"SELECT {NOW} FROM open_listing o CROSS JOIN work m ON m.id = o.work_id "
        "WHERE o.user_id = w.user_id AND o.kind = 'wish' AND o.listing_id = w.id"
    )
    return (
        f"CASE w.scope WHEN '{WishScope.EDITION}' THEN {read.format('g.isbn13 = w.isbn13')} "
        f"WHEN '{WishScope.LANGUAGE}' THEN {read.format('g.work_id = w.work_id')} "
        f"ELSE {read.format(f'g.work_id IN ({places})')} END"
    )


#: Copies that ``:member`` asks for, of which one of a work is enough.
ASKED = (
    f"FROM drift d JOIN gift a ON a.id = d.gift_id WHERE d.requester_id = :member AND d.state IN {one_of(OPEN_STATES)}"
)
NOT_ASKED = (
    f" AND g.isbn13 NOT IN (SELECT a.isbn13 {ASKED}) AND g.work_id NOT IN (SELECT a.work_id {ASKED} AND a.work_id <> 0)"
)
COPY_OF_EDITION = (
    f"(SELECT MIN(g.id) FROM gift g WHERE g.isbn13 = w.isbn13 AND g.{OPEN_GIFT} AND g.user_id NOT IN {SELF}"
    f"{seen('g.user_id')}{NOT_ASKED})"
)


def count_joined(wish: str) -> str:
    """Count the wishes of the same member for which one stands."""
    return f"(SELECT COUNT(*) FROM wish j WHERE j.joined_to = {wish} AND j.state = '{WishState.JOINED}')"


def gives(works: str) -> str:
    """Write that ``:member`` has a gift of one of these works on their list."""
    return f"EXISTS (SELECT 1 FROM gift x WHERE x.user_id = :member AND x.work_id IN ({works}) AND x.state IN {one_of(LISTED)})"


def wishes(works: str, but: str) -> str:
    """Write that ``:member`` has an open wish for an edition of one of these works, besides one (or those of a SELECT)."""
    return (
        "EXISTS (SELECT 1 FROM open_listing l JOIN wish x ON x.id = l.listing_id WHERE l.user_id = :member AND l.kind = 'wish' "
        f"AND x.id NOT IN ({but}) AND x.work_id IN ({works}))"
    )
