"""Domain: name a book in a list of references, by GB/T 7714, the Chinese standard for them."""

from __future__ import annotations

import re

from app.domain.book import BookFacts

_NAMED = 3
_YEAR = re.compile(r"\d{4}")


def cite(facts: BookFacts) -> str:
    """Return the reference of a book: ``刘慈欣. 三体[M]. 重庆出版社, 2008.``

    More than three people are three and 等 (et al. for books that are not Chinese); what is unknown is left out.
    """
    chinese = facts.language.startswith(("zh", "ja"))
    title = f"{facts.title}: {facts.subtitle}" if facts.subtitle else facts.title
    year = _YEAR.search(facts.pubdate)
    translators = (
        f"{_people(facts.translators, chinese=chinese)}, {'译' if chinese else 'trans'}" if facts.translators else ""
    )
    parts = (
        _people(facts.authors, chinese=chinese),
        f"{title}[M]",
        translators,
        ", ".join(filter(None, (facts.publisher, year.group() if year else ""))),
    )
    return ". ".join(part.rstrip(".") for part in parts if part) + "."


def _people(names: tuple[str, ...], *, chinese: bool) -> str:
    more = ("等" if chinese else "et al") if len(names) > _NAMED else ""
    return ", ".join(filter(None, (*names[:_NAMED], more)))
