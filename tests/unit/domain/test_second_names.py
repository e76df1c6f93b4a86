"""Authors who have several names."""

from __future__ import annotations

from collections import Counter

import pytest

from app.domain.author_key import author_key
from app.domain.second_names import SECOND_NAMES, leader, usual_author_key
from app.domain.text import has_han

LINES = [line for line in SECOND_NAMES.read_text(encoding="utf-8").splitlines() if line[0] != "#"]


@pytest.mark.parametrize(
    ("name", "is_chinese", "usual"),
    [
        ("Richard Bachman", False, "Stephen King"), ("Stephen King", False, "Stephen King"), ("Mary Shelley", False, "Mary Shelley"),
        ("J.D. Robb", False, "Nora Roberts"), ("J. D. Robb", False, "Nora Roberts"), ("Simon Singh", True, "西蒙·辛格"),
        ("Simon Singh", False, "Simon Singh"), ("Richard Bachman", True, "Stephen King"), ("特德·蒋", True, "特德·姜"), ("刘慈欣", True, "刘慈欣"),
    ],
)  # fmt: skip
def test_an_author_is_compared_by_the_usual_name(name: str, is_chinese: bool, usual: str) -> None:
    assert usual_author_key(name, is_chinese=is_chinese) == author_key(usual)


@pytest.mark.parametrize(
    ("authors", "first"),
    [
        (("Neil Gaiman",), "Neil Gaiman"), (("Neil Gaiman", "Terry Pratchett"), "Terry Pratchett"), (("Neil Gaiman", "Dave McKean"), "Neil Gaiman"),
        (("Terry Pratchett", "Neil Gaiman"), "Terry Pratchett"), (("A", "Terry Pratchett"), "A"),
    ],
)  # fmt: skip
def test_partners_are_led_by_one_of_them(authors: tuple[str, ...], first: str) -> None:
    assert leader(authors) == first


def test_every_other_name_stands_once_and_would_be_compared_otherwise() -> None:
    lines = [line.split(" | ") for line in LINES if " + " not in line]
    assert [line for line in lines if len(line) < 2] == []
    names = [(has_han(first), other) for first, *others in lines for other in others]
    assert [name for name, times in Counter(names).items() if times > 1] == []
    assert [other for first, *others in lines for other in others if author_key(other) == author_key(first)] == []
