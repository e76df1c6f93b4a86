"""What was meant by a query that finds nothing: typos in Latin words and in pinyin, words run together.

The index knows which pairs of syllables occur in pinyin; a pair that does not is replaced by its neighbours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise, product
from string import ascii_lowercase
from typing import Final

from app.domain.text import stem
from app.search.analyzer import terms_of_words, word_term
from app.search.index.port import SHORTEST_CORRECTED, Index
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
"""How many edits, and what was meant."""

_NEAREST: Final = 30
_SHORT: Final = 8
"""So few letters may be two syllables with a typo between them."""

_LONGEST: Final = 60
_MOST_COMBINATIONS: Final = 500
_MOST_EDITS: Final = 150


def mended_pinyin(letters: str, index: Index) -> Iterator[str]:
    """Yield pinyin that may have been meant and that books have: fewest edits first, then most books."""
    if not letters.isascii() or not letters.isalpha() or len(letters) > _LONGEST:
        return
    for guesses in (_swapped(letters), _with_near_pairs(letters, index), _one_letter_off(letters)):
        found = sorted(_counted_readings(guesses, letters, index))
        if found:
            yield from dict.fromkeys(guess for _, _, guess in found)
            return


def _counted_readings(guesses: Iterable[_Guess], letters: str, index: Index) -> Iterator[tuple[int, int, str]]:
    """Yield (edits, books as a negative number, letters) of the guesses that any book answers."""
    edits: dict[Syllables, int] = {}
    for number, syllables in guesses:
        edits.setdefault(syllables, number)
    plans = {syllables: tuple("p" + pair for pair in syllable_pairs(syllables)) for syllables in edits}
    known = index.known({term for plan in plans.values() for term in plan})
    for syllables, plan in plans.items():
        books = index.count([plan]).value if known.issuperset(plan) else 0
        if books and "".join(syllables) != letters:
            yield edits[syllables], -books, "".join(syllables)


def _swapped(letters: str) -> Iterator[_Guess]:
    """Yield what is meant if two neighbours were swapped, the commonest typo."""
    for at in range(len(letters) - 1):
        yield from _read_as(letters[:at] + letters[at + 1] + letters[at] + letters[at + 2 :])


def _one_letter_off(letters: str) -> Iterator[_Guess]:
    """Yield what is meant if a lost, doubled or wrong letter has moved the bounds of the syllables: bainiangdu."""
    places = _mendable(letters)
    less = (letters[:at] + letters[at + 1 :] for at in places if at < len(letters))
    more = (letters[:at] + letter + letters[at:] for at in places for letter in ascii_lowercase)
    yield from islice(dict.fromkeys(guess for typed in (*less, *more) for guess in _read_as(typed)), _MOST_EDITS)


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
    """Yield the ways to replace unknown pairs, and those next to them, so that neighbours still share a syllable."""
    pairs = syllable_pairs(way) or list(way)
    existing = index.known(["p" + pair for pair in pairs])
    known = ["p" + pair in existing for pair in pairs]
    options = []
    for at, pair in enumerate(pairs):
        itself = [(0, pair)] if known[at] else []
        is_sure = all(known[max(0, at - 1) : at + 2])
        options.append(itself if is_sure else [*itself, *_near_pairs(pair, index)])
    for combination in islice(product(*options), _MOST_COMBINATIONS):
        syllables = _chained([pair for _, pair in combination])
        if syllables:
            yield sum(edits for edits, _ in combination), syllables


def _near_pairs(pair: str, index: Index) -> list[tuple[int, str]]:
    return [(found.distance, found.term[1:]) for found in index.near("p" + pair, limit=_NEAREST)]


def _chained(pairs: Sequence[str]) -> Syllables:
    """Return the syllables of pairs that overlap: honglou, loumeng gives hong, lou, meng; nothing if they do not."""
    chains: list[Syllables] = [*two_syllables(pairs[0])]
    for pair in pairs[1:]:
        ends = two_syllables(pair)
        chains = [(*chain, second) for chain in chains for first, second in ends if chain[-1] == first]
    return chains[0] if chains else ()


_FEW: Final = 4
_MANY: Final = 24
"""With other words next to it, a rare word may be the one that was meant, so more are looked at."""

_SWAP_BONUS: Final = 0.5
_MOST_PARTS: Final = 3
_MOST_WORDS: Final = 8
_LONGEST_PARTED: Final = 24
_MOST_WAYS: Final = 32

_Way = tuple[float, tuple[str, ...]]
"""How many edits, and the words that were meant."""


def corrections(words: Sequence[str], index: Index) -> Iterator[str]:
    """Yield queries that may have been meant, the likeliest first: words parted or joined, then misspelt ones mended.

    They are guesses: the caller must look whether they find anything.
    """
    if len(words) <= _MOST_WORDS and any(map(_is_correctable, words)):
        yield from _parted(words, index)
        yield from _joined(words, index)
        yield from _respelt(words, index)
        yield from mended_pinyin("".join(words), index)


def rarest_respelt(words: Sequence[str], index: Index) -> Iterator[str]:
    """Yield queries with the rarest word mended: if books answer by accident, it is the one that few of them have."""
    counts = {at: index.count([(word_term(word),)]).value for at, word in enumerate(words) if _is_correctable(word)}
    if len(words) <= _MOST_WORDS and counts:
        yield from _counted(_mended_at([min(counts, key=counts.__getitem__)], words, index), index)


def _is_correctable(word: str) -> bool:
    return len(word) >= SHORTEST_CORRECTED and word.isascii() and word.isalpha()


def unknown_words(words: Sequence[str], index: Index) -> set[str]:
    """Return the words that no book has; of a run of Chinese, if one of its pairs is unknown."""
    terms = {word: terms_of_words([word]) for word in words}
    known = index.known([term for some in terms.values() for term in some])
    return {word for word, some in terms.items() if not known.issuperset(some)}


def _parted(words: Sequence[str], index: Index) -> Iterator[str]:
    """Yield queries with one unknown word written as two or three known ones: harrypotter as harry potter."""
    unknown = unknown_words(words, index)
    for at, word in enumerate(words):
        if word in unknown and _is_correctable(word) and len(word) <= _LONGEST_PARTED:
            for parts in _known_parts(word, _known_pieces(word, index), _MOST_PARTS):
                yield " ".join((*words[:at], *parts, *words[at + 1 :]))


def _known_pieces(letters: str, index: Index) -> frozenset[str]:
    ends = range(2, len(letters) + 1)
    terms = {letters[start:end]: word_term(letters[start:end]) for end in ends for start in range(end - 1)}
    known = index.known(set(terms.values()))
    return frozenset(piece for piece, term in terms.items() if term in known)


def _known_parts(letters: str, known: frozenset[str], most: int) -> Iterator[tuple[str, ...]]:
    for end in range(len(letters) - 2, 1, -1):
        begin, rest = letters[:end], letters[end:]
        if begin in known and rest in known:
            yield begin, rest
        elif begin in known and most > 2:
            yield from ((begin, *parts) for parts in _known_parts(rest, known, most - 1))


def _joined(words: Sequence[str], index: Index) -> Iterator[str]:
    """Yield queries with two neighbours written as one known word: spider man as spiderman."""
    joined = [first + second for first, second in pairwise(words)]
    known = index.known([word_term(word) for word in joined])
    for at, word in enumerate(joined):
        if _is_correctable(word) and word_term(word) in known:
            yield " ".join((*words[:at], word, *words[at + 2 :]))


def _respelt(words: Sequence[str], index: Index) -> Iterator[str]:
    """Yield queries with unknown words mended or, if all are known, one of them: fewest edits first, then most books."""
    missing = unknown_words(words, index)
    unknown = [at for at, word in enumerate(words) if word in missing]
    if len(unknown) > 1:
        mended = [_near(word, index, _FEW) if at in unknown else [(word, 0.0)] for at, word in enumerate(words)]
        some = islice(product(*mended), _MOST_WAYS)
        ways = [(sum(edits for _, edits in way), tuple(word for word, _ in way)) for way in some]
    else:
        ways = _mended_at(unknown or range(len(words)), words, index)
    yield from _counted(ways, index)


def _mended_at(places: Iterable[int], words: Sequence[str], index: Index) -> list[_Way]:
    return [
        (edits, (*words[:at], word, *words[at + 1 :]))
        for at in places
        for word, edits in _near(words[at], index, _MANY if len(words) > 1 else _FEW)
    ]


def _counted(ways: Iterable[_Way], index: Index) -> Iterator[str]:
    counted = [(edits, -index.count([terms_of_words(text)]).value, text) for edits, text in ways]
    yield from (" ".join(text) for _, books, text in sorted(counted) if books)


def _near(word: str, index: Index, limit: int) -> list[tuple[str, float]]:
    """Return the known words that may have been meant, with their distance; swapped letters are the likeliest typo."""
    if not _is_correctable(word):
        return []
    nearest: dict[str, float] = {}
    for asked in dict.fromkeys((word, stem(word))):
        for found in index.near("w" + asked, limit=limit):
            meant = found.term[1:]
            edits = found.distance - _SWAP_BONUS * (sorted(meant) == sorted(asked))
            nearest[meant] = min(edits, nearest.get(meant, edits))
    return sorted(nearest.items(), key=lambda item: item[1])[:limit]
