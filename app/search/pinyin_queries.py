"""The ways to read a query, or parts of it, as pinyin: ``liucixin santi``, ``san ti``, ``san体 2``. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, islice, product
from typing import Final

from app.domain.text import is_unspaced, tokens, with_usual_variants
from app.search.analyzer import MOST_TERMS, SHORT_NAME, name_term, sound_term, terms_of_words
from app.search.pinyin import Syllables, read_aloud, segmentations, syllable_pairs

_WAYS: Final = 6
_MOST_PLANS: Final = 6
_LONGEST_FAMILY_NAME: Final = 2
_LONGEST_NAME: Final = 4
_MOST_PARTS_OF_A_NAME: Final = 3
_VOLUME = re.compile(r"([a-z]+)(\d{1,3})")


@dataclass(frozen=True, slots=True)
class PinyinQuery:
    """One way to read a query by its sound: runs of syllables that belong together, and all terms to look for.

    `is_whole` says that the query is one run of syllables and nothing else.
    """

    groups: tuple[Syllables, ...]
    terms: tuple[str, ...]
    is_whole: bool

    @property
    def shown(self) -> str:
        """The syllables, for the visitor: ``liu ci xin, san ti``."""
        return ", ".join(" ".join(group) for group in self.groups)


@dataclass(frozen=True, slots=True)
class _Piece:
    """One way to read what stands between two spaces: as syllables, and with terms of its own besides."""

    syllables: Syllables
    words: tuple[str, ...]


def plans_by_sound(plain: str) -> list[PinyinQuery]:
    """Return the ways to read a simplified query as pinyin, the likeliest first; none if no part of it is pinyin."""
    pieces = [_read_piece(piece) for piece in plain.split()]
    if not any(way.syllables for ways in pieces for way in ways):
        return []
    found = (plan for way in islice(product(*pieces), _WAYS) for plan in (_together(way), _apart(way)))
    return list(dict.fromkeys(plan for plan in found if plan))[:_MOST_PLANS]


def names_by_sound(plain: str) -> list[Syllables]:
    """Return the ways to read a query as a name in pinyin with the family name last: ``Cixin Liu``, ``Ai-ling Zhang``."""
    pieces = plain.split()
    if not 2 <= len(pieces) <= _MOST_PARTS_OF_A_NAME:
        return []
    ways = product(segmentations(pieces[-1]), *map(segmentations, pieces[:-1]))
    names = (tuple(chain(*way)) for way in islice(ways, _WAYS) if len(way[0]) <= _LONGEST_FAMILY_NAME)
    return [name for name in names if len(name) <= _LONGEST_NAME]


def terms_of_name(syllables: Syllables) -> tuple[str, ...]:
    """Return the terms of an author's whole name: of a long one its pairs."""
    if len(syllables) <= SHORT_NAME:
        return (name_term(syllables),)
    return tuple("p" + pair for pair in syllable_pairs(syllables))


def _read_piece(piece: str) -> list[_Piece]:
    parts = tokens(piece)
    if all(map(is_unspaced, parts)):
        return [_Piece((), _terms(parts))]
    *begin, last = parts
    name, volume = without_volume(last)
    ways = [_read_part(part) for part in (*begin, name)]
    if not all(ways):
        return [_Piece((), _terms(parts))]
    words = [part for part in (*begin, volume) if part and (is_unspaced(part) or part.isdigit())]
    return [_Piece(tuple(chain(*way)), _terms(words)) for way in islice(product(*ways), _WAYS)]


def _terms(plain_words: Iterable[str]) -> tuple[str, ...]:
    return terms_of_words(map(with_usual_variants, plain_words))


def without_volume(word: str) -> tuple[str, str]:
    """Part ``santi2`` into santi and 2; tone digits (``san1ti3``) stay."""
    found = None if segmentations(word) else _VOLUME.fullmatch(word)
    return (found[1], found[2]) if found else (word, "")


def _read_part(part: str) -> tuple[Syllables, ...]:
    return read_aloud(part) if is_unspaced(part) else segmentations(part)


def _together(pieces: Sequence[_Piece]) -> PinyinQuery | None:
    """Read neighbouring pieces as one run: ``san ti`` is santi."""
    return _spoken(pieces, _runs(pieces, apart=False))


def _apart(pieces: Sequence[_Piece]) -> PinyinQuery | None:
    """Read each piece for itself, as an author and a title; only lone syllables join: ``yu hua huozhe``."""
    return _spoken(pieces, _runs(pieces, apart=True))


def _runs(pieces: Iterable[_Piece], *, apart: bool) -> list[Syllables]:
    runs: list[Syllables] = []
    lone = before = False
    for piece in pieces:
        joins = before and bool(piece.syllables) and (not apart or (lone and len(piece.syllables) == 1))
        if joins:
            runs[-1] += piece.syllables
        elif piece.syllables:
            runs.append(piece.syllables)
        before, lone = bool(piece.syllables), len(piece.syllables) == 1
    return runs


def _spoken(pieces: Sequence[_Piece], groups: Iterable[Syllables]) -> PinyinQuery | None:
    """Put the terms of the runs and of the words together; a lone syllable can only be a whole title."""
    runs = tuple(groups)
    words = list(chain(*(piece.words for piece in pieces)))
    is_whole = len(runs) == 1 and not words
    if is_whole and len(runs[0]) == 1:
        return PinyinQuery(runs, (sound_term(runs[0]),), is_whole)
    if any(len(run) == 1 for run in runs):
        return None
    sounds = ["p" + pair for run in runs for pair in syllable_pairs(run)]
    return PinyinQuery(runs, tuple(dict.fromkeys(sounds + words))[:MOST_TERMS], is_whole)
