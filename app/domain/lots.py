"""Lots of several books: which work is one, which lots may hold a book, and which books a lot may hold.

A copy of a lot is not offered to who wishes one of its books, nor the reverse: they are told of it. A family has neither lots nor
selections, though these name the same original.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from statistics import median
from typing import Final

from app.domain.book import BookFacts
from app.domain.text import fold
from app.domain.volumes import volume_of
from app.domain.work import WorkKey, work_key

_MORE: Final = "全集|合集|套装|作品集|文集|[三四五六七八九十]部曲"
_LESS: Final = "选集|精选|精华|选译|选读|节选|节译|缩写|缩编|简写|简本|删节|改写|(?:小说|诗歌?|散文|作品|戏剧|故事)选"
_LATIN: Final = r"\b(?:abridged|condensed|retold|adapted|selections?|selected|excerpts|omnibus|box(?:ed)? ?set|trilogy|collection)\b"
_OTHER: Final = re.compile(f"{_MORE}|{_LESS}|{_LATIN}", re.IGNORECASE)
_OTHER_BY_SERIES: Final = re.compile("缩写|缩编|简写|改写|节选|节译|青少|少儿|注音|小说选|诗选|散文选|故事选")
_BETWEEN: Final = re.compile(r"\s*[·•・/／+＋&＆、]\s*")
#: How many times as long as its original a translation may be, or as short; what lies outside holds more, or less.
_LONGEST: Final = 2.5


def holds_other_text(facts: BookFacts) -> bool:
    """Return whether a book says that it holds several books, or a part of one: 人性的弱点全集, 高效能人士的七个习惯（精华版）."""
    said = _OTHER.search(f"{facts.title} {facts.subtitle}") or _OTHER_BY_SERIES.search(facts.series)
    return said is not None


def keys_of_parts(facts: BookFacts) -> frozenset[str]:
    """Return by what the works are known that a title may list: 一九八四·动物农场. Of those that say a volume none."""
    parts = [part for part in _BETWEEN.split(facts.title) if part]
    if len(parts) == 1 or volume_of(facts.title):
        return frozenset()
    return frozenset(work_key(replace(facts, title=part, subtitle="", series="")).hash for part in parts)


def is_of_other_length(pages: str, of_originals: Iterable[str]) -> bool:
    """Return whether a translation has far more or far fewer pages than the median edition of its original."""
    told = sorted(int(each) for each in of_originals if each.isdecimal() and int(each))
    if not told or not pages.isdecimal() or not int(pages):
        return False
    ratio = int(pages) / median(told)
    return not 1 / _LONGEST <= ratio <= _LONGEST


#: So many books has the largest lot that tells how many it has.
_MOST: Final = 8
_HAN_COUNTS: Final = dict(enumerate("二三四五六七八", start=2))
_HAN_LOTS: Final = ("全集", "合集", "套装", "系列", "作品集", "大全集")
_LATIN_LOTS: Final = ("boxedset", "boxset", "omnibus", "trilogy", "collection", "series")
_VOLUMES: Final = ("", *map(str, range(1, _MOST + 1)), "中", "下")
_IN_BRACKETS: Final = re.compile(r"[(（\[].*|#.*")
_PLACE: Final = re.compile(r"#(\d{1,3})\Z")


@lru_cache(maxsize=2_000)
def lots_of(facts: BookFacts) -> frozenset[str]:
    """Return by what lots would be known that hold this book: of its title without the volume, or of its series, by its author.

    Those that tell how many books they have hold none with a higher number.
    """
    key = work_key(facts)
    series = fold(_IN_BRACKETS.sub("", facts.series)).replace(" ", "")
    place = _PLACE.search(facts.series)
    number = place[1] if place else key.volume
    fewest = max(2, int(number)) if number.isdecimal() else 2
    return frozenset(lot.hash for base in {key.title, series} - {""} for lot in _lots(key, base, fewest)) - {key.hash}


def _lots(key: WorkKey, base: str, fewest: int) -> Iterator[WorkKey]:
    is_han = key.language == "zh"
    for suffix in chain(_HAN_LOTS if is_han else _LATIN_LOTS, _counted(fewest) if is_han else ()):
        yield key._replace(title=base + suffix, volume="")
    for last in range(fewest, _MOST + 1):  # as `work_key` names lots of a series that tell their numbers
        yield key._replace(title=f"{base}lot", volume=f"1-{last}")


def _counted(fewest: int) -> Iterator[str]:
    for count in range(fewest, _MOST + 1):
        sign = _HAN_COUNTS[count]
        yield from (f"{sign}部曲", f"套装全{sign}册", f"套装共{sign}册")


@lru_cache(maxsize=2_000)
def volumes_of(facts: BookFacts) -> frozenset[str]:
    """Return by what the books would be known that this lot may hold, if it is one: those with its title and a number."""
    key = work_key(facts)
    suffixes = chain(sorted(_HAN_LOTS, key=len, reverse=True), _counted(2), ("lot",), _LATIN_LOTS)
    base = next((key.title.removesuffix(suffix) for suffix in suffixes if key.title.endswith(suffix)), "")
    return frozenset(key._replace(title=base, volume=volume).hash for volume in _VOLUMES) if base else frozenset()
