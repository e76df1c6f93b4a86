"""Editions that may be one volume are listed, once, until facts or a moderator say otherwise; alike on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.container import Container
from app.domain.book import BookFacts
from app.domain.errors import AlreadyDone
from app.domain.work_decision import BookUnknown, NotShort
from app.libs.clock import FrozenClock
from app.models.book import ShortEdition
from app.models.drift import ModeratorAct
from app.services.catalogue import short_editions
from app.services.catalogue.short_editions import ShortEditions
from tests.support.books import FIGHT_CLUB
from tests.support.rows import list_rows


@pytest.fixture
def listing(box: Container, clock: FrozenClock) -> ShortEditions:
    return ShortEditions(box.core.sql, box.catalogue.short_editions, box.catalogue.work_queries, clock)


def edition(number: int, pages: str, title: str = "平凡的世界") -> BookFacts:
    return BookFacts(
        isbn13=isbn_of(number), title=title, authors=("路遥",), publisher=f"第{number}书社", language="zh", pages=pages
    )


def isbn_of(number: int) -> str:
    digits = f"978702{number:06}"
    check = -sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10
    return f"{digits}{check}"


WHOLE = (edition(1, "1200"), edition(2, "1100"), edition(3, "1300"))
SHORT = edition(4, "400")


def listed(box: Container) -> list[str]:
    return [row.book.facts.isbn13 for row in box.catalogue.short_editions.list_open(limit=99)]


def test_an_edition_with_few_pages_is_listed_with_the_median(box: Container, listing: ShortEditions) -> None:
    box.catalogue.writer.store([*WHOLE, SHORT, FIGHT_CLUB])
    listing.look_at_all()
    [row] = box.catalogue.short_editions.list_open(limit=9)
    assert (row.book.facts.isbn13, row.median) == (SHORT.isbn13, 1150)
    listing.look_at_all()
    assert listed(box) == [SHORT.isbn13]


def test_it_goes_when_its_own_facts_or_those_of_its_sisters_change(box: Container, listing: ShortEditions) -> None:
    box.catalogue.writer.store([*WHOLE, SHORT])
    listing.look_at_all()
    box.catalogue.writer.store([replace(SHORT, pages="1150")])
    assert listed(box) == [], "before the next round"
    box.catalogue.writer.store([replace(SHORT, pages="400")])
    assert listed(box) == [SHORT.isbn13]
    box.catalogue.writer.store([replace(facts, pages="500") for facts in WHOLE])
    assert listed(box) == []
    listing.look_at_all()
    assert list_rows(ShortEdition) == []


def test_it_goes_with_a_decision_and_comes_again_when_that_is_undone(box: Container, listing: ShortEditions) -> None:
    box.catalogue.writer.store([*WHOLE, SHORT])
    listing.look_at_all()
    decision = box.catalogue.work_decisions.part(None, SHORT.isbn13, reason="只是第一部")
    assert listed(box) == []
    listing.look_at_all()
    assert list_rows(ShortEdition) == []
    box.catalogue.work_decisions.undo(None, decision, reason="看错了")
    listing.look_at_all()
    assert listed(box) == [SHORT.isbn13]


def test_an_edition_that_a_moderator_calls_whole_is_never_listed_again_until_that_is_undone(
    box: Container, listing: ShortEditions
) -> None:
    box.catalogue.writer.store([*WHOLE, SHORT])
    decisions = box.catalogue.work_decisions
    with pytest.raises(NotShort):
        decisions.call_whole(None, SHORT.isbn13, reason="字小")
    with pytest.raises(BookUnknown):
        decisions.call_whole(None, FIGHT_CLUB.isbn13, reason="字小")
    listing.look_at_all()
    decision = decisions.call_whole(None, SHORT.isbn13, reason="字小")
    with pytest.raises(AlreadyDone):
        decisions.call_whole(None, SHORT.isbn13, reason="字小")
    assert listed(box) == []
    box.catalogue.writer.store([replace(SHORT, pages="1150")])
    listing.look_at_all()
    box.catalogue.writer.store([replace(SHORT, pages="399")])
    listing.look_at_all()
    assert listed(box) == []
    assert {book.work_id for book in box.catalogue.books.find_many([each.isbn13 for each in (*WHOLE, SHORT)])} == {
        row.work_id for row in list_rows(ShortEdition)
    }
    decisions.undo(None, decision, reason="还是少")
    assert listed(box) == [SHORT.isbn13]
    assert [(act.kind, act.reason) for act in list_rows(ModeratorAct)] == [
        ("whole edition", "字小"),
        ("undo decision", "还是少"),
    ]


def test_a_round_goes_on_where_it_stopped_and_begins_once_a_day(
    box: Container, listing: ShortEditions, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(short_editions, "WORKS_AT_ONCE", 1)
    monkeypatch.setattr(short_editions, "LOOK_SLICES", 1)
    others = [replace(facts, isbn13=isbn_of(50 + number), title="人生") for number, facts in enumerate((*WHOLE, SHORT))]
    box.catalogue.writer.store([*WHOLE, SHORT])
    box.catalogue.writer.store(others)
    listing.take_turn()
    assert listed(box) == [SHORT.isbn13]
    again = ShortEditions(box.core.sql, box.catalogue.short_editions, box.catalogue.work_queries, clock)
    again.take_turn()
    assert listed(box) == [SHORT.isbn13, others[3].isbn13]
    box.catalogue.writer.store([replace(WHOLE[0], pages="100")])
    again.take_turn()
    assert WHOLE[0].isbn13 not in listed(box), "until a day is over"
    clock.advance(timedelta(days=1))
    again.take_turn()
    assert WHOLE[0].isbn13 in listed(box)


def test_the_list_is_bounded_and_fills_up_again(
    box: Container, listing: ShortEditions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(short_editions, "MOST_LISTED", 2)
    many = [edition(10 + number, "300") for number in range(3)]
    box.catalogue.writer.store([*WHOLE, *(edition(20 + number, "1200") for number in range(3)), *many])
    listing.look_at_all()
    assert len(listed(box)) == 2
    assert box.catalogue.short_editions.has_open(offset=1)
    assert not box.catalogue.short_editions.has_open(offset=2)
    box.catalogue.work_decisions.call_whole(None, listed(box)[0], reason="字小")
    listing.look_at_all()
    assert len(listed(box)) == 2


def test_an_edition_that_moved_to_another_work_is_listed_there(box: Container, listing: ShortEditions) -> None:
    box.catalogue.writer.store([*WHOLE, SHORT])
    listing.look_at_all()
    others = [replace(facts, isbn13=isbn_of(50 + number), title="人生") for number, facts in enumerate(WHOLE)]
    box.catalogue.writer.store([*others])
    box.catalogue.work_decisions.put(None, SHORT.isbn13, others[0].isbn13, reason="放错了")
    assert listed(box) == []
    listing.look_at_all()
    assert listed(box) == [SHORT.isbn13]
    listing.look_at_all()
    assert [(row.isbn13, row.decision_id) for row in list_rows(ShortEdition)] == [(SHORT.isbn13, 0)]
