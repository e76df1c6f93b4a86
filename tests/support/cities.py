"""Cities full of members, for tests."""

from __future__ import annotations

from app.domain.city_choice import SHOWN_FROM
from app.extensions import db
from app.models.user import User
from tests.support.exchange import Exchange
from tests.support.rows import make_row

SHANGHAI, BEIJING, SUZHOU, HANGZHOU, KUNMING, DALI = 1796236, 1816670, 1886760, 1808926, 1804651, 1814093


def settle(exchange: Exchange, city: int, members: int = SHOWN_FROM) -> None:
    """Let so many new members show a city, which is named from ten on."""
    with db.auto_commit():
        rows = [make_row(User, nickname=f"住在{city}的{n}") for n in range(members)]
        for row in rows:
            row.person_id = row.id
        ids = [row.id for row in rows]
    for member in ids:
        exchange.container.members.cities.choose(member, city, shown=True)


def live_in(exchange: Exchange, member: int, city: int | None, *, shown: bool = True) -> None:
    """Let a member choose a city."""
    exchange.container.members.cities.choose(member, city, shown=shown)
