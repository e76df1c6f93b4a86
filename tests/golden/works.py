"""Pairs of books of the starter catalogue, each labelled: two editions of one work, or not.

How they were chosen and read is told in docs/works.md.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

PAIRS = Path(__file__).with_name("works.csv")
UNSEEN = Path(__file__).with_name("works_unseen.csv")
"""A second set, of other books: it was laid aside while the rule was made, then tried, and the rule was mended by its misses."""
THIRD = Path(__file__).with_name("works_third.csv")
"""A third set, of books and works in neither of the others, read by somebody who had not seen the rule, to judge it after that."""
FOURTH = Path(__file__).with_name("works_fourth.csv")
"""A fourth set, of books and works in none of the others, the pairs of one work drawn by chance: to judge the rule once more."""
EASY = "easy"
KINDS = {
    EASY,
    "colon",
    "volume",
    "set",
    "part",
    "adaptation",
    "audio",
    "kit",
    "guide",
    "criticism",
    "namesake",
    "translation",
    "textbook",
    "remark",
    "author-spelling",
    "retitled",
    "script",
}


@dataclass(frozen=True)
class LabelledPair:
    """Two ISBNs of 13 digits, whether they are editions of one work, what makes that hard to see, and why in a few words."""

    isbn13_a: str
    isbn13_b: str
    same: bool
    kind: str
    note: str


def read_pairs(path: Path = PAIRS) -> list[LabelledPair]:
    """Return the pairs of a file; a label other than 1 or 0 raises KeyError."""
    with path.open(encoding="utf-8", newline="") as file:
        return [LabelledPair(**row | {"same": {"1": True, "0": False}[row["same"]]}) for row in csv.DictReader(file)]
