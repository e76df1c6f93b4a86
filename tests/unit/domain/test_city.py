"""Cities by their names, how far they are apart, and how often one may move."""

from __future__ import annotations

import pytest

from app.domain.city import (
    address_of,
    by_distance,
    distance_km,
    find_cities,
    find_city,
    find_named,
    province_of,
    told_km,
)
from app.domain.city_choice import CityChangedTwice, ensure_may_change_city, is_named, is_seen_on
from app.domain.exchange_policy import DAY

SHANGHAI, BEIJING = 1796236, 1816670


def first(typed: str) -> str:
    return next((city.name_zh or city.name for city in find_cities(typed)), "")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("上海", "上海"),
        ("蘇州", "苏州"),
        ("苏州市", "苏州"),
        ("hangzhou", "杭州"),
        ("Hang Zhou", "杭州"),
        ("Xi'an", "西安"),
        ("xian", "西安"),
        ("Xi’an", "西安"),
        ("huhehaote", "呼和浩特"),
        ("Hohhot", "呼和浩特"),
        ("chongqing", "重庆"),
        ("dongjing", "东京"),
        ("tokyo", "东京"),
        ("Dusseldorf", "杜塞尔多夫"),
        ("ＬＯＮＤＯＮ", "伦敦"),
        ("成", "成都"),
        ("", ""),
        ("\x00", ""),
        ("没有这个地方", ""),
        ("a" * 500, ""),
    ],
)
def test_a_city_is_found_by_its_chinese_pinyin_or_latin_name(typed: str, found: str) -> None:
    assert first(typed) == found


def test_a_name_that_several_cities_have_gives_all_of_them_the_largest_first() -> None:
    places = [(city.country, getattr(province_of(city), "name", "")) for city in find_named("Springfield")]
    assert places[:3] == [("US", "Missouri"), ("US", "Massachusetts"), ("US", "Illinois")]
    assert [city.name_zh for city in find_named("suzhou")] == ["苏州", "宿州"]


def test_every_city_of_one_name_has_an_address_of_its_own() -> None:
    addresses = [address_of(city) for city in find_named("Portland")]
    assert addresses[0] == "波特兰"
    assert addresses[1] == "波特兰-4975802"
    shanghai = find_city(SHANGHAI)
    assert shanghai is not None
    assert address_of(shanghai) == "上海"


def test_provinces_have_their_chinese_names_at_home() -> None:
    [suzhou] = find_named("苏州")
    province = province_of(suzhou)
    assert province is not None
    assert (province.name, province.name_zh) == ("Jiangsu", "江苏")
    [macau] = find_named("澳门")
    assert province_of(macau) is None


@pytest.mark.parametrize(("kilometres", "told"), [(0, 10), (14, 10), (16, 20), (99, 100), (124, 100), (1949, 1900)])
def test_distances_are_told_in_steps(kilometres: float, told: int) -> None:
    assert told_km(kilometres) == told


def test_cities_are_put_in_the_order_of_their_distance() -> None:
    shanghai, beijing = find_city(SHANGHAI), find_city(BEIJING)
    assert shanghai is not None
    assert beijing is not None
    assert 1050 < distance_km(shanghai, beijing) == distance_km(beijing, shanghai) < 1090
    hangzhou, suzhou = find_named("杭州")[0].id, find_named("苏州")[0].id
    near = by_distance(shanghai, [BEIJING, 1, hangzhou, SHANGHAI, suzhou])
    assert [city.id for city in near] == [SHANGHAI, suzhou, hangzhou, BEIJING]


def test_a_city_changes_twice_in_ninety_days() -> None:
    now = 1000 * DAY
    for early in (None, 0, now - 90 * DAY):
        ensure_may_change_city(before_last=early, now=now)
    with pytest.raises(CityChangedTwice) as refusal:
        ensure_may_change_city(before_last=now - 89 * DAY, now=now)
    assert "1972-09-28" in refusal.value.message("zh")


def test_a_city_is_named_from_ten_members_on_and_seen_where_it_is_shown_or_one_has_to_go_there() -> None:
    assert [is_named(members) for members in (None, 0, 9, 10)] == [False, False, False, True]
    assert [is_seen_on("giver", shown=shown) for shown in (False, True)] == [False, True]
    assert is_seen_on("meet", shown=False)
