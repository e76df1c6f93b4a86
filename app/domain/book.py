"""A book as bare facts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BookFacts:
    """What is known of one edition.

    `isbn13` has 13 digits, no hyphens. `pubdate` is "2008", "2008-01" or "2008-01-15"; `pages` and `price` ("CNY 23.00")
    are as printed. `language` is a BCP 47 tag. `popularity` is 0-9, the decile within its language. Unknown is "" or ().
    """

    isbn13: str
    title: str
    subtitle: str = ""
    authors: tuple[str, ...] = ()
    translators: tuple[str, ...] = ()
    publisher: str = ""
    pubdate: str = ""
    pages: str = ""
    binding: str = ""
    price: str = ""
    language: str = ""
    original_title: str = ""
    series: str = ""
    subjects: tuple[str, ...] = ()
    summary: str = ""
    cover: str = ""
    source: str = ""
    popularity: int = 0
