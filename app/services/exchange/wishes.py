"""Wishes: want a book, stop wanting it, tell somebody who wants it that one has it, and hear that somebody gives it.

The worker notifies those who wish for a book that somebody gives, a few at a time, the longest waiting first.
"""

from __future__ import annotations

from sqlalchemy import delete, select, update

from app import events
from app.db.database import rows_touched
from app.domain.gift import GiftNotFound, GiftState
from app.domain.wish import (
    OFFER_PAUSE,
    SAME_OFFER_PAUSE,
    NothingToOffer,
    OfferedJustNow,
    OfferedToday,
    WishNotFound,
    WishState,
    ensure_may_wish,
)
from app.extensions import db
from app.libs.clock import epoch
from app.models.gift import Gift, GiftAnnouncement, OpenListing, Wish
from app.models.operation import Throttle
from app.queries.book import BookQueries
from app.services.exchange.tools import ExchangeTools
from app.services.unit_of_work import insert_once, use_case


class Wishes:
    """The use cases of a wish list."""

    def __init__(self, tools: ExchangeTools, books: BookQueries) -> None:
        self._tools = tools
        self._clock = tools.clock
        self._books = books

    @use_case
    def wish_for(self, member_id: int, isbn13: str) -> int:
        """Put a known book on a member's wish list and give the wish's id.

        :raises GiftNotFound: when the catalogue has no such book.
        :raises NotConfirmed: :raises AlreadyWished: :raises OfferedByYourself: as `ensure_may_wish`.
        """
        if self._books.find(isbn13) is None:
            raise GiftNotFound
        self._ensure_may_wish(member_id, isbn13)
        now = epoch(self._clock.now())
        wish = Wish(user_id=member_id, isbn13=isbn13, state=WishState.OPEN.value, create_time=now)
        db.session.add(wish)
        db.session.flush()
        taken = insert_once(
            OpenListing, user_id=member_id, isbn13=isbn13, kind="wish", listing_id=wish.id, create_time=now
        )
        if not taken:  # a second window was faster: say what the rule would have said
            db.session.expire_all()
            self._ensure_may_wish(member_id, isbn13)
        events.wish_made.publish(member=member_id, wish=wish.id)
        return wish.id

    @use_case
    def withdraw(self, member_id: int, isbn13: str) -> None:
        """Take a wish back.

        :raises WishNotFound: when the member has no open wish of it.
        """
        ended = db.session.execute(
            update(Wish)
            .where(Wish.user_id == member_id, Wish.isbn13 == isbn13, Wish.state == WishState.OPEN.value)
            .values(state=WishState.WITHDRAWN.value)
        )
        if not rows_touched(ended):
            raise WishNotFound
        db.session.execute(
            delete(OpenListing).where(
                OpenListing.user_id == member_id, OpenListing.isbn13 == isbn13, OpenListing.kind == "wish"
            )
        )
        events.wish_withdrawn.publish(member=member_id)

    @use_case
    def offer_to(self, giver_id: int, wish_id: int) -> None:
        """Notify one wisher that the book can be had; nothing is reserved.

        :raises WishNotFound: :raises NothingToOffer: :raises OfferedToday: :raises OfferedJustNow: as the rules say.
        """
        wish = db.session.get(Wish, wish_id)
        if wish is None or wish.state != WishState.OPEN.value or wish.user_id == giver_id:
            raise WishNotFound
        gift = db.session.execute(
            select(Gift).where(Gift.user_id == giver_id, Gift.isbn13 == wish.isbn13, Gift.state == GiftState.OPEN.value)
        ).scalar_one_or_none()
        book = self._books.find(wish.isbn13)
        if gift is None or book is None:
            raise NothingToOffer
        if not self._in_turn(f"offer {giver_id} {wish_id}", SAME_OFFER_PAUSE):
            raise OfferedToday
        if not self._in_turn(f"offer {giver_id}", OFFER_PAUSE):
            raise OfferedJustNow
        giver = self._tools.facts.get_standing(giver_id).nickname
        self._tools.notices.tell_about_gift([wish.user_id], "wish_offered", gift, title=book.facts.title, giver=giver)
        events.wish_answered.publish(member=giver_id, gift=gift.id, wish=wish_id)

    def _ensure_may_wish(self, member_id: int, isbn13: str) -> None:
        place = db.session.get(OpenListing, (member_id, isbn13))
        ensure_may_wish(
            confirmed=self._tools.facts.get_standing(member_id).confirmed,
            wished=place is not None and place.kind == "wish",
            offered=place is not None and place.kind == "gift",
        )

    def _in_turn(self, name: str, pause: int) -> bool:
        """Take the turn unless it was taken less than `pause` seconds ago; the database decides a race."""
        now = epoch(self._clock.now())
        insert_once(Throttle, name=name, last_time=0, create_time=now)
        taken = db.session.execute(
            update(Throttle).where(Throttle.name == name, Throttle.last_time <= now - pause).values(last_time=now)
        )
        return rows_touched(taken) == 1


#: So many members are told in one transaction; it must stay short, for SQLite has one writer at a time.
GIFTS_AT_ONCE = 20


class GiftAnnouncements:
    """Notifies wishers of new gifts. What is told and how far it went are one transaction: a crash neither loses nor doubles."""

    def __init__(self, tools: ExchangeTools, books: BookQueries) -> None:
        self._tools = tools
        self._clock = tools.clock
        self._books = books

    def run(self) -> int:
        """Notify everybody who waits for a new gift, and return their number."""
        told = 0
        for gift_id in self._tools.facts.list_tellings():
            while count := self._tell_some(gift_id):
                told += count
        return told

    @use_case
    def _tell_some(self, gift_id: int) -> int:
        """Notify the next few; the lock on the row makes workers take turns."""
        row = select(GiftAnnouncement).where(GiftAnnouncement.gift_id == gift_id).with_for_update()
        announcement = db.session.execute(row).scalar_one_or_none()
        if announcement is None:
            return 0
        gift = db.session.get_one(Gift, gift_id)
        book = self._books.find(gift.isbn13)
        wishers = (
            self._tools.facts.list_wishers(
                gift.isbn13,
                but=gift.user_id,
                after=announcement.told_up_to,
                until=announcement.create_time,
                limit=GIFTS_AT_ONCE,
            )
            if gift.state == GiftState.OPEN
            else []
        )
        if book is None or not wishers:
            return self._end(gift)
        told_up_to = wishers[-1][0]
        db.session.execute(
            update(GiftAnnouncement).where(GiftAnnouncement.gift_id == gift_id).values(told_up_to=told_up_to)
        )
        giver = self._tools.facts.get_standing(gift.user_id).nickname
        members = [member_id for _wish_id, member_id in wishers]
        self._tools.notices.tell_about_gift(members, "gift_listed", gift, title=book.facts.title, giver=giver)
        return len(wishers)

    @staticmethod
    def _end(gift: Gift) -> int:
        """Forget a gift that everybody knows of, or that is gone; one that is asked for may come back to the shelf."""
        if gift.state not in {GiftState.RESERVED, GiftState.PAUSED}:
            db.session.execute(delete(GiftAnnouncement).where(GiftAnnouncement.gift_id == gift.id))
        return 0
