"""A member's city: chosen, shown, hidden, removed; and how many members show each, kept by these very changes."""

from __future__ import annotations

from sqlalchemy import select, update

from app import events
from app.domain.city import find_city
from app.domain.city_choice import SHOWN_FROM, NoSuchCity, ensure_may_change_city
from app.extensions import db
from app.libs.clock import Clock, epoch
from app.models.user import ShownCity, User
from app.services.exchange.gift_places import move_gifts
from app.services.exchange.ledger import Ledger
from app.services.unit_of_work import RaceLostError, insert_once, use_case


class Cities:
    """The use cases of a member's city."""

    def __init__(self, clock: Clock, ledger: Ledger) -> None:
        self._clock = clock
        self._ledger = ledger

    @use_case
    def choose(self, member_id: int, city_id: int | None, *, shown: bool) -> None:
        """Store a member's city, None for none, and whether others see it; their gifts tell it from now on, or no longer.

        :raises NoSuchCity: for an unknown number. :raises CityChangedTwice: when it changed twice in the last ninety days.
        """
        if city_id is not None and find_city(city_id) is None:
            raise NoSuchCity
        self._ledger.lock_person(member_id)
        before = db.session.execute(select(User.city_id).where(User.id == member_id)).scalar_one()
        self.hold(before, city_id)
        user = db.session.get_one(User, member_id, populate_existing=True, with_for_update=True)
        if user.city_id != before:
            raise RaceLostError
        if city_id is not None and city_id != before:
            self._note_change(user)
        user.city_id, user.city_shown = city_id, int(shown and city_id is not None)
        db.session.flush()
        move_gifts(member_id, city_id, shown=bool(user.city_shown))
        self.count(before, city_id)
        events.city_chosen.publish(member=member_id)

    def forget(self, user: User) -> None:
        """Erase what is stored of a member's city, inside the use case that deletes the account."""
        before = user.city_id
        self.hold(before)
        user.city_id, user.city_shown, user.city_changed_at, user.city_changed_before_at = None, 0, None, None
        db.session.flush()
        move_gifts(user.id, None, shown=False)
        self.count(before)

    def hold(self, *city_ids: int | None) -> None:
        """Hold the numbers of cities until the transaction ends, so that changes come one after the other."""
        for city_id in sorted({city_id for city_id in city_ids if city_id is not None}):
            insert_once(ShownCity, city_id=city_id, members=0, create_time=epoch(self._clock.now()))
            db.session.execute(select(ShownCity.city_id).where(ShownCity.city_id == city_id).with_for_update())

    @staticmethod
    def count(*city_ids: int | None) -> None:
        """Count who shows cities that are held, no further than it takes to name them."""
        for city_id in {city_id for city_id in city_ids if city_id is not None}:
            showing = (
                select(User.id)
                .where(User.city_id == city_id, User.city_shown == 1, User.status == 1, User.disabled_at.is_(None))
                .limit(SHOWN_FROM)
                .with_for_update(read=True)
            )
            members = len(db.session.execute(showing).all())
            db.session.execute(update(ShownCity).where(ShownCity.city_id == city_id).values(members=members))

    def _note_change(self, user: User) -> None:
        """Note when a city was changed; the first choice is no change, and leaves that there was one.

        :raises CityChangedTwice: when that was done twice not long ago.
        """
        now = epoch(self._clock.now())
        ensure_may_change_city(before_last=user.city_changed_before_at, now=now)
        first = user.city_changed_at is None
        user.city_changed_before_at, user.city_changed_at = user.city_changed_at, 0 if first else now
