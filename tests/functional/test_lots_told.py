"""Who wishes a book is told of a set that may hold it, and who wishes a set of its books; neither is offered for the other."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from app.domain.book import BookFacts
from tests.support.books import SANTI, SANTI_2, SOLITUDE, stock
from tests.support.members import login, make_member
from tests.support.pages import Page, PageClient

LOT = replace(SANTI, isbn13="9787229042066", title="三体全集", series="", subjects=())
ENGLISH = {"Accept-Language": "en"}
TOLD = {True: "有人在送整套", False: "有人在送其中一本"}


@pytest.fixture
def reader(app: Flask) -> PageClient:
    stock(app)
    stock(app, [LOT])
    return logged_in(app, "林小满")


@pytest.fixture
def giver(app: Flask, reader: PageClient) -> PageClient:
    return logged_in(app, "老舍")


def logged_in(app: Flask, name: str) -> PageClient:
    client = PageClient(app)
    login(client.http, make_member(app, name))
    return client


def page_of(isbn13: str) -> str:
    return f"/book/{isbn13}/detail"


def offers(page: Page) -> list[str]:
    return [link for link in page.links if link.startswith("/drift/")]


@pytest.mark.parametrize(
    ("wished", "given", "is_lot"),
    [(SANTI, LOT, True), (SANTI_2, LOT, True), (LOT, SANTI, False), (LOT, SANTI_2, False)],
    ids=["the first in the lot", "the second in the lot", "the first of the lot", "the second of the lot"],
)
def test_the_wish_and_the_book_s_page_tell_of_it_without_offering_it(
    *, app: Flask, reader: PageClient, giver: PageClient, wished: BookFacts, given: BookFacts, is_lot: bool
) -> None:
    reader.post(f"/wish/book/{wished.isbn13}", on="/personal")
    for path in ("/my/wish", page_of(wished.isbn13)):
        assert TOLD[is_lot] not in reader.get(path).text
    giver.post(f"/gifts/book/{given.isbn13}")
    for path in ("/my/wish", page_of(wished.isbn13)):
        page = reader.get(path)
        assert TOLD[is_lot] in page.text
        assert TOLD[not is_lot] not in page.text
        assert page_of(given.isbn13) in page.links
        assert offers(page) == []
    assert "还没有人送" in reader.get("/my/wish").text
    assert TOLD[is_lot] in PageClient(app).get(page_of(wished.isbn13)).text
    english = reader.get("/my/wish", headers=ENGLISH).text
    assert ("Somebody gives a whole set" if is_lot else "Somebody gives a book of it") in english


def test_of_one_s_own_set_nothing_is_told(reader: PageClient) -> None:
    reader.post(f"/wish/book/{SANTI.isbn13}", on="/personal")
    reader.post(f"/gifts/book/{LOT.isbn13}")
    for path in ("/my/wish", page_of(SANTI.isbn13)):
        assert TOLD[True] not in reader.get(path).text


def test_a_set_that_is_gone_is_not_told_of(reader: PageClient, giver: PageClient) -> None:
    reader.post(f"/wish/book/{SANTI.isbn13}", on="/personal")
    giver.post(f"/gifts/book/{LOT.isbn13}")
    giver.post("/gifts/1/withdraw", on="/my/gifts")
    assert TOLD[True] not in reader.get("/my/wish").text


def test_a_merged_set_is_told_of_by_the_work_that_has_its_books(
    app: Flask, reader: PageClient, giver: PageClient
) -> None:
    with app.app_context():
        app.extensions["container"].catalogue.work_decisions.merge(None, LOT.isbn13, SOLITUDE.isbn13, reason="同一套")
    giver.post(f"/gifts/book/{SOLITUDE.isbn13}")
    assert TOLD[True] in reader.get(page_of(SANTI.isbn13)).text
