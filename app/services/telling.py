"""Inform those who wish a book that somebody gives it: the worker does it, a few at a time, the longest waiting first."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from app.domain.gift import State
from app.extensions import db
from app.models.gift import Gift, GiftTelling
from app.queries.book import Books
from app.queries.exchange_facts import ExchangeFacts
from app.services.notices import Notices
from app.services.use_cases import UseCases

#: So many members are told in one transaction; it must stay short, for SQLite has one writer at a time.
BATCH = 20


class Telling:
    """Informs wishers of new gifts. What is told and how far it went are one transaction: a crash neither loses nor doubles."""

    def __init__(self, *, use_cases: UseCases, facts: ExchangeFacts, books: Books, notices: Notices) -> None:
        self._use_cases = use_cases
        self._facts = facts
        self._books = books
        self._notices = notices

    def run(self) -> int:
        """Inform everybody who waits for a new gift, and return their number."""
        told = 0
        for gift_id in self._facts.list_tellings():
            while count := self._use_cases.run(lambda number=gift_id: self._tell_some(number)):  # type: ignore[misc]
                told += count
        return told

    def _tell_some(self, gift_id: int) -> int:
        """Inform the next few; the lock on the row makes workers take turns."""
        row = select(GiftTelling).where(GiftTelling.gift_id == gift_id).with_for_update()
        telling = db.session.execute(row).scalar_one_or_none()
        if telling is None:
            return 0
        gift = db.session.get_one(Gift, gift_id)
        book = self._books.find(gift.isbn13)
        wishers = (
            self._facts.list_wishers(
                gift.isbn13, but=gift.user_id, after=telling.told_up_to, until=telling.create_time, limit=BATCH
            )
            if gift.state == State.OPEN
            else []
        )
        if book is None or not wishers:
            return self._end(gift)
        told_up_to = wishers[-1][0]
        db.session.execute(update(GiftTelling).where(GiftTelling.gift_id == gift_id).values(told_up_to=told_up_to))
        giver = self._facts.standing(gift.user_id).nickname
        members = [member_id for _wish_id, member_id in wishers]
        self._notices.tell_about_gift(members, "gift_listed", gift, title=book.facts.title, giver=giver)
        return len(wishers)

    @staticmethod
    def _end(gift: Gift) -> int:
        """Forget a gift that everybody knows of, or that is gone; one that is asked for may come back to the shelf."""
        if gift.state not in {State.RESERVED, State.PAUSED}:
            db.session.execute(delete(GiftTelling).where(GiftTelling.gift_id == gift.id))
        return 0
