"""Translations are linked with their originals where the title names one author's book, and not where it may be another's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.container import Container
from app.domain.book import BY_MEMBER, BookFacts
from app.domain.isbn import to_isbn13
from app.libs.clock import FrozenClock
from app.services.catalogue import families
from app.services.catalogue.families import Families
from tests.support.books import SOLEDAD, SOLITUDE

#: Two books of one English title, and a translation that does not say whose it is.
HUNGER = BookFacts(isbn13="9780374525286", title="Hunger", authors=("Knut Hamsun",), language="en", popularity=5)
OTHER_HUNGER = BookFacts(isbn13="9780062362599", title="Hunger", authors=("Roxane Gay",), language="en", popularity=9)
UNSAID = BookFacts(
    isbn13="9787020002207", title="饥饿", authors=("克努特·汉姆生",), language="zh", original_title="Hunger"
)
SAID = BookFacts(
    isbn13="9787020008735",
    title="饥",
    authors=("克努特·汉姆生（Knut Hamsun）",),
    language="zh",
    original_title="Hunger",
)


@pytest.fixture
def linking(box: Container, clock: FrozenClock) -> Families:
    catalogue = box.catalogue
    return Families(box.core.sql, catalogue.work_queries, catalogue.search, clock)


def linked(box: Container, facts: BookFacts) -> set[str]:
    """Return the ISBNs of the other works of a book's family."""
    book = box.catalogue.books.find(facts.isbn13)
    assert book is not None
    return {row.book.facts.isbn13 for row in box.catalogue.work_queries.list_relatives(book.work_id, 9)}


def test_a_translation_is_linked_with_the_book_that_its_original_title_names(box: Container, linking: Families) -> None:
    box.catalogue.writer.store([SOLEDAD, SOLITUDE])
    linking.take_turn()
    assert linked(box, SOLITUDE) == {SOLEDAD.isbn13}
    assert linked(box, SOLEDAD) == {SOLITUDE.isbn13}


def test_of_two_authors_books_of_one_title_only_a_named_author_s_is_linked(box: Container, linking: Families) -> None:
    box.catalogue.writer.store([HUNGER, OTHER_HUNGER, UNSAID, SAID])
    linking.take_turn()
    assert linked(box, UNSAID) == linked(box, OTHER_HUNGER) == set()
    assert linked(box, SAID) == {HUNGER.isbn13}


@pytest.mark.parametrize(
    ("original", "translation"),
    [
        ({"title": "Cien años"}, {}),
        ({"subtitle": "guía de lectura"}, {}),
        ({"language": "zh"}, {}),
        ({"publisher": "Recorded Books"}, {}),
        ({"source": BY_MEMBER}, {}),
        ({"title": "Cien años de soledad: trilogy"}, {"original_title": "Cien años de soledad: trilogy"}),
        ({}, {"title": "百年孤独（精华版）"}),
        ({}, {"title": "马尔克斯小说全集"}),
        ({}, {"series": "世界文学名著缩写本"}),
        ({"pages": "100"}, {"pages": "400"}),
        ({}, {"source": BY_MEMBER}),
        ({}, {"original_title": ""}),
        ({}, {"original_title": SOLITUDE.title}),
    ],
)
def test_what_is_no_original_is_not_linked(
    box: Container, linking: Families, original: dict[str, str], translation: dict[str, str]
) -> None:
    box.catalogue.writer.store([replace(SOLEDAD, **original), replace(SOLITUDE, **translation)])
    linking.take_turn()
    assert linked(box, SOLITUDE) == set()


def test_a_title_of_very_many_books_is_nobody_s(box: Container, linking: Families) -> None:
    box.catalogue.writer.store([SOLITUDE, *(replace(SOLEDAD, isbn13=to_isbn13(f"03074{n:04}0")) for n in range(101))])
    linking.take_turn()
    assert linked(box, SOLITUDE) == set()


def test_a_translation_of_a_translation_belongs_to_the_first_original(box: Container, linking: Families) -> None:
    english = BookFacts(
        isbn13="9780060883287", title="One Hundred Years of Solitude", authors=("Gabriel García Márquez",), language="en",
        original_title="Cien años de soledad",
    )  # fmt: skip
    from_english = BookFacts(
        isbn13="9787020008735", title="百年孤寂", authors=("马奎斯",), language="zh",
        original_title="One Hundred Years of Solitude",
    )  # fmt: skip
    box.catalogue.writer.store([english, from_english])
    linking.link_all()
    assert linked(box, from_english) == {english.isbn13}
    box.catalogue.writer.store([SOLEDAD])
    linking.link_all()
    assert linked(box, from_english) == {english.isbn13, SOLEDAD.isbn13}
    linking.link_all()
    assert linked(box, SOLEDAD) == {english.isbn13, from_english.isbn13}


def test_a_round_goes_on_where_it_was_stopped_and_begins_once_a_day(
    box: Container, linking: Families, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(families, "TRANSLATIONS", 1)
    monkeypatch.setattr(families, "TURN_SLICES", 1)
    box.catalogue.writer.store([HUNGER, SAID, SOLEDAD, SOLITUDE])
    linking.take_turn()
    assert (linked(box, SAID), linked(box, SOLITUDE)) == ({HUNGER.isbn13}, set())
    for _ in range(3):
        linking.take_turn()
    assert linked(box, SOLITUDE) == {SOLEDAD.isbn13}
    box.catalogue.writer.store([replace(SOLITUDE, isbn13="9787020002207", title="孤独百年")])
    late = replace(SOLITUDE, isbn13="9787020002207")
    linking.take_turn()
    assert linked(box, late) == set()
    clock.advance(timedelta(days=1))
    for _ in range(4):
        linking.take_turn()
    assert linked(box, late) == {SOLEDAD.isbn13, SOLITUDE.isbn13}


ANIMALS = BookFacts(isbn13="9780451524935", title="Nineteen Eighty-Four", authors=("George Orwell",), language="en")
TWO_OF_THEM = BookFacts(
    isbn13="9787532751129", title="一九八四·动物农场", authors=("乔治·奥威尔",), language="zh", original_title="Nineteen Eighty-Four"
)  # fmt: skip
ALONE = replace(TWO_OF_THEM, isbn13="9787544248426", title="一九八四")
FARM = replace(TWO_OF_THEM, isbn13="9787544248433", title="动物农场", original_title="Animal Farm")


def test_a_title_that_lists_two_books_of_the_catalogue_is_of_no_family(box: Container, linking: Families) -> None:
    box.catalogue.writer.store([ANIMALS, TWO_OF_THEM, ALONE, FARM])
    linking.take_turn()
    assert linked(box, ANIMALS) == {ALONE.isbn13}
    assert linked(box, TWO_OF_THEM) == set()


def test_a_title_with_a_dot_is_not_two_books_for_that(box: Container, linking: Families) -> None:
    box.catalogue.writer.store([ANIMALS, TWO_OF_THEM, ALONE])
    linking.take_turn()
    assert linked(box, TWO_OF_THEM) == {ANIMALS.isbn13, ALONE.isbn13}


def test_links_that_another_rule_has_made_are_made_anew_once(
    box: Container, linking: Families, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.catalogue.writer.store([ANIMALS, TWO_OF_THEM, ALONE, FARM, SOLEDAD, SOLITUDE])
    with monkeypatch.context() as before:
        before.setattr(families, "FAMILY_RULE", families.FAMILY_RULE - 1)
        before.setattr(families, "keys_of_parts", lambda _facts: frozenset())
        linking.take_turn()
        assert TWO_OF_THEM.isbn13 in linked(box, ANIMALS)
    linking.take_turn()
    assert linked(box, ANIMALS) == {ALONE.isbn13}
    assert linked(box, SOLEDAD) == {SOLITUDE.isbn13}
    linking.take_turn()
    assert linked(box, ANIMALS) == {ALONE.isbn13}
