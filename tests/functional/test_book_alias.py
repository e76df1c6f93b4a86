"""A book with a second ISBN is found by both, everywhere; a book whose own number it is always goes first."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from app.container import container
from app.domain.book import BookFacts
from app.domain.reading_list import Verdict
from app.models.book import BookAlias
from app.models.gift import OpenListing, Wish
from tests.support.books import SANTI, SOLITUDE, stock
from tests.support.members import login, make_member
from tests.support.pages import PageClient
from tests.support.rows import count_rows, list_rows

ALIAS = "9789900000013"
ALIAS_10 = "9900000013"
TRAVEL = BookFacts(isbn13=ALIAS, title="别的书", authors=("别人",))


def stock_with_alias(app: Flask) -> None:
    with app.app_context():
        container.catalogue.writer.store([SANTI, SOLITUDE], aliases={SANTI: [ALIAS]})


def resolved(isbn13: str) -> str:
    book = container.catalogue.books.resolve(isbn13)
    return "" if book is None else book.facts.title


@pytest.fixture
def visitor(app: Flask, page: PageClient) -> PageClient:
    stock_with_alias(app)
    return page


def test_both_numbers_lead_to_the_book(any_database_app: Flask) -> None:
    stock_with_alias(any_database_app)
    with any_database_app.app_context():
        assert (resolved(SANTI.isbn13), resolved(ALIAS), resolved(SOLITUDE.isbn13)) == ("三体", "三体", "百年孤独")
        found = container.catalogue.books.resolve_many([ALIAS, SOLITUDE.isbn13, "9780306406157"])
        assert {isbn: book.facts.title for isbn, book in found.items()} == {ALIAS: "三体", SOLITUDE.isbn13: "百年孤独"}
        assert container.catalogue.local_catalogue.find_many([ALIAS], seconds=1)[ALIAS] == SANTI


def test_an_alias_never_hides_a_real_book(any_database_app: Flask) -> None:
    stock_with_alias(any_database_app)
    with any_database_app.app_context():
        container.catalogue.writer.store([TRAVEL])
        assert resolved(ALIAS) == "别的书"
        container.catalogue.writer.store([SANTI], aliases={SANTI: [ALIAS, SOLITUDE.isbn13]})
        assert (resolved(ALIAS), resolved(SOLITUDE.isbn13)) == ("别的书", "百年孤独")
        assert count_rows(BookAlias) == 0


def test_an_alias_stays_with_the_book_that_had_it_first(any_database_app: Flask) -> None:
    stock_with_alias(any_database_app)
    with any_database_app.app_context():
        container.catalogue.writer.store([SOLITUDE], aliases={SOLITUDE: [ALIAS]})
        assert resolved(ALIAS) == "三体"


def test_a_new_alias_is_seen_by_what_is_kept_in_memory(app: Flask) -> None:
    stock(app, [SANTI])
    with app.app_context():
        before = container.catalogue.version.stamp()
        assert container.catalogue.search.find(ALIAS).rows == ()
        container.catalogue.writer.store([SANTI], aliases={SANTI: [ALIAS]})
        assert container.catalogue.version.stamp() != before
        assert [book.facts for book in container.catalogue.search.find(ALIAS).rows] == [SANTI]


@pytest.mark.parametrize("typed", [ALIAS, ALIAS_10, "978-99-00000-01-3"])
def test_a_search_by_either_number_leads_to_the_page(visitor: PageClient, typed: str) -> None:
    answer = visitor.http.get("/book/search", query_string={"q": typed}, follow_redirects=True)
    assert answer.request.path == f"/book/{SANTI.isbn13}/detail"


def test_its_page_its_cover_and_the_api_answer_to_both(visitor: PageClient) -> None:
    page = visitor.http.get(f"/book/{ALIAS}/detail")
    assert (page.status_code, page.location) == (302, f"/book/{SANTI.isbn13}/detail")
    cover = visitor.http.get(f"/cover/{ALIAS}")
    assert (cover.status_code, cover.location) == (302, f"/cover/{SANTI.isbn13}")
    assert visitor.http.get(f"/cover/{ALIAS}-s.jpg").content_type == "image/jpeg"
    for number in (ALIAS, ALIAS_10):
        assert visitor.http.get(f"/v2/book/isbn/{number}").get_json()["isbn13"] == SANTI.isbn13


def test_gifts_and_wishes_are_of_the_book_itself(app: Flask, visitor: PageClient) -> None:
    login(visitor.http, make_member(app))
    visitor.post(f"/wish/book/{ALIAS}", on=f"/book/{SANTI.isbn13}/detail")
    with app.app_context():
        assert [wish.isbn13 for wish in list_rows(Wish)] == [SANTI.isbn13]
    visitor.post(f"/wish/book/{ALIAS}/withdraw", on=f"/book/{SANTI.isbn13}/detail")
    visitor.post(f"/gifts/book/{ALIAS}", {"condition": "good", "postage": "giver"})
    with app.app_context():
        assert [(place.isbn13, place.kind) for place in list_rows(OpenListing)] == [(SANTI.isbn13, "gift")]


def test_writing_a_book_down_under_its_second_number_shows_the_one_that_is_known(
    app: Flask, visitor: PageClient
) -> None:
    login(visitor.http, make_member(app))
    book = {"isbn": ALIAS, "title": "三体", "authors": "刘慈欣", "language": "zh"}
    assert visitor.post("/book/add", book).location == f"/book/{ALIAS}/detail"
    with app.app_context():
        assert container.catalogue.books.count() == 2


def test_an_operator_who_adds_an_alias_hears_of_the_book(app: Flask) -> None:
    stock_with_alias(app)
    said = app.test_cli_runner().invoke(args=["catalogue", "add-isbn", ALIAS, "--publisher", "科幻世界"]).output
    assert f"{ALIAS} is another number of {SANTI.isbn13}" in said
    with app.app_context():
        book = container.catalogue.books.find(SANTI.isbn13)
        assert book is not None
        assert book.facts == replace(SANTI, publisher="科幻世界", source="operator")


def test_a_list_with_the_second_number_matches_the_book_and_offers_it(app: Flask) -> None:
    stock_with_alias(app)
    member = make_member(app)
    with app.app_context():
        list_id = container.lists.book_lists.bring(member.id, "list", f"isbn,title\n{ALIAS},三体\n".encode())
        (row,) = container.lists.stored.list_rows(list_id, limit=9)
        assert (row.verdict, row.isbns) == (Verdict.MATCHED, (SANTI.isbn13,))
        assert container.lists.book_lists.wish_all(member.id, list_id) == 0
        assert [wish.isbn13 for wish in list_rows(Wish)] == [SANTI.isbn13]
