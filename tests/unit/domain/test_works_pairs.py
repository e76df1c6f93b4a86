"""The labelled pairs of books are what a judge needs: real, each once, mostly hard, and about half of them one work."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.golden.starter import read_starter
from tests.golden.works import EASY, FOURTH, KINDS, PAIRS, THIRD, UNSEEN, LabelledPair, read_pairs

ENOUGH = {PAIRS: 440, UNSEEN: 110, THIRD: 220, FOURTH: 240}


@pytest.fixture(scope="module", params=ENOUGH, ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.fixture(scope="module")
def pairs(path: Path) -> list[LabelledPair]:
    return read_pairs(path)


def test_every_book_of_a_pair_is_in_the_starter_catalogue(pairs: list[LabelledPair]) -> None:
    named = {isbn13 for pair in pairs for isbn13 in (pair.isbn13_a, pair.isbn13_b)}
    assert named - {facts.isbn13 for facts in read_starter()} == set()


def test_no_pair_stands_twice_or_reversed(pairs: list[LabelledPair]) -> None:
    counted = Counter(frozenset((pair.isbn13_a, pair.isbn13_b)) for pair in pairs)
    assert [sorted(books) for books, times in counted.items() if times > 1 or len(books) == 1] == []


def test_there_are_enough_pairs_and_at_least_half_are_hard(path: Path, pairs: list[LabelledPair]) -> None:
    assert len(pairs) >= ENOUGH[path]
    assert sum(pair.kind != EASY for pair in pairs) >= len(pairs) / 2


def test_no_book_is_in_two_sets() -> None:
    named = [{isbn13 for pair in read_pairs(path) for isbn13 in (pair.isbn13_a, pair.isbn13_b)} for path in ENOUGH]
    counted = Counter(isbn13 for books in named for isbn13 in books)
    assert [isbn13 for isbn13, sets in counted.items() if sets > 1] == []


def test_about_half_of_the_pairs_are_one_work(pairs: list[LabelledPair]) -> None:
    assert 0.45 <= sum(pair.same for pair in pairs) / len(pairs) <= 0.55


def test_every_kind_has_pairs_and_every_pair_a_reason(pairs: list[LabelledPair]) -> None:
    assert {pair.kind for pair in pairs} == KINDS
    assert [pair for pair in pairs if not pair.note.strip()] == []


def test_labels_do_not_contradict_each_other(pairs: list[LabelledPair]) -> None:
    # Same is an equivalence: what stands in one group by "same" pairs may not be told apart by another.
    group: dict[str, str] = {}

    def found(isbn13: str) -> str:
        while isbn13 in group:
            isbn13 = group[isbn13]
        return isbn13

    for pair in pairs:
        if pair.same and found(pair.isbn13_a) != found(pair.isbn13_b):
            group[found(pair.isbn13_a)] = found(pair.isbn13_b)
    assert [pair for pair in pairs if not pair.same and found(pair.isbn13_a) == found(pair.isbn13_b)] == []


def test_one_work_is_one_language_whichever_characters_it_is_printed_in(pairs: list[LabelledPair]) -> None:
    language = {facts.isbn13: facts.language.removesuffix("-Hant") for facts in read_starter()}
    assert [pair for pair in pairs if pair.same and language[pair.isbn13_a] != language[pair.isbn13_b]] == []
