"""Names by which books are listed: authors, series, publishers and subjects; which spellings are one, and how they stand in addresses."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

from app.domain.author_key import bare_name, is_nobody, turned
from app.domain.book import BookFacts
from app.domain.text import fold
from app.domain.volumes import volumes_in

#: What is longer is a description, not a name.
LONGEST_NAME: Final = 200

_SEVERAL_SERIES: Final = re.compile(r"(?<=\d),\s+")
#: Jeeves #13; Shooting Stars #1-4; Earthsea, Vol. 2.
_VOLUME_BEHIND: Final = re.compile(
    r"[\s,;:]*(?:#|\b(?:no\.?|vol(?:ume)?\.?|book)\s)\s*(?P<volume>\d{1,4}(?:\.\d)?)(?:\s*[-–&]\s*\d{1,4})?\s*\Z",
    re.IGNORECASE,
)
_DECIMAL: Final = re.compile(r"[0-9]{1,4}(?:\.[0-9])?")
#: Where 中 and 下 stand: behind 上, which is the first, and before a second volume.
_PARTS: Final = {"中": 1.3, "下": 1.6}
_SLASHES: Final = re.compile(r"\s*/[/\s]*")


class NameKind(StrEnum):
    """What a name is of; the value stands in addresses and in the database."""

    AUTHOR = "author"
    SERIES = "series"
    PUBLISHER = "publisher"
    SUBJECT = "subject"


class SeriesPlace(NamedTuple):
    """A series that a book belongs to, and its place in it: "" where it is not said."""

    name: str
    volume: str


def series_places(series: str) -> tuple[SeriesPlace, ...]:
    """Return the series that a book's field names: "Discworld #8, Watch #1" are two."""
    return tuple(place for part in each_series(series) if (place := _series_place(part)).name)


def each_series(series: str) -> list[str]:
    """Return what a book's field says of each of its series."""
    return _SEVERAL_SERIES.split(series)


def _series_place(text: str) -> SeriesPlace:
    behind = _VOLUME_BEHIND.search(text)
    if behind is None:
        return SeriesPlace(text.strip(), "")
    return SeriesPlace(text[: behind.start()].strip(), behind["volume"])


@lru_cache(maxsize=20_000)
def volume_in(series: str, title: str, series_key: str) -> tuple[float, ...]:
    """Return what books of a series are sorted by: the numbers of a book's volume, the widest first; () where none is known.

    The series' field says it (Jeeves #13), else the title (三体Ⅱ).
    """
    said = (
        place.volume
        for place in series_places(series)
        if name_key(NameKind.SERIES, place.name) == series_key and place.volume
    )
    volumes = next(((volume,) for volume in said), ()) or volumes_in(title)
    return tuple(number for volume in volumes if (number := _number(volume)) is not None)


def _number(volume: str) -> float | None:
    first = volume.partition("-")[0]
    return _PARTS.get(first) or (float(first) if _DECIMAL.fullmatch(first) else None)


def _authors(facts: BookFacts) -> Iterable[str]:
    return map(bare_name, facts.authors)


def _series(facts: BookFacts) -> Iterable[str]:
    return (place.name for place in series_places(facts.series))


def _publishers(facts: BookFacts) -> Iterable[str]:
    return (facts.publisher.strip(),)


def _subjects(facts: BookFacts) -> Iterable[str]:
    return (subject.strip() for subject in facts.subjects)


_NAMES: Final[Mapping[NameKind, Callable[[BookFacts], Iterable[str]]]] = {
    NameKind.AUTHOR: _authors,
    NameKind.SERIES: _series,
    NameKind.PUBLISHER: _publishers,
    NameKind.SUBJECT: _subjects,
}


def names_of(facts: BookFacts, kind: NameKind) -> tuple[str, ...]:
    """Return a book's names of a kind that it is listed by, each spelt as the book has it, without marks of nationality, role or volume."""
    return tuple(name for name in _NAMES[kind](facts) if name_key(kind, name))


def name_key(kind: NameKind, name: str) -> str:
    """Return by what a name is compared; "" for what is none (nobody's, only signs, or too long).

    Case, accents, punctuation, spaces and variants of characters do not count; of authors neither do marks of nationality and role,
    and "Tolkien, J.R.R." is J. R. R. Tolkien.
    """
    return _key(kind, name) if len(name) <= LONGEST_NAME else ""  # so that no long address is remembered


@lru_cache(maxsize=20_000)
def _key(kind: NameKind, name: str) -> str:
    if kind is NameKind.AUTHOR:
        bare = bare_name(name)
        name = "" if is_nobody(bare) else turned(bare)
    return fold(name).replace(" ", "")


def usual_spelling(spellings: Iterable[str]) -> str:
    """Return the spelling that comes most often, of equals the first; "" where there is none."""
    counts = Counter(spellings)
    return max(counts, key=counts.__getitem__, default="")


def in_address(name: str) -> str:
    """Return a name as it stands in addresses: no two slashes meet, and no part between them is dots alone, which browsers would take out."""
    parts = _SLASHES.split(" ".join("".join(sign if sign.isprintable() else " " for sign in name).split()))
    return "/".join(part for part in parts if part.strip("."))
