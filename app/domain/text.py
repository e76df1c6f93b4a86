"""One written form for everything that is compared, and its words. Pure, no database."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3040-\u312f\u3131-\u318e\u31a0-\u31bf"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00016fe0-\U00018dff\U0001aff0-\U0001b2ff"
    "\U00020000-\U0003ffff"
)
"""Scripts written without spaces between words: Han on every plane, kana, Hangul, Bopomofo, Thai, Khmer …"""

_TOKEN = re.compile(f"[{_UNSPACED}]+|[^ {_UNSPACED}]+")
_UNSPACED_SIGN = re.compile(f"[{_UNSPACED}]")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]")
_KANA = re.compile("[\u3040-\u30ff]")
_APOSTROPHES: Final = "'\u2019\u2018\u02bc\u02bb\u2032`\u00b4"
_SIGNED = re.compile(r"\b(?P<letter>[cf])(?:(?P<plus>\+\+)|#)|\.net\b", re.IGNORECASE)
_SPOKEN = re.compile(r"\b(?P<letter>[cf]) (?:(?P<plus>plus ?plus)|sharp)\b|\bdot net\b", re.IGNORECASE)
"""Names that their signs tell apart, and how these signs are spoken."""

_SPELT_OUT: Final = {"cpp": ("c", "plus"), "csharp": ("c", "sharp"), "fsharp": ("f", "sharp"), "dotnet": ("dot", "net")}
_ROMAN: Final = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9"}
_ARTICLES: Final = frozenset({"the", "a", "an"})
_IRREGULAR: Final = {
    "men": "man", "women": "woman", "children": "child", "mice": "mouse", "feet": "foot", "teeth": "tooth",
    "geese": "goose", "wives": "wife", "lives": "life", "knives": "knife", "wolves": "wolf", "thieves": "thief",
    "leaves": "leaf", "elves": "elf", "shelves": "shelf", "halves": "half", "loaves": "loaf", "scarves": "scarf",
}  # fmt: skip


class _Signs(dict[int, str]):
    """What each character becomes; learnt as characters are met, so `str.translate` stays at its full speed."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_sign(chr(code))
        return folded


def _fold_sign(sign: str) -> str:
    if sign in _APOSTROPHES:
        return ""
    if sign == "&":
        return " and "
    if unicodedata.category(sign)[0] == "M":
        return "" if unicodedata.combining(sign) else sign
    if not sign.isalnum():
        return " "
    if sign in _HIRAGANA:
        return chr(ord(sign) + _TO_KATAKANA)
    base = unicodedata.normalize("NFD", sign)[0]
    is_accented = unicodedata.name(base, "").startswith(("LATIN", "GREEK"))
    return _LETTERS.get(base, base) if is_accented else sign


_LETTERS: Final = {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ħ": "h"}
_HIRAGANA: Final = frozenset("ゝゞ").union(map(chr, range(0x3041, 0x3097)))
_TO_KATAKANA: Final = 0x60
_SIGNS: Final = _Signs()
VARIANTS: Final = Path(__file__).with_name("variants.txt")


def fold(text: str) -> str:
    """Return the form in which texts are compared: words parted by one space.

    NFKC, case folded, traditional Chinese as simplified, each character as its usual variant (着 for 著, 亚 for 亜), hiragana as
    katakana, no accents on Latin and Greek letters, no apostrophes, everything that is neither letter nor digit (NUL, emoji,
    lone surrogates) as a space; "&" is "and", C++ is cpp, C# is csharp, .NET is dotnet.
    """
    return with_usual_variants(simplified(text))


def with_usual_variants(simplified_text: str) -> str:
    """Return a simplified text with each character as the variant that is compared."""
    return simplified_text if simplified_text.isascii() else simplified_text.translate(_usual_variants())


@cache
def _usual_variants() -> dict[int, str]:
    lines = VARIANTS.read_text(encoding="utf-8").splitlines()
    classes = [variants for line in lines if line[0] != "#" for variants in line.split()]
    return {ord(variant): variants[0] for variants in classes for variant in variants}


def simplified(text: str) -> str:
    """Return a text folded in all but the variants of its characters: 名著 stays, as what it sounds like can only be told from it."""
    if text.isascii():
        plain = text.lower()
        words = plain.split()
        if "".join(words).isalnum():
            return _spoken_names(" ".join(words))
    else:
        plain = unicodedata.normalize("NFKC", text).casefold()
    if "+" in plain or "#" in plain or ".net" in plain:
        plain = _SIGNED.sub(_signed_word, plain)
    plain = _spoken_names(" ".join(plain.translate(_SIGNS).split()))
    return plain if plain.isascii() or not _HAN.search(plain) else str(_to_simplified().convert(plain))


def _spoken_names(plain: str) -> str:
    if " sharp" in plain or " plus" in plain or "dot net" in plain:
        return _SPOKEN.sub(_signed_word, plain)
    return plain


def _signed_word(found: re.Match[str]) -> str:
    if found["letter"]:
        return found["letter"].lower() + ("pp" if found["plus"] else "sharp")
    return " dotnet" if found[0].startswith(".") else "dotnet"


def signed_names(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield where C++, C#, F# and .NET stand in a text as it was written: (start, end, the word that `fold` makes of it)."""
    for names in (_SIGNED, _SPOKEN):
        yield from ((*found.span(), _signed_word(found).strip()) for found in names.finditer(text))


def spelt_out(folded: str) -> list[str]:
    """Return the words by which such names in a folded text are found, too: C may be typed for C++."""
    if not ("cpp" in folded or "sharp" in folded or "dotnet" in folded):
        return []
    return [word for name in folded.split() for word in _SPELT_OUT.get(name, ())]


fold_known = lru_cache(maxsize=30_000)(fold)
"""`fold` for titles and names that come again and again."""


@cache
def _to_simplified() -> Any:
    from opencc import OpenCC  # noqa: PLC0415 - only when the first Chinese text comes

    return OpenCC("t2s")


def without_article(folded: str) -> str:
    """Return a folded title without "the", "a" or "an" in front."""
    first, _, rest = folded.partition(" ")
    return rest if rest and first in _ARTICLES else folded


def tokens(folded: str) -> list[str]:
    """Cut a folded text where the script changes and at spaces: "阿q正传 2" gives 阿, q, 正传, 2."""
    return folded.split() if folded.isascii() else _TOKEN.findall(folded)


def is_unspaced(token: str) -> bool:
    """Return whether a token is of a script without spaces between words, so is indexed by pairs of characters."""
    return not token.isascii() and _UNSPACED_SIGN.match(token) is not None


def unspaced_signs(folded: str) -> list[str]:
    """Return the characters of scripts without spaces, one by one."""
    return [] if folded.isascii() else _UNSPACED_SIGN.findall(folded)


def has_han(text: str) -> bool:
    """Return whether there is a Chinese character in a text."""
    return _HAN.search(text) is not None


def has_kana(text: str) -> bool:
    """Return whether a text is Japanese beyond doubt."""
    return _KANA.search(text) is not None


def pairs(run: str) -> list[str]:
    """Return the neighbouring pairs of a run of characters; a lone character stands for itself."""
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]


def stem(word: str) -> str:
    """Return the form under which an English word is kept, so that singular and plural meet.

    Not a word of any dictionary ("movies" and "movie" are both "movy"); Roman numerals from II on become digits.
    """
    if len(word) < 4 or not word.isascii():
        return _IRREGULAR.get(word) or _ROMAN.get(word, word)
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    if len(word) > 3 and word[-1] == "e":
        if word.endswith("ie"):
            return word[:-2] + "y"
        if word.endswith(("xe", "che", "she", "sse", "ze", "oe")):
            return word[:-1]
    return _ROMAN.get(word, word)


def join_letters(words: list[str]) -> list[str]:
    """Write neighbouring single Latin letters as one word: j, r, r, tolkien gives jrr, tolkien."""
    joined: list[str] = []
    growing = False
    for word in words:
        single = len(word) == 1 and word.isascii() and word.isalpha()
        if single and growing:
            joined[-1] += word
        else:
            joined.append(word)
        growing = single
    return joined


def words_of(folded: str) -> list[str]:
    """Return the words of a folded text as they were written, in order: Latin words, and runs of unspaced script."""
    return join_letters(tokens(folded))
