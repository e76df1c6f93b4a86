"""The books that answer a query as it stands or, if there are none or too few, as what else it can mean."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import Final, Literal

from app.search.analyzer import main_part
from app.search.index.port import Index, TermSet
from app.search.match import BY_SOUND, SCATTERED, SOUNDS_WHOLE, Match
from app.search.query_parser import ParsedQuery, parse_query
from app.search.rank import Ranked, natural, rerank
from app.search.relaxation import relaxations
from app.search.results import Understanding
from app.search.typo import corrections

HEAD: Final = 40
"""So many of the best ranked books are sorted again by how they answer; the pages after them go on in rank order."""

FIELDS_HEAD: Final = 200
"""So many where the query names fields, of which the index knows nothing."""

FEW: Final = 2
"""With so few results other readings are tried, and a better spelling is proposed."""

_PROPOSALS: Final = 3
_TIMES_AS_MANY: Final = 5


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """A reading with the best ranked of its books, and whether there are more than these."""

    reading: ParsedQuery
    head: list[Ranked]
    more: bool

    @property
    def plans(self) -> list[TermSet]:
        """The terms of each way to read the query."""
        return [plan.terms for plan in self.reading.plans]


class Answerer:
    """Asks the index what a query means, and sorts the best books."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def ask(self, reading: ParsedQuery, having: TermSet) -> SearchAnswer:
        """Return the books that answer one reading."""
        plans = [plan.terms for plan in reading.plans]
        if not plans:
            return SearchAnswer(reading, [], more=False)
        limit = FIELDS_HEAD if reading.fields else HEAD
        found = self._index.candidates(plans, limit=limit, having=having, first=reading.first)
        return SearchAnswer(reading, rerank(found.books, reading), found.more)

    def answer(self, reading: ParsedQuery, having: TermSet, *, exact: bool) -> SearchAnswer:
        """Ask for a query as it stands and, if no book answers, or few by accident, with any filter, for what else it can mean."""
        answer = self.ask(reading, having)
        if exact or len(answer.head) > FEW:
            return answer
        literal = self.ask(reading, ()) if having else answer
        if not _may_be_accidents(literal):
            return answer
        for wider in relaxations(reading, self._index, keep_words=bool(literal.head)):
            if _is_better(self.ask(wider, ()).head, literal.head):
                # what another reading finds may be an accident, too: Dostoevski is nearest to one Dostoevsky, not to Dostoyevsky
                return self._also(answer, wider, having) if literal.head else self.answer(wider, having, exact=False)
        return answer

    def _also(self, answer: SearchAnswer, wider: ParsedQuery, having: TermSet) -> SearchAnswer:
        """Return an answer with those to another reading appended."""
        reading = replace(wider, plans=(*wider.plans, *answer.reading.plans), first=tuple(answer.plans), is_also=True)
        plans = [plan.terms for plan in reading.plans]
        found = self._index.candidates(plans, limit=HEAD, having=having, first=reading.first)
        known = {ranked.book.id for ranked in answer.head}
        others = [ranked for ranked in rerank(found.books, wider) if ranked.book.id not in known]
        return SearchAnswer(reading, [*answer.head, *others], found.more)

    def better(self, answer: SearchAnswer) -> str | None:
        """Propose another spelling where few books answer, none of them in its title, and many answer the other one."""
        head, reading = answer.head, answer.reading
        if not 0 < len(head) <= FEW or head[0].match <= Match.IN_TITLE or head[0].match in BY_SOUND:
            return None
        if reading.is_also or _is_corrected(reading):
            return None
        for text in islice(corrections(reading.words, self._index), _PROPOSALS):
            other = self.ask(parse_query(text), ())
            if len(other.head) >= _TIMES_AS_MANY * len(head):
                return natural(text, other.head)
        return None


def _may_be_accidents(answer: SearchAnswer) -> bool:
    """Return whether no book answers, or few, and these only have each of several terms somewhere."""
    has_several = any(len(terms) > 1 for terms in answer.plans[:1])
    is_scattered = has_several and all(ranked.match in SCATTERED for ranked in answer.head)
    return not answer.head or (len(answer.head) <= FEW and is_scattered)


def _is_better(wider: list[Ranked], literal: list[Ranked]) -> bool:
    """Return whether another reading answers: at all, or better than the few that may be accidents."""
    if not literal:
        return bool(wider)
    if wider and wider[0].match in SCATTERED:
        return len(wider) >= _TIMES_AS_MANY * len(literal)
    return len(wider) > len(literal)


def _is_corrected(reading: ParsedQuery) -> bool:
    return any(plan.kind == "typo" for plan in reading.plans)


def understanding(answer: SearchAnswer) -> Understanding | None:
    """Return how the query was read, if any of the best books does not have its words as they were typed."""
    reading = answer.reading
    if reading.fields:
        return Understanding("fields", reading.said, " ".join(field.value for field in reading.fields), reading.fields)
    if reading.is_also:
        return Understanding("also", reading.said, natural(reading.plans[0].shown, answer.head))
    if _is_corrected(reading):
        shown = natural(reading.plans[0].shown, answer.head)
        return Understanding("typo", reading.said, shown)
    heard = next((ranked for ranked in answer.head if ranked.match in BY_SOUND), None)
    if heard is None:
        return None
    kinds = ("name",) if heard.match == Match.SOUND_OF_NAME else ("pinyin", "initials")
    plan = next((plan for plan in reading.plans if plan.kind in kinds), None)
    if plan is None:
        return None
    kind: Literal["pinyin", "initials"] = "initials" if plan.kind == "initials" else "pinyin"
    is_title = heard.match in SOUNDS_WHOLE
    return Understanding(kind, reading.said, main_part(heard.book.facts.title) if is_title else plan.shown)
