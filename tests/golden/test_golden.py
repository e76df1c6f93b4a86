"""Answers to real queries over the starter catalogue are good enough, on each database."""

from __future__ import annotations

from collections import defaultdict

import pytest

from app.queries.book import BookRow
from app.search.search import Search
from tests.golden.judge import Golden, Verdict, judge, mean, read_golden

KINDS = {
    "title", "part of a title", "author", "author and title", "publisher", "isbn", "traditional for simplified",
    "simplified for traditional", "pinyin", "pinyin initials", "mixed script", "one character", "english typo",
    "english plural", "accents", "series", "translator", "pinyin typo", "wrong character", "run together", "name with signs",
    "given name first", "regional variant", "accidental answer", "named fields",
}  # fmt: skip


@pytest.fixture(scope="module")
def verdicts(loaded) -> list[Verdict]:
    search, facts = loaded
    return [judge(golden, [book.facts for book in answer(search, golden)], facts) for golden in read_golden()]


def answer(search: Search, golden: Golden) -> tuple[BookRow, ...]:
    page = search.find(golden.query)
    return page.rows or (page.isbn.nearest if page.isbn else ())


def test_the_golden_set_has_queries_of_every_kind():
    goldens = read_golden()
    assert len(goldens) >= 150
    assert {golden.kind for golden in goldens} == KINDS
    assert len({golden.query for golden in goldens}) == len(goldens)


def test_the_right_books_are_among_the_first_ten(verdicts):
    recall = mean(verdict.recall for verdict in verdicts)
    assert recall >= 0.98, worst(verdicts)


def test_the_first_right_book_stands_at_the_top(verdicts):
    assert mean(verdict.reciprocal_rank for verdict in verdicts) >= 0.9, worst(verdicts)


def test_no_kind_of_query_is_answered_badly(verdicts):
    kinds = defaultdict(list)
    for verdict in verdicts:
        kinds[verdict.golden.kind].append(verdict.recall)
    bad = {kind: mean(recalls) for kind, recalls in kinds.items() if mean(recalls) < 0.9}
    assert not bad, worst(verdicts)


def worst(verdicts: list[Verdict]) -> str:
    bad = sorted((verdict.recall, verdict.golden.kind, verdict.golden.query) for verdict in verdicts)[:20]
    return "\n".join(f"{recall:.2f} {kind}: {query}" for recall, kind, query in bad if recall < 1)
