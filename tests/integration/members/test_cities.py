"""A member's city, what their gifts tell of it, and how many show it, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.city_choice import SHOWN_FROM, CityChangedTwice, NoSuchCity
from app.domain.gift import Postage
from app.extensions import db
from app.models.gift import Gift
from app.models.operation import SiteCount
from app.models.user import ShownCity, User
from app.services.exchange.gifts import Offer
from tests.support.at_once import at_once
from tests.support.exchange import ISBNS, Exchange
from tests.support.rows import get_row, list_rows

SHANGHAI, BEIJING, SUZHOU, HANGZHOU = 1796236, 1816670, 1886760, 1808926
BY_HAND = Offer(postage=Postage.MEET)


def choose(exchange: Exchange, member: int, city: int | None, *, shown: bool = True) -> None:
    exchange.container.members.cities.choose(member, city, shown=shown)


def told(gift: int) -> int | None:
    return get_row(Gift, gift).city_id


def showing(city: int) -> int:
    return get_row(ShownCity, city).members


def test_a_city_changes_twice_in_ninety_days_and_the_first_choice_is_no_change(exchange):
    member = exchange.member("小满")
    for city in (SHANGHAI, BEIJING, SUZHOU):
        choose(exchange, member, city)
    choose(exchange, member, SUZHOU, shown=False)
    with pytest.raises(CityChangedTwice):
        choose(exchange, member, HANGZHOU)
    choose(exchange, member, None)
    with pytest.raises(CityChangedTwice):
        choose(exchange, member, SUZHOU)
    assert get_row(User, member).city_id is None
    exchange.clock.advance(timedelta(days=90))
    choose(exchange, member, HANGZHOU)
    choose(exchange, member, SHANGHAI)
    with pytest.raises(CityChangedTwice):
        choose(exchange, member, BEIJING)


def test_a_number_of_no_city_is_refused(exchange):
    with pytest.raises(NoSuchCity):
        choose(exchange, exchange.member("小满"), 1)


def test_gifts_tell_the_city_while_it_is_shown_and_those_given_in_person_always(exchange):
    member = exchange.member("小满")
    choose(exchange, member, SHANGHAI, shown=False)
    posted, met = exchange.offer(member), exchange.offer(member, ISBNS[1], BY_HAND)
    assert (told(posted), told(met)) == (None, SHANGHAI)
    choose(exchange, member, SHANGHAI)
    assert (told(posted), told(met)) == (SHANGHAI, SHANGHAI)
    choose(exchange, member, BEIJING)
    assert (told(posted), told(met)) == (BEIJING, BEIJING)
    choose(exchange, member, BEIJING, shown=False)
    assert (told(posted), told(met)) == (None, BEIJING)
    exchange.gifts.withdraw(member, met)
    choose(exchange, member, BEIJING)
    assert (told(posted), told(met)) == (BEIJING, None)
    exchange.gifts.resume(member, met)
    assert told(met) == BEIJING
    choose(exchange, member, None)
    assert (told(posted), told(met)) == (None, None)


def test_what_comes_onto_the_shelf_tells_the_language_of_its_book(exchange):
    gift = exchange.offer(exchange.member("小满"))
    assert get_row(Gift, gift).language == "zh"


def test_the_languages_of_older_gifts_are_written_in_turns(exchange):
    member = exchange.member("小满")
    gifts = [exchange.offer(member, isbn) for isbn in ISBNS[:4]]
    written = [get_row(Gift, gift).language for gift in gifts]
    with db.auto_commit():
        Gift.query.update({"language": None})
    languages = exchange.container.exchange.gift_languages
    languages.take_turn()
    assert [get_row(Gift, gift).language for gift in gifts] == written
    languages.take_turn()
    assert get_row(SiteCount, "gift languages").number == gifts[-1]


def test_the_number_of_those_who_show_a_city_is_kept_by_every_change(exchange):
    members = [exchange.member(f"书友{n}") for n in range(SHOWN_FROM + 1)]
    for member in members:
        choose(exchange, member, SHANGHAI)
    assert showing(SHANGHAI) == SHOWN_FROM, "nobody counts further"
    leaving, hiding, moving, put_out = members[:4]
    exchange.leave(leaving)
    assert showing(SHANGHAI) == SHOWN_FROM
    choose(exchange, hiding, SHANGHAI, shown=False)
    assert showing(SHANGHAI) == SHOWN_FROM - 1
    choose(exchange, moving, BEIJING)
    assert (showing(SHANGHAI), showing(BEIJING)) == (SHOWN_FROM - 2, 1)
    email = get_row(User, put_out).email
    exchange.container.members.leaving.disable(email)
    assert showing(SHANGHAI) == SHOWN_FROM - 3
    exchange.container.members.leaving.enable(email)
    assert showing(SHANGHAI) == SHOWN_FROM - 2


def test_nothing_is_left_of_the_city_of_who_leaves(exchange):
    member = exchange.member("小满")
    choose(exchange, member, SHANGHAI)
    gift = exchange.offer(member, ISBNS[0], BY_HAND)
    choose(exchange, member, BEIJING)
    exchange.leave(member)
    [row] = list_rows(User, id=member)
    assert (row.city_id, row.city_shown, row.city_changed_at, row.city_changed_before_at) == (None, 0, None, None)
    assert told(gift) is None
    assert showing(BEIJING) == 0


def test_members_who_show_a_city_at_once_are_all_counted(exchange):
    members = [exchange.member(f"书友{n}") for n in range(6)]
    assert at_once(exchange, [lambda m=member: choose(exchange, m, SHANGHAI) for member in members]) == (6, [])
    assert showing(SHANGHAI) == 6
