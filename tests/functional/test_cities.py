"""A member's city, the pages of cities, and what is near."""

from __future__ import annotations

import io
import json
import zipfile
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest

from app.domain.city import find_named
from app.domain.gift import Postage
from app.models.user import User
from app.services.exchange.gifts import Offer
from app.web import near as near_pages
from tests.support.cities import BEIJING, HANGZHOU, KUNMING, SHANGHAI, SUZHOU, live_in, settle
from tests.support.exchange import ISBNS
from tests.support.members import login, make_member
from tests.support.rows import get_row

BY_HAND = Offer(postage=Postage.MEET)
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def me(app, exchange):
    return make_member(app, "我")


def gift_in(exchange, name: str, city: int, isbn: str = ISBNS[0], offer: Offer | None = None) -> int:
    """Let a new member who shows a city offer a book, and return the member."""
    with exchange.app.app_context():
        member = exchange.member(name)
        live_in(exchange, member, city)
        exchange.offer(member, isbn, offer)
    return member


def in_cities(exchange, *cities: int) -> None:
    with exchange.app.app_context():
        for city in cities:
            settle(exchange, city)


def home_of(app, member, city: int | None, *, shown: bool = True) -> None:
    with app.app_context():
        app.extensions["container"].members.cities.choose(member.id, city, shown=shown)


def test_a_city_is_found_chosen_shown_hidden_and_removed(app, page, me):
    login(page.http, me)
    assert "是这一座吗" not in page.get("/personal/city").text
    assert "没有找到“乌有乡”" in page.get("/personal/city?q=乌有乡").text
    found = page.get("/personal/city?q=suzhou")
    assert [name in found.text for name in ("苏州（江苏）", "宿州（安徽）")] == [True, True]
    page.post("/personal/city", {"city": SUZHOU, "shown": "y"}, on="/personal/city?q=suzhou")
    assert "苏州（江苏），公开。有 10 位书友公开它之前，别人只看得到“江苏”" in page.get("/personal/city").text
    page.post("/personal/city", {"city": SUZHOU})
    assert "不公开：别人看不到" in page.get("/personal/city").text
    page.post("/personal/city/forget", on="/personal/city")
    with app.app_context():
        assert (get_row(User, me.id).city_id, get_row(User, me.id).city_shown) == (None, 0)


def test_what_is_no_city_and_a_third_change_are_refused_in_words(app, page, me, clock):
    login(page.http, me)
    for city in (SHANGHAI, BEIJING, SUZHOU):
        page.post("/personal/city", {"city": city}, on=f"/personal/city?city={city}")
    for wrong, said in (
        ({"city": "1"}, "没有找到这座城市"),
        ({}, "请从列出来的里面选"),
        ({"city": HANGZHOU}, "最多换 2 次"),
    ):
        answer = page.post("/personal/city", wrong, on=f"/personal/city?city={HANGZHOU}", status=400)
        assert said in answer.text
    assert "2026-05-30" in answer.text


def test_names_are_completed_and_lead_to_the_choice(client):
    found = client.get("/city/suggest?q=suzh").get_json()["suggestions"]
    assert found[0] == {"text": "苏州（江苏）", "kind": "city", "url": f"/personal/city?city={SUZHOU}"}
    assert client.get("/city/suggest?q=").get_json() == {"suggestions": []}
    english = client.get("/city/suggest?q=portland", headers={"Accept-Language": "en"}).get_json()["suggestions"]
    assert [one["text"] for one in english] == ["Portland (Oregon, United States)", "Portland (Maine, United States)"]


def test_the_form_of_a_gift_says_what_it_will_tell(app, page, me):
    login(page.http, me)
    offer = f"/gifts/book/{ISBNS[0]}"
    assert "先选一座城市" in page.get(offer).text
    home_of(app, me, SUZHOU, shown=False)
    assert "选“只当面交接”的话，你的城市（苏州）会写在这份礼物上；邮寄的不会。" in page.get(offer).text
    home_of(app, me, SUZHOU)
    assert "你的城市（苏州）会写在这份礼物上。" in page.get(offer).text


def test_a_city_has_a_page_and_is_named_on_gifts_once_ten_members_show_it(exchange, page):
    gift_in(exchange, "老周", SUZHOU)
    with exchange.app.app_context():
        settle(exchange, SUZHOU, 8)
    page.get("/city/苏州", status=404)
    assert "江苏" in page.get(f"/book/{ISBNS[0]}/detail").text
    with exchange.app.app_context():
        settle(exchange, SUZHOU, 1)
    assert "老周" in page.get("/city/苏州").text
    book = page.get(f"/book/{ISBNS[0]}/detail")
    assert ("苏州" in book.text, "江苏" in book.text) == (True, False)
    assert f"/city/{quote('苏州')}" in book.links


def test_a_page_of_a_city_is_paged_narrowed_and_has_one_address(exchange, page):
    in_cities(exchange, SUZHOU)
    gift_in(exchange, "老周", SUZHOU)
    gift_in(exchange, "小李", SUZHOU, ISBNS[5])
    for spelt in ("suzhou", "蘇州", "Suzhou"):
        answer = page.http.get(f"/city/{spelt}?language=en&x=1")
        assert (answer.status_code, answer.location) == (301, f"/city/{quote('苏州')}?language=en")
    plain, narrowed = page.http.get("/city/苏州"), page.http.get("/city/苏州?language=en")
    assert ("Fight Club" in plain.text, "三体" in plain.text) == (True, True)
    assert ("Fight Club" in narrowed.text, "三体" in narrowed.text) == (True, False)
    canonical = f'<link rel="canonical" href="http://127.0.0.1:8000/city/{quote("苏州")}">'
    assert canonical in plain.text
    assert ("noindex" in plain.text, "noindex" in narrowed.text) == (False, True)
    page.get("/city/苏州?page=2", status=404)
    with exchange.app.app_context():
        for n in range(20):
            member = exchange.member(f"送书{n}")
            live_in(exchange, member, SUZHOU)
            exchange.offer(member)
    assert page.http.get("/city/苏州?page=2").text.count('class="book-row"') == 2


def test_a_name_of_several_cities_leads_to_a_choice_of_those_that_are_named(exchange, page):
    oregon, maine = (city.id for city in find_named("Portland"))
    in_cities(exchange, maine)
    answer = page.http.get("/city/portland")
    assert (answer.status_code, answer.location) == (301, f"/city/{quote('波特兰')}-4975802")
    in_cities(exchange, oregon)
    choice = page.get("/city/portland")
    assert "波特兰（Oregon，美国）" in choice.text
    assert page.http.get("/city/portland", headers={"Accept": "application/json"}).status_code == 404
    for link in [link for link in choice.links if link.startswith("/city/")]:
        page.get(link)


@pytest.mark.parametrize("name", ["乌有乡", "..%2F", "%00", "x" * 3000, "-1", "苏州-", "9" * 40, "%F0%9F%90%9F"])
def test_other_names_are_not_found(page, name):
    assert page.http.get(f"/city/{name}").status_code in {404, 414}
    assert page.http.get(f"/feed/city/{name}").status_code in {404, 414}


def test_a_city_has_a_feed_and_stands_in_the_sitemap(exchange, client):
    in_cities(exchange, SUZHOU)
    gift_in(exchange, "老周", SUZHOU)
    gift_in(exchange, "小李", SUZHOU, ISBNS[5])
    feed = ET.fromstring(client.get("/feed/city/苏州").data)
    assert [entry.findtext(f"{ATOM}title") for entry in feed.findall(f"{ATOM}entry")] == ["Fight Club", "三体"]
    narrowed = ET.fromstring(client.get("/feed/city/苏州?language=zh").data)
    assert [entry.findtext(f"{ATOM}title") for entry in narrowed.findall(f"{ATOM}entry")] == ["三体"]
    assert client.get("/feed/city/suzhou").status_code == 301
    assert "/sitemap/cities.xml" in client.get("/sitemap.xml").text
    assert f"/city/{quote('苏州')}</loc>" in client.get("/sitemap/cities.xml").text


def test_near_begins_in_ones_own_city_and_leaves_out_what_is_not_named(exchange, app, page, me):
    in_cities(exchange, SUZHOU, SHANGHAI, BEIJING)
    for name, city, isbn in (
        ("京", BEIJING, ISBNS[0]),
        ("沪", SHANGHAI, ISBNS[1]),
        ("苏", SUZHOU, ISBNS[3]),
        ("昆", KUNMING, ISBNS[5]),
    ):
        gift_in(exchange, f"{name}城书友", city, isbn)
    login(page.http, me)
    assert "先公开你的城市" in page.get("/near").text
    home_of(app, me, SUZHOU, shown=False)
    assert "先公开你的城市" in page.get("/near").text
    home_of(app, me, SUZHOU)
    text = page.get("/near").text
    order = [text.find(said) for said in ("苏城书友", "同城", "沪城书友", "约 80 公里", "京城书友", "约 1,000 公里")]
    assert -1 not in order
    assert order[0] < order[2] < order[4]
    assert "昆城书友" not in text
    here = page.get("/near?same=1").text
    assert ("苏城书友" in here, "沪城书友" in here) == (True, False)
    home = page.http.get("/").text
    assert "离你近的书" in home
    assert "苏州 · 同城" in home
    assert "离你近的书" not in app.test_client().get("/").text


def test_ones_own_gifts_are_not_near(exchange, app, page, me):
    in_cities(exchange, SUZHOU)
    home_of(app, me, SUZHOU)
    with exchange.app.app_context():
        exchange.offer(me.id)
    login(page.http, me)
    assert "附近还没有能请求的书" in page.get("/near").text


@pytest.mark.parametrize("most", [100, 1])
def test_the_pages_of_names_show_what_is_near(exchange, page, me, monkeypatch, most):
    """With many books by the name, the nearest copies are looked through instead."""
    monkeypatch.setattr(near_pages, "_OF_A_NAME", most)
    in_cities(exchange, SUZHOU, SHANGHAI)
    gift_in(exchange, "沪城书友", SHANGHAI, ISBNS[0])
    gift_in(exchange, "苏城书友", SUZHOU, ISBNS[1])
    gift_in(exchange, "别的书友", SUZHOU, ISBNS[5])
    author = "/author/刘慈欣"
    assert "离你近的" not in page.get(author).text
    login(page.http, me)
    assert "离你近的" not in page.get(author).text
    home_of(exchange.app, me, SUZHOU)
    assert "离你近的" in page.get(author).text
    text = page.get(f"{author}?near=1").text
    assert 0 < text.find("苏城书友") < text.find("沪城书友")
    assert "别的书友" not in text
    here = page.get(f"{author}?near=1&same=1").text
    assert ("苏城书友" in here, "沪城书友" in here) == (True, False)
    assert "三体" in page.get("/subject/科幻?near=1").text


def test_where_many_cities_are_named_the_towns_around_are_looked_at(exchange, app, page, me, monkeypatch):
    monkeypatch.setattr(near_pages, "_FEW_CITIES", 1)
    in_cities(exchange, SUZHOU, SHANGHAI)
    gift_in(exchange, "沪城书友", SHANGHAI)
    gift_in(exchange, "苏城书友", SUZHOU)
    home_of(app, me, SUZHOU)
    login(page.http, me)
    text = page.get("/near").text
    assert ("苏城书友" in text, "沪城书友" in text) == (True, False)


def test_the_city_is_in_the_export(exchange, app, page, me):
    home_of(app, me, SUZHOU)
    with exchange.app.app_context():
        exchange.offer(me.id)
    login(page.http, me)
    with zipfile.ZipFile(io.BytesIO(page.http.get("/personal/export").data)) as archive:
        account, gifts = (json.loads(archive.read(f"{name}.json"))[0] for name in ("account", "gifts"))
    assert (account["city"], account["city_shown"], gifts["city"]) == ("苏州", 1, "苏州")
