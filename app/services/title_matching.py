"""services: whether a title that somebody wrote is that of a book, of its main part, or of quite another book."""

from __future__ import annotations

import re
import unicodedata

from app.domain.book import BookFacts
from app.domain.reading_list import bare_title
from app.search.analyzer import main_part
from app.search.text import fold, has_han, is_unspaced, tokens, unspaced_signs, without_article

_INVERTED = re.compile(
    r"(?P<rest>.+), (?P<article>the|an?|l[aeo]s?|el|los|un[ae]?|d(?:er|ie|as)|il|gli|ein[e]?|het|l['’])", re.IGNORECASE
)
_MARKED_VOLUME = re.compile(
    r"(?:\bvol(?:ume)?\.?|\bbook|\bpart|第|卷|#)\s*(?P<number>\d{1,2}|[一二三四五六七八九十]|[ivx]{1,4}\b)",
    re.IGNORECASE,
)
_ROMAN_VOLUME = re.compile(r"(?<![A-Za-z])(?P<number>I{2,3}|IV|VI{1,3}|IX)(?![A-Za-z])")
_LAST_NUMBER = re.compile(r"\D\s*(?<![\d.:-])(?P<number>\d{1,2})\Z")
_PART = re.compile(r"[(\s]?(?P<number>[上中下])[册卷部集]?\)?\Z")
_CHINESE = {sign: str(number) for number, sign in enumerate("一二三四五六七八九十", start=1)} | {"上": "1"}
_ROMAN = {
    "i": "1",
    "ii": "2",
    "iii": "3",
    "iv": "4",
    "v": "5",
    "vi": "6",
    "vii": "7",
    "viii": "8",
    "ix": "9",
    "x": "10",
}
_SHORTEST_WORD = 3


def upright(title: str) -> str:
    """Return a title with its article in front: "Farewell to Arms, A" is "A Farewell to Arms"."""
    inverted = _INVERTED.fullmatch(title)
    if inverted is None:
        return title
    gap = "" if inverted["article"].endswith(("'", "’")) else " "
    return f"{inverted['article']}{gap}{inverted['rest']}"


def said_titles(title: str) -> list[str]:
    """Return the titles to look for, the whole one first, then its main part without a subtitle."""
    whole = upright(bare_title(title))
    return list(dict.fromkeys([whole, upright(main_part(whole))]))


def is_same_title(facts: BookFacts, title: str) -> bool:
    """Return whether a book has this title, with or without its subtitle; an article in front does not count."""
    return _key(title) in {_key(facts.title), _key(main_part(facts.title)), _key(f"{facts.title} {facts.subtitle}")}


def is_other_title(facts: BookFacts, title: str) -> bool:
    """Return whether a title is surely not that of this book: it shares nothing with it, or names another volume.

    Titles in different scripts, and single letters, say nothing of each other.
    """
    title = upright(bare_title(title))
    names = [facts.title, facts.subtitle, facts.original_title, facts.series]
    if is_same_title(facts, title):
        return False
    return _are_strangers(fold(title), fold(" ".join(filter(None, names)))) or is_other_volume(facts.title, title)


def is_other_volume(one: str, other: str) -> bool:
    """Return whether two titles name different volumes; the first volume often has no number."""
    return (volume_of(one) or "1") != (volume_of(other) or "1")


def volume_of(title: str) -> str:
    """Return the number of the volume that a title names (上 is the first), 中 or 下, or "" when it names none."""
    plain = unicodedata.normalize("NFKC", title).strip()
    found = (
        _MARKED_VOLUME.search(plain)
        or _ROMAN_VOLUME.search(plain)
        or _LAST_NUMBER.search(main_part(plain))
        or _PART.search(plain)
    )
    if found is None:
        return ""
    number = found["number"].casefold()
    return _ROMAN.get(number) or _CHINESE.get(number) or number.lstrip("0")


def _key(title: str) -> str:
    """Fold a title for comparing; in Chinese a dot or a space between two parts is often left out."""
    folded = fold(title)
    return folded.replace(" ", "") if has_han(folded) else without_article(folded)


def _are_strangers(said: str, known: str) -> bool:
    """Return whether two folded texts of one script have no word in common, or hardly a character."""
    if has_han(said) or has_han(known):
        signs, others = set(unspaced_signs(said)), set(unspaced_signs(known))
        return min(len(signs), len(others)) > 1 and len(signs & others) * 3 < min(len(signs), len(others))
    words, others = _words(said), _words(known)
    return bool(words and others) and not words & others and said.replace(" ", "") not in known.replace(" ", "")


def _words(folded: str) -> set[str]:
    return {word for word in tokens(folded) if len(word) >= _SHORTEST_WORD and word.isalpha() and not is_unspaced(word)}
