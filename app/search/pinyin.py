"""Pinyin as people type it — cutting it into syllables, reading characters aloud. Needs one small table, not pypinyin."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import islice, pairwise, product
from pathlib import Path
from typing import Final

READINGS: Final = Path(__file__).with_name("readings.txt")
LONGEST_SYLLABLE: Final = 6
_VOWELS: Final = frozenset("aeo")
_LONGEST_TYPED: Final = 60
_WAYS: Final = 6
"""So many ways to cut a typed text, or to read a run of characters, are followed at most."""

_INITIALS: Final = frozenset("abcdefghjklmnopqrstwxyz")
LONGEST_INITIALS: Final = 10
_V = re.compile("(?<=[lnjqxy])v")
_TONES = re.compile(r"(?:[a-z]+[1-5]){2,}")

Syllables = tuple[str, ...]


@cache
def _lines() -> tuple[tuple[str, str], ...]:
    lines = [line.split() for line in READINGS.read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    return tuple((syllable, signs) for syllable, signs in lines)


@cache
def _syllables() -> frozenset[str]:
    return frozenset(syllable for syllable, _ in _lines())


@cache
def _beginnings() -> frozenset[str]:
    return frozenset(syllable[:end] for syllable in _syllables() for end in range(1, len(syllable) + 1))


@cache
def _readings() -> dict[str, Syllables]:
    readings: dict[str, Syllables] = {}
    for syllable, signs in _lines():
        for sign in signs:
            readings[sign] = (*readings.get(sign, ()), syllable)
    return readings


def segmentations(typed: str) -> tuple[Syllables, ...]:
    """Return the ways to cut unspaced pinyin into syllables, fewest syllables first; none if it is not pinyin.

    ``fangan`` is fang an and fan gan. v stands for ü, which is kept as u; tone digits behind each syllable are dropped.
    """
    if _TONES.fullmatch(typed):
        typed = re.sub(r"[1-5]", "", typed)
    letters = with_u(typed)
    if not letters.isascii() or not letters.isalpha() or len(letters) > _LONGEST_TYPED:
        return ()
    ways = sorted(islice(_cuts(letters), 4 * _WAYS), key=len)
    return tuple(way for way in ways if len(way) <= len(ways[0]) + 1)[:_WAYS]


def _cuts(letters: str) -> Iterable[Syllables]:
    """Yield cuts, long syllables first, never walking twice into an end that cannot be cut."""
    dead: set[int] = set()

    def walk(start: int, so_far: Syllables) -> Iterable[Syllables]:
        if start == len(letters):
            yield so_far
            return
        found = False
        for end in range(min(len(letters), start + LONGEST_SYLLABLE), start, -1):
            if letters[start:end] in _syllables() and end not in dead:
                for way in walk(end, (*so_far, letters[start:end])):
                    found = True
                    yield way
        if not found:
            dead.add(start)

    return walk(0, ())


def cut_places(typed: str) -> tuple[set[int], set[int]]:
    """Return the places up to which unspaced pinyin can be cut into syllables, and those from which on it can be to its end."""
    letters = with_u(typed)
    known, longest = _syllables(), range(1, LONGEST_SYLLABLE + 1)
    before, behind = {0}, {len(letters)}
    for at in range(1, len(letters) + 1):
        if any(at - size in before and letters[at - size : at] in known for size in longest):
            before.add(at)
    for at in range(len(letters) - 1, -1, -1):
        if any(at + size in behind and letters[at : at + size] in known for size in longest):
            behind.add(at)
    return before, behind


def with_u(typed: str) -> str:
    """Write the v that is typed for ü as the u that is kept: lv, nv, jv; ``love`` stays."""
    return _V.sub("u", typed)


def two_syllables(letters: str) -> list[tuple[str, str]]:
    """Return the ways to read letters as exactly two syllables."""
    known = _syllables()
    cuts = ((letters[:end], letters[end:]) for end in range(1, len(letters)))
    return [(first, second) for first, second in cuts if first in known and second in known]


def break_up(letters: str) -> list[Syllables]:
    """Cut pinyin with a typo in it: whole syllables at the beginning, then what is broken, perhaps whole ones behind."""
    ways = (segmentations(letters[:end]) for end in range(len(letters), 0, -1))
    begin = next((way[0] for way in ways if way), ())
    rest = letters[sum(map(len, begin)) :]
    ends = ((rest[:start], segmentations(rest[start:])) for start in range(1, len(rest)))
    whole_end = next(((broken, *ways[0]) for broken, ways in ends if ways), ())
    return [(*begin, *end) for end in ((rest,), whole_end) if end and rest]


def split_unfinished(typed: str) -> tuple[tuple[Syllables, str], ...]:
    """Return the ways to cut pinyin that is still being typed: whole syllables, and the beginning of one more.

    ``sangu`` is (san, gu) with nothing left and (san) with gu begun; a beginning that starts no syllable is left out.
    """
    ways: list[tuple[Syllables, str]] = []
    for end in range(len(typed) - 1, max(-1, len(typed) - LONGEST_SYLLABLE - 1), -1):
        begun = with_u(typed)[end:]
        if begun in _beginnings():
            wholes = segmentations(typed[:end]) if end else ((),)
            ways.extend((whole, begun) for whole in wholes)
    return tuple(ways[:_WAYS])


def may_be_initials(typed: str) -> bool:
    """Return whether letters can be the first letters of Chinese syllables (no i, u, v) and are no pinyin themselves."""
    return 2 <= len(typed) <= LONGEST_INITIALS and _INITIALS.issuperset(typed) and not segmentations(typed)


def is_hardly_a_word(initials: str) -> bool:
    """Return whether initials have no vowel, so are no English word that was meant instead."""
    return _VOWELS.isdisjoint(initials)


def readings_of(sign: str) -> Syllables:
    """Return the ways a simplified character is read, the usual one first; none for what is not Chinese."""
    return _readings().get(sign, ())


def read_aloud(run: str) -> tuple[Syllables, ...]:
    """Return the likeliest ways to read a run of simplified characters; none if one of them has no reading."""
    return tuple(islice(product(*(readings_of(sign)[:2] for sign in run)), _WAYS))


def syllable_pairs(syllables: Sequence[str]) -> list[str]:
    """Return neighbouring syllables written together: san, guo, yan gives sanguo, guoyan; fewer than two give none."""
    return [first + second for first, second in pairwise(syllables)]


def sounds_like(run: str, syllables: Sequence[str]) -> int:
    """Return the place in a folded text where its characters can be read as these syllables in a row, or -1."""
    wanted = len(syllables)
    for start in range(len(run) - wanted + 1):
        if all(syllable in readings_of(run[start + at]) for at, syllable in enumerate(syllables)):
            return start
    return -1


def sound_begins(run: str, letters: str) -> bool:
    """Return whether a run of characters, read aloud, begins with these letters: 三体 with ``sant``."""
    if not letters or not run:
        return not letters
    return any(
        reading.startswith(letters) or (letters.startswith(reading) and sound_begins(run[1:], letters[len(reading) :]))
        for reading in readings_of(run[0])
    )


def has_initials(run: str, letters: str) -> bool:
    """Return whether the characters of a run can have just these first letters: 三体 and ``st``."""
    return len(run) == len(letters) and all(
        any(reading[0] == letter for reading in readings_of(sign)) for sign, letter in zip(run, letters, strict=True)
    )
