"""The terms under which a book is kept. Pure, no database; pypinyin is imported when the first Chinese book comes.

The first letter of a term is its kind:

===  ==========================================================================================
w    a Latin word (singular), a pair of characters, or one character
p    two neighbouring pinyin syllables of the title or of an author, written together (``psanti``)
a    the whole pinyin of an author with a short name (``aliucixin``)
i    the initials of the title, of its main part, or of an author (``ibngd``)
t    a short whole title, the main part of a title, or its pinyin, as a hash of eight characters
l    the language without region or script (``lzh``)
d    the decade of publication, without its last figure (``d199``); no query has it
x    an author, by the hash of the name's key (`catalogue_name.name_key`); so are e, a series, h, a publisher, and c, a
     subject. No query has such terms: they are for the pages that list books by a name
g    can be had as a gift; not of the book, so `entry_of` adds it
===  ==========================================================================================
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable
from functools import cache, lru_cache, partial
from hashlib import blake2b
from importlib.metadata import version
from itertools import islice, pairwise, product
from typing import Final, NamedTuple

from app.domain.book import BookFacts, decade_of
from app.domain.catalogue_name import NameKind, name_key, names_of
from app.domain.text import (
    VARIANTS,
    fold,
    has_kana,
    is_unspaced,
    pairs,
    simplified,
    spelt_out,
    stem,
    tokens,
    unspaced_signs,
    with_usual_variants,
    without_article,
    words_of,
)
from app.search.index.port import BookTerms
from app.search.pinyin import LONGEST_INITIALS, READINGS, Syllables, readings_of

SCHEME: Final = 6
"""Rises when the same book gets other terms than before; a test tells when it must. Indexes of another version are rebuilt."""

LONGEST_EXACT: Final = 4
"""A title of more words or characters has no term of its own: its words find it just as surely."""

MOST_TERMS: Final = 24
"""So many terms of a query are looked for: what comes behind them narrows nothing down any more."""

LISTED_LETTERS: Final = 6
"""Characters of a listed term behind its kind: 36 bits, so that of two million names sixty share theirs with another one."""

NAME_LETTERS: Final = {NameKind.AUTHOR: "x", NameKind.SERIES: "e", NameKind.PUBLISHER: "h", NameKind.SUBJECT: "c"}
"""The kinds of terms that books are listed by."""

LANGUAGE_LETTER: Final = "l"
DECADE_LETTER: Final = "d"

_MAIN_ENDS = re.compile(r"[(（\[【〔「『:：;；—–/~～]| - ")
_HYPHEN = re.compile("[-\u2010\u2011]")
_HYPHENED = re.compile(r"[A-Za-z0-9]+(?:[-\u2010\u2011][A-Za-z0-9]+)+")
_APOSTROPHE = re.compile("['\u2019]")
_LONGEST_WORD: Final = 40
_WAYS: Final = 4
SHORT_NAME: Final = 3
"""Syllables of an author whose whole name is a term: a pair or two of syllables fit too many others."""
_POLYPHONES: Final = frozenset(
    "曾重长行乐单都还了的地得着和朝传差觉角色血薄露解仇区查盖翟尉万六柏伯秘降调弹校藏奇系参壳削模率省石宿塞扎剥贾盛乘车没说"
    "谁那哪熟似什识会合阿呢度恶番否给葛龟便卡咖落娜粘泊栖茜茄强亲莎厦杉属叶尾相巷殷员折种琢朴俩缪佛"
)
"""Characters whose second reading is kept too, for where a phrase does not decide it."""


def terms(facts: BookFacts) -> BookTerms:
    """Return everything that a book can be found by."""
    plain, main = simplified(facts.title), main_part(facts.title)
    plain_titles = {plain, plain if main == facts.title else simplified(main)}
    folded, titles = with_usual_variants(plain), set(map(with_usual_variants, plain_titles))
    found = {*_words(facts.title, folded), *_signs(folded)}
    for text in filter(None, (facts.subtitle, facts.original_title)):
        found.update(_words(text, fold(text)), _signs(fold(text)))
    for text in filter(None, (facts.series, facts.publisher, *facts.translators)):
        found.update(_name_words(text))
    for author in facts.authors:
        found.update(_author(author))
    whole = fold(f"{facts.title} {facts.subtitle}") if facts.subtitle else folded
    found.update(exact_term(text) for text in {*titles, whole} if text and is_short(text))
    if not has_kana(facts.title):
        found.update(*(_sounds(title, is_title=True) for title in plain_titles))
    if facts.language:
        found.add(language_term(facts.language))
    if (decade := decade_of(facts.pubdate)) is not None:
        found.add(decade_term(decade))
    found.update(listed_term(kind, name) for kind in NameKind for name in names_of(facts, kind))
    return BookTerms(words=frozenset(found))


@lru_cache(maxsize=50_000)
def word_term(word: str) -> str:
    """Return the term of one word as it stands in a folded text, or of a pair of characters."""
    return "w" + stem(word)


def terms_of_words(words: Iterable[str]) -> tuple[str, ...]:
    """Return the terms of a query's words as they stand in its folded text; a run of Chinese gives its pairs."""
    found: list[str] = []
    for word in words:
        found += ["w" + pair for pair in pairs(word)] if is_unspaced(word) else [word_term(word[:_LONGEST_WORD])]
    return tuple(dict.fromkeys(found))[:MOST_TERMS]


def exact_term(folded: str) -> str:
    """Return the term of a whole folded title; spaces and an article in front do not count."""
    return "t" + _hashed(without_article(folded).replace(" ", ""))


def sound_term(syllables: Iterable[str]) -> str:
    """Return the term of a whole title in pinyin."""
    return "t" + _hashed(f"pinyin {' '.join(syllables)}")


def _hashed(text: str) -> str:
    return urlsafe_b64encode(blake2b(text.encode(), digest_size=6).digest()).decode()


def name_term(syllables: Iterable[str]) -> str:
    """Return the term of an author's whole name in pinyin."""
    return "a" + "".join(syllables)


def language_term(code: str) -> str:
    """Return the filter term of a BCP 47 tag: ``lzh`` for zh-Hant."""
    return LANGUAGE_LETTER + code.partition("-")[0].lower()


def decade_term(decade: int) -> str:
    """Return the term of the books of a decade, which its first year names: ``d199`` for 1990."""
    return f"{DECADE_LETTER}{decade // 10}"


@lru_cache(maxsize=20_000)
def listed_term(kind: NameKind, name: str) -> str:
    """Return the term of the books that are listed by a name, in any of its spellings."""
    return NAME_LETTERS[kind] + _hashed(name_key(kind, name))[:LISTED_LETTERS]


def is_short(folded: str) -> bool:
    """Return whether a folded title is short enough to have an exact-title term."""
    return sum(len(token) if is_unspaced(token) else 1 for token in tokens(without_article(folded))) <= LONGEST_EXACT


def main_part(title: str) -> str:
    """Return a title without what follows in brackets, after a colon or a dash: 三体（全集） is 三体."""
    return _MAIN_ENDS.split(title, maxsplit=1)[0].strip() or title


def _words(text: str, folded: str) -> list[str]:
    """Return the word terms of a text, with the forms under which people also type its words."""
    found = _plain_words(folded)
    found += ["w" + word for word in spelt_out(folded)]
    if _APOSTROPHE.search(text):
        found += _plain_words(fold(_APOSTROPHE.sub(" ", text)))
    if _HYPHEN.search(text):
        compounds = (fold(compound).split() for compound in _HYPHENED.findall(text))
        found += (word_term(first + second) for parts in compounds for first, second in pairwise(parts))
    return found


@lru_cache(maxsize=20_000)
def _name_words(name: str) -> tuple[str, ...]:
    """Return the words of a publisher, series or translator; these come again and again."""
    return tuple(_words(name, fold(name)))


@lru_cache(maxsize=20_000)
def _author(name: str) -> tuple[str, ...]:
    plain = simplified(name)
    folded = with_usual_variants(plain)
    sounds = () if has_kana(name) else _sounds(plain, is_title=False)
    return (*_words(name, folded), *_signs(folded), *sounds)


def _signs(folded: str) -> list[str]:
    """Return the terms of single characters, for queries of one character."""
    return ["w" + sign for sign in unspaced_signs(folded)]


def _plain_words(folded: str) -> list[str]:
    """Return words and pairs; pairs also across what parts two runs, as people leave a dot or colon out."""
    found = ["w" + word for word in folded.split() if len(word) == 1]
    before = ""
    for word in words_of(folded):
        if is_unspaced(word):
            found += ["w" + pair for pair in pairs(before + word)]
            before = word[-1]
        else:
            found.append(word_term(word[:_LONGEST_WORD]))
            before = ""
    return found


def _sounds(plain: str, *, is_title: bool) -> list[str]:
    """Return the pinyin terms of a simplified title or name."""
    signs = [] if plain.isascii() else _spoken("".join(filter(readings_of, plain)))
    found = ["p" + one + other for first, second in pairwise(signs) for one in first for other in second]
    for syllables in islice(product(*signs), _WAYS) if signs else ():
        if 2 <= len(syllables) <= LONGEST_INITIALS:
            found.append("i" + "".join([syllable[0] for syllable in syllables]))
        if is_title and len(syllables) <= LONGEST_EXACT:
            found.append(sound_term(syllables))
        if not is_title and len(syllables) <= SHORT_NAME:
            found.append(name_term(syllables))
    return found


def _spoken(run: str) -> list[Syllables]:
    """Return for each character of a run its reading by phrase, and a second one where that is open."""
    return [readings for phrase in _pypinyin().cut(run) for readings in _phrase(phrase)]


@lru_cache(maxsize=50_000)
def _phrase(phrase: str) -> tuple[Syllables, ...]:
    """Read a phrase that pypinyin knows, or one character, a variant also as the usual one: the 著 of 活著 as 着.

    They come again and again, and pypinyin takes its time.
    """
    spoken = _pypinyin().read(phrase)
    if len(spoken) != len(phrase):
        return tuple(readings_of(sign)[:1] for sign in phrase)
    ways = tuple(
        tuple(reading.replace("v", "u") for reading in readings[: 2 if sign in _POLYPHONES else 1])
        for sign, readings in zip(phrase, spoken, strict=True)
    )
    usual = with_usual_variants(phrase)
    return ways if len(phrase) > 1 or usual == phrase else (tuple(dict.fromkeys(ways[0] + readings_of(usual)[:1])),)


class _Pypinyin(NamedTuple):
    """What is used of pypinyin: cutting a run into known phrases and single characters, and reading one of these."""

    cut: Callable[[str], Iterable[str]]
    read: Callable[[str], list[list[str]]]


@cache
def terms_version() -> str:
    """Return what the terms depend on as a short text: these rules, the tables, and the libraries that read aloud and simplify."""
    rules = (SCHEME, *(f"{name} {version(name)}" for name in ("pypinyin", "opencc")))
    return blake2b(repr(rules).encode() + READINGS.read_bytes() + VARIANTS.read_bytes(), digest_size=8).hexdigest()


def make_ready() -> None:
    """Load what the first Chinese book would have to wait for."""
    _spoken(fold("鱼書"))


@cache
def _pypinyin() -> _Pypinyin:
    from pypinyin import Style, pinyin  # noqa: PLC0415 - 55 MB that a process which only reads never needs
    from pypinyin.contrib.mmseg import seg  # noqa: PLC0415 - as above

    return _Pypinyin(seg.cut, partial(pinyin, style=Style.NORMAL, heteronym=True))
