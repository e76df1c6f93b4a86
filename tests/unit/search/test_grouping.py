"""On the first pages the editions of a work stand as one row, and no book is lost by it."""

from __future__ import annotations

import pytest

from app.search.answerer import HEAD
from app.search.pager import RESULTS_PER_PAGE
from tests.support.catalogue_fixture import Shelf, titles

EDITIONS = 50
"""So many that not all are among the best ranked ones that are grouped."""


@pytest.fixture
def shelf() -> Shelf:
    shelf = Shelf()
    shelf.put("活着（典藏版）", "余华", work_id=7, popularity=3)
    shelf.put("活着", "余华", work_id=7, popularity=9)
    shelf.put("活着（精装）", "余华", work_id=7, popularity=5)
    shelf.put("活着本来单纯", "丰子恺", work_id=8, popularity=9)
    shelf.put("活着的理由", "马特·海格", popularity=2)
    shelf.put("活着的意义", "某人", popularity=1)
    return shelf


def test_a_work_is_one_row_and_its_editions_are_counted(shelf: Shelf):
    page = shelf.search.find("活着", grouped=True)
    assert titles(page) == ["活着", "活着本来单纯", "活着的理由", "活着的意义"]
    assert page.editions == {7: 3, 8: 1}
    assert (page.total, page.pages, page.grouped, page.merged) == (6, 1, True, 2)


def test_without_grouping_each_edition_is_a_row(shelf: Shelf):
    page = shelf.search.find("活着")
    assert len(page.rows) == page.total == 6
    assert (page.editions, page.grouped, page.merged) == ({}, False, 0)


def test_the_edition_that_can_be_had_stands_for_the_others_where_the_best_of_them_would():
    shelf = Shelf()
    shelf.put("活着", "余华", work_id=7, popularity=9)
    shelf.put("活着（典藏版）", "余华", work_id=7, popularity=3, offered=True)
    shelf.put("活着的理由", "马特·海格", popularity=9)
    assert titles(shelf.search.find("活着", grouped=True)) == ["活着（典藏版）", "活着的理由"]


def test_the_edition_with_the_words_in_the_fields_that_were_named_stands_for_the_others():
    shelf = Shelf()
    shelf.put("活着", "余华", work_id=7, publisher="南海出版公司", series="作家文库", popularity=9, offered=True)
    shelf.put("活着（典藏版）", "余华", work_id=7, publisher="作家出版社", popularity=3)
    assert titles(shelf.search.find("书名：活着 出版社：作家", grouped=True)) == ["活着（典藏版）"]
    assert titles(shelf.search.find("活着 作家", grouped=True)) == ["活着"]


def test_what_is_also_found_stands_for_no_edition_that_has_the_words():
    shelf = Shelf()
    shelf.put("Notes on Dostoevsky's Crime and Punishment", "James Roberts", language="en", work_id=7, popularity=9)
    shelf.put("Dostoevsky's Crime and Punishment", "James Roberts", language="en", work_id=8)
    for number in range(7):
        work = 8 if not number else 100 + number
        shelf.put("Crime and Punishment", "Fyodor Dostoyevsky", language="en", work_id=work, popularity=9)
    page = shelf.search.find("Crime and Punishment Dostoevsky", grouped=True)
    assert page.understood
    assert page.understood.kind == "also"
    assert (len(page.rows), page.merged) == (8, 1)
    assert "Dostoevsky's Crime and Punishment" in titles(page)


def test_books_whose_work_nobody_knows_yet_are_not_one():
    shelf = Shelf()
    for _ in range(2):
        shelf.put("活着", "余华")
    assert len(shelf.search.find("活着", grouped=True).rows) == 2


@pytest.mark.parametrize("others", [0, 3, 30, 75])
def test_pages_go_on_behind_the_groups_with_every_other_book_once(others: int):
    shelf = Shelf()
    for number in range(EDITIONS):
        shelf.put("活着", "余华", work_id=7 + number % 2, popularity=9)
    for number in range(others):
        shelf.put(f"活着 {number}", "某人", work_id=100 + number)
    first = shelf.search.find("活着", grouped=True)
    pages = [shelf.search.find("活着", grouped=True, page=number) for number in range(1, first.pages + 1)]
    ids = [book.id for page in pages for book in page.rows]
    assert len(ids) == len(set(ids)) == first.total - HEAD + 2
    assert {page.total for page in pages} == {EDITIONS + others}
    assert all(len(page.rows) == RESULTS_PER_PAGE for page in pages[:-1])
    assert 0 < len(pages[-1].rows) <= RESULTS_PER_PAGE


def test_programs_are_given_every_edition(shelf: Shelf):
    assert len(shelf.search.window("活着", start=0, count=20).rows) == 6
