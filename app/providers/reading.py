"""Providers: read the loose JSON of a source. What is missing or of another kind than expected counts as empty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.domain.book import BookFacts
from app.domain.book_entry import NotABookEntry, book_facts
from app.domain.isbn import canonical


def dicts(value: object) -> list[dict[str, Any]]:
    """Give the objects of a list."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def mapping(value: object) -> dict[str, Any]:
    """Give an object, or an empty one."""
    return value if isinstance(value, dict) else {}


def texts(value: object) -> list[str]:
    """Give the texts of a list; a lone text is a list of one."""
    entries = value if isinstance(value, list) else [value]
    return [entry for entry in entries if isinstance(entry, str) and entry.strip()]


def names(value: object, key: str = "name") -> list[str]:
    """Give what stands under `key` in a list of objects."""
    return [entry[key] for entry in dicts(value) if isinstance(entry.get(key), str)]


def names_isbn(candidates: Iterable[str], isbn13: str) -> bool:
    """Whether one of these numbers, of ten digits or thirteen, is this ISBN."""
    return any(canonical(number) == isbn13 for number in candidates)


def facts_or_none(fields: Mapping[str, Any], *, source: str) -> BookFacts | None:
    """Give the cleaned facts, or None for an entry that describes no book (no title, say)."""
    try:
        return book_facts(fields, source=source)
    except NotABookEntry:
        return None
