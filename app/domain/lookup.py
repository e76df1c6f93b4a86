"""Domain: what the book sources outside say of an ISBN, or of words."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.book import BookFacts
from app.domain.errors import Refusal


@dataclass(frozen=True, slots=True)
class Lookup:
    """What the sources say. Without facts, `is_certain` means that every source was asked and knows nothing."""

    facts: BookFacts | None
    is_certain: bool


@dataclass(frozen=True, slots=True)
class FoundByWords:
    """What one source finds for words; nothing, too, when it `has_answered`, and always when it has not."""

    books: tuple[BookFacts, ...]
    has_answered: bool


class NoSources(Refusal):
    """There is nobody to ask."""

    zh = "没有启用任何书源：请设置 YUSHU_SOURCES，例如 open_library"
    en = "no source is enabled: set YUSHU_SOURCES, for instance to open_library"


class SourcesSilent(Refusal):
    """Every source has failed; what was found before is kept."""

    status = 503
    zh = "所有书源都没有回答，请过一会儿再来：{detail}"
    en = "no source answers any more; run this again later: {detail}"
