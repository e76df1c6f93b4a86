"""Search: slips in pinyin. The index knows which pairs of syllables occur; a pair that does not is replaced by its neighbours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, product
from string import ascii_lowercase
from typing import Final

from app.search.index import Index
from app.search.pinyin import Syllables, break_up, segmentations, syllable_pairs, two_syllables

_Guess = tuple[int, Syllables]
"""How many slips, and what was meant."""

_NEAREST: Final = 30
_SHORT: Final = 8
"""So few letters may be two syllables with a slip between them."""

_LONGEST: Final = 60
_MOST_COMBINATIONS: Final = 500
_MOST_SLIPS: Final = 60


def mended_pinyin(letters: str, index: Index) -> Iterator[str]:
    """Yield pinyin that may have been meant and that books have: fewest slips first, then most books."""
    if not letters.isascii() or not letters.isalpha() or len(letters) > _LONGEST:
        return
    for guesses in (_swapped(letters), _with_near_pairs(letters, index), _one_letter_off(letters)):
        slips: dict[Syllables, int] = {}
        for number, syllables in guesses:
            slips.setdefault(syllables, number)
        counted = ((number, -_books(syllables, index), "".join(syllables)) for syllables, number in slips.items())
        found = sorted(guess for guess in counted if guess[1] and guess[2] != letters)
        if found:
            yield from dict.fromkeys(guess for _, _, guess in found)
            return


def _books(syllables: Syllables, index: Index) -> int:
    return index.count([tuple("p" + pair for pair in syllable_pairs(syllables))]).value


def _swapped(letters: str) -> Iterator[_Guess]:
    """Yield what is meant if two neighbours were swapped, the commonest slip."""
    for at in range(len(letters) - 1):
        yield from _read_as(letters[:at] + letters[at + 1] + letters[at] + letters[at + 2 :])


def _one_letter_off(letters: str) -> Iterator[_Guess]:
    """Yield what is meant if a lost, doubled or wrong letter has moved the bounds of the syllables: bainiangdu."""
    places = range(len(letters) + 1)
    less = (letters[:at] + letters[at + 1 :] for at in places[:-1])
    more = (letters[:at] + letter + letters[at:] for at in places for letter in ascii_lowercase)
    yield from islice(dict.fromkeys(guess for slip in (*less, *more) for guess in _read_as(slip)), _MOST_SLIPS)


def _read_as(letters: str) -> list[_Guess]:
    return [(1, way) for way in segmentations(letters)[:1] if len(way) > 1]


def _with_near_pairs(letters: str, index: Index) -> Iterator[_Guess]:
    short = [(letters,)] if len(letters) <= _SHORT else []
    for way in (*segmentations(letters)[:2], *short, *break_up(letters)):
        yield from _mended(way, index)


def _mended(way: Syllables, index: Index) -> Iterator[_Guess]:
    """Yield the ways to replace unknown pairs, and those beside them, so that neighbours still share a syllable."""
    pairs = syllable_pairs(way) or list(way)
    known = [bool(index.count([("p" + pair,)]).value) for pair in pairs]
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
    """Give the syllables of pairs that overlap: honglou, loumeng gives hong, lou, meng; nothing if they do not."""
    chains: list[Syllables] = [*two_syllables(pairs[0])]
    for pair in pairs[1:]:
        ends = two_syllables(pair)
        chains = [(*chain, second) for chain in chains for first, second in ends if chain[-1] == first]
    return chains[0] if chains else ()
