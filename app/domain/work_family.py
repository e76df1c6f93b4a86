"""What links a translation with its original: a title in the other language, and who wrote it.

Works in two languages are one family only where the whole original title names one author's book, or the edition itself tells the
author's Latin name: short titles (Emma, Hunger) are those of many books.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from app.domain.author_key import author_key, consonants_of
from app.domain.book import BookFacts
from app.domain.text import fold, has_han, without_article

_IN_BRACKETS: Final = re.compile(r"[(（﹝\[]([^)）﹞\]]*)[)）﹞\]]")
_LATIN: Final = re.compile("[A-Za-z]{2}")


class Original(NamedTuple):
    """What an edition says of its original: the whole title, folded, and the author's surname, or "" where it is not told."""

    title: str
    author: str


def original_of(facts: BookFacts) -> Original | None:
    """Return what a translation says of its original, or None where it says no title, or that of its own title."""
    title = _whole(facts.original_title)
    return None if title in {"", whole_title(facts)} else Original(title, _latin_author(facts))


def whole_title(facts: BookFacts) -> str:
    """Return title and subtitle of a book, uncut and folded, as an original's title is compared."""
    return _whole(f"{facts.title} {facts.subtitle}")


#: The consonants by which translators write those of a Latin name, see `transliteration.txt`.
_HEARD: Final = {
    letter: sounds
    for letters, sounds in (
        ("pb", "p"), ("td", "ts"), ("kqx", "ksqj"), ("c", "ksqj"), ("g", "kjqh"), ("j", "jqh"), ("s", "sz"), ("z", "zsq"),
        ("h", "h"), ("fv", "fw"), ("w", "wf"), ("m", "m"), ("n", "n"), ("lr", "l"),
    )
    for letter in letters
}  # fmt: skip
#: Words of a title that hardly another book has.
_RARE: Final = 3
#: Words of titles that many books have, however many words there are: A History of Philosophy.
_OF_MANY: Final = frozenset(
    (
        *("essays", "foundations", "handbook", "histoire", "history", "introduction", "letters", "outline", "poems"),
        *("principles", "stories", "theory"),
    )
)


def may_be_author(facts: BookFacts, surname: str) -> bool:
    """Return whether a translation may be a book of the author with this surname (as `author_key` has it), told nowhere.

    A name in Chinese characters begins with the consonant of the Latin one, or, where it begins with a vowel, of its second; one whose sound is
    not written so (石黑一雄) may be anybody's, and then the title has to say it all.
    """
    name = author_key(facts.authors[0]) if facts.authors else ""
    if name == surname:
        return True
    if not has_han("".join(facts.authors)):
        return False
    said = name if name.isascii() else consonants_of(name)
    if not said:
        words = fold(facts.original_title).split()
        return len(words) >= _RARE and _OF_MANY.isdisjoint(words)
    heard = [letter for letter in surname if letter in _HEARD][:2]
    return any(said[0] in _HEARD[letter] for letter in heard)


def _whole(title: str) -> str:
    return without_article(fold(title)).replace(" ", "")


def _latin_author(facts: BookFacts) -> str:
    """Return the surname in Latin letters that an edition tells next to the name in its own: 阿瑟·克拉克（Arthur C. Clarke）."""
    names = (name for author in facts.authors for name in (*_IN_BRACKETS.findall(author), author))
    latin = (name for name in names if _LATIN.search(name) and not has_han(name))
    return next((author_key(name) for name in latin), "")
