"""Below a book stand those that its readers want, too, or books like it; nobody is named, and nothing stands where there is nothing."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask import Flask

from app.container import container
from app.domain.book import BookFacts
from app.domain.isbn import to_isbn13
from app.domain.neighbours import FEWEST_PERSONS, MOST_NEIGHBOURS, NEIGHBOURS_SHOWN
from app.extensions import db
from app.models.book import Work, WorkNeighbour
from app.search.index.port import IndexUnavailable
from tests.support.books import FIGHT_CLUB, LONG, MARKUP, SANTI, SANTI_2, SANTI_TAIWAN, SOLEDAD, SOLITUDE, stock
from tests.support.exchange import Exchange
from tests.support.pages import PageClient
from tests.support.rows import list_rows

WANTED, LIKE = "读过这本的人也想读", "和它相近的书"
PAGE = f"/book/{SANTI.isbn13}/detail"


@pytest.fixture
def exchange(any_database_app: Flask) -> Exchange:
    with any_database_app.app_context():
        return Exchange(any_database_app)


@pytest.fixture
def page(exchange: Exchange) -> PageClient:
    return PageClient(exchange.app)


def work_of(book: BookFacts) -> int:
    found = container.catalogue.books.find(book.isbn13)
    assert found is not None
    return found.work_id


def be_neighbours(app: Flask, *others: tuple[BookFacts, int]) -> None:
    """Let works be neighbours of 三体, each by so many members."""
    with app.app_context(), db.auto_commit() as session:
        rows = {work_of(other): members for other, members in others}
        for other, members in rows.items():
            session.add(WorkNeighbour(work_id=work_of(SANTI), other_id=other, members=members))


def shown(page: PageClient, path: str = PAGE) -> list[str]:
    """Return the ISBNs below the book, in their order."""
    html = page.http.get(path).text
    _before, mark, section = html.partition('aria-labelledby="neighbours"')
    return re.findall(r'href="/book/(\d{13})/detail"', section.partition("</section>")[0]) if mark else []


def test_neighbours_stand_in_order_those_that_can_be_had_in_front(exchange: Exchange, page: PageClient) -> None:
    be_neighbours(exchange.app, (SOLITUDE, 40), (FIGHT_CLUB, 30), (SANTI_2, 20))
    assert shown(page) == [SOLITUDE.isbn13, FIGHT_CLUB.isbn13, SANTI_2.isbn13]
    with exchange.app.app_context():
        exchange.offer(exchange.member("小满"), SANTI_2.isbn13)
    assert shown(page) == [SANTI_2.isbn13, SOLITUDE.isbn13, FIGHT_CLUB.isbn13]
    text = page.get(PAGE).text
    assert WANTED in text
    assert LIKE not in text
    section = text[text.index(WANTED) :]
    assert "有人在送" in section
    assert "小满" not in section
    assert not re.search(r"\b[234]0\b", section), "no number of members"


def test_a_work_stands_by_the_edition_that_can_be_had_else_by_the_most_popular(
    exchange: Exchange, page: PageClient
) -> None:
    plain = replace(SOLITUDE, isbn13="9787020002207", popularity=1, publisher="别的出版社")
    stock(exchange.app, [plain])
    be_neighbours(exchange.app, (SOLITUDE, 40))
    assert shown(page) == [SOLITUDE.isbn13]
    with exchange.app.app_context():
        exchange.offer(exchange.member("小满"), plain.isbn13)
    assert shown(page) == [plain.isbn13]


def test_works_that_were_merged_away_and_those_of_the_family_do_not_stand_there(
    exchange: Exchange, page: PageClient
) -> None:
    be_neighbours(exchange.app, (SOLITUDE, 40), (FIGHT_CLUB, 30), (SANTI_2, 20))
    with exchange.app.app_context():
        container.catalogue.work_decisions.merge(None, SANTI.isbn13, SANTI_2.isbn13, reason="一部")
        with db.auto_commit():
            Work.query.filter_by(id=work_of(FIGHT_CLUB)).update({"family_id": work_of(SANTI)})
    assert shown(page) == [SOLITUDE.isbn13]


def test_at_most_eight_of_them_are_shown(exchange: Exchange, page: PageClient) -> None:
    books = [
        BookFacts(isbn13=to_isbn13(f"30000{n:04}0"), title=f"第{n}种", authors=(f"作者{n}",), language="zh")
        for n in range(MOST_NEIGHBOURS)
    ]
    stock(exchange.app, books)
    be_neighbours(exchange.app, *((book, 99 - number) for number, book in enumerate(books)))
    assert shown(page) == [book.isbn13 for book in books[:NEIGHBOURS_SHOWN]]


def test_without_neighbours_books_like_it_stand_there(exchange: Exchange, page: PageClient) -> None:
    assert shown(page) == [SANTI_2.isbn13]
    text = page.get(PAGE).text
    assert LIKE in text
    assert WANTED not in text
    assert SANTI_TAIWAN.isbn13 not in shown(page), "an edition of the same work"


def test_of_books_like_it_one_of_a_family_stands_there_and_what_can_be_had_is_marked(
    exchange: Exchange, page: PageClient
) -> None:
    translation = replace(SANTI_2, isbn13=to_isbn13("0765386690"), title="The Dark Forest", popularity=1)
    stock(exchange.app, [translation])
    assert set(shown(page)) == {SANTI_2.isbn13, translation.isbn13}
    with exchange.app.app_context(), db.auto_commit():
        Work.query.filter_by(id=work_of(translation)).update({"family_id": work_of(SANTI_2)})
    assert len(shown(page)) == 1
    assert "有人在送" not in page.get(PAGE).text
    with exchange.app.app_context():
        exchange.offer(exchange.member("老舍"), SANTI_2.isbn13)
    assert shown(page) == [SANTI_2.isbn13], "what can be had stands in front"
    assert "有人在送" in page.get(PAGE).text


@pytest.mark.parametrize("book", [FIGHT_CLUB, MARKUP, LONG, SOLEDAD])
def test_where_there_is_neither_nothing_is_said(page: PageClient, book: BookFacts) -> None:
    path = f"/book/{book.isbn13}/detail"
    text = page.get(path).text
    assert WANTED not in text
    assert LIKE not in text
    assert shown(page, path) == []


def test_both_headings_are_in_english_too(exchange: Exchange, page: PageClient) -> None:
    english = {"Accept-Language": "en"}
    assert "Books like this one" in page.get(PAGE, headers=english).text
    be_neighbours(exchange.app, (SOLITUDE, 40))
    assert "Readers of this book also want" in page.get(PAGE, headers=english).text


def test_the_page_of_a_book_does_without_an_index(
    exchange: Exchange, page: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_options: object) -> None:
        raise IndexUnavailable

    monkeypatch.setattr(exchange.container.catalogue.search_index, "candidates", fail)
    assert shown(page) == []
    be_neighbours(exchange.app, (SOLITUDE, 40))
    assert shown(page) == [SOLITUDE.isbn13]


def test_the_command_finds_neighbours_and_their_pages_show_them(exchange: Exchange, page: PageClient) -> None:
    with exchange.app.app_context():
        for number in range(FEWEST_PERSONS):
            member = exchange.member(f"读者{number}")
            exchange.wishes.wish_for(member, SANTI.isbn13)
            exchange.wishes.wish_for(member, FIGHT_CLUB.isbn13)
    result = exchange.app.test_cli_runner().invoke(args=["catalogue", "neighbours"])
    assert result.exit_code == 0
    assert "works counted" in result.output
    with exchange.app.app_context():
        rows = {(row.work_id, row.other_id): row.members for row in list_rows(WorkNeighbour)}
        both = (work_of(SANTI), work_of(FIGHT_CLUB))
    assert rows == dict.fromkeys((both, both[::-1]), FEWEST_PERSONS)
    assert shown(page) == [FIGHT_CLUB.isbn13]
