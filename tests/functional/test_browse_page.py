"""The page for browsing: subjects, languages, decades, and what moves readers; and the lists of a language and a decade."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from flask import Flask

from app.container import container
from app.domain.browse import BrowseKind
from app.extensions import db
from app.models.book import CatalogueName
from app.models.browse import BrowseCount
from app.models.user import User
from app.services.catalogue import browse_counting
from tests.support.books import FIGHT_CLUB, SANTI, SANTI_TAIWAN, SOLITUDE, outdate_index, stock
from tests.support.exchange import Exchange
from tests.support.pages import PageClient
from tests.support.rows import list_rows


def write(app: Flask) -> None:
    """Do what the worker does."""
    with app.app_context():
        container.catalogue.search_index.rebuild()
        container.catalogue.name_writing.write_all()
        container.catalogue.browse_counting.run()


def counted(app: Flask, kind: BrowseKind) -> list[tuple[str, int, int]]:
    """Return the numbers of a kind as (item, number, had), the largest first."""
    with app.app_context():
        rows = container.catalogue.browse.list_counts()
    return [(row.item, row.number, row.had) for row in rows if row.kind == kind]


def test_an_empty_site_says_so_and_leads_to_the_search(page: PageClient):
    seen = page.get("/browse")
    assert "书架还在整理" in seen.text
    assert "/book/search" in seen.links
    assert "The shelves are still being sorted" in page.get("/browse", headers={"Accept-Language": "en"}).text


def test_subjects_stand_in_pictures_and_as_a_list(app: Flask, exchange: Exchange, page: PageClient):
    with app.app_context():
        exchange.offer(exchange.member("老舍"), SANTI.isbn13)
    write(app)
    html = page.http.get("/browse").text
    assert html.count('class="treemap ') == 2
    picture = html[html.index('<svg class="treemap') : html.index('class="legend')]
    assert 'tabindex="-1"' in picture, "the list is what a keyboard and a screen reader get"
    links = page.get("/browse").links
    assert "/subject/%E7%A7%91%E5%B9%BB" in links
    assert "科幻 1 · 1 本可要" in re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))
    [way] = [json.loads(text) for text in re.findall(r'ld\+json">(.*?)</script>', html)]
    assert way["@type"] == "BreadcrumbList"
    assert f'<link rel="canonical" href="{app.config["SITE_URL"].rstrip("/")}/browse">' in html


def test_markup_in_a_subject_stays_text(app: Flask, exchange: Exchange, page: PageClient):
    write(app)
    assert "<u>y" not in page.http.get("/browse").text


@pytest.mark.usefixtures("exchange")
def test_languages_and_decades_are_counted_and_lead_to_their_books(app: Flask, page: PageClient):
    write(app)
    with app.app_context():
        assert ("zh", 4, 0) in counted(app, BrowseKind.LANGUAGE)
        assert sorted(counted(app, BrowseKind.DECADE)) == [("2000", 2, 0), ("2010", 1, 0)]
    links = page.get("/browse").links
    for path, title, other in (
        ("/browse/language/zh", SANTI.title, FIGHT_CLUB.title),
        ("/browse/decade/2010", SOLITUDE.title, SANTI.title),
    ):
        assert path in links
        seen = page.get(path)
        assert title in seen.text
        assert other not in seen.text
    assert "From the 2010s" not in page.get("/browse/decade/2010").text
    assert "Books from the 2010s" in page.get("/browse/decade/2010", headers={"Accept-Language": "en"}).text
    assert "翻过头了" in page.get("/browse/decade/2010?page=9", status=404).text
    assert "这样筛选，一本也没有" in page.get("/browse/language/zh?gift=1").text


def test_a_list_is_narrowed_to_a_language_by_one_rule(app: Flask, exchange: Exchange, page: PageClient):
    write(app)
    for path in ("/book/search?q=三体", "/author/刘慈欣", "/browse/decade/2000", "/browse/language/zh"):
        address = path + ("&" if "?" in path else "?")
        assert "三体" in page.get(f"{address}language=zh").text
        assert "三体Ⅱ" not in page.get(f"{address}language=en").text, path
        for code in ("EN", "zh-CN", "<b>"):
            assert "没有这种语言的书" in page.get(f"{address}language={code}", status=400).text


def test_every_tile_of_a_picture_has_words(app: Flask, page: PageClient):
    sizes = [9_000 // (number + 1) ** 2 + 1 for number in range(40)]
    with app.app_context(), db.auto_commit() as session:
        for number, books in enumerate(sizes):
            named = {"kind": "subject", "name_key": f"s{number}", "shown": f"Biography & Autobiography {number}"}
            session.add(CatalogueName(**named, books=books, had=0))
    html = page.http.get("/browse").text
    tiles = [tile for tile in re.findall(r'<a href="/subject.*?</a>', html, re.DOTALL) if "<rect" in tile]
    assert len(tiles) > 10
    assert all("<text" in tile for tile in tiles)
    assert "…</text>" in html


@pytest.mark.parametrize(
    "path",
    ["language/xx", "language/..", "language/ZH", "decade/1", "decade/2015", "decade/1480", "decade/" + "9" * 30],
)
def test_what_no_book_has_is_not_found(page: PageClient, path: str):
    page.get(f"/browse/{path}", status=404)


def test_the_most_wished_and_the_most_travelled_works_are_shown(app: Flask, exchange: Exchange, page: PageClient):
    with app.app_context():
        wishers = [exchange.member(name) for name in ("甲", "乙", "丙")]
        for wisher in wishers:
            exchange.wishes.wish_for(wisher, SOLITUDE.isbn13)
        exchange.wishes.wish_for(wishers[0], FIGHT_CLUB.isbn13)
        reader = exchange.rich("小满")
        exchange.drifts.receive(reader, exchange.mailed(exchange.member("老舍"), reader))
    write(app)
    assert counted(app, BrowseKind.WISHED) == [(SOLITUDE.isbn13, 3, 0), (FIGHT_CLUB.isbn13, 1, 0)]
    assert counted(app, BrowseKind.TRAVELLED) == [(SANTI.isbn13, 1, 0)]
    text = page.get("/browse").text
    assert "3 人想要" in text
    assert "1 位读者<" in page.http.get("/browse").text
    with app.app_context():
        exchange.leave(wishers[1])
        with db.auto_commit():
            User.query.filter_by(id=wishers[2]).update({"disabled_at": 1})
    write(app)
    gone = "who has left, or was stopped, is not counted at the next round"
    assert counted(app, BrowseKind.WISHED) == [(FIGHT_CLUB.isbn13, 1, 0), (SOLITUDE.isbn13, 1, 0)], gone


def test_editions_of_a_work_count_together_in_any_slice(
    app: Flask, exchange: Exchange, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(browse_counting, "SPAN", 1)
    with app.app_context():
        first, second, third = (exchange.member(name) for name in ("甲", "乙", "丙"))
        exchange.wishes.wish_for(first, SANTI.isbn13)
        exchange.wishes.wish_for(second, SANTI.isbn13)
        exchange.wishes.wish_for(third, SANTI_TAIWAN.isbn13)
        exchange.wishes.wish_for(first, FIGHT_CLUB.isbn13)
    write(app)
    assert counted(app, BrowseKind.WISHED) == [(SANTI.isbn13, 3, 0), (FIGHT_CLUB.isbn13, 1, 0)], (
        "shown as the edition that most wish"
    )


@pytest.mark.usefixtures("exchange")
def test_while_the_index_is_that_of_an_older_version_its_numbers_stay(app: Flask):
    write(app)
    with app.app_context():
        before = counted(app, BrowseKind.LANGUAGE)
        stock(app, [replace(FIGHT_CLUB, isbn13="9780393327359")])
        outdate_index(app)
        container.catalogue.browse_counting.run()
        assert counted(app, BrowseKind.LANGUAGE) == before != []
        assert len(list_rows(BrowseCount)) == len(container.catalogue.browse.list_counts())


def test_the_first_page_the_foot_and_the_sitemap_lead_here(page: PageClient):
    assert page.get("/").links.count("/browse") >= 1
    assert "/browse</loc>" in page.http.get("/sitemap/books.xml").text
