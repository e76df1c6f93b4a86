"""Domain: what the book sources outside say of an ISBN."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.book import BookFacts


@dataclass(frozen=True, slots=True)
class Lookup:
    """What the sources say. Without facts, `is_certain` means that every source was asked and knows nothing."""

    facts: BookFacts | None
    is_certain: bool
