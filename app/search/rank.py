"""The order of the books on the first pages — how well a title answers comes before how popular it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from app.domain.book import BookFacts
from app.domain.catalogue_name import volume_in
from app.domain.text import fold, fold_known, is_unspaced, simplified, stem, tokens, without_article, words_of
from app.queries.book import BookRow
from app.search.analyzer import main_part
from app.search.match import Match, PhoneticMatcher
from app.search.pinyin import readings_of
from app.search.query_parser import FieldName, ParsedQuery, parse_query

_READ_FOR_SPELLING = 5
_BEGINNING = 3
_SHORTEST_WITH_AUTHOR = 4


@dataclass(frozen=True, slots=True)
class Ranked:
    """A book and how it answers; `place` is where the index has it: what can be had in front, then what is popular. Where the
    query names fields, those that have fewer of its words elsewhere come before.
    """

    book: BookRow
    match: Match
    place: int


def rerank(books: Iterable[BookRow], reading: ParsedQuery) -> list[Ranked]:
    """Sort books by how they answer; equals keep their order, which is that of the index."""
    if reading.literal:
        return _rerank_by_fields(books, reading, _Asked(reading.literal))
    asked = _Asked(reading)
    ranked = [Ranked(book, asked.match(book.facts), place) for place, book in enumerate(books)]
    ranked.sort(key=lambda one: one.match)
    return ranked


def _rerank_by_fields(books: Iterable[BookRow], reading: ParsedQuery, literal: _Asked) -> list[Ranked]:
    """Sort books, first those that have the whole query for their title, then those with every word in the field it was said of."""
    asked = _Asked(reading)
    fields = [(field.name, _Asked(parse_query(field.value))) for field in reading.fields]
    found: list[tuple[int, Match, BookRow]] = []
    for book in books:
        as_it_stands = literal.match(book.facts)
        misses = sum(field.match(_only(name, book.facts)) == Match.ELSEWHERE for name, field in fields)
        is_title = as_it_stands == Match.TITLE
        found.append((-1 if is_title else misses, min(as_it_stands, asked.match(book.facts)), book))
    found.sort(key=lambda one: one[0])
    placed = [(misses, Ranked(book, match, place)) for place, (misses, match, book) in enumerate(found)]
    placed.sort(key=lambda one: (one[0], one[1].match))
    return [ranked for _, ranked in placed]


def in_volume_order(ranked: Sequence[Ranked], series_key: str) -> list[Ranked]:
    """Return the books of a series in the order of their volumes, the others behind them; as they are where most have no volume."""
    volumes = [(volume_in(one.book.facts.series, one.book.facts.title, series_key), one) for one in ranked]
    if 2 * sum(1 for volume, _ in volumes if volume) < len(ranked):
        return list(ranked)
    return [one for _, one in sorted(volumes, key=lambda pair: (not pair[0], pair[0]))]


def one_of_each_work(ranked: Iterable[Ranked]) -> list[BookRow]:
    """Return a book of each work, in the order of the works' best ranked ones: the first that the index has of it."""
    first: dict[int, Ranked] = {}
    for one in ranked:
        key = one.book.work_id or -one.book.id
        first[key] = min(first.get(key, one), one, key=lambda other: other.place)
    return [one.book for one in first.values()]


def _only(name: FieldName, facts: BookFacts) -> BookFacts:
    """Return a book with nothing in it but one field, as its title or its authors."""
    if name == "title":
        return replace(facts, authors=())
    names = {
        "author": facts.authors,
        "translator": facts.translators,
        "publisher": (facts.publisher,),
        "series": (facts.series,),
        "isbn": (facts.isbn13,),
    }
    return replace(facts, title="", subtitle="", original_title="", authors=names[name])


def natural(query: str, ranked: Sequence[Ranked]) -> str:
    """Write a query's words as the best of the found books do: a correction knows only their stems."""
    written: dict[str, str] = {}
    for one in ranked[:_READ_FOR_SPELLING]:
        facts = one.book.facts
        for text in (facts.title, *facts.authors, facts.subtitle, facts.series):
            for word in words_of(fold(text)):
                written.setdefault(stem(word), word)
    return " ".join(written.get(stem(word), word) for word in query.split())


class _Compared:
    """A book's titles and names as they are compared.

    `title` and `main` (without what follows in brackets or behind a colon) have no article; `others` are the title with its
    subtitle, and the original title, where there are such. `text` and `names_text` are all titles, all names in a row, a space
    around each word, neighbouring initials of names written as one.
    """

    def __init__(self, title: str, subtitle: str, original_title: str, authors: tuple[str, ...]) -> None:
        main = main_part(title)
        others = (f"{title} {subtitle}" if subtitle else "", original_title)
        self.title = without_article(fold(title))
        self.main = self.title if main == title else without_article(fold(main))
        self.others = tuple(without_article(fold(other)) for other in others if other)
        self.titles = tuple(dict.fromkeys((self.title, self.main, *self.others)))
        self.text = f" {' '.join(self.titles)} "
        self.names = tuple(map(fold_known, authors))
        self.names_text = f" {' '.join(map(_words, self.names))} "
        self._spoken = (title, main, *authors)

    @cached_property
    def sounds(self) -> PhoneticMatcher:
        """What of it can be read aloud."""
        title, main, *names = map(_han, self._spoken)
        return PhoneticMatcher(title, main, names, is_all=len(title) == len(self.title.replace(" ", "")))


_compared = lru_cache(maxsize=20_000)(_Compared)


@lru_cache(maxsize=30_000)
def _words(folded: str) -> str:
    return " ".join(words_of(folded))


def _has_word(text: str, word: str, stemmed: str) -> bool:
    """Return whether a word, or its singular or plural, is in a text with a space around each word."""
    if f" {word} " in text:
        return True
    return word[:_BEGINNING] in text and any(stem(other) == stemmed for other in text.split())


class _Asked:
    """A query, ready to be compared with many books."""

    def __init__(self, reading: ParsedQuery) -> None:
        self._bare = without_article(reading.folded)
        self._compact = self._bare.replace(" ", "")
        words = words_of(self._bare)
        self._tokens = tokens(self._bare)
        self._words = [(word, stem(word)) for word in words if not is_unspaced(word)]
        self._runs = [word for word in words if is_unspaced(word)]
        self._is_latin = not self._runs
        self._may_name_author = len(words) > 1 or len(self._bare) >= _SHORTEST_WITH_AUTHOR
        self._stems = _stems(self._bare)
        self._ways = [plan.groups for plan in reading.plans if plan.groups and plan.kind != "name"]
        self._names = [plan.groups[0] for plan in reading.plans if plan.kind == "name"]
        self._initials = next((plan.shown for plan in reading.plans if plan.kind == "initials"), "")

    def match(self, facts: BookFacts) -> Match:
        """Return how a book answers."""
        return self._at_a_glance(facts) or self._closely(facts)

    def _at_a_glance(self, facts: BookFacts) -> Match | None:
        """Return the match of most books without folding anything."""
        title = without_article(facts.title.lower())
        if title == self._bare:
            return Match.TITLE
        if self._is_latin and f" {self._bare} " not in f" {title} ":
            return None
        if title.startswith(self._bare):
            return Match.MAIN_TITLE if main_part(title) == self._bare else Match.TITLE_BEGINS
        if self._bare in facts.authors:
            return Match.AUTHOR
        return Match.IN_TITLE if self._bare in title else None

    def _closely(self, facts: BookFacts) -> Match:
        book = _compared(facts.title, facts.subtitle, facts.original_title, facts.authors)
        found = self._match_title(book)
        if found > Match.AUTHOR:
            found = min(found, self._match_authors(book))
        if found > Match.SOUND_OF_TITLE and (self._ways or self._names or self._initials):
            found = min(found, self._match_sound(book))
        return found

    def _match_title(self, book: _Compared) -> Match:
        if self._bare == book.title or self._compact == book.title.replace(" ", ""):
            return Match.TITLE
        if self._bare == book.main or self._bare in book.others:
            return Match.MAIN_TITLE
        if self._may_name_author and self._beside_authors(book) in (book.title, book.main):
            return Match.MAIN_TITLE
        if not self._has_all(book.text):
            return Match.ELSEWHERE
        return self._where_in_title(book)

    def _where_in_title(self, book: _Compared) -> Match:
        if self._is_latin:
            titles = [_stems(title) for title in book.titles]
            if self._stems in titles:
                return Match.MAIN_TITLE
            begins = any(title[: len(self._stems)] == self._stems for title in titles)
        else:
            begins = any(title.replace(" ", "").startswith(self._bare) for title in book.titles)
        return Match.TITLE_BEGINS if begins else Match.IN_TITLE

    def _has_all(self, text: str) -> bool:
        return all(run in text or run in text.replace(" ", "") for run in self._runs) and all(
            _has_word(text, word, stemmed) for word, stemmed in self._words
        )

    def _beside_authors(self, book: _Compared) -> str:
        """Return what is left of the query without the authors: 三体 of 刘慈欣三体."""
        rest = self._bare
        for author in book.names:
            rest = rest.replace(author, " ") if author else rest
        parts = self._tokens if rest == self._bare else tokens(rest)
        words = [word for word in parts if is_unspaced(word) or f" {word} " not in book.names_text]
        return without_article(" ".join(words)) or "-"

    def _match_authors(self, book: _Compared) -> Match:
        if self._bare in book.names:
            return Match.AUTHOR
        if self._has_all(book.names_text):
            return Match.IN_AUTHORS
        return Match.TITLE_AND_AUTHOR if self._has_all(book.text + book.names_text) else Match.ELSEWHERE

    def _match_sound(self, book: _Compared) -> Match:
        heard = book.sounds
        ways = [heard.match(groups) for groups in self._ways]
        return min([*ways, heard.match_names(self._names), heard.match_initials(self._initials)])


def _han(text: str) -> str:
    return "".join(filter(readings_of, simplified(text)))


def _stems(folded: str) -> list[str]:
    return [stem(word) for word in words_of(folded)]
