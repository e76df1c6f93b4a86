"""Search: slips in pinyin. The index knows which pairs of syllables occur; a pair that does not is replaced by its neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, product
from string import ascii_lowercase
from typing import Final

from app.search.index.port import Index
from app.search.pinyin import (
    LONGEST_SYLLABLE,
    Syllables,
    break_up,
    cut_places,
    segmentations,
    syllable_pairs,
    two_syllables,
)

_Guess = tuple[int, Syllables]
"""How many slips, and what was meant."""

_NEAREST: Final = 30
_SHORT: Final = 8
"""So few letters may be two syllables with a slip between them."""

_LONGEST: Final = 60
_MOST_COMBINATIONS: Final = 500
_MOST_SLIPS: Final = 150


def mended_pinyin(letters: str, index: Index) -> Iterator[str]:
    """Yield pinyin that may have been meant and that books have: fewest slips first, then most books."""
    if not letters.isascii() or not letters.isalpha() or len(letters) > _LONGEST:
        return
    for guesses in (_swapped(letters), _with_near_pairs(letters, index), _one_letter_off(letters)):
        found = sorted(_counted(guesses, letters, index))
        if found:
            yield from dict.fromkeys(guess for _, _, guess in found)
            return


def _counted(guesses: Iterable[_Guess], letters: str, index: Index) -> Iterator[tuple[int, int, str]]:
    """Yield (slips, books as a negative number, letters) of the guesses that any book answers."""
    slips: dict[Syllables, int] = {}
    for number, syllables in guesses:
        slips.setdefault(syllables, number)
    plans = {syllables: tuple("p" + pair for pair in syllable_pairs(syllables)) for syllables in slips}
    known = index.known({term for plan in plans.values() for term in plan})
    for syllables, plan in plans.items():
        books = index.count([plan]).value if known.issuperset(plan) else 0
        if books and "".join(syllables) != letters:
            yield slips[syllables], -books, "".join(syllables)


def _swapped(letters: str) -> Iterator[_Guess]:
    """Yield what is meant if two neighbours were swapped, the commonest slip."""
    for at in range(len(letters) - 1):
        yield from _read_as(letters[:at] + letters[at + 1] + letters[at] + letters[at + 2 :])


def _one_letter_off(letters: str) -> Iterator[_Guess]:
    """Yield what is meant if a lost, doubled or wrong letter has moved the bounds of the syllables: bainiangdu."""
    places = _mendable(letters)
    less = (letters[:at] + letters[at + 1 :] for at in places if at < len(letters))
    more = (letters[:at] + letter + letters[at:] for at in places for letter in ascii_lowercase)
    yield from islice(dict.fromkeys(guess for slip in (*less, *more) for guess in _read_as(slip)), _MOST_SLIPS)


def _mendable(letters: str) -> list[int]:
    """Return the places where one letter more or less may leave whole syllables: some lead up to near there, and some on from near there."""
    before, behind = cut_places(letters)
    near = LONGEST_SYLLABLE + 1
    return [
        at
        for at in range(len(letters) + 1)
        if not before.isdisjoint(range(at - near, at + 1)) and not behind.isdisjoint(range(at, at + near + 1))
    ]


def _read_as(letters: str) -> list[_Guess]:
    return [(1, way) for way in segmentations(letters)[:1] if len(way) > 1]


def _with_near_pairs(letters: str, index: Index) -> Iterator[_Guess]:
    short = [(letters,)] if len(letters) <= _SHORT else []
    for way in (*segmentations(letters)[:2], *short, *break_up(letters)):
        yield from _mended(way, index)


def _mended(way: Syllables, index: Index) -> Iterator[_Guess]:
    """Yield the ways to replace unknown pairs, and those beside them, so that neighbours still share a syllable."""
    pairs = syllable_pairs(way) or list(way)
    existing = index.known(["p" + pair for pair in pairs])
    known = ["p" + pair in existing for pair in pairs]
    options = []
    for at, pair in enumerate(pairs):
        itself = [(0, pair)] if known[at] else []
        is_sure = all(known[max(0, at - 1) : at + 2])
        options.append(itself if is_sure else [*itself, *_near(pair, index)])
    for combination in islice(product(*options), _MOST_COMBINATIONS):
        syllables = _chained([pair for _, pair in combination])
        if syllables:
            yield sum(slips for slips, _ in combination), syllables


def _near(pair: str, index: Index) -> list[tuple[int, str]]:
    return [(found.distance, found.term[1:]) for found in index.near("p" + pair, limit=_NEAREST)]


def _chained(pairs: Sequence[str]) -> Syllables:
    """Return the syllables of pairs that overlap: honglou, loumeng gives hong, lou, meng; nothing if they do not."""
    chains: list[Syllables] = [*two_syllables(pairs[0])]
    for pair in pairs[1:]:
        ends = two_syllables(pair)
        chains = [(*chain, second) for chain in chains for first, second in ends if chain[-1] == first]
    return chains[0] if chains else ()
