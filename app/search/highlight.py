"""Search: where a text answers a query, however either is written (traditional or simplified, accents, capitals)."""

from __future__ import annotations

import re
from functools import lru_cache

from app.search.text import fold, is_unspaced, pairs, stem, tokens

Span = tuple[int, int]


def spans(text: str, query: str) -> list[Span]:
    """Return the parts of a text that the words of a query match, as (start, end), in order, without overlap.

    A word of a spaced script counts at the beginning of a word. A run of Chinese counts as a whole or, where it does
    not stand there as a whole, in its pairs of characters.
    """
    folded, origin = _folded(text)
    hits = [hit for token in tokens(fold(query)) for hit in _hits(token, folded)]
    return _merged([(origin[start], origin[end - 1] + 1) for start, end in hits])


def _folded(text: str) -> tuple[str, list[int]]:
    """Fold sign by sign; the list says for each folded character at which sign of the text it stands."""
    parts, origin = [], []
    for position, sign in enumerate(text):
        folded = _fold_sign(sign)
        parts.append(folded)
        origin.extend([position] * len(folded))
    return "".join(parts), origin


@lru_cache(maxsize=20_000)
def _fold_sign(sign: str) -> str:
    return fold(sign) or ("" if sign in "'’" else " ")


def _hits(token: str, folded: str) -> list[Span]:
    if not is_unspaced(token):
        return _words(token, folded)
    whole = _places(token, folded)
    if whole or len(token) < 3:
        return whole
    return [hit for pair in pairs(token) for hit in _places(pair, folded)]


def _words(token: str, folded: str) -> list[Span]:
    wanted = stem(token)
    found = []
    for word in re.finditer(r"\w+", folded):
        if stem(word.group()) == wanted:
            found.append(word.span())
        elif word.group().startswith(token):
            found.append((word.start(), word.start() + len(token)))
    return found


def _places(part: str, folded: str) -> list[Span]:
    return [found.span() for found in re.finditer(re.escape(part), folded)]


def _merged(hits: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(hits):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
