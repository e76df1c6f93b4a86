"""What a gift tells of its giver's city and its book's language: copied onto it, so that lists are filtered by an index."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from sqlalchemy import select, update

from app.domain.book import language_alone
from app.domain.city_choice import is_seen_on
from app.domain.gift import GiftState, Postage
from app.extensions import db
from app.libs.clock import Clock, epoch
from app.models.gift import Gift
from app.models.user import User
from app.queries.city import CityQueries
from app.services.site_numbers import keep_numbers
from app.services.unit_of_work import use_case

#: How far the languages of gifts from before are written, as `CityQueries.find_languages_upto` reads it.
UPTO_NOTED: Final = "gift languages"
_SLICE: Final = 500
_SLICES_OF_A_TURN: Final = 8
#: Copies that are not with their givers any more tell nothing of where these live.
_GONE: Final = (GiftState.LAUNCHED.value, GiftState.WITHDRAWN.value)


def copy_city(gift: Gift) -> None:
    """Copy the giver's city onto a gift that comes onto the shelf, where it may be seen; inside a use case that holds the giver."""
    held = select(User.city_id, User.city_shown).where(User.id == gift.user_id).with_for_update(read=True)
    city_id, shown = db.session.execute(held).one()
    gift.city_id = city_id if is_seen_on(gift.postage, shown=bool(shown)) else None


def move_gifts(giver_id: int, city_id: int | None, *, shown: bool) -> None:
    """Let the gifts of a member tell what may be seen of where they live now; inside a use case that holds the member."""
    own = Gift.user_id == giver_id
    unsaid = update(Gift).execution_options(synchronize_session=False)
    db.session.execute(unsaid.where(own, Gift.city_id.is_not(None)).values(city_id=None))
    if city_id is not None:
        here = unsaid.where(own, Gift.state.not_in(_GONE))
        seen = here if shown else here.where(Gift.postage == Postage.MEET.value)
        db.session.execute(seen.values(city_id=city_id))


class GiftLanguages:
    """Writes the languages of gifts that were listed before gifts had any, a few at a time."""

    def __init__(self, clock: Clock, cities: CityQueries) -> None:
        self._clock = clock
        self._cities = cities

    def take_turn(self) -> None:
        """Write the next ones, and leave the others for the next turn."""
        for _ in range(_SLICES_OF_A_TURN):
            if not self._write(self._cities.find_languages_upto(UPTO_NOTED)):
                break

    @use_case
    def _write(self, after: int) -> int:
        """Write the languages of the gifts behind one, and return how many were looked at."""
        rows = self._cities.list_languages(after, limit=_SLICE)
        if not rows:
            return 0
        gifts: defaultdict[str, list[int]] = defaultdict(list)
        for row in rows:
            if not row.is_written:
                gifts[language_alone(row.language)].append(row.gift_id)
        for language, ids in gifts.items():
            db.session.execute(update(Gift).where(Gift.id.in_(ids)).values(language=language))
        keep_numbers({UPTO_NOTED: rows[-1].gift_id}, now=epoch(self._clock.now()))
        return len(rows)
