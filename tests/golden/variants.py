"""The pairs of characters that OpenCC's tables hold for each other, and queries made of titles by them."""

from __future__ import annotations

import subprocess
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice
from pathlib import Path

import opencc

from app.domain.book import BookFacts

TABLES = ("STCharacters", "TWVariants", "HKVariants", "JPShinjitaiCharacters")
"""The single characters of s2t, s2tw, s2hk and of the Japanese conversions."""

_HOME = Path(opencc.__file__).parent / "clib"

Pair = tuple[str, str]


@cache
def variant_pairs(folder: Path) -> tuple[Pair, ...]:
    """Return every pair of every table, in both directions; the tables are binary, so they are written out in a folder first."""
    pairs = set()
    for table in TABLES:
        text = folder / f"{table}.txt"
        command = [_HOME / "bin" / "opencc_dict", "-i", _HOME / "share" / "opencc" / f"{table}.ocd2", "-o", text]
        subprocess.run([*command, "-f", "ocd2", "-t", "text"], check=True, capture_output=True)
        for line in text.read_text(encoding="utf-8").splitlines():
            one, others = line.split("\t")
            pairs |= {pair for other in others.split() if other != one for pair in ((one, other), (other, one))}
    return tuple(sorted(pairs))


def varied_titles(
    catalogue: Sequence[BookFacts], pairs: Sequence[Pair], *, each: int
) -> Iterator[tuple[Pair, str, BookFacts]]:
    """Yield for each pair so many titles that have its first character, written with the second; the popular ones first."""
    having = defaultdict(list)
    for facts in sorted(catalogue, key=lambda facts: -facts.popularity):
        for sign in set(facts.title):
            having[sign].append(facts)
    for one, other in pairs:
        for facts in islice(having[one], each):
            yield (one, other), facts.title.replace(one, other), facts
