"""Which editions are one work: a key that is the same for all of them, made of one edition's facts alone."""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import blake2b
from typing import Final, NamedTuple

from app.domain.book import BookFacts
from app.domain.book_entry import is_placeholder
from app.domain.book_kinds import is_audio, is_comics_publisher, is_course, is_textbook
from app.domain.second_names import leader, usual_author_key
from app.domain.second_titles import usual_title, with_han_numbers
from app.domain.text import fold, has_han, has_kana
from app.domain.work_title import work_title

#: The number of the rule. It rises whenever a book may get another key: then books that are stored already are looked at again.
RULE: Final = 4


class WorkKey(NamedTuple):
    """The parts by which a work is known, folded; `format` is "print" or "audio"."""

    title: str
    volume: str
    author: str
    language: str
    format: str

    @property
    def text(self) -> str:
        """Return the key for people who look into it: ``三体 · 2 · 刘慈欣 · zh · print``; foreign names in Chinese by their consonants."""
        return " · ".join(filter(None, (self.title, self.volume, self.author, self.language, self.format)))

    @property
    def hash(self) -> str:
        """Return 32 hexadecimal digits (blake2b of the parts)."""
        return blake2b("\x1f".join(self).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def work_key(facts: BookFacts) -> WorkKey:
    """Return the key of the work of which a book is an edition.

    Title and volume as `work_title` reads them, the first author (or the publisher, where nobody is named), the language without
    region or script, print or audio. It depends on nothing but these facts: the order of imports does not matter. What the parts
    do not tell apart, they do not tell: two volumes or revisions without a mark are one work. Where in doubt, editions are kept
    apart: a wrong merge sends a reader the wrong book, a missed one makes them wait. A title that says nothing (无题) and a book
    without author and publisher are works of their own.
    """
    title = work_title(facts)
    language = language_group(facts.language, facts.isbn13, facts.title)
    author = _author(facts, language)
    text = with_han_numbers(title.text) if language == "zh" else title.text
    text = usual_title(text, author) + _other_text(facts)
    volume = title.volume
    if "#" in facts.series and (place := _PLACE_IN_SERIES.fullmatch(facts.series)):
        if "-" in place["number"]:
            if _LOT.search(facts.title) is not None:
                text, volume = fold(place["name"]).replace(" ", "") + "lot", place["number"]
        elif volume.isdecimal() and volume != place["number"]:
            volume += f"/{place['number']}"
    if is_course(facts) and _EDITION.search(text) is None:
        text += facts.pubdate[:4]
    return WorkKey(text, volume, author, language, "audio" if is_audio(facts) else "print")


#: Harry Potter #4, and of a lot of several books Harry Potter #1-5.
_PLACE_IN_SERIES: Final = re.compile(r"(?P<name>[^#]+) #(?P<number>\d+(?:-\d+)?)")
_LOT: Final = re.compile(r"\b(?:set|boxset|omnibus|collection|trilogy|ultimate|complete .*novels)\b", re.IGNORECASE)
#: The number of an edition in a key.
_EDITION: Final = re.compile(r"第[\d一二三四五六七八九十]+版|edition\d")

#: What a series says when the text of its books is not that of the others with their title.
_OTHER_TEXTS: Final = (
    "漫画版 绘本版 连环画 少儿版 青少版 少年版 儿童版 注音 拼音 缩写 缩编 简写 改写 节译 节选 双语 对照 中英 英汉 英文版 英文原版 汉英 书虫 剧本 "
    "graphicnovel retold readers"
)
_OTHER_TEXT: Final = re.compile("|".join([*map(fold, _OTHER_TEXTS.split()), "第[0-9一二三四五六七八九十]+版"]))


def _other_text(facts: BookFacts) -> str:
    """Return how series or publisher say that this is another text than the one that has the same title, or which edition of a textbook."""
    if said := _mark_of_publisher(facts.publisher):
        return said
    mark = _mark_of_series(facts.series) if facts.series else ""
    if not mark or (mark[0] == "第" and not is_textbook(facts)):
        return ""
    return "" if mark in fold(facts.title).replace(" ", "") else mark


_NOTES: Final = re.compile(r"(?:cliffs|spark|york|max|pink monkey) ?notes|monarch press")


@lru_cache(maxsize=20_000)
def _mark_of_publisher(publisher: str) -> str:
    return (
        "notes" if _NOTES.search(publisher.lower()) is not None else "drawn" if is_comics_publisher(publisher) else ""
    )


@lru_cache(maxsize=20_000)
def _mark_of_series(series: str) -> str:
    found = _OTHER_TEXT.search(fold(series).replace(" ", ""))
    return found[0] if found else ""


#: Characters of the longest title that says nothing.
_SHORT: Final = 14


def _author(facts: BookFacts, language: str) -> str:
    if len(facts.title) < _SHORT and is_placeholder(facts.title):
        return facts.isbn13
    name = usual_author_key(_first_author(facts), is_chinese=language == "zh") if facts.authors else ""
    return name or fold(facts.publisher).replace(" ", "") or facts.isbn13


def _first_author(facts: BookFacts) -> str:
    """Return the first author; of a Chinese book with its author in two scripts the Chinese name."""
    if len(facts.authors) == 1:
        return facts.authors[0]
    first = leader(facts.authors)
    if first.isascii() and facts.language.startswith("zh"):
        return next(filter(has_han, facts.authors), first)
    return first


_LANGUAGES: Final = {"zh": "zh", "cmn": "zh", "yue": "zh", "chi": "zh"}
#: Groups of ISBN in whose areas one language is written: https://www.isbn-international.org/range_file_generation
_GROUPS: Final = (
    ("9787", "zh"), ("978957", "zh"), ("978986", "zh"), ("978626", "zh"), ("978962", "zh"), ("978988", "zh"), ("9784", "ja"),
    ("9780", "en"), ("9781", "en"), ("9782", "fr"), ("9783", "de"), ("97884", "es"), ("97888", "it"),
)  # fmt: skip


def language_group(code: str, isbn13: str, title: str) -> str:
    """Return the language without region or script; where it is unknown, that of the ISBN's area, if the title may be in it."""
    if code and code != "und":
        return _main_language(code)
    if has_kana(title):
        return "ja"
    area = next((language for prefix, language in _GROUPS if isbn13.startswith(prefix)), "")
    return area if (area in {"zh", "ja"}) == has_han(title) else "zh" if has_han(title) else ""


@lru_cache(maxsize=1_000)
def _main_language(code: str) -> str:
    main = code.partition("-")[0].lower()
    return _LANGUAGES.get(main, main)
