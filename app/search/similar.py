"""What makes books alike: an author, a series, subjects; as terms to ask the index with, and as a number to sort by."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Final

from app.domain.book import BookFacts
from app.domain.catalogue_name import NameKind, name_key, names_of
from app.search.analyzer import language_term, listed_term
from app.search.index.port import TermSet

#: Subjects that are asked for: the first ones say most.
_SUBJECTS: Final = 4
_WEIGHTS: Final = {NameKind.AUTHOR: 3, NameKind.SERIES: 2, NameKind.SUBJECT: 1}


@dataclass(frozen=True, slots=True)
class LikenessPlans:
    """What to ask the index for: `first` what has the author or is of a series; then what shares two subjects, or one (`wider`)."""

    first: tuple[TermSet, ...]
    plans: tuple[TermSet, ...]
    wider: tuple[TermSet, ...]


def likeness_plans(facts: BookFacts) -> LikenessPlans:
    """Return how to ask for books like one: by its first author, its series, and by its subjects among the books in its language."""
    authors, series = names_of(facts, NameKind.AUTHOR)[:1], names_of(facts, NameKind.SERIES)
    first = tuple(
        (listed_term(kind, name),)
        for kind, names in ((NameKind.AUTHOR, authors), (NameKind.SERIES, series))
        for name in names
    )
    subjects = [listed_term(NameKind.SUBJECT, name) for name in names_of(facts, NameKind.SUBJECT)[:_SUBJECTS]]
    language = (language_term(facts.language),) if facts.language else ()
    single = tuple((subject, *language) for subject in subjects)
    pairs = tuple((*pair, *language) for pair in combinations(dict.fromkeys(subjects), 2))
    return LikenessPlans(first, pairs or single, single if pairs else ())


def likeness(facts: BookFacts, other: BookFacts) -> int:
    """Return how much two books have in common: most counts an author, then a series, then each subject."""
    return sum(_WEIGHTS[kind] for kind, _key in _keys(facts) & _keys(other))


def _keys(facts: BookFacts) -> set[tuple[NameKind, str]]:
    return {(kind, name_key(kind, name)) for kind in _WEIGHTS for name in names_of(facts, kind)}
