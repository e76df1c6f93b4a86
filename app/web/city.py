"""Cities: what can be had in one, for people and feed readers; which have a page; and the completion of a name."""

from __future__ import annotations

from typing import Any, Final

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound

from app.container import container
from app.domain.city import City, address_of, city_at, find_cities, find_city
from app.forms.drift import CONDITIONS, POSTAGES
from app.http.auth import asking_id
from app.http.errors import wants_json
from app.http.limits import limited
from app.http.paging import PER_PAGE, page_among, page_count
from app.http.places import city_label, city_name
from app.libs.clock import from_epoch
from app.web.blueprint import web
from app.web.filters import Filter
from app.web.listed_books import language_asked_for
from app.web.names import breadcrumbs
from app.web.site_files import as_file, atom_feed, xml_of
from app.web.template_helpers import language_name, site_address

_SUGGESTED: Final = 8
#: Copies that are paged through, which tell also what languages there are; and those in a feed.
_MOST: Final = 300
_IN_FEED: Final = 20
_IN_SITEMAP: Final = 5_000


@web.app_template_global()
def city_url(city_id: int) -> str:
    """Return the page of a city, which must be named."""
    city = find_city(city_id)
    return url_for("web.city", name=address_of(city)) if city is not None else ""


@web.get("/city/<path:name>")
@limited("SEARCH")
def city(name: str) -> ResponseReturnValue:
    """List what can be had in a city, the newest first; other spellings lead to the usual one, and one that several have to a choice.

    :raises NotFound: when no city of that name is named, and behind the last page.
    """
    found = _list_named(name)
    place = _at(name, found)
    if place is None:
        return _lead_on(found, name, "web.city")
    language = language_asked_for()
    total = container.exchange.cities.count_gifts(place.id, limit=_MOST, language=language, member_id=asking_id())
    pages = page_count(total)
    page = page_among(pages)
    url = site_address("web.city", name=name)
    return render_template(
        "web/city.html",
        city=place,
        gifts=container.exchange.cities.list_gifts(
            [place.id],
            limit=PER_PAGE,
            offset=(page - 1) * PER_PAGE,
            language=language,
            member_id=asking_id(),
            with_own=True,
        ),
        total=total,
        most=_MOST,
        page=page,
        pages=pages,
        arguments={"name": name} | ({"language": language} if language else {}),
        filters=_language_filters(place, name, language),
        address=url,
        is_narrowed=bool(language),
        feed=url_for("web.feed_city", name=name, language=language),
        linked_data={"@context": "https://schema.org", **breadcrumbs([(heading_of(place), url)])},
        heading=heading_of(place),
        conditions=CONDITIONS,
        postages=POSTAGES,
    )


@web.get("/feed/city/<path:name>")
@limited("SEARCH")
def feed_city(name: str) -> ResponseReturnValue:
    """List for feed readers what came onto the shelf in a city last, in any language or one.

    :raises NotFound: when no city of that name is named, or several are.
    """
    found = _list_named(name)
    place = _at(name, found)
    if place is None:
        return _lead_on(found[:1] if len(found) == 1 else (), name, "web.feed_city")
    language = language_asked_for()
    gifts = container.exchange.cities.list_gifts([place.id], limit=_IN_FEED, language=language)
    updated = max((gift.since for gift in gifts), default=from_epoch(0))
    arguments = {"name": name} | ({"language": language} if language else {})
    return atom_feed(
        "web/city.xml",
        gifts=gifts,
        heading=heading_of(place),
        arguments=arguments,
        updated=updated,
        conditions=CONDITIONS,
    )


@web.get("/sitemap/cities.xml")
def city_sitemap() -> ResponseReturnValue:
    """Name the pages of cities."""
    named = (find_city(id_) for id_ in container.exchange.cities.list_named(limit=_IN_SITEMAP))
    names = [address_of(one) for one in named if one is not None]
    return as_file(xml_of("web/city_sitemap.xml", names=names), "application/xml")


@web.get("/city/suggest")
@limited("SUGGEST")
def suggest_city() -> ResponseReturnValue:
    """Complete the name of a city that is being typed: ``{"suggestions": [{"text", "kind", "url"}]}``."""
    found = find_cities(request.args.get("q", ""), limit=_SUGGESTED)
    response = jsonify(
        suggestions=[
            {"text": city_label(place), "kind": "city", "url": url_for("user.city", city=place.id)} for place in found
        ]
    )
    response.cache_control.max_age = 60
    response.cache_control.private = True
    return response


def heading_of(place: City) -> str:
    """Return the heading of a city's page."""
    return str(_("%(city)s的书", city=city_name(place)))


def _list_named(name: str) -> tuple[City, ...]:
    """Return the cities of a name, or of an address, that have a page."""
    found = city_at(name)
    named = container.exchange.cities.list_named_of([place.id for place in found])
    return tuple(place for place in found if place.id in named)


def _at(address: str, found: tuple[City, ...]) -> City | None:
    """Return that of these cities which has an address."""
    return next((city for city in found if address_of(city) == address), None)


def _lead_on(found: tuple[City, ...], name: str, endpoint: str) -> ResponseReturnValue:
    """Lead from another spelling to a city's own page, or let the visitor choose.

    :raises NotFound: when there is no such city.
    """
    if not found:
        raise NotFound
    if len(found) == 1:
        asked: dict[str, Any] = {key: value for key, value in request.args.items() if key in {"page", "language"}}
        return redirect(url_for(endpoint, name=address_of(found[0]), **asked), 301)
    if wants_json():
        raise NotFound
    return render_template("web/which_city.html", found=found, said=name, address_of=address_of)


def _language_filters(place: City, name: str, chosen: str | None) -> list[Filter]:
    languages = container.exchange.cities.list_languages_in(place.id, limit=_MOST)
    if len(languages) < 2 and not chosen:
        return []
    everything = Filter(_("全部"), url_for("web.city", name=name), "", chosen is None)
    return [
        everything,
        *(
            Filter(language_name(code), url_for("web.city", name=name, language=code), "", code == chosen)
            for code in languages
        ),
    ]
