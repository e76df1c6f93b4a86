"""Announcements: wishers are notified of copies that they can ask for, a few at a time."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from app.domain.gift import GiftState
from app.extensions import db
from app.models.gift import Gift, GiftAnnouncement
from app.queries.book import BookQueries
from app.queries.gift_telling import GiftTellingQueries, NewlyFulfilled, ToldGift
from app.services.exchange.tools import ExchangeTools
from app.services.unit_of_work import use_case

#: So many members are told in one transaction; it must stay short, for SQLite has one writer at a time.
GIFTS_AT_ONCE = 20


class GiftAnnouncements:
    """Notifies wishers of new gifts. What is told and how far it went are one transaction: a crash neither loses nor doubles."""

    def __init__(self, tools: ExchangeTools, *, tellings: GiftTellingQueries, books: BookQueries) -> None:
        self._tools = tools
        self._tellings = tellings
        self._clock = tools.clock
        self._books = books

    def run(self) -> int:
        """Notify everybody who waits for a new gift, and return their number."""
        told = 0
        for gift_id in self._tellings.list_tellings():
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
            self._tellings.list_wishers(
                ToldGift(gift.id, gift.isbn13, gift.work_id, gift.user_id),
                after=announcement.told_up_to,
                until=announcement.create_time,
                limit=GIFTS_AT_ONCE,
                newly=_newly(announcement),
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
        members = dict.fromkeys(member_id for _wish_id, member_id in wishers)
        self._tools.notices.tell_about_gift(members, "gift_listed", gift, title=book.facts.title, giver=giver)
        return len(wishers)

    @staticmethod
    def _end(gift: Gift) -> int:
        """Forget a gift that everybody knows of, or that is gone; one that is asked for may come back to the shelf."""
        if gift.state not in {GiftState.RESERVED, GiftState.PAUSED}:
            db.session.execute(delete(GiftAnnouncement).where(GiftAnnouncement.gift_id == gift.id))
        return 0


def _newly(announcement: GiftAnnouncement) -> NewlyFulfilled | None:
    """Return for which wishes the gift has become one since books moved; None where it is new itself."""
    if announcement.moved_isbns is None:
        return None
    isbns = announcement.moved_isbns.split(",")
    return NewlyFulfilled(isbns, announcement.left_work_id, to_moved=bool(announcement.to_moved))
