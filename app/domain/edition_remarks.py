"""What titles say of an edition, a revision or another text, and not of the work; the words are in edition_remarks.txt."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

from app.domain.text import fold, has_han

REMARKS: Final = Path(__file__).with_name("edition_remarks.txt")

_ORDINAL: Final = re.compile(r"\d{1,3}(?:st|nd|rd|th)|\d{1,4}")
_NUMBERED: Final = r"(?:原[书着])?第(?:\d{1,2}|[一二三四五六七八九十]{1,2})版"
_NUMBER: Final = re.compile(r"第(?P<number>\d{1,2}|[一二三四五六七八九十]{1,2})版")
_YEARS: Final = r"\d{4}年?|\d{1,3}周年"
#: A name may stand before these: 席慕蓉作品典藏版.
_NAMED: Final = "[\u3400-\u9fff]{2,8}(?:典藏|珍藏|纪念|见证|收藏)版"
_ENDS: Final = " ,.·-~/、"
_LITTLE: Final = frozenset(("a", "an", "the", "of", "and", "in", "with", "no", "true", "text"))
_FIRST: Final = frozenset(("1", "一"))
_HAN_NUMBERS: Final = dict(zip("二三四五六七八九十", map(str, range(2, 11)), strict=True))
_ORDINALS: Final = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


@cache
def _words() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    name = ""
    for line in REMARKS.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            name = line.strip("[]")
        elif not line.startswith("#"):
            found[name] = found.get(name, frozenset()) | frozenset(fold(line).split())
    return found | {"en all": found["en words"] | found["en key"]}


@cache
def _han_remark() -> re.Pattern[str]:
    """Return what a Chinese remark is: pieces of it, years and numbers of editions, one of the keys at the end."""
    pieces, keys = ("|".join(sorted(_words()[name], key=len, reverse=True)) for name in ("zh words", "zh key"))
    return re.compile(rf"{_NAMED}|(?:{pieces}|{_YEARS}|{_NUMBERED})*(?:{keys}|{_NUMBERED})")


def is_remark(folded: str) -> bool:
    """Return whether a folded part of a title describes nothing but the edition or the kind of book."""
    if not folded.isascii() and has_han(folded):
        return _han_remark().fullmatch(folded.replace(" ", "")) is not None
    words = folded.split()
    sets = _words()
    return (
        not sets["en key"].isdisjoint(words)
        and all(word in sets["en all"] or _ORDINAL.fullmatch(word) for word in words)
        and not _are_retold(words)
    )


def is_other_text(folded: str) -> bool:
    """Return whether a folded part of a title says that this is no edition of the work: a guide, a play of it, an abridgement."""
    words = folded.split()
    return not _words()["en other"].isdisjoint(words) or _are_retold(words)


def is_lot(folded: str) -> bool:
    """Return whether a folded main part names several books: what follows the colon tells which."""
    return not _words()["en lot"].isdisjoint(folded.split())


def _are_retold(words: list[str]) -> bool:
    return "illustrated" in words and "classics" in words


def without_last_remark(text: str) -> tuple[str, str]:
    """Take a remark off the end of a title and return both: 红楼梦 精装本, the hobbit deluxe edition."""
    if " " not in text and "·" not in text and "-" not in text:
        return text, ""
    if not text.isascii() and has_han(text):
        before, _, last = text.rpartition(next(sign for sign in " ·-" if sign in text))
        return (before.rstrip(_ENDS), last) if is_remark(fold(last)) else (text, "")
    words = text.split()
    if words[-1] not in {"edition", "unabridged", "ed", "ed."}:
        return text, ""
    described = _words()["en words"] - _LITTLE
    at = len(words) - 1
    while at > 1 and ((word := fold(words[at - 1])) in described or _ORDINAL.fullmatch(word)):
        at -= 1
    return " ".join(words[:at]).rstrip(_ENDS), " ".join(words[at:])


def revision(folded: str) -> str:
    """Return what a folded remark says of a revision: 第2版 or "edition 2" where it has a number from 2 on, its words, or ""."""
    if not folded.isascii() and has_han(folded):
        if numbered := _NUMBER.search(folded.replace(" ", "")):
            return (
                ""
                if numbered["number"] in _FIRST
                else f"第{_HAN_NUMBERS.get(numbered['number'], numbered['number'])}版"
            )
        return folded if any(word in folded for word in _words()["zh revision"]) else ""
    words = folded.split()
    numbers = [word.rstrip("stndrh") for word in words if _ORDINAL.fullmatch(word)]
    numbers += [str(_ORDINALS.index(word) + 1) for word in words if word in _ORDINALS]
    if not {"edition", "ed"}.isdisjoint(words) and "anniversary" not in words and numbers:
        return "" if numbers[0] in _FIRST else f"edition {numbers[0]}"
    return folded if not _words()["en revision"].isdisjoint(words) else ""


def is_numbered(said: str) -> bool:
    """Return whether what `revision` returned is a number."""
    return said.startswith(("第", "edition "))
