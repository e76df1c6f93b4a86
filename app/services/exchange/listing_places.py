"""The places that open gifts and wishes take on their members' lists, inside a use case that holds the member's balance."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import and_, delete, or_, select

from app.domain.wish import Place, WishScope, WishState, places_of
from app.extensions import db
from app.models.book import Work
from app.models.gift import OpenListing, Wish, WishedWork
from app.services.unit_of_work import insert_once


def find_listings(member_id: int, places: Collection[Place]) -> Sequence[OpenListing]:
    """Return what a member has in these places."""
    here = (and_(OpenListing.isbn13 == place.isbn13, OpenListing.work_id == place.work_id) for place in places)
    found = select(OpenListing).where(OpenListing.user_id == member_id, or_(*here))
    return db.session.execute(found.execution_options(populate_existing=True)).scalars().all()


def find_fulfilled(member_id: int, isbn13: str, work_id: int) -> Sequence[OpenListing]:
    """Return what a member has in the places of all gifts and wishes for which a copy of this edition would do.

    Of a work that a moderator has merged with that of the edition, too: its translations' wishes for any language have its place.
    """
    works = select(Work.id).where(or_(Work.id == work_id, and_(Work.same_as == work_id, Work.same_as != 0)))
    place = or_(
        and_(OpenListing.isbn13 == isbn13, OpenListing.work_id == 0),
        and_(OpenListing.isbn13 == "", OpenListing.work_id.in_(works)),
    )
    found = select(OpenListing).where(OpenListing.user_id == member_id, place)
    return db.session.execute(found.execution_options(populate_existing=True)).scalars().all()


def take_places(member_id: int, places: Iterable[Place], *, kind: str, listing_id: int, now: int) -> int:
    """Take places for a gift or a wish, and return how many of them were free."""
    columns = {"user_id": member_id, "kind": kind, "listing_id": listing_id, "create_time": now}
    return sum(insert_once(OpenListing, **place._asdict(), **columns) for place in places)


def take_wish_places(wish: Wish, places: Iterable[Place]) -> int:
    """Take places for a wish, which are as old as itself whenever it takes them; return how many of them were free."""
    return take_places(wish.user_id, places, kind="wish", listing_id=wish.id, now=wish.create_time)


def keep_shown_works(wish_id: int, works: Collection[int], *, now: int) -> None:
    """Store which works besides its own the owner of a wish for any language was shown; none for another wish."""
    db.session.execute(delete(WishedWork).where(WishedWork.wish_id == wish_id))
    db.session.add_all(WishedWork(wish_id=wish_id, work_id=work_id, create_time=now) for work_id in sorted(works))
    db.session.flush()


def open_again(wish: Wish, works: Sequence[int]) -> bool:
    """Open a wish that a drift had fulfilled or another wish stood for, and return whether; its own work is the first of `works`.

    Where the wish for another edition has its place, it is joined to that one: their works may part again.
    """
    own, *others = places_of(WishScope(wish.scope), wish.isbn13, works)
    if take_wish_places(wish, (own,)):
        take_wish_places(wish, others)
        wish.state, wish.drift_id, wish.joined_to = WishState.OPEN.value, None, None
        return True
    holder = find_listings(wish.user_id, (own,))[0]
    if holder.kind == "wish" and db.session.get_one(Wish, holder.listing_id).isbn13 != wish.isbn13:
        join_to(wish, holder.listing_id)
    return False


def join_to(wish: Wish, kept: int) -> None:
    """Let another wish stand for one."""
    wish.state, wish.drift_id, wish.joined_to = WishState.JOINED.value, None, kept


def list_joined(wish_id: int) -> Sequence[Wish]:
    """Return the wishes that one stands for."""
    joined = select(Wish).where(Wish.joined_to == wish_id, Wish.state == WishState.JOINED.value).order_by(Wish.id)
    return db.session.execute(joined.execution_options(populate_existing=True)).scalars().all()


def free_places(member_id: int, *, kind: str, listing_id: int) -> None:
    """Free the places of a gift or a wish."""
    db.session.execute(
        delete(OpenListing).where(
            OpenListing.user_id == member_id, OpenListing.kind == kind, OpenListing.listing_id == listing_id
        )
    )
