"""Read which gifts wishers are still to be told of, and which wishers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from app.db.dialects import Params
from app.db.sql_helper import SqlHelper, in_list, one_of
from app.domain.gift import GiftState
from app.domain.wish import WishScope
from app.queries.matching import SELF, fulfilled_wishes
from app.queries.member_block import are_parted


class ToldGift(NamedTuple):
    """A copy that wishers are told of, and its giver, whose person is left out."""

    id: int
    isbn13: str
    work_id: int
    user_id: int


class NewlyFulfilled(NamedTuple):
    """The wishes that a copy fulfils since books moved from a work: those for these books, or (not `to_moved`) those of the other side."""

    isbns: Sequence[str]
    left_work_id: int
    to_moved: bool


_NOT_TOLD = (
    "NOT EXISTS (SELECT 1 FROM notice n WHERE n.gift_id = :gift AND n.user_id = w.user_id AND n.kind = 'gift_listed')"
)
#: A wish for the books that moved, or one for any language that has the place of the work that they left.
_OF_SIDE = (
    "(w.isbn13 IN ({isbns}) OR EXISTS (SELECT 1 FROM open_listing l WHERE l.user_id = w.user_id AND l.isbn13 = '' "
    "AND l.work_id = :left AND l.kind = 'wish' AND l.listing_id = w.id))"
)


class GiftTellingQueries:
    """Look up what is to be told. Called inside a use case it sees that use case's own writes."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def list_tellings(self) -> tuple[int, ...]:
        """List the new gifts whose wishers are still to be told; one that is asked for just now waits for its outcome."""
        ids = self._sql.fetchcolumn(
            "SELECT t.gift_id FROM gift_telling t JOIN gift g ON g.id = t.gift_id "
            f"WHERE g.state NOT IN {one_of({GiftState.RESERVED, GiftState.PAUSED})} ORDER BY t.gift_id LIMIT 500"
        )
        return tuple(ids)

    def list_wishers(
        self, told: ToldGift, *, after: int, until: int, limit: int, newly: NewlyFulfilled | None = None
    ) -> list[tuple[int, int]]:
        """List the open wishes that a copy fulfils as (wish, member), the longest waiting first; without those of who heard of it.

        :param after: the wish before the first. :param until: the latest time a wish was made at. :param newly: those alone for which it has become one.
            Those from whom a block parts the giver are left out.
        """
        rest = f"AND w.id > :after AND w.create_time <= :until AND w.user_id NOT IN {SELF} AND {_NOT_TOLD} "
        rest += f"AND NOT {are_parted(':member', 'w.user_id')}"
        params: Params = {"isbn": told.isbn13, "work": told.work_id, "gift": told.id, "member": told.user_id}
        if newly is not None:
            marks, isbns = in_list("moved", newly.isbns)
            rest += f" AND w.scope <> '{WishScope.EDITION}' AND {'' if newly.to_moved else 'NOT '}"
            rest += _OF_SIDE.format(isbns=marks)
            params = {**params, **isbns, "left": newly.left_work_id}
        return self._sql.fetchall(
            fulfilled_wishes("w.id, w.user_id", rest), {**params, "after": after, "until": until, "limit": limit}
        )
