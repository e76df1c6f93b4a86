"""Notify those who wish for a book that somebody gives it: the worker does it, a few at a time, the longest waiting first."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from app.domain.gift import GiftState
from app.extensions import db
from app.models.gift import Gift, GiftAnnouncement
from app.queries.book import BookQueries
from app.services.exchange.tools import ExchangeTools
from app.services.unit_of_work import use_case

#: So many members are told in one transaction; it must stay short, for SQLite has one writer at a time.
BATCH = 20


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
                limit=BATCH,
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
        giver = self._tools.facts.standing(gift.user_id).nickname
        members = [member_id for _wish_id, member_id in wishers]
        self._tools.notices.tell_about_gift(members, "gift_listed", gift, title=book.facts.title, giver=giver)
        return len(wishers)

    @staticmethod
    def _end(gift: Gift) -> int:
        """Forget a gift that everybody knows of, or that is gone; one that is asked for may come back to the shelf."""
        if gift.state not in {GiftState.RESERVED, GiftState.PAUSED}:
            db.session.execute(delete(GiftAnnouncement).where(GiftAnnouncement.gift_id == gift.id))
        return 0
