"""By what an author's name is compared, so that editions that spell it in different ways are one work's."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from app.domain.text import fold, has_han, has_kana

_NOBODIES: Final = "anonymous various variousauthors unknown authorunknown na 佚名 无名氏 不详 未知 编写组 编委会 本书编委会 本书编写组 多人 合集"
_NOBODY: Final = frozenset(_NOBODIES.split())

_BRACKETS: Final = re.compile(r"[(\[【〔﹝（［{][^)\]】〕﹞）］}]*[)\]】〕﹞）］}]?")
_ROLE_BEFORE: Final = re.compile(r"\A(?:原作|原著|文|图|著|编|编著|主编|作者)\s*[:：]\s*")
_ROLE_BEHIND: Final = re.compile(
    r"(?:\s+(?:等?(?:编著|编绘|编剧|编订|编选|主编|原作|原著|口述|讲述|主讲|整理|监制|撰文|图文|采访|医学博士|作品)|[撰注著编文图绘选译作等])|等?编著|主编|等?著)\s*\Z"
)
_FOREIGN_DOT: Final = re.compile(r"[·•・．﹒.‧∙⋅]")
_SEVERAL: Final = re.compile(r"[、，,/&;；]")
_LATIN_WORDS: Final = re.compile(r"[A-Za-zÀ-ɏ.'’]{3,}")
_SUFFIXES: Final = "jr sr ii iii iv phd md esq inc ltd d min dmin dr ma ba rn cpa ed eds editor"
_SUFFIX: Final = frozenset(_SUFFIXES.split())
#: Signs of a Chinese name with its family name; Japanese ones are written with a space in them: 村上 春樹.
_WHOLE_NAME: Final = 3
_FEWEST_SYLLABLES: Final = 2
#: Signs of the shortest foreign name that is written with its first name.
_FULL_NAME: Final = 5
TRANSLITERATION: Final = Path(__file__).with_name("transliteration.txt")


@lru_cache(maxsize=50_000)
def author_key(name: str) -> str:
    """Return by what an author's name is compared: a Latin surname, the last part of a name with dots, a Chinese name whole.

    Foreign names in Chinese characters by their consonants, as translators spell them in many ways; Russian ones in English by one ending.

    "" for nobody: 佚名, Anonymous. Marks of nationality, roles and names in brackets do not count.
    """
    bare = _BRACKETS.sub(" ", name).strip() or name
    if has_han(bare) or has_kana(bare):
        return _han_name(bare)
    key = _latin_name(bare)
    return "" if key in _NOBODY else key


@lru_cache(maxsize=20_000)
def bare_name(name: str) -> str:
    """Return an author's name without marks of nationality and of what was done: [英] 阿加莎·克里斯蒂 著 is 阿加莎·克里斯蒂."""
    bare = _BRACKETS.sub(" ", name).strip() or name.strip()
    if has_han(bare):
        bare = _ROLE_BEHIND.sub("", _ROLE_BEFORE.sub("", bare)).strip() or bare
    return " ".join(bare.split())


def is_nobody(name: str) -> bool:
    """Return whether a name is nobody's: 佚名, Anonymous."""
    return fold(name).replace(" ", "") in _NOBODY


def turned(name: str) -> str:
    """Return a Latin name with its surname last: J.R.R. Tolkien for "Tolkien, J.R.R."; others as they are."""
    before, _comma, after = name.partition(",")
    rest = fold(after).split()
    if not rest or "," in after or rest[0] in _SUFFIX or has_han(name):
        return name
    return f"{after.strip()} {before.strip()}"


def _han_name(name: str) -> str:
    name = _ROLE_BEFORE.sub("", name)
    name = next(filter(None, map(str.strip, _SEVERAL.split(name))), name)
    name = _ROLE_BEHIND.sub("", name)
    parts = [part.strip(" -—") for part in _FOREIGN_DOT.split(name)]
    parts = [part for part in parts if part]
    if len(parts) > 1 and parts[-2].endswith("圣"):
        parts[-2:] = ["圣" + parts[-1]]
    last = parts[-1] if parts else name
    if len(parts) > 1:
        if not (has_han(last) or has_kana(last)):
            last = next((part for part in reversed(parts) if has_han(part)), last)
        last = _LATIN_WORDS.sub(" ", last).strip() or last
    else:
        words = last.split()
        if len(words) > 1 and all(len(word) >= _WHOLE_NAME for word in words):
            words = words[:1]
            last = words[0]
        if (
            len(words) > 1
            and len(last) - len(words) + 1 >= _FULL_NAME
            and words[0] != "圣"
            and _is_foreign("".join(words))
        ):
            words = words[-1:]
            last = words[0]
        han = [word for word in words if has_han(word) or has_kana(word)]
        last = "".join(han) if han and len(han) < len(words) else last
    key = fold(last).replace(" ", "")
    return "" if key in _NOBODY else _by_consonants(key)


def _by_consonants(name: str) -> str:
    """Return the consonants of a foreign name in Chinese characters, or the name where it has others.

    Both 卡耐基 and 卡内基 are "knj"; a name of one character or one consonant is compared as it is written.
    """
    if len(name) < _FEWEST_SYLLABLES:
        return name
    said = consonants_of(name)
    return said if len(said) > 1 else name


def consonants_of(name: str) -> str:
    """Return the consonants of a foreign name in Chinese characters, "" where it has a character that writes none."""
    sounds = [_consonants().get(sign) for sign in name]
    return "" if None in sounds else "".join(filter(None, sounds))


def _is_foreign(name: str) -> bool:
    """Return whether a name has none but characters that write foreign names."""
    return _consonants().keys() >= set(fold(name))


@cache
def _consonants() -> dict[str, str]:
    lines = (line.split() for line in TRANSLITERATION.read_text(encoding="utf-8").splitlines() if line[0] != "#")
    return {fold(sign): sound.strip("-") for sound, signs in lines for sign in signs}


def _latin_name(name: str) -> str:
    before, comma, after = name.replace("，", ",").partition(",")
    if comma:
        rest = fold(after).split()
        name = f"{before} {after}" if rest and rest[0] in _SUFFIX else before
    words = [word for word in fold(name).replace("ʹ", "").replace("ʺ", "").split() if word not in _SUFFIX]
    if "of" in words[1:]:
        words = words[: words.index("of", 1)]
    if not words:
        return fold(name).replace(" ", "")
    whole = "".join(words)
    return "" if whole in _NOBODY else _transliterated(words[-1])


def _transliterated(surname: str) -> str:
    """Return one spelling for those that Russian names have in English: Dostoevskii, Dostoyevsky."""
    for ending in ("skii", "skij", "skiy", "ski"):
        if surname.endswith(ending):
            surname = surname.removesuffix(ending) + "sky"
    return surname.replace("oye", "oe").replace("aye", "ae") if surname.endswith("sky") else surname
