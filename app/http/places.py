"""Cities in words: their names, their provinces and countries, and how far one is from the visitor's own."""

from __future__ import annotations

from flask import Flask, g
from flask_babel import get_locale
from flask_babel import gettext as _

from app.domain.city import City, distance_km, find_city, province_of, told_km

_HOME_COUNTRY = {"zh": "CN"}


def init_app(app: Flask) -> None:
    """Make these known to templates."""
    for helper in (city_label, city_name, distance_in_words, place_name, region_of):
        app.jinja_env.globals[helper.__name__] = helper


def city_name(city: City) -> str:
    """Return what a city is called in the visitor's language."""
    return city.name if g.language == "en" else city.name_zh or city.name


def region_of(city: City) -> str:
    """Return the province of a city, and its country for those abroad: what tells it from others of its name."""
    province = province_of(city)
    country = str(get_locale().territories.get(city.country, city.country))
    if province is None:
        return country
    name = province.name if g.language == "en" else province.name_zh or province.name
    if city.country == _HOME_COUNTRY.get(g.language):
        return name
    return str(_("%(province)s，%(country)s", province=name, country=country))


def city_label(city: City) -> str:
    """Return a city with its province, as one chooses it; those that are their own province have one name."""
    name, region = city_name(city), region_of(city)
    return name if name == region else str(_("%(city)s（%(region)s）", city=name, region=region))


def place_name(city_id: int | None, *, named: bool) -> str:
    """Return where a gift is: its city if that is named, else the province; "" where it is not told."""
    city = find_city(city_id) if city_id is not None else None
    if city is None:
        return ""
    return city_name(city) if named else region_of(city)


def distance_in_words(city_id: int | None, *, named: bool) -> str:
    """Return how far a city is from the visitor's; "" unless both of them show theirs, and the other one is named."""
    home = g.user.home if named and city_id is not None and g.user is not None else None
    if home is None or city_id is None:
        return ""
    if home == city_id:
        return str(_("同城"))
    here, there = find_city(home), find_city(city_id)
    return str(_("约 %(km)s 公里", km=f"{told_km(distance_km(here, there)):,}")) if here and there else ""
