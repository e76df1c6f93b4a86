"""Queries made from the catalogue itself: a book's title, as people corrupt it. Deterministic for a seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from opencc import OpenCC
from pypinyin import Style, pinyin

from app.domain.book import BookFacts
from app.domain.isbn import hyphenate
from app.domain.text import fold
from app.search.analyzer import main_part
from app.search.pinyin import readings_of
from app.search.results import SearchPage

TOP = 10
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_COMMON = (
    "的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可里后小么心多天而能好都然没日于起还发成事只作当想"
    "看文无开手十用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回二理美点月明其种声全工己话儿者向情部正名定女问力机"
    "给等几很业最间新什打便位因重被走电四第门相次东政海口使教西再平真听世气信北少关并内加化由却代军产入先山五太水万市眼体别处总才场师书比住员九笑性通目"
)
_TRADITIONAL = OpenCC("s2t")

Corruption = Callable[[BookFacts, random.Random], str | None]


@dataclass(frozen=True)
class Damaged:
    """A query made of one book."""

    kind: str
    query: str
    facts: BookFacts

    def is_answered(self, page: SearchPage) -> bool:
        """Return whether this book, or another with its title, is among the first ten, or offered for its wrong number."""
        books = [book.facts for book in page.rows[:TOP]] + [
            book.facts for book in (page.isbn.nearest if page.isbn else ())
        ]
        wanted = _same(self.facts)
        return any(facts.isbn13 == self.facts.isbn13 or _same(facts) == wanted for facts in books)


def damage(catalogue: Sequence[BookFacts], *, each: int, seed: int = 1) -> Iterator[Damaged]:
    """Yield so many queries of each kind."""
    for kind, corrupt in CORRUPTIONS.items():
        chance = random.Random(f"{kind} {seed}")
        order = chance.sample(catalogue, len(catalogue))
        made = (Damaged(kind, query, facts) for facts in order if (query := corrupt(facts, chance)))
        yield from (one for one, _ in zip(made, range(each), strict=False))


def _same(facts: BookFacts) -> str:
    return fold(main_part(facts.title))


def _main(facts: BookFacts) -> str:
    return main_part(facts.title)


def _is_chinese(facts: BookFacts) -> bool:
    return all(map(readings_of, fold(_main(facts)))) and len(_main(facts)) >= 2


def _latin(facts: BookFacts) -> list[str]:
    """Return the words of a title in Latin letters that are worth corrupting, or nothing."""
    words = fold(_main(facts)).split()
    return words if len(words) <= 6 and all(word.isascii() for word in words) else []


def _corrupt_word(change: Callable[[str, int, random.Random], str]) -> Corruption:
    def corrupt(facts: BookFacts, chance: random.Random) -> str | None:
        words = _latin(facts)
        places = [at for at, word in enumerate(words) if len(word) >= 5 and word.isalpha()]
        if not places:
            return None
        at = chance.choice(places)
        corrupted = change(words[at], chance.randrange(1, len(words[at]) - 1), chance)
        return " ".join((*words[:at], corrupted, *words[at + 1 :])) if corrupted != words[at] else None

    return corrupt


def _spoken(facts: BookFacts) -> list[str]:
    if not _is_chinese(facts):
        return []
    return [ways[0].replace("ü", "v") for ways in pinyin(fold(_main(facts)), style=Style.NORMAL)]


def _pinyin_typo(facts: BookFacts, chance: random.Random) -> str | None:
    letters = "".join(_spoken(facts))
    if len(letters) < 7:
        return None
    at = chance.randrange(1, len(letters) - 1)
    return letters[:at] + letters[at + 1] + letters[at] + letters[at + 2 :] if letters[at] != letters[at + 1] else None


def _same_sound(facts: BookFacts, chance: random.Random) -> str | None:
    title = fold(_main(facts))
    if not _is_chinese(facts) or len(title) < 4:
        return None
    at = chance.randrange(len(title))
    others = [sign for sign in _COMMON if sign != title[at] and readings_of(sign)[:1] == readings_of(title[at])[:1]]
    return title[:at] + chance.choice(others) + title[at + 1 :] if others else None


CORRUPTIONS: dict[str, Corruption] = {
    "as it stands": lambda facts, _: facts.title,
    "upper case": lambda facts, _: facts.title.upper() if _latin(facts) else None,
    "full width": lambda facts, _: (
        "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in facts.title)
        if _latin(facts)
        else None
    ),
    "without accents": lambda facts, _: fold(facts.title) if not facts.title.isascii() and _latin(facts) else None,
    "words in another order": lambda facts, chance: " ".join(chance.sample(_latin(facts), len(_latin(facts)))),
    "two words written as one": lambda facts, _: "".join(_latin(facts)) if len(_latin(facts)) == 2 else None,
    "title and author": lambda facts, _: f"{_main(facts)} {facts.authors[0]}" if facts.authors else None,
    "author and title, no space": lambda facts, _: (
        fold(facts.authors[0]).replace(" ", "") + fold(_main(facts))
        if facts.authors and _is_chinese(facts) and all(map(readings_of, fold(facts.authors[0]).replace(" ", "")))
        else None
    ),
    "traditional": lambda facts, _: _TRADITIONAL.convert(facts.title) if _is_chinese(facts) else None,
    "pinyin": lambda facts, _: "".join(_spoken(facts)),
    "pinyin with spaces": lambda facts, _: " ".join(_spoken(facts)),
    "pinyin initials": lambda facts, _: (
        "".join(part[0] for part in _spoken(facts)) if len(_spoken(facts)) in range(4, 9) else None
    ),
    "pinyin with a typo": _pinyin_typo,
    "a wrong character": _same_sound,
    "two letters swapped": _corrupt_word(lambda word, at, _: word[:at] + word[at + 1] + word[at] + word[at + 2 :]),
    "a letter left out": _corrupt_word(lambda word, at, _: word[:at] + word[at + 1 :]),
    "a letter too many": _corrupt_word(lambda word, at, chance: word[:at] + chance.choice(_LETTERS) + word[at:]),
    "a wrong letter": _corrupt_word(lambda word, at, chance: word[:at] + chance.choice(_LETTERS) + word[at + 1 :]),
    "ISBN with hyphens": lambda facts, _: hyphenate(facts.isbn13),
    "ISBN with a wrong digit": lambda facts, chance: facts.isbn13[:6] + chance.choice("0123456789") + facts.isbn13[7:],
}
