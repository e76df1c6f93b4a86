"""Books near a member: from the city that they show to those around it that are named. Who shows no city is told of no distance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from flask import g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.container import container
from app.domain.catalogue_name import NameKind, name_key, names_of
from app.domain.city import by_distance, find_city, towns_around
from app.domain.city_choice import NEAREST, SHOWN_FROM
from app.forms.drift import CONDITIONS, POSTAGES
from app.http.auth import asking_id, login_required
from app.http.paging import PER_PAGE, page_among, page_count
from app.queries.city import CityGiftRow
from app.web.blueprint import web
from app.web.filters import Filter

#: Copies that are paged through.
_MOST: Final = 100
#: Of so many books of a name copies are looked for; of names with more books the copies nearest to the member are looked through.
_OF_A_NAME: Final = 100
_LOOKED_THROUGH: Final = 80
#: While there are no more cities than this, the nearest are looked for among all of them, else among the towns around.
_FEW_CITIES: Final = 500


def cities_near(home: int | None) -> list[int]:
    """Return the named cities nearest to one, which comes first if it is named itself; none for a member who shows no city."""
    city = find_city(home) if home is not None else None
    if city is None:
        return []
    cities = container.exchange.cities
    named: Sequence[int] | frozenset[int] = cities.list_named(limit=_FEW_CITIES + 1)
    if len(named) > _FEW_CITIES:
        named = cities.list_named_of(towns_around(city, _FEW_CITIES))
    return [one.id for one in by_distance(city, named)[:NEAREST]]


@web.get("/near")
@login_required
def near() -> ResponseReturnValue:
    """List what can be had near the member, in their own city first, or there alone."""
    cities = _cities_asked_for()
    gifts = container.exchange.cities.list_gifts(cities, limit=_MOST, member_id=g.user.id)
    return show_near(gifts, heading=_("离你近的书"), endpoint="web.near", place={})


def list_near(limit: int) -> tuple[CityGiftRow, ...]:
    """Return the first copies near the visitor; none for who shows no city."""
    cities = cities_near(None if g.user is None else g.user.home)
    return container.exchange.cities.list_gifts(cities, limit=limit, member_id=asking_id())


def list_near_of(kind: NameKind, name: str) -> tuple[CityGiftRow, ...]:
    """Return copies near the member of books that are listed by a name, in the order of their distance."""
    cities, key = _cities_asked_for(), name_key(kind, name)
    if not cities:
        return ()
    books = container.catalogue.lists.list_offered(kind, name, limit=_OF_A_NAME)
    if len(books) < _OF_A_NAME:
        isbns = [book.facts.isbn13 for book in books]
        return container.exchange.cities.list_copies(isbns, cities, limit=_MOST, member_id=g.user.id)
    gifts = container.exchange.cities.list_gifts(cities, limit=_LOOKED_THROUGH, member_id=g.user.id)
    return tuple(gift for gift in gifts if key in {name_key(kind, one) for one in names_of(gift.book.facts, kind)})


def show_near(
    gifts: Sequence[CityGiftRow], *, heading: str, endpoint: str, place: dict[str, Any]
) -> ResponseReturnValue:
    """Render a page of copies near the member.

    :param place: the arguments of `endpoint` that name the list.
    """
    pages = page_count(len(gifts))
    page = page_among(pages)
    only_here = _is_only_here()
    return render_template(
        "web/near.html",
        heading=heading,
        gifts=gifts[(page - 1) * PER_PAGE : page * PER_PAGE],
        page=page,
        pages=pages,
        endpoint=endpoint,
        arguments=place | ({"same": 1} if only_here else {}),
        filters=[
            Filter(_("附近"), url_for(endpoint, **place), "", not only_here),
            Filter(_("同城"), url_for(endpoint, **place, same=1), "", only_here),
        ],
        members=SHOWN_FROM,
        conditions=CONDITIONS,
        postages=POSTAGES,
    )


def _is_only_here() -> bool:
    return request.args.get("same") == "1"


def _cities_asked_for() -> list[int]:
    home: int | None = g.user.home
    if home is not None and _is_only_here():
        return [home]
    return cities_near(home)
