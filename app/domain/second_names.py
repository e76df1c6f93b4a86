"""By what an author who has several names is compared: Richard Bachman is Stephen King, Simon Singh in a Chinese book 西蒙·辛格."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from app.domain.author_key import author_key
from app.domain.text import has_han

SECOND_NAMES: Final = Path(__file__).with_name("second_names.txt")

_INITIALS: Final = re.compile(r"(?<=\b\w\.) (?=\w\.)")
_INITIAL: Final = re.compile(r"(?<=\b\w\.) ?(?=\w)")


def usual_author_key(name: str, *, is_chinese: bool) -> str:
    """Return what `author_key` does, of an author's usual name; with `is_chinese` the book is, so that the usual name may be, too."""
    if not is_chinese:
        return author_key(_latin().get(name, name))
    key = author_key(_han().get(name, name))
    return _han_keys().get(key, key)


def leader(authors: tuple[str, ...]) -> str:
    """Return who leads those that wrote a book together: Terry Pratchett, where Neil Gaiman is named first; else the first author.

    Raise IndexError where nobody is named.
    """
    leaders = _leaders().get(authors[0])
    return authors[0] if leaders is None else next(filter(leaders.__contains__, authors[1:]), authors[0])


def _forms(names: Iterable[str]) -> set[str]:
    """Return names with and without spaces between initials."""
    return {
        form
        for name in names
        for form in (name, _INITIAL.sub(" ", name), _INITIAL.sub("", name), _INITIALS.sub("", name))
    }


@cache
def _lines() -> list[list[str]]:
    """Return the names of each line of authors, the usual one first."""
    return [line.split(" | ") for line in _read() if " + " not in line]


def _read() -> list[str]:
    return [line for line in SECOND_NAMES.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]


@cache
def _latin() -> dict[str, str]:
    return {other: first for first, *others in _lines() if not has_han(first) for other in _forms(others)}


@cache
def _han() -> dict[str, str]:
    return _latin() | {other: first for first, *others in _lines() if has_han(first) for other in _forms(others)}


@cache
def _han_keys() -> dict[str, str]:
    return {author_key(other): author_key(first) for first, *others in _lines() for other in others if has_han(other)}


@cache
def _leaders() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for line in _read():
        first, plus, partners = line.partition(" + ")
        for partner in _forms(partners.split(" | ")) if plus else ():
            found[partner] = found.get(partner, frozenset()) | _forms([first])
    return found
