"""One site with a moved clock: what can be had, what is on its way, and what really became of each parcel."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from flask import Flask

from app.container import Container
from app.domain.book import BookFacts
from app.domain.drift import DriftState
from app.domain.drift_request import PostalRecipient
from app.domain.errors import Refusal
from app.extensions import db
from app.libs.clock import FrozenClock
from app.models.user import User
from app.services.exchange.drifts import Ask
from app.services.exchange.gift_states import GiftStates
from app.services.exchange.gifts import Offer
from tests.golden.starter import read_starter
from tests.support.apps import NOON, close, make_app, migrate
from tests.support.members import PASSWORD, quick_passwords

BOOKS = 400
HOME = Ask(recipient=PostalRecipient(name="林小满", mobile="13800138000", address="四川省成都市青羊区草堂路三十七号"))
IN_PERSON = Ask(recipient=None)
ERASES_EVERY = 30  # days
MEMORY = Path("/dev/shm")


class Actor(Protocol):
    """Somebody with an account. `member` is its number now; who comes back has another one then."""

    member: int

    def live(self, world: World) -> None:
        """Do what one does on a day."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A drift as the one sees it whose turn it is: `other` is the other side, `days` since it was posted."""

    drift: int
    other: int
    days: int
    tracked: bool
    handover: bool


@dataclass(frozen=True, slots=True)
class OnShelf:
    """A gift that can be asked for."""

    gift: int
    giver: int


@dataclass
class World:
    """The site on one day. What is true and the site cannot know stands in `arrives`."""

    container: Container
    clock: FrozenClock
    rng: random.Random
    isbns: tuple[str, ...]
    day: int = 0
    shelf: list[OnShelf] = field(default_factory=list)
    waiting: dict[int, list[Parcel]] = field(default_factory=dict)
    mailed: dict[int, list[Parcel]] = field(default_factory=dict)
    #: When each parcel arrives; one that never does is not in it.
    arrives: dict[int, int] = field(default_factory=dict)
    #: Parcels that were posted in earnest and got lost; and those that arrived and are said to be lost.
    really_lost: set[int] = field(default_factory=set)
    falsely_claimed: set[int] = field(default_factory=set)
    _names: Iterator[int] = field(default_factory=lambda: count(1))

    def join(self, email: str) -> int:
        """Make an account with a confirmed address; it wants no mail."""
        member = self.container.members.registration.create(
            email=email, nickname=f"书友{next(self._names)}", password=PASSWORD, is_confirmed=True
        )
        with db.auto_commit():
            User.query.filter_by(id=member).update({"wants_mail": 0})
        return member

    def offer(self, member: int) -> None:
        """List a random book."""
        with suppress(Refusal):
            self.container.exchange.gifts.offer(member, self.rng.choice(self.isbns), Offer())

    def ask(self, member: int, gift: OnShelf, ask: Ask = HOME) -> int | None:
        """Ask for a gift; None when the rules say no."""
        with suppress(Refusal):
            return self.container.exchange.drifts.request(member, gift.gift, ask)
        return None

    def post(self, member: int, parcel: Parcel, *, arrives_in: int | None, tracked: bool = False) -> None:
        """Report that a book is on its way; it arrives in so many days, or never."""
        with suppress(Refusal):
            self.container.exchange.drifts.post(member, parcel.drift, tracking="RR1" if tracked else "")
            if arrives_in is not None:
                self.arrives[parcel.drift] = self.day + arrives_in

    def reject(self, member: int, parcel: Parcel) -> None:
        """Answer "not this time"."""
        with suppress(Refusal):
            self.container.exchange.drifts.reject(member, parcel.drift, reason="这次不方便")

    def receive(self, member: int, parcel: Parcel) -> None:
        """Press "received"."""
        with suppress(Refusal):
            self.container.exchange.drifts.receive(member, parcel.drift)

    def claim_lost(self, member: int, parcel: Parcel) -> None:
        """Report that a parcel did not arrive."""
        with suppress(Refusal):
            self.container.exchange.drifts.claim_lost(member, parcel.drift)
            if parcel.drift in self.arrives:
                self.falsely_claimed.add(parcel.drift)

    def has_arrived(self, parcel: Parcel) -> bool:
        """Whether a parcel has really come."""
        return self.arrives.get(parcel.drift, self.day + 1) <= self.day

    def run(self, actors: Iterable[Actor], days: int) -> None:
        """Let some days pass, on each of which everybody lives, in any order."""
        crowd = list(actors)
        for _day in range(days):
            self.begin_day()
            self.rng.shuffle(crowd)
            for actor in crowd:
                actor.live(self)

    def begin_day(self) -> None:
        """Move the clock on, let the site's own clocks run and moderators decide, and look around."""
        self.day += 1
        self.clock.advance(timedelta(days=1))
        self.container.exchange.drift_deadlines.run()
        if self.day % ERASES_EVERY == 0:
            self.container.exchange.drift_deadlines.erase()
        self._decide_disputes()
        sql = self.container.core.sql
        rows = sql.fetchall("SELECT id, user_id FROM gift WHERE state = 'open' ORDER BY id")
        self.shelf = [OnShelf(*row) for row in rows]
        self.waiting, self.mailed = defaultdict(list), defaultdict(list)
        now = int(self.clock.now().timestamp())
        for drift, state, giver, requester, mailed_at, tracking, handover in sql.fetchall(
            "SELECT id, state, giver_id, requester_id, mailed_at, tracking, handover FROM drift "
            "WHERE state IN ('waiting', 'mailed') ORDER BY id"
        ):
            days = 0 if mailed_at is None else (now - mailed_at) // 86_400
            mine, other = (giver, requester) if state == "waiting" else (requester, giver)
            where = self.waiting if state == "waiting" else self.mailed
            where[mine].append(Parcel(drift, other, days, bool(tracking), bool(handover)))

    def _decide_disputes(self) -> None:
        """Believe the side that had fewer losses so far; in doubt the one who waits for a book."""
        facts = self.container.exchange.facts
        for drift, giver, requester in self.container.core.sql.fetchall(
            "SELECT id, giver_id, requester_id FROM drift WHERE state = 'disputed' ORDER BY id"
        ):
            believed = facts.get_standing(requester).lost_in <= facts.get_standing(giver).lost_out
            with suppress(Refusal):
                decision = DriftState.LOST if believed else DriftState.RECEIVED
                self.container.exchange.moderation.decide(None, drift, decision, reason="看过了")


@contextmanager
def make_world(seed: int, books: Sequence[BookFacts] = ()) -> Iterator[World]:
    """Build a site in memory where the machine has such a folder, so that no step waits for a disk; without its search.

    :param books: its catalogue; by default some of the starter's.
    """
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        app = make_app(Path(folder))
        migrate(app)
        with app.app_context():
            yield _world_on(app, seed, books or read_starter()[:BOOKS])
        close(app)


def _world_on(app: Flask, seed: int, books: Sequence[BookFacts]) -> World:
    container: Container = app.extensions["container"]
    clock = FrozenClock(NOON)
    container.core.clock = clock
    quick_passwords(app)
    container.catalogue.writer.store(books)
    container.exchange.gift_states = GiftStates(lambda _isbns: None, clock, holidays=container.exchange.holiday_queries)
    return World(container, clock, random.Random(seed), tuple(book.isbn13 for book in books))
