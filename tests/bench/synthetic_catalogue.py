"""A made-up catalogue of any size, the same on every machine: real words and names in the frequencies of real titles.

Words come from the starter catalogue, drawn by Zipf's law (the n-th most frequent with weight 1/n). 60 % of the books are
Chinese, a tenth of these in traditional characters.
"""

from __future__ import annotations

import csv
import gzip
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any

from opencc import OpenCC

from tests.support.paths import ROOT

STARTER = ROOT / "app" / "data" / "starter.csv.gz"
BATCH = 5000
SEED = 20261121
RARE = 0.2
HAVE_SERIES = 0.35


@dataclass(frozen=True)
class Vocabulary:
    """Things to draw, the most frequent first."""

    things: list[str]

    @cached_property
    def _weights(self) -> list[float]:
        return list(accumulate(1 / rank for rank in range(1, len(self.things) + 1)))

    def draw(self, rng: random.Random, count: int) -> list[str]:
        return rng.choices(self.things, cum_weights=self._weights, k=count)


@dataclass(frozen=True)
class Vocabularies:
    """What the starter catalogue is made of."""

    words: Vocabulary
    pairs: Vocabulary
    authors: Vocabulary
    chinese_authors: Vocabulary
    publishers: Vocabulary
    chinese_publishers: Vocabulary
    series: Vocabulary
    subjects: Vocabulary


def _ranked(things: Counter[str]) -> Vocabulary:
    return Vocabulary([thing for thing, _ in things.most_common() if thing])


def read_starter() -> Vocabularies:
    """Count words, pairs of characters, names and publishers of the starter catalogue."""
    words, pairs = Counter[str](), Counter[str]()
    authors, chinese_authors = Counter[str](), Counter[str]()
    publishers, chinese_publishers = Counter[str](), Counter[str]()
    series, subjects = Counter[str](), Counter[str]()
    with gzip.open(STARTER, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            series.update([row["series"]])
            subjects.update(row["subjects"].split(";"))
            if row["language"].startswith("zh"):
                run = "".join(sign for sign in row["title"] if "\u4e00" <= sign <= "\u9fff")
                pairs.update(run[at : at + 2] for at in range(0, len(run) - 1, 2))
                chinese_authors.update(row["authors"].split(";"))
                chinese_publishers.update([row["publisher"]])
            else:
                words.update(word for word in row["title"].split() if word.isalpha())
                words.update(word for name in row["authors"].split(";") for word in name.split() if word.isalpha())
                authors.update(row["authors"].split(";"))
                publishers.update([row["publisher"]])
    return Vocabularies(
        _ranked(words),
        _ranked(pairs),
        _ranked(authors),
        _ranked(chinese_authors),
        _ranked(publishers),
        _ranked(chinese_publishers),
        _ranked(series),
        _ranked(subjects),
    )


def isbn13(number: int) -> str:
    """Return the ISBN with this number as its nine digits behind 978."""
    digits = f"978{number:09d}"
    check = -sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10
    return f"{digits}{check}"


def batches(count: int, *, skip: int = 0) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows for table book of the books from `skip` to `count`, up to `BATCH` at a time."""
    if skip >= count:
        return
    urns = read_starter()
    to_traditional = OpenCC("s2t").convert
    rng, filing = random.Random(SEED), random.Random(SEED + 1)
    for start in range(0, count, BATCH):
        rows = [
            {**_row(number, urns, rng, to_traditional), **_filed(urns, filing)}
            for number in range(start, min(start + BATCH, count))
        ]
        if missing := rows[max(0, skip - start) :]:
            yield missing


def _invented(urns: Vocabularies, rng: random.Random) -> str:
    """Return a name that hardly anybody else has: the tail of every real catalogue."""
    given, *halves = (rng.choice(urns.words.things) for _ in range(3))
    return f"{given.title()} {(halves[0][:4] + halves[1][-4:]).title()}"


def _filed(urns: Vocabularies, rng: random.Random) -> dict[str, str]:
    """Return a book's series, which a third of the books have, and its subjects, two on average; some that hardly any other book has."""
    subjects = urns.subjects.draw(rng, rng.choice((0, 1, 2, 2, 3, 4)))
    if rng.random() < RARE / 4:
        subjects.append(" ".join(urns.words.draw(rng, 3)))
    series = urns.series.draw(rng, 1)[0] if rng.random() < HAVE_SERIES else ""
    if series and rng.random() < RARE / 2:
        series = f"{_invented(urns, rng)} #{rng.randint(1, 9)}"
    return {"series": series, "subjects": ";".join(dict.fromkeys(subjects))}


def _row(number: int, urns: Vocabularies, rng: random.Random, to_traditional: Any) -> dict[str, Any]:
    kind = rng.random()
    row = {
        "isbn13": isbn13(number),
        "work_id": number // 2 + 1,
        "popularity": min(9, int(rng.expovariate(0.7))),
        "pubdate": str(rng.randint(1950, 2025)),
    }
    if kind < 0.6:
        title = "".join(urns.pairs.draw(rng, rng.randint(1, 5)))
        author = (
            ";".join(urns.chinese_authors.draw(rng, 1)) if rng.random() > RARE else "".join(urns.pairs.draw(rng, 2))[:3]
        )
        publisher, language = urns.chinese_publishers.draw(rng, 1)[0], "zh"
        if kind < 0.06:
            title, author, publisher, language = (*map(to_traditional, (title, author, publisher)), "zh-Hant")
    else:
        title = " ".join(urns.words.draw(rng, rng.randint(1, 7)))
        known = ";".join(urns.authors.draw(rng, rng.choice((1, 1, 1, 2))))
        author = known if rng.random() > RARE else _invented(urns, rng)
        publisher, language = urns.publishers.draw(rng, 1)[0], "en" if kind < 0.95 else "fr"
    return {**row, "title": title, "authors": author, "publisher": publisher, "language": language}
