"""Cities: which there are, by which names they are found, in which province they lie, and how far they are from each other.

The tables of `app/data` are read when somebody first asks. Cities are numbered as GeoNames does; a city is never finer than a town.
"""

from __future__ import annotations

import csv
import gzip
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from heapq import nsmallest
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import Final

from app.domain.text import fold

_DATA: Final = Path(__file__).parent.parent / "data"
_EARTH_KM: Final = 6371.0
_SUFFIXES: Final = ("市", "县", "区")
_LONGEST_TYPED: Final = 60
#: Parts names while they are folded all at once; no city is called so.
_PARTING: Final = " 0 "
#: Up to so many kilometres distances are told in steps of the second number.
_STEPS: Final = ((100, 10), (1000, 50))
_LARGEST_STEP: Final = 100


@dataclass(frozen=True, slots=True)
class City:
    """A city; `country` is an ISO 3166-1 code, `admin1` GeoNames' code of its province, `name_zh` may be empty."""

    id: int
    country: str
    admin1: str
    name: str
    name_zh: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Province:
    """A province or state; `name_zh` is empty outside China."""

    name: str
    name_zh: str


class _Gazetteer:
    """The table in memory, lines as they are, the largest city first, and the way from a number to its line."""

    def __init__(self) -> None:
        with gzip.open(_DATA / "cities.csv.gz", "rt", encoding="utf-8") as file:
            self.lines = file.read().splitlines()[1:]
        places = sorted((int(line.partition(",")[0]), place) for place, line in enumerate(self.lines))
        self.ids = array("Q", (id_ for id_, _ in places))
        self.places = array("H", (place for _, place in places))

    def city_at(self, place: int) -> City:
        [(id_, country, admin1, name, name_zh, latitude, longitude, _)] = csv.reader([self.lines[place]])
        return City(int(id_), country, admin1, name, name_zh, float(latitude), float(longitude))

    def find(self, id_: int) -> City | None:
        at = bisect_left(self.ids, id_)
        return self.city_at(self.places[at]) if at < len(self.ids) and self.ids[at] == id_ else None


@cache
def _gazetteer() -> _Gazetteer:
    return _Gazetteer()


@cache
def _keys() -> list[str]:
    """Return each name that cities are found by, folded, with the city's place: its own, the Chinese one and the pinyin of that."""
    with (_DATA / "city_pinyin.csv").open(encoding="utf-8", newline="") as file:
        spelt = dict(csv.reader(file))
    named = ((name, name_zh) for _id, _country, _admin1, name, name_zh, *_ in csv.reader(_gazetteer().lines))
    names, chinese = zip(*named, strict=True)
    known = [name or other for name, other in zip(chinese, names, strict=True)]
    found = zip(_squeezed_all(names), _squeezed_all(known), map(spelt.get, chinese), strict=True)
    return sorted(f"{key}\t{place}" for place, keys in enumerate(found) for key in set(keys) if key)


def _beginning_with(key: str) -> Iterator[tuple[bool, int]]:
    """Yield the places of cities one of whose keys begins so, with whether the key is longer."""
    keys = _keys()
    for at in range(bisect_left(keys, key), len(keys)):
        found, _, place = keys[at].partition("\t")
        if not found.startswith(key):
            return
        yield found != key, int(place)


def _squeezed_all(names: Sequence[str]) -> list[str]:
    """Fold many names by one call, which is much faster than one by one.

    :raises ValueError: when the table has a name without any letter.
    """
    folded = fold(_PARTING.join(names)).split(_PARTING)
    if len(folded) != len(names):
        raise ValueError("a city's name is empty when folded")
    return [name.replace(" ", "") for name in folded]


def _squeezed(name: str) -> str:
    return fold(name).replace(" ", "")


@cache
def _provinces() -> dict[tuple[str, str], Province]:
    with (_DATA / "provinces.csv").open(encoding="utf-8", newline="") as file:
        return {(row["country"], row["admin1"]): Province(row["name"], row["name_zh"]) for row in csv.DictReader(file)}


@lru_cache(maxsize=2_000)
def find_city(id_: int) -> City | None:
    """Return the city of a number, or None."""
    return _gazetteer().find(id_)


def find_cities(typed: str, *, limit: int = 20) -> tuple[City, ...]:
    """Return the cities that a typed name may mean, Chinese, pinyin or Latin: those of just this name first, the largest in front.

    Cities that would be told apart by nothing, having one name and province, are one: the largest.
    """
    key = _squeezed(typed[:_LONGEST_TYPED])
    for suffix in ("", *_SUFFIXES):
        if (begun := key.removesuffix(suffix)) and (suffix == "" or begun != key):
            places = sorted(set(_beginning_with(begun)))
            if found := _told_apart(places, 4 * limit)[:limit]:
                return found
    return ()


def find_named(typed: str) -> tuple[City, ...]:
    """Return the cities of just this name, in any of its spellings, the largest first."""
    key = _squeezed(typed[:_LONGEST_TYPED])
    places = sorted({place for place in _beginning_with(key) if not place[0]}) if key else []
    return _told_apart(places, len(places))


def city_at(address: str) -> tuple[City, ...]:
    """Return the city of an address, as `address_of` writes it, or the cities of a name."""
    name, _, number = address.rpartition("-")
    city = find_city(int(number)) if name and number.isascii() and number.isdecimal() and len(number) < 12 else None
    return (city,) if city is not None and address_of(city) == address else find_named(address)


def _told_apart(places: Sequence[tuple[bool, int]], most: int) -> tuple[City, ...]:
    found: dict[tuple[str, str, str], City] = {}
    seen: set[int] = set()
    for _, place in nsmallest(most, places):
        if place not in seen:
            seen.add(place)
            city = _gazetteer().city_at(place)
            found.setdefault((city.country, city.admin1, city.name_zh or city.name), city)
    return tuple(found.values())


def province_of(city: City) -> Province | None:
    """Return the province that a city lies in; None where a country has none, or we know none."""
    return _provinces().get((city.country, city.admin1))


@lru_cache(maxsize=2_000)
def address_of(city: City) -> str:
    """Return how a city stands in addresses: by its name, and by its number, too, where a larger city has that name."""
    name = city.name_zh or city.name
    first = next((one for one in find_named(name) if (one.name_zh or one.name) == name), city)
    return name if first.id == city.id else f"{name}-{city.id}"


def distance_km(one: City, other: City) -> float:
    """Return how far two cities are from each other as the crow flies, in kilometres."""
    north, south = radians(one.latitude), radians(other.latitude)
    across = radians(other.longitude - one.longitude)
    half = sin((south - north) / 2) ** 2 + cos(north) * cos(south) * sin(across / 2) ** 2
    return 2 * _EARTH_KM * asin(sqrt(min(1.0, half)))


def told_km(kilometres: float) -> int:
    """Return a distance as it is told: to ten kilometres, from a hundred on to fifty, from a thousand on to a hundred; at least ten.

    >>> told_km(3), told_km(84), told_km(163), told_km(1068)
    (10, 80, 150, 1100)
    """
    step = next((step for upto, step in _STEPS if kilometres < upto), _LARGEST_STEP)
    return max(_STEPS[0][1], int(kilometres / step + 0.5) * step)


@lru_cache(maxsize=200)
def towns_around(home: City, count: int) -> tuple[int, ...]:
    """Return the numbers of the cities nearest to one, itself the first."""
    towns = map(_gazetteer().city_at, range(len(_gazetteer().lines)))
    return tuple(city.id for city in nsmallest(count, towns, key=lambda city: distance_km(home, city)))


def by_distance(home: City, others: Iterable[int]) -> list[City]:
    """Return cities in the order of their distance from one, which is the first if it is among them; unknown numbers are left out."""
    known = (city for id_ in others if (city := find_city(id_)) is not None)
    return sorted(known, key=lambda city: (distance_km(home, city), city.id))
