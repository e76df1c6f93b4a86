"""Wishes: want a book, stop wanting it, tell somebody who wants it that one has it, and hear that somebody gives it.

The worker notifies those who wish for a book that somebody gives, a few at a time, the longest waiting first.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import case, or_, select, update

from app import events
from app.db.database import rows_touched
from app.domain.gift import GiftNotFound, GiftState
from app.domain.moderation import ensure_not_suspended
from app.domain.wish import (
    OFFER_PAUSE,
    SAME_OFFER_PAUSE,
    NothingToOffer,
    OfferedJustNow,
    OfferedToday,
    OtherWorksMeant,
    WishingMember,
    WishNotFound,
    WishScope,
    WishState,
    ensure_may_wish,
    places_of,
    scope_suggested,
)
from app.extensions import db
from app.libs.clock import epoch
from app.models.book import Work
from app.models.gift import Gift, OpenListing, Wish
from app.models.operation import Throttle
from app.queries.book import BookQueries, BookRow
from app.queries.member_block import BlockQueries
from app.services.catalogue.works import Works
from app.services.exchange.listing_places import (
    find_fulfilled,
    free_places,
    keep_shown_works,
    list_joined,
    open_again,
    take_wish_places,
)
from app.services.exchange.tools import ExchangeTools
from app.services.unit_of_work import RaceLostError, insert_once, use_case


class Wishes:
    """The use cases of a wish list."""

    def __init__(self, tools: ExchangeTools, books: BookQueries, works: Works, blocks: BlockQueries) -> None:
        self._tools = tools
        self._blocks = blocks
        self._clock = tools.clock
        self._books = books
        self._works = works

    @use_case
    def wish_for(
        self, member_id: int, isbn13: str, scope: WishScope | None = None, *, works: Collection[int] = ()
    ) -> int:
        """Put a known book on a member's wish list and return the wish's id.

        :param scope: by default what most readers of such a book want, see `scope_suggested`.
        :param works: the works that the member was told a wish for any language means.
        :raises Suspended: while a moderator does not let them. :raises GiftNotFound: when the catalogue has no such book.
        :raises OtherWorksMeant: when the works of the family are others than those that the member was told.
        :raises Refusal: as `ensure_may_wish`.
        """
        self._tools.ledger.lock(member_id)
        self._ensure_not_suspended(member_id)
        book = self._hold(isbn13)
        scope = scope or scope_suggested(book.facts)
        self._ensure_may_wish(member_id, book, scope)
        self._ensure_works_told(book, scope, works)
        now = epoch(self._clock.now())
        wish = Wish(
            user_id=member_id,
            isbn13=isbn13,
            work_id=book.work_id,
            scope=scope.value,
            state=WishState.OPEN.value,
            create_time=now,
        )
        db.session.add(wish)
        db.session.flush()
        self._take_places(wish)
        events.wish_made.publish(member=member_id, wish=wish.id)
        return wish.id

    @use_case
    def change_scope(self, member_id: int, wish_id: int, scope: WishScope, *, works: Collection[int] = ()) -> None:
        """Widen a member's open wish, or narrow it to the edition it was made for; its place in the row stays.

        :param works: as of `wish_for`. :raises OtherWorksMeant: likewise.
        :raises WishNotFound: when the member has no such open wish.
        :raises AnotherEditionWished: :raises AnotherEditionOffered: as `ensure_may_wish`.
        """
        self._tools.ledger.lock(member_id)
        wish = db.session.get(Wish, wish_id)
        if wish is None or wish.user_id != member_id or wish.state != WishState.OPEN.value:
            raise WishNotFound
        book = self._hold(wish.isbn13)
        db.session.refresh(wish)
        free_places(member_id, kind="wish", listing_id=wish.id)
        self._ensure_may_wish(member_id, book, scope, but=wish.id)
        self._ensure_works_told(book, scope, works)
        wish.scope = scope.value
        self._take_places(wish)
        self._open_joined(wish)
        events.wish_made.publish(member=member_id, wish=wish.id)

    @use_case
    def withdraw(self, member_id: int, isbn13: str) -> None:
        """Take back the wish that a copy of this edition would fulfil.

        :raises WishNotFound: when the member has no open wish of it.
        """
        self._tools.ledger.lock(member_id)
        book = self._works.hold(isbn13)
        listed = find_fulfilled(member_id, isbn13, 0 if book is None else book.work_id)
        ids = sorted({place.listing_id for place in listed if place.kind == "wish"})
        if not ids:
            raise WishNotFound
        db.session.execute(
            update(Wish)
            .where(
                Wish.user_id == member_id,
                or_(Wish.id.in_(ids), Wish.joined_to.in_(ids)),
                Wish.state.in_([WishState.OPEN.value, WishState.JOINED.value]),
            )
            .values(state=WishState.WITHDRAWN.value)
        )
        for wish_id in ids:
            free_places(member_id, kind="wish", listing_id=wish_id)
        events.wish_withdrawn.publish(member=member_id)

    @use_case
    def offer_to(self, giver_id: int, wish_id: int) -> None:
        """Notify one wisher that the book can be had; nothing is reserved.

        :raises Suspended: :raises WishNotFound: :raises NothingToOffer: :raises OfferedToday: :raises OfferedJustNow: as the rules say.
        """
        self._ensure_not_suspended(giver_id)
        wish = db.session.get(Wish, wish_id)
        if wish is None or wish.state != WishState.OPEN.value or self._tools.persons.are_one(giver_id, wish.user_id):
            raise WishNotFound
        if self._blocks.are_parted(giver_id, wish.user_id):
            raise WishNotFound
        gift = self._find_gift_for(wish, giver_id)
        book = self._books.find(gift.isbn13) if gift is not None else None
        if gift is None or book is None:
            raise NothingToOffer
        if not self._in_turn(f"offer {giver_id} {wish_id}", SAME_OFFER_PAUSE):
            raise OfferedToday
        if not self._in_turn(f"offer {giver_id}", OFFER_PAUSE):
            raise OfferedJustNow
        giver = self._tools.facts.get_standing(giver_id).nickname
        self._tools.notices.tell_about_gift([wish.user_id], "wish_offered", gift, title=book.facts.title, giver=giver)
        events.wish_answered.publish(member=giver_id, gift=gift.id, wish=wish_id)

    def _ensure_not_suspended(self, member_id: int) -> None:
        until = self._tools.facts.get_standing(member_id).suspended_until
        ensure_not_suspended(until, epoch(self._clock.now()))

    def _hold(self, isbn13: str) -> BookRow:
        book = self._works.hold(isbn13)
        if book is None:
            raise GiftNotFound
        return book

    def _ensure_works_told(self, book: BookRow, scope: WishScope, told: Collection[int]) -> None:
        if scope is WishScope.ANY and set(told) != set(self._tools.facts.list_works(book.work_id, scope)):
            raise OtherWorksMeant

    @staticmethod
    def _find_gift_for(wish: Wish, giver_id: int) -> Gift | None:
        """Return a giver's copy on the shelf that fulfils a wish, one of the very edition first."""
        accepted = Gift.isbn13 == wish.isbn13
        if wish.scope != WishScope.EDITION:
            here = OpenListing.user_id == wish.user_id, OpenListing.kind == "wish", OpenListing.listing_id == wish.id
            works = select(case((Work.same_as == 0, Work.id), else_=Work.same_as)).join(
                OpenListing, OpenListing.work_id == Work.id
            )
            accepted = or_(accepted, Gift.work_id.in_(works.where(*here)))
        mine = select(Gift).where(Gift.user_id == giver_id, Gift.state == GiftState.OPEN.value, accepted)
        gifts = db.session.execute(mine.order_by(Gift.id)).scalars().all()
        return min(gifts, key=lambda gift: gift.isbn13 != wish.isbn13, default=None)

    def _ensure_may_wish(self, member_id: int, book: BookRow, scope: WishScope, *, but: int = 0) -> None:
        """Check the rules; `but` is a wish that is not looked at."""
        works = self._tools.facts.list_works(book.work_id, scope)
        places = find_fulfilled(member_id, book.facts.isbn13, book.work_id)
        wished_another, offered_another = self._tools.facts.has_in_works(member_id, works, but=but)
        member = WishingMember(
            confirmed=self._tools.facts.get_standing(member_id).confirmed,
            wished=any(place.kind == "wish" for place in places),
            offered=any(place.kind == "gift" for place in places),
            wished_another=wished_another,
            offered_another=offered_another,
        )
        ensure_may_wish(scope, member)

    def _open_joined(self, wish: Wish) -> None:
        """Open what a wish that was narrowed stands for no more. Of its own work each is for one edition, as it is itself."""
        scope = WishScope(wish.scope)
        for other in list_joined(wish.id):
            if scope is WishScope.EDITION and other.work_id == wish.work_id:
                other.scope = scope.value
                keep_shown_works(other.id, (), now=other.create_time)
            elif scope is WishScope.ANY or other.work_id == wish.work_id:
                continue
            meant = self._tools.facts.list_meant_works(other.id, other.work_id, WishScope(other.scope))
            open_again(other, meant)
        db.session.flush()

    def _take_places(self, wish: Wish) -> None:
        scope = WishScope(wish.scope)
        works = self._tools.facts.list_works(wish.work_id, scope)
        places = places_of(scope, wish.isbn13, works)
        if take_wish_places(wish, places) < len(places):
            raise RaceLostError
        keep_shown_works(wish.id, set(works) - {wish.work_id}, now=epoch(self._clock.now()))

    def _in_turn(self, name: str, pause: int) -> bool:
        """Take the turn unless it was taken less than `pause` seconds ago; the database decides a race."""
        now = epoch(self._clock.now())
        insert_once(Throttle, name=name, last_time=0, create_time=now)
        taken = db.session.execute(
            update(Throttle).where(Throttle.name == name, Throttle.last_time <= now - pause).values(last_time=now)
        )
        return rows_touched(taken) == 1
