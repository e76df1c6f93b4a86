"""Where a member lives who does not show it cannot be found out: two sites that differ in nothing else answer every probe alike."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from app.domain.gift import Postage
from app.services.exchange.gifts import Offer
from tests.support.apps import close, make_app
from tests.support.cities import BEIJING, DALI, HANGZHOU, KUNMING, SHANGHAI, SUZHOU, live_in, settle
from tests.support.exchange import ISBNS, Exchange
from tests.support.members import login, make_member
from tests.support.pages import PageClient

NAMED = (SHANGHAI, BEIJING, SUZHOU)
#: What pages say of distances, the filter of one's own city, and the first page's shelf of near books.
NEARNESS = ("公里", "同城", 'id="near"')
_OF_ONE_ANSWER = re.compile(r'name="csrf_token" value="[^"]*"|\b[0-9a-f]{16}\b')
_HEADERS_OF_ONE_ANSWER = {"X-Request-ID", "Server-Timing", "Date", "Set-Cookie", "Content-Length", "X-RateLimit-Reset"}

Answer = tuple[int, tuple[tuple[str, str], ...], str]


def probes(gifts: list[int]) -> list[str]:
    """Name everything that could tell where a giver lives."""
    lists = [
        "/",
        "/near",
        "/near?same=1",
        "/near?page=2",
        "/recent.atom",
        "/browse",
        "/sitemap/cities.xml",
        "/pending",
        "/personal",
    ]
    lists += [f"/author/刘慈欣?{rest}" for rest in ("", "near=1", "near=1&same=1", "gift=1")]
    lists += [f"/subject/科幻?{rest}" for rest in ("near=1", "near=1&same=1")]
    lists += [f"/book/{isbn}/detail" for isbn in ISBNS[:2]] + [f"/drift/{gift}" for gift in gifts]
    lists += [f"/v2/book/isbn/{ISBNS[0]}", "/v2/book/search?q=三体", "/book/search?q=三体", "/city/suggest?q=s"]
    for name in ("苏州", "上海", "北京", "杭州", "昆明", "大理"):
        lists += [f"/city/{name}", f"/city/{name}?language=zh", f"/feed/city/{name}"]
    return lists


def answers(client: PageClient, paths: list[str], *, again: bool) -> dict[str, Answer]:
    """Ask every probe, `again` for one that may be kept, and those of lists for JSON, too."""
    found = {}
    for path in paths:
        if again:
            client.http.get(path)
        found[path] = _said(client.http.get(path))
    for path in ("/near", "/city/苏州", "/city/昆明", "/author/刘慈欣?near=1"):
        found[f"{path} as JSON"] = _said(client.http.get(path, headers={"Accept": "application/json"}))
    return found


def _said(response: TestResponse) -> Answer:
    told = ((name, value) for name, value in response.headers if name not in _HEADERS_OF_ONE_ANSWER)
    return response.status_code, tuple(sorted(told)), _OF_ONE_ANSWER.sub("", response.text)


def site_where(folder: Path, victim_city: int, *, shown: bool, viewer_shown: bool = True) -> dict[str, Answer]:
    """Return what a visitor, and a member who moves about and hides and shows, are told of a site where one member lives there."""
    app = make_app(folder)
    try:
        with app.app_context():
            exchange = Exchange(app)
            for city in NAMED:
                settle(exchange, city)
            settle(exchange, KUNMING, 8)
            settle(exchange, DALI, 8)
            victim = exchange.member("藏身的书友")
            live_in(exchange, victim, victim_city, shown=shown)
            gifts = [exchange.offer(victim, isbn) for isbn in ISBNS[:2]]
            exchange.gifts.withdraw(victim, gifts[1])
            exchange.gifts.resume(victim, gifts[1])
        prober = make_member(app, "探子")
        told = {f"guest: {name}": said for name, said in answers(PageClient(app), probes(gifts), again=True).items()}
        client = PageClient(app)
        login(client.http, prober)
        for city in (SUZHOU, BEIJING, HANGZHOU):
            with app.app_context():
                live_in(exchange, prober.id, city, shown=viewer_shown)
            told |= {f"from {city}: {name}": said for name, said in answers(client, probes(gifts), again=False).items()}
        return told
    finally:
        close(app)


def compare(tmp_path: Path, template: Path, cities: tuple[int, int], **how: bool) -> list[str]:
    told = []
    for number, city in enumerate(cities):
        folder = tmp_path / str(number)
        shutil.copytree(template, folder)
        told.append(site_where(folder, city, **how))
    one, other = told
    assert one.keys() == other.keys()
    assert sum(status == 200 for status, _, _ in one.values()) > 100, "the probes reach the pages"
    return [name for name in one if one[name] != other[name]]


def test_no_probe_tells_a_city_that_is_hidden(tmp_path: Path, sqlite_template: Path) -> None:
    assert compare(tmp_path, sqlite_template, (SUZHOU, BEIJING), shown=False) == []


def test_no_probe_tells_which_of_a_provinces_small_cities_somebody_shows(tmp_path: Path, sqlite_template: Path) -> None:
    assert compare(tmp_path, sqlite_template, (KUNMING, DALI), shown=True) == []


def test_the_probes_would_tell_a_city_that_is_shown(tmp_path: Path, sqlite_template: Path) -> None:
    assert len(compare(tmp_path, sqlite_template, (SUZHOU, BEIJING), shown=True)) > 20


def test_who_hides_their_own_city_is_told_no_distance(tmp_path: Path, sqlite_template: Path) -> None:
    folder = tmp_path / "site"
    shutil.copytree(sqlite_template, folder)
    told = site_where(folder, SHANGHAI, shown=True, viewer_shown=False)
    pages = {name: text for name, (_, _, text) in told.items() if name.startswith("from")}
    assert any("上海" in text for text in pages.values()), "the giver's city is seen"
    assert [name for name, text in pages.items() if any(word in text for word in NEARNESS)] == []


@pytest.mark.parametrize("named", [False, True])
def test_a_gift_given_in_person_tells_the_city_and_its_page_lists_it_only_when_it_is_named(app, page, named):
    with app.app_context():
        exchange = Exchange(app)
        settle(exchange, SUZHOU, 10 if named else 9)
        victim = exchange.member("藏身的书友")
        live_in(exchange, victim, SUZHOU, shown=False)
        exchange.offer(victim, ISBNS[0], Offer(postage=Postage.MEET))
    text = page.get(f"/book/{ISBNS[0]}/detail").text
    assert ("苏州" in text, "江苏" in text) == (named, not named)
    assert page.http.get("/city/苏州").status_code == (200 if named else 404)
