"""A little exchange for tests: members, books, gifts and drifts, made by the services that make real ones."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask

from app.container import Container
from app.domain.drift_request import PostalRecipient
from app.domain.holiday import Days
from app.extensions import db
from app.libs.clock import FrozenClock
from app.models.drift import Drift
from app.models.gift import Gift
from app.models.message import Notice, OutboxMail
from app.search.analyzer import language_term
from app.search.index.port import OFFERED
from app.services.exchange.drifts import Ask
from app.services.exchange.gifts import Offer
from tests.support.apps import NOON
from tests.support.books import SHELF, stock
from tests.support.members import PASSWORD, make_member, quick_passwords
from tests.support.rows import get_row, list_rows

HOME = PostalRecipient(name="林小满", mobile="13800138000", address="四川省成都市青羊区草堂路三十七号")
AT_HOME = Ask(recipient=HOME, message="很想读这一本")
IN_PERSON = Ask(recipient=None, message="图书馆门口见")
ISBNS = tuple(book.isbn13 for book in SHELF)


def away(exchange: Exchange, last: int, first: int = 0) -> Days:
    """Return a holiday from the first to the last day, counted from today."""
    today = exchange.clock.now().astimezone(ZoneInfo("Asia/Shanghai")).date()
    return Days(today + timedelta(days=first), today + timedelta(days=last))


class Exchange:
    """One site with a stopped clock. Use it inside the app's context."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.container: Container = app.extensions["container"]
        self.clock = FrozenClock(NOON)
        self.container.core.clock = self.clock
        quick_passwords(app)
        self.gifts, self.wishes, self.drifts = (
            self.container.exchange.gifts,
            self.container.exchange.wishes,
            self.container.exchange.drifts,
        )
        stock(app)

    def member(self, name: str, **values: str) -> int:
        return make_member(self.app, name, **values).id

    def offer(self, giver: int, isbn: str = ISBNS[0], offer: Offer | None = None) -> int:
        return self.gifts.offer(giver, isbn, offer or Offer()).gift_id

    def rich(self, name: str) -> int:
        """Make a member who has listed the last book of the shelf and so has one bean."""
        member = self.member(name)
        self.offer(member, ISBNS[-1])
        return member

    def mailed(self, giver: int, reader: int, isbn: str = ISBNS[0], *, tracking: str = "") -> int:
        """Bring a drift to "mailed" and give its id."""
        drift = self.drifts.request(reader, self.offer(giver, isbn), AT_HOME)
        self.drifts.post(giver, drift, tracking=tracking)
        return drift

    def pass_days(self, days: float) -> None:
        """Let time pass, with the clocks running each day."""
        whole, part = divmod(days, 1)
        for step in [1.0] * int(whole) + [part]:
            self.clock.advance(timedelta(days=step))
            self.container.exchange.gift_announcements.run()
            self.container.exchange.holidays.run()
            self.container.exchange.drift_deadlines.run()
            self.container.exchange.drift_deadlines.erase()

    def join(self, nickname: str, email: str) -> int:
        """Make an account whose address is confirmed."""
        return self.container.members.registration.create(
            email=email, nickname=nickname, password=PASSWORD, is_confirmed=True
        )

    def move(self, member: int, email: str) -> None:
        """Change an account's address by the link that is mailed to the new one."""
        self.container.members.profiles.change_email(
            self.container.members.account_tokens.make("email", member, email=email)
        )

    def leave(self, member: int) -> None:
        """Let a member delete the account, as the account page does."""
        self.container.members.leaving.delete(member)

    def balance(self, member: int) -> int:
        return self.container.exchange.ledger_queries.get_balance(member)

    def one(self, statement: str, **params: object) -> Any:
        """Return the only value that a statement asks for: for tests whose subject is a column (`tests/lint/sql.py`)."""
        return self.container.core.sql.fetchvalue(statement, params)

    def state(self, drift: int) -> str:
        return get_row(Drift, drift).state

    def gift_state(self, gift: int) -> str:
        return get_row(Gift, gift).state

    def offered(self) -> set[str]:
        """Return the ISBNs of which the search index says that they can be had."""
        plans = [(language_term(book.language),) for book in SHELF]
        found = self.container.catalogue.search_index.candidates(plans, limit=100, having=(OFFERED,))
        return {book.facts.isbn13 for book in found.books}

    def on_shelf(self) -> set[str]:
        """Return the ISBNs of which a gift can be asked for, by looking at every gift."""
        return {gift.isbn13 for gift in list_rows(Gift, state="open")}

    def notices(self, member: int) -> list[str]:
        """Return the kinds of what a member was told in the site, the oldest first."""
        return [notice.kind for notice in list_rows(Notice, user_id=member)]

    def mails(self, kind: str) -> list[int]:
        """Return whom mails of a kind were written to, the oldest first."""
        return [mail.user_id for mail in list_rows(OutboxMail, kind=kind)]

    def fail_mails(self, kind: str) -> None:
        """Let the mail server have refused every mail of a kind."""
        with db.auto_commit():
            OutboxMail.query.filter_by(kind=kind).update({"state": "failed"})

    def breaches(self) -> list[object]:
        return list(self.container.exchange.ledger_queries.list_breaches(self.container.exchange.policy))
