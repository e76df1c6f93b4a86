"""The one place where a gift's state is written, so that the catalogue always knows which books can be had."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select, update

from app.db.database import rows_touched
from app.domain.gift import LISTED, GiftState, Pause
from app.extensions import db
from app.libs.clock import Clock, epoch
from app.models.gift import Gift
from app.models.user import User, accounts_of_person
from app.queries.holiday import HolidayQueries

OffersChanged = Callable[[Collection[str]], None]


class GiftStates:
    """Writes states of gifts, inside a use case. What comes onto the shelf of a suspended giver is paused at once.

    A gift of a member who is on holiday does not come onto the shelf: it is paused instead.

    :param offers_changed: told, as the last thing of the transaction, the ISBNs of which a copy came onto the shelf or left it.
    """

    def __init__(self, offers_changed: OffersChanged, clock: Clock, *, holidays: HolidayQueries) -> None:
        self._offers_changed = offers_changed
        self._clock = clock
        self._holidays = holidays

    def list_anew(self, gift: Gift, *, now: int) -> None:
        """Put a gift on the shelf, for the first time or again."""
        gift.open_time = now
        if self._list_away({gift.user_id}):
            gift.state, gift.pause = GiftState.PAUSED.value, Pause.HOLIDAY.value
        else:
            gift.state, gift.pause = GiftState.OPEN.value, None
        db.session.add(gift)
        db.session.flush()
        self._tell({gift.isbn13})

    def set(self, gift_id: int, state: GiftState) -> None:
        """Set the state of a gift."""
        self._write(state, None, Gift.id == gift_id)

    def reserve(self, gift_id: int) -> bool:
        """Take an open gift off the shelf for a requester, and tell whether it was still there."""
        return self._write(GiftState.RESERVED, None, Gift.id == gift_id, Gift.state == GiftState.OPEN.value) == 1

    def pause_all(self, giver_id: int, why: Pause) -> None:
        """Take a giver's open gifts off the shelf until they, or a moderator, say otherwise; for losses and suspensions those of their other accounts, too."""
        self._write(GiftState.PAUSED, why, _concerned(giver_id, why), Gift.state == GiftState.OPEN.value)

    def resume_all(self, giver_id: int, why: Pause) -> None:
        """Put back on the shelf what `pause_all` has taken off it for this reason."""
        paused = (Gift.state == GiftState.PAUSED.value, Gift.pause == why.value)
        self._write(GiftState.OPEN, None, _concerned(giver_id, why), *paused)

    def hide(self, gift_id: int) -> None:
        """Hide a gift that is listed."""
        self._write(GiftState.HIDDEN, None, Gift.id == gift_id, Gift.state.in_([state.value for state in LISTED]))

    def pause_some(self, giver_id: int, why: Pause, *, limit: int) -> int:
        """Take at most so many of a giver's open gifts off the shelf, and return how many they were."""
        which = (Gift.user_id == giver_id, Gift.state == GiftState.OPEN.value)
        return self._write(GiftState.PAUSED, why, *which, limit=limit)

    def resume_some(self, giver_id: int, why: Pause, *, limit: int, but: Pause | None = None) -> int:
        """Put at most so many back that are paused for this reason, and return how many they were.

        :param but: another reason for which they stay paused from now on.
        """
        which = (Gift.user_id == giver_id, Gift.state == GiftState.PAUSED.value, Gift.pause == why.value)
        return self._write(GiftState.PAUSED if but else GiftState.OPEN, but, *which, limit=limit)

    def end_holiday_of(self, gift_id: int) -> None:
        """Put back a gift whose giver's holiday is over, before the clock comes to it."""
        paused = (Gift.state == GiftState.PAUSED.value, Gift.pause == Pause.HOLIDAY.value)
        self._write(GiftState.OPEN, None, Gift.id == gift_id, *paused)

    def hide_all(self, giver_id: int) -> None:
        """Hide what a giver still has listed."""
        self._write(GiftState.HIDDEN, None, Gift.user_id == giver_id, Gift.state.in_([state.value for state in LISTED]))

    def _write(
        self, state: GiftState, pause: Pause | None, *which: ColumnElement[Any], limit: int | None = None
    ) -> int:
        """Write a state to the gifts that are so, to at most `limit` of them, and tell how many they were."""
        wanted = select(Gift.id, Gift.isbn13, Gift.user_id).where(*which).order_by(Gift.id).limit(limit)
        held = db.session.execute(wanted.with_for_update()).all()
        away = self._list_away({row.user_id for row in held}) if state is GiftState.OPEN else ()
        resting = [row.id for row in held if row.user_id in away]
        coming = [row.id for row in held if row.user_id not in away]
        self._tell({row.isbn13 for row in held})
        written = self._write_to(coming, state, pause, *which)
        if state is GiftState.OPEN and coming:
            self._keep_back(coming)
        return written + self._write_to(resting, GiftState.PAUSED, Pause.HOLIDAY, *which)

    @staticmethod
    def _write_to(ids: Sequence[int], state: GiftState, pause: Pause | None, *which: ColumnElement[Any]) -> int:
        if not ids:
            return 0
        written = db.session.execute(
            update(Gift)
            .where(Gift.id.in_(ids), *which)
            .values(state=state.value, pause=pause.value if pause else None)
            .execution_options(synchronize_session=False)
        )
        return rows_touched(written)

    def _keep_back(self, gift_ids: Collection[int]) -> None:
        """Pause those of these gifts whose givers are suspended."""
        suspended = select(User.id).where(User.id == Gift.user_id, User.suspended_until > epoch(self._clock.now()))
        db.session.execute(
            update(Gift)
            .where(Gift.id.in_(gift_ids), Gift.state == GiftState.OPEN.value, suspended.exists())
            .values(state=GiftState.PAUSED.value, pause=Pause.SUSPENDED.value)
            .execution_options(synchronize_session=False)
        )

    def _list_away(self, member_ids: Collection[int]) -> Collection[int]:
        return self._holidays.list_away(member_ids, now=epoch(self._clock.now()))

    def _tell(self, isbns: Collection[str]) -> None:
        if isbns:
            db.before_commit(self._offers_changed, isbns)


def _concerned(giver_id: int, why: Pause) -> ColumnElement[bool]:
    """Return which gifts a pause concerns: silence is an account's, all else a person's."""
    if why is Pause.SILENT:
        return Gift.user_id == giver_id
    accounts = db.session.execute(accounts_of_person(giver_id)).scalars().all()
    return Gift.user_id.in_(accounts)  # as numbers: asked for them by a subquery, the database would rather go by state
