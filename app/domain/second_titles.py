"""The usual title of a book that is known under several: 异乡人 is 局外人; and numbers of Chinese titles in one way of writing."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

from app.domain.author_key import author_key
from app.domain.book import BookFacts
from app.domain.work_title import work_title

SECOND_TITLES: Final = Path(__file__).with_name("second_titles.txt")

_NUMBER: Final = re.compile(r"(?<![a-z\d])\d{1,4}(?![a-z\d])")
_DIGITS: Final = "〇一二三四五六七八九"
_ROUND: Final = {100: "一百", 1000: "一千"}
_TENS: Final = 100


def usual_title(title: str, author: str) -> str:
    """Return the title by which a book is known, of keys of titles and authors as `work_title` and `author_key` make them."""
    return _usual().get((author, title), title)


@cache
def _usual() -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for line in SECOND_TITLES.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        author, *titles = line.split(" | ")
        first, *others = (_read(title) for title in titles)
        found |= {(author_key(author), other): first for other in others}
    return found


def _read(title: str) -> str:
    key = work_title(BookFacts("", title)).text
    return key if title.isascii() else with_han_numbers(key)


def with_han_numbers(title: str) -> str:
    """Return a folded Chinese title with its numbers in characters: 1973年的弹子球 is 一九七三年的弹子球, 24重人格 二十四重人格."""
    return _NUMBER.sub(_in_han, title).replace("零", "〇")


def _in_han(found: re.Match[str]) -> str:
    digits = found[0]
    number = int(digits)
    if number in _ROUND:
        return _ROUND[number]
    if number >= _TENS or digits[0] == "0":
        return "".join(_DIGITS[int(digit)] for digit in digits)
    tens, ones = divmod(number, 10)
    return (_DIGITS[tens] if tens > 1 else "") + "十" * (tens > 0) + (_DIGITS[ones] if ones or not tens else "")
