"""How good answers are: the queries of queries.csv, each with a rule that says which books of the starter catalogue are right.

A rule is alternatives parted by "|", each a list of conditions parted by "&". A condition names a field and asks that it (or, for authors
and translators, one of them) is equal (=), begins so (^) or contains it (~), in any case of its letters.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.domain.book import BookFacts

QUERIES = Path(__file__).with_name("queries.csv")
TOP = 10
_FIELDS: dict[str, Callable[[BookFacts], Sequence[str]]] = {
    "title": lambda facts: (facts.title,),
    "original": lambda facts: (facts.original_title,),
    "author": lambda facts: facts.authors,
    "translator": lambda facts: facts.translators,
    "publisher": lambda facts: (facts.publisher,),
    "series": lambda facts: (facts.series,),
    "isbn": lambda facts: (facts.isbn13,),
}
_TESTS: dict[str, Callable[[str, str], bool]] = {
    "=": lambda value, wanted: value == wanted,
    "^": lambda value, wanted: value.startswith(wanted),
    "~": lambda value, wanted: wanted in value,
}


@dataclass(frozen=True)
class Golden:
    """A query, what kind it is, and which books are right."""

    kind: str
    query: str
    rule: str

    def is_right(self, facts: BookFacts) -> bool:
        """Return whether a book is one of those wanted."""
        return any(all(_holds(part, facts) for part in way.split("&")) for way in self.rule.split("|"))


@dataclass(frozen=True)
class Verdict:
    """How one query was answered: the share of the right books (at most ten) among the first ten, and 1 / the first right place."""

    golden: Golden
    recall: float
    reciprocal_rank: float


def read_golden() -> list[Golden]:
    with QUERIES.open(encoding="utf-8", newline="") as file:
        return [Golden(row["kind"], row["query"], row["expected"]) for row in csv.DictReader(file)]


def judge(golden: Golden, answer: Sequence[BookFacts], catalogue: Iterable[BookFacts]) -> Verdict:
    wanted = sum(map(golden.is_right, catalogue))
    assert wanted, f"no book of the catalogue is right for {golden}"
    hits = [golden.is_right(facts) for facts in answer[:TOP]]
    first = hits.index(True) + 1 if any(hits) else 0
    return Verdict(golden, sum(hits) / min(TOP, wanted), 1 / first if first else 0.0)


def mean(values: Iterable[float]) -> float:
    listed = list(values)
    return sum(listed) / len(listed)


def _holds(condition: str, facts: BookFacts) -> bool:
    field = next(name for name in _FIELDS if condition.startswith(name))
    sign, wanted = condition[len(field)], condition[len(field) + 1 :].lower()
    return any(_TESTS[sign](value.lower(), wanted) for value in _FIELDS[field](facts))
