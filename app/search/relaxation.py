"""Other readings of a query, for when it finds nothing as it stands; the mildest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice, pairwise, product
from typing import Final

from app.domain.text import fold, has_han, is_unspaced, simplified, words_of
from app.search.analyzer import terms_of_words
from app.search.index.port import Index
from app.search.pinyin import Syllables, read_aloud, readings_of, syllable_pairs
from app.search.pinyin_queries import names_by_sound, plans_by_sound, terms_of_name
from app.search.query_parser import Interpretation, ParsedQuery, parse_query
from app.search.typo import corrections, rarest_respelt, unknown_words

_WORDS_OF_A_NAME: Final = (2, 3)
_SHORTEST_CUT: Final = 4
_LONGEST_CUT: Final = 14
_SHORTEST_BEGUN: Final = 3
_COMPLETIONS: Final = 5
_ENOUGH_PAIRS: Final = 4
_READINGS: Final = 4
_MOST_WORDS: Final = 12


def relaxations(reading: ParsedQuery, index: Index, *, keep_words: bool = False) -> Iterator[ParsedQuery]:
    """Yield readings to try one after the other until one finds something; with `keep_words` none that leaves out a word."""
    named = _with_name(reading)
    if named:
        yield replace(reading, plans=tuple(named))
    cut = _cut_apart(reading)
    if cut:
        yield replace(reading, plans=tuple(cut))
    known = _known_pairs(reading, index)
    if known:
        yield replace(reading, plans=(known,))
    begun = _begun_initials(reading, index)
    if begun:
        yield replace(reading, plans=tuple(begun))
    for text in rarest_respelt(reading.words, index) if keep_words else corrections(reading.words, index):
        yield _as_typo(parse_query(text), reading.said)
    same_sound = _same_sound(reading)
    if same_sound:
        yield replace(reading, plans=tuple(same_sound))
    if not keep_words:
        yield from _fewer_words(reading, index)


def _as_typo(reading: ParsedQuery, said: str) -> ParsedQuery:
    plans = tuple(replace(plan, kind="typo", shown=reading.folded) for plan in reading.plans)
    return replace(reading, said=said, plans=plans)


def _with_name(reading: ParsedQuery) -> list[Interpretation]:
    """Take the words at one end for a name with the family name last, the others for a title: ``Cixin Liu santi``, 三体 Cixin Liu."""
    words = simplified(reading.said).split()
    ends = chain.from_iterable(
        ((words[:size], words[size:]), (words[-size:], words[:-size])) for size in _WORDS_OF_A_NAME
    )
    parts = [(name, " ".join(title)) for some, title in ends if title for name in names_by_sound(" ".join(some))]
    return [plan for name, title in parts for plan in _by_name_and_title(name, title)]


def _by_name_and_title(name: Syllables, title: str) -> Iterator[Interpretation]:
    terms, author = terms_of_name(name), " ".join(name)
    yield Interpretation(
        (*terms, *terms_of_words(words_of(fold(title)))), "pinyin", f"{author}, {title}", (name, *read_aloud(title)[:1])
    )
    for way in plans_by_sound(title):
        yield Interpretation((*terms, *way.terms), "pinyin", f"{author}, {way.shown}", (name, *way.groups))


def _cut_apart(reading: ParsedQuery) -> list[Interpretation]:
    """Take an unspaced run for two things written together, an author and a title: 刘慈欣三体, liucixinsanti."""
    plans: list[Interpretation] = []
    for at, word in enumerate(reading.words):
        if is_unspaced(word) and _SHORTEST_CUT <= len(word) <= _LONGEST_CUT:
            for end in range(2, len(word) - 1):
                words = (*reading.words[:at], word[:end], word[end:], *reading.words[at + 1 :])
                plans.append(Interpretation(terms_of_words(words), "words", " ".join(words)))
    for plan in reading.plans:
        if plan.kind == "pinyin" and len(plan.groups) == 1:
            plans += _cut_sound(plan.groups[0])
    return plans


def _known_pairs(reading: ParsedQuery, index: Index) -> Interpretation | None:
    """Leave out a few pairs of characters that no book has: where several things are written together, or one is wrong."""
    terms = terms_of_words(reading.words)
    existing = index.known(terms)
    known = tuple(term for term in terms if not has_han(term) or term in existing)
    is_enough = len(terms) > len(known) >= _ENOUGH_PAIRS and len(known) * 3 >= len(terms) * 2
    return Interpretation(known, "words", reading.folded) if is_enough else None


def _begun_initials(reading: ParsedQuery, index: Index) -> list[Interpretation]:
    """Take initials for the first ones of a longer title: mcnxs of 明朝那些事儿."""
    return [
        replace(plan, terms=(completion.term, *plan.terms[1:]))
        for plan in reading.plans
        if plan.kind == "initials" and len(plan.shown) >= _SHORTEST_BEGUN
        for completion in index.complete(plan.terms[0], limit=_COMPLETIONS)
    ]


def _cut_sound(syllables: Syllables) -> list[Interpretation]:
    cuts = [(syllables[:end], syllables[end:]) for end in range(2, len(syllables) - 1)][:_LONGEST_CUT]
    return [Interpretation(_sound_terms(cut), "pinyin", ", ".join(map(" ".join, cut)), cut) for cut in cuts]


def _sound_terms(groups: tuple[Syllables, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys("p" + pair for group in groups for pair in syllable_pairs(group)))


def _same_sound(reading: ParsedQuery) -> list[Interpretation]:
    """Take wrong characters for right ones of the same sound: 白年孤独 for 百年孤独."""
    runs = [word for word in reading.words if has_han(word)]
    if not runs or min(map(len, runs)) < 2:
        return []
    others = terms_of_words(word for word in reading.words if not has_han(word))
    spoken = [word for word in words_of(simplified(reading.said)) if has_han(word)]
    readings = [read_aloud(run)[:_READINGS] for run in spoken]
    if not all(readings):
        return []
    ways = dict.fromkeys(islice(product(*readings), _READINGS))
    plans = [Interpretation(_sound_terms(way) + others, "pinyin", ", ".join(map(" ".join, way)), way) for way in ways]
    sure = tuple(dict.fromkeys("p" + pair for run in spoken for pair in _sure_pairs(run)))
    return [*plans, replace(plans[0], terms=sure + others)] if len(sure) >= _ENOUGH_PAIRS - 1 else plans


def _sure_pairs(run: str) -> list[str]:
    """Return the pairs of syllables of neighbours that are read in one way only."""
    readings = list(map(readings_of, run))
    return [one[0] + other[0] for one, other in pairwise(readings) if len(one) == len(other) == 1]


def _fewer_words(reading: ParsedQuery, index: Index) -> Iterator[ParsedQuery]:
    """Leave out the words that no book has, or else any one word."""
    words = reading.words[:_MOST_WORDS]
    missing = unknown_words(words, index)
    known = [word for word in words if word not in missing]
    if known and len(known) < len(words):
        yield _as_typo(parse_query(" ".join(known), exact=True), reading.said)
    for at in range(len(words) - 1, -1, -1) if len(words) > 2 else ():
        yield _as_typo(parse_query(" ".join((*words[:at], *words[at + 1 :])), exact=True), reading.said)
