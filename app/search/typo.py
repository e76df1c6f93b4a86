"""Search: what was meant by a query that finds nothing — slips of the finger in Latin words and in pinyin, words run together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, product
from typing import Final

from app.search.analyzer import terms_of_words, word_term
from app.search.index import Index
from app.search.pinyin_typo import mended_pinyin
from app.search.text import stem

SHORTEST_CORRECTED: Final = 4
_FEW: Final = 4
_MANY: Final = 24
"""With other words beside it, a rare word may be the one that was meant, so more are looked at."""

_SWAP_BONUS: Final = 0.5
_MOST_PARTS: Final = 3
_MOST_WORDS: Final = 8
_MOST_WAYS: Final = 32


def corrections(words: Sequence[str], index: Index) -> Iterator[str]:
    """Yield queries that may have been meant, the likeliest first: words parted or joined, then misspelt ones mended.

    They are guesses: whoever asks must look whether they find anything.
    """
    if len(words) <= _MOST_WORDS and any(map(_is_correctable, words)):
        yield from _parted(words, index)
        yield from _joined(words, index)
        yield from _respelt(words, index)
        yield from mended_pinyin("".join(words), index)


def _is_correctable(word: str) -> bool:
    return len(word) >= SHORTEST_CORRECTED and word.isascii() and word.isalpha()


def _known(index: Index, terms: Iterable[str]) -> bool:
    return all(index.count([(term,)]).value for term in terms)


def _parted(words: Sequence[str], index: Index) -> Iterator[str]:
    """Yield queries with one unknown word written as two or three known ones: harrypotter as harry potter."""
    for at, word in enumerate(words):
        if _is_correctable(word) and not _known(index, [word_term(word)]):
            for parts in _known_parts(word, index, _MOST_PARTS):
                yield " ".join((*words[:at], *parts, *words[at + 1 :]))


def _known_parts(letters: str, index: Index, most: int) -> Iterator[tuple[str, ...]]:
    for end in range(len(letters) - 2, 1, -1):
        if _known(index, [word_term(letters[:end])]):
            rest = letters[end:]
            if _known(index, [word_term(rest)]):
                yield letters[:end], rest
            elif most > 2:
                yield from ((letters[:end], *parts) for parts in _known_parts(rest, index, most - 1))


def _joined(words: Sequence[str], index: Index) -> Iterator[str]:
    """Yield queries with two neighbours written as one known word: spider man as spiderman."""
    for at in range(len(words) - 1):
        joined = words[at] + words[at + 1]
        if _is_correctable(joined) and _known(index, [word_term(joined)]):
            yield " ".join((*words[:at], joined, *words[at + 2 :]))


def _respelt(words: Sequence[str], index: Index) -> Iterator[str]:
    """Yield queries with unknown words mended or, if all are known, one of them: fewest slips first, then most books."""
    unknown = [at for at, word in enumerate(words) if not _known(index, terms_of_words([word]))]
    if len(unknown) > 1:
        mended = [_near(word, index, _FEW) if at in unknown else [(word, 0.0)] for at, word in enumerate(words)]
        ways = [
            (sum(slips for _, slips in way), tuple(word for word, _ in way))
            for way in islice(product(*mended), _MOST_WAYS)
        ]
    else:
        places = unknown or range(len(words))
        ways = [
            (slips, (*words[:at], word, *words[at + 1 :]))
            for at in places
            for word, slips in _near(words[at], index, _MANY if len(words) > 1 else _FEW)
        ]
    counted = [(slips, -index.count([terms_of_words(text)]).value, text) for slips, text in ways]
    yield from (" ".join(text) for _, books, text in sorted(counted) if books)


def _near(word: str, index: Index, limit: int) -> list[tuple[str, float]]:
    """Give the known words that may have been meant, with their distance; swapped letters are the likeliest slip."""
    if not _is_correctable(word):
        return []
    nearest: dict[str, float] = {}
    for asked in dict.fromkeys((word, stem(word))):
        for found in index.near("w" + asked, limit=limit):
            meant = found.term[1:]
            slips = found.distance - _SWAP_BONUS * (sorted(meant) == sorted(asked))
            nearest[meant] = min(slips, nearest.get(meant, slips))
    return sorted(nearest.items(), key=lambda item: item[1])[:limit]
