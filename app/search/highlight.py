"""Where a text answers a query, however either is written (traditional or simplified, accents, capitals)."""

from __future__ import annotations

import re

from app.domain.text import fold, is_unspaced, pairs, signed_names, spelt_out, stem, tokens

TextSpan = tuple[int, int]

_WORD = re.compile(r"\w+")
_STEM_AT_LEAST = 3


class _Signs(dict[int, str]):
    """What each character is folded to on its own; learnt as characters are met, so `str.translate` stays at its full speed.

    `uneven` are those of them that become none or several.
    """

    def __init__(self) -> None:
        super().__init__()
        self.uneven: set[str] = set()

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        folded = self[code] = fold(sign) or ("" if sign in "'’" else " ")
        if len(folded) != 1:
            self.uneven.add(sign)
        return folded


_SIGNS = _Signs()


class Highlighter:
    """Finds the words of one query in many texts.

    A word of a spaced script counts at the beginning of a word. A run of Chinese counts as a whole or, where it does
    not stand there as a whole, in its pairs of characters.
    """

    def __init__(self, query: str) -> None:
        found = dict.fromkeys(tokens(fold(query)))
        self._runs = tuple(token for token in found if is_unspaced(token))
        self._words = tuple((token, stem(token)) for token in found if not is_unspaced(token))
        self._signed = bool(spelt_out(" ".join(found)))
        self._starts = tuple(word[:_STEM_AT_LEAST] for pair in self._words for word in pair)

    def spans(self, text: str) -> list[TextSpan]:
        """Return the parts of a text that the query matches, as (start, end), in order, without overlap."""
        folded = text.translate(_SIGNS)
        hits = [hit for run in self._runs for hit in _run(run, folded)]
        if self._starts and any(start in folded for start in self._starts):
            hits += [hit for word in _WORD.finditer(folded) for hit in self._word(word)]
        whole = self._signed_names(text) if self._signed else []
        if not hits:
            return whole
        if not _SIGNS.uneven.isdisjoint(text):
            origin = [position for position, sign in enumerate(text) for _ in _SIGNS[ord(sign)]]
            hits = [(origin[start], origin[end - 1] + 1) for start, end in hits]
        return _merged(whole + hits)

    def _signed_names(self, text: str) -> list[TextSpan]:
        return [
            (start, end) for start, end, name in signed_names(text) if any(name == token for token, _ in self._words)
        ]

    def _word(self, word: re.Match[str]) -> list[TextSpan]:
        is_stem = stem(word.group())
        for token, wanted in self._words:
            if is_stem == wanted:
                return [word.span()]
            if word.group().startswith(token):
                return [(word.start(), word.start() + len(token))]
        return []


def _run(run: str, folded: str) -> list[TextSpan]:
    whole = _places(run, folded)
    if whole or len(run) < 3:
        return whole
    return [hit for pair in pairs(run) for hit in _places(pair, folded)]


def _places(part: str, folded: str) -> list[TextSpan]:
    found, start = [], folded.find(part)
    while start >= 0:
        found.append((start, start + len(part)))
        start = folded.find(part, start + len(part))
    return found


def _merged(hits: list[TextSpan]) -> list[TextSpan]:
    merged: list[TextSpan] = []
    for start, end in sorted(hits):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
