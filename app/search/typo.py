"""Search: what was meant by a query that finds nothing — slips of the finger in Latin words and in pinyin, words run together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise, product
from typing import Final

from app.search.analyzer import terms_of_words, word_term
from app.search.index.port import Index
from app.search.pinyin_typo import mended_pinyin
from app.search.text import stem

SHORTEST_CORRECTED: Final = 4
_FEW: Final = 4
_MANY: Final = 24
"""With other words beside it, a rare word may be the one that was meant, so more are looked at."""

_SWAP_BONUS: Final = 0.5
_MOST_PARTS: Final = 3
_MOST_WORDS: Final = 8
_LONGEST_PARTED: Final = 24
_MOST_WAYS: Final = 32

_Way = tuple[float, tuple[str, ...]]
"""How many slips, and the words that were meant."""


def corrections(words: Sequence[str], index: Index) -> Iterator[str]:
    """Yield queries that may have been meant, the likeliest first: words parted or joined, then misspelt ones mended.

    They are guesses: whoever asks must look whether they find anything.
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
    """Yield queries with unknown words mended or, if all are known, one of them: fewest slips first, then most books."""
    missing = unknown_words(words, index)
    unknown = [at for at, word in enumerate(words) if word in missing]
    if len(unknown) > 1:
        mended = [_near(word, index, _FEW) if at in unknown else [(word, 0.0)] for at, word in enumerate(words)]
        some = islice(product(*mended), _MOST_WAYS)
        ways = [(sum(slips for _, slips in way), tuple(word for word, _ in way)) for way in some]
    else:
        ways = _mended_at(unknown or range(len(words)), words, index)
    yield from _counted(ways, index)


def _mended_at(places: Iterable[int], words: Sequence[str], index: Index) -> list[_Way]:
    return [
        (slips, (*words[:at], word, *words[at + 1 :]))
        for at in places
        for word, slips in _near(words[at], index, _MANY if len(words) > 1 else _FEW)
    ]


def _counted(ways: Iterable[_Way], index: Index) -> Iterator[str]:
    counted = [(slips, -index.count([terms_of_words(text)]).value, text) for slips, text in ways]
    yield from (" ".join(text) for _, books, text in sorted(counted) if books)


def _near(word: str, index: Index, limit: int) -> list[tuple[str, float]]:
    """Return the known words that may have been meant, with their distance; swapped letters are the likeliest slip."""
    if not _is_correctable(word):
        return []
    nearest: dict[str, float] = {}
    for asked in dict.fromkeys((word, stem(word))):
        for found in index.near("w" + asked, limit=limit):
            meant = found.term[1:]
            slips = found.distance - _SWAP_BONUS * (sorted(meant) == sorted(asked))
            nearest[meant] = min(slips, nearest.get(meant, slips))
    return sorted(nearest.items(), key=lambda item: item[1])[:limit]
