"""A dataclass's fields say what is selected and what is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum

import pytest

from app.db.row_mapper import Column, RowMapper


class Light(StrEnum):
    RED = "red"
    GREEN = "green"


@dataclass(frozen=True, slots=True)
class Place:
    name: str
    stars: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    id: int
    place: Place
    light: Light
    since: datetime
    until: datetime | None
    is_open: bool
    cars: int
    last: int | None
    tags: tuple[str, ...]
    notes: tuple[str, ...]


CROSSING = RowMapper(
    Crossing,
    "c",
    place=RowMapper(Place, "p"),
    since="c.create_time",
    cars="SUM(d.cars)",
    last="MAX(d.id)",
    tags=Column("c.tags", lambda text: tuple(text.split())),
    notes=None,
)
ROW = (7, "北桥", 5, "green", 0, 60, 1, Decimal(12), None, "a b")


def test_columns_are_the_fields_in_their_order_and_those_of_a_nested_dataclass_in_its_place() -> None:
    assert CROSSING.columns == (
        "c.id, p.name, p.stars, c.light, c.create_time, c.until, c.is_open, SUM(d.cars), MAX(d.id), c.tags"
    )
    assert RowMapper(Place).columns == "name, stars"


def test_values_become_what_the_fields_say() -> None:
    crossing = CROSSING.read(ROW, notes=("wet",))
    assert crossing == Crossing(
        id=7,
        place=Place("北桥", 5),
        light=Light.GREEN,
        since=datetime(1970, 1, 1, tzinfo=UTC),
        until=datetime(1970, 1, 1, 0, 1, tzinfo=UTC),
        is_open=True,
        cars=12,
        last=None,
        tags=("a", "b"),
        notes=("wet",),
    )
    assert isinstance(crossing.light, Light)
    assert type(crossing.cars) is int
    assert crossing.is_open is True


def test_none_stays_none_where_it_is_allowed() -> None:
    crossing = CROSSING.read((*ROW[:5], None, *ROW[6:]), notes=())
    assert (crossing.until, crossing.last) == (None, None)


def test_a_row_a_row_or_none_and_many_rows() -> None:
    place = RowMapper(Place)
    assert place.read(("北桥", 5)) == place.read_optional(("北桥", 5)) == Place("北桥", 5)
    assert place.read_optional(None) is None
    assert place.read_all([("北桥", 5), ("南桥", 4)]) == (Place("北桥", 5), Place("南桥", 4))


def test_a_row_of_another_width_is_refused() -> None:
    with pytest.raises((TypeError, ValueError)):
        CROSSING.read((*ROW, 1), notes=())
    with pytest.raises(TypeError):
        RowMapper(Place).read(("北桥", 5, 6))


def test_a_source_for_no_field_is_refused() -> None:
    with pytest.raises(TypeError, match="Place has no starz"):
        RowMapper(Place, starz="s.stars")


@dataclass(frozen=True, slots=True)
class Way:
    start: Place
    miles: int
    end: Place


def test_two_nested_dataclasses_have_their_columns_each_in_its_place() -> None:
    way = RowMapper(Way, "w", start=RowMapper(Place, "s"), end=RowMapper(Place, "e"))
    assert way.columns == "s.name, s.stars, w.miles, e.name, e.stars"
    assert way.read(("北桥", 5, 3, "南桥", 4)) == Way(Place("北桥", 5), 3, Place("南桥", 4))
