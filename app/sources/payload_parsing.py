"""Providers: read the loose JSON of a source. What is missing or of another kind than expected counts as empty."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from app.domain.book import BookFacts
from app.domain.book_entry import NotABookEntry, book_facts
from app.domain.isbn import canonical

_CHINESE = re.compile("[\u4e00-\u9fff]")
_CHINESE_GROUPS = ("9787", "978957", "978986", "978626", "978962", "978988", "97899937", "97899965")


def dicts(value: object) -> list[dict[str, Any]]:
    """Return the objects of a list."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def mapping(value: object) -> dict[str, Any]:
    """Return an object, or an empty one."""
    return value if isinstance(value, dict) else {}


def texts(value: object) -> list[str]:
    """Return the texts of a list; a lone text is a list of one."""
    entries = value if isinstance(value, list) else [value]
    return [entry for entry in entries if isinstance(entry, str) and entry.strip()]


def names(value: object, key: str = "name") -> list[str]:
    """Return what stands under `key` in a list of objects."""
    return [entry[key] for entry in dicts(value) if isinstance(entry.get(key), str)]


def names_isbn(candidates: Iterable[str], isbn13: str) -> bool:
    """Whether one of these numbers, of ten digits or thirteen, is this ISBN."""
    return any(canonical(number) == isbn13 for number in candidates)


def isbn_of(numbers: Iterable[str], title: str) -> str:
    """Return one ISBN-13 of an entry that may stand for many editions: of the title's own language if possible, or "".

    Chinese titles are published with 978-7 and the numbers of Taiwan, Hong Kong and Macau, others hardly ever are.
    """
    isbns = list(filter(None, map(canonical, numbers)))
    is_chinese = bool(_CHINESE.search(title))
    return next((isbn13 for isbn13 in isbns if isbn13.startswith(_CHINESE_GROUPS) is is_chinese), "".join(isbns[:1]))


def facts_or_none(fields: Mapping[str, Any], *, source: str) -> BookFacts | None:
    """Return the cleaned facts, or None for an entry that describes no book (no title, say)."""
    try:
        return book_facts(fields, source=source)
    except NotABookEntry:
        return None


def first_books(candidates: Iterable[BookFacts | None], limit: int) -> list[BookFacts]:
    """Return the first so many of those that are books, each ISBN once."""
    found: dict[str, BookFacts] = {}
    for facts in candidates:
        if facts is not None and len(found) < limit:
            found.setdefault(facts.isbn13, facts)
    return list(found.values())
