"""Search: the order of the books on the first pages — how well a title answers comes before how popular it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from app.domain.book import BookFacts
from app.queries.book import Book
from app.search.analyzer import main_part
from app.search.pinyin import Syllables, has_initials, readings_of, sounds_like
from app.search.reader import Reading
from app.search.text import fold, is_unspaced, stem, tokens, without_article, words_of

_CACHED_BOOKS = 20_000
_READ_FOR_SPELLING = 5
_VOWELS = frozenset("aeo")


class Match(IntEnum):
    """How a book answers a query, the best first."""

    TITLE = 1
    MAIN_TITLE = 2
    SOUND_OF_TITLE = 3
    SOUND_OF_MAIN_TITLE = 4
    AUTHOR = 5
    SOUND_OF_AUTHOR = 6
    TITLE_BEGINS = 7
    SOUND_OF_TITLE_BEGINS = 8
    IN_TITLE = 9
    SOUND_IN_TITLE = 10
    TITLE_AND_AUTHOR = 11
    IN_AUTHORS = 12
    SOUND_ELSEWHERE = 13
    INITIALS = 14
    ELSEWHERE = 15


SOUNDS_WHOLE = frozenset({Match.SOUND_OF_TITLE, Match.SOUND_OF_MAIN_TITLE})
BY_SOUND = SOUNDS_WHOLE | frozenset(
    {
        Match.SOUND_OF_AUTHOR,
        Match.SOUND_OF_TITLE_BEGINS,
        Match.SOUND_IN_TITLE,
        Match.SOUND_ELSEWHERE,
        Match.INITIALS,
    }
)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A book and how it answers."""

    book: Book
    match: Match


def rerank(books: Iterable[Book], reading: Reading) -> list[Ranked]:
    """Sort books by how they answer; equals keep their order, which is that of the index."""
    asked = _Asked(reading)
    ranked = [Ranked(book, asked.match(book.facts)) for book in books]
    ranked.sort(key=lambda one: one.match)
    return ranked


def natural(query: str, ranked: Sequence[Ranked]) -> str:
    """Write a query's words as the best of the found books do: a correction knows only their stems."""
    written: dict[str, str] = {}
    for one in ranked[:_READ_FOR_SPELLING]:
        facts = one.book.facts
        for text in (facts.title, *facts.authors, facts.subtitle, facts.series):
            for word in words_of(fold(text)):
                written.setdefault(stem(word), word)
    return " ".join(written.get(stem(word), word) for word in query.split())


@dataclass(frozen=True, slots=True)
class _Profile:
    """A book's titles and names as they are compared."""

    titles: tuple[str, ...]
    text: str
    compact: str
    stems: frozenset[str]
    authors: tuple[str, ...]
    author_stems: frozenset[str]
    stemmed: tuple[str, ...]


@lru_cache(maxsize=_CACHED_BOOKS)
def _profile(title: str, subtitle: str, original_title: str, authors: tuple[str, ...]) -> _Profile:
    titles = (title, f"{title} {subtitle}", original_title, main_part(title))
    folded = tuple(without_article(fold(text)) for text in titles)
    text = " ".join(dict.fromkeys(folded))
    names = tuple(map(fold, authors))
    return _Profile(
        folded, text, text.replace(" ", ""), _stems(text), names, _stems(" ".join(names)), tuple(map(_stemmed, folded))
    )


def _stems(folded: str) -> frozenset[str]:
    return frozenset(map(stem, words_of(folded)))


def _stemmed(folded: str) -> str:
    return " ".join(map(stem, words_of(folded)))


class _Asked:
    """A query, ready to be compared with many books."""

    def __init__(self, reading: Reading) -> None:
        self._bare = without_article(reading.folded)
        self._stemmed = _stemmed(self._bare)
        self._is_latin = not any(map(is_unspaced, reading.words))
        self._stems = [stem(word) for word in reading.words if not is_unspaced(word)]
        self._runs = [word for word in reading.words if is_unspaced(word)]
        self._ways = [plan.groups for plan in reading.plans if plan.groups]
        self._initials = next((plan.shown for plan in reading.plans if plan.kind == "initials"), "")

    def match(self, facts: BookFacts) -> Match:
        """Tell how a book answers."""
        return self._at_a_glance(without_article(facts.title.lower())) or self._closely(facts)

    def _at_a_glance(self, title: str) -> Match | None:
        """Tell it from the bare title, for most books without folding anything."""
        if title == self._bare:
            return Match.TITLE
        if self._is_latin and f" {self._bare} " not in f" {title} ":
            return None
        if title.startswith(self._bare):
            is_main = main_part(title) == self._bare
            return Match.MAIN_TITLE if is_main else Match.TITLE_BEGINS
        return Match.IN_TITLE if self._bare in title else None

    def _closely(self, facts: BookFacts) -> Match:
        book = _profile(facts.title, facts.subtitle, facts.original_title, facts.authors)
        return min(self._match_title(book), self._match_authors(book), self._match_sound(book))

    def _match_title(self, book: _Profile) -> Match:
        if self._bare == book.titles[0] or self._bare == book.titles[1]:
            return Match.TITLE
        if self._stemmed in book.stemmed or self._beside_authors(book) in book.titles:
            return Match.MAIN_TITLE
        if any(title.startswith(self._stemmed + " ") for title in book.stemmed):
            return Match.TITLE_BEGINS
        if book.stems.issuperset(self._stems) and all(run in book.compact for run in self._runs):
            begins = not self._is_latin and book.compact.startswith(self._bare)
            return Match.TITLE_BEGINS if begins else Match.IN_TITLE
        return Match.ELSEWHERE

    def _beside_authors(self, book: _Profile) -> str:
        """Give what is left of the query without the authors: 三体 of 刘慈欣三体."""
        rest = self._bare
        for author in book.authors:
            rest = rest.replace(author, " ") if author else rest
        words = [word for word in tokens(rest) if is_unspaced(word) or stem(word) not in book.author_stems]
        return without_article(" ".join(words)) or "-"

    def _match_authors(self, book: _Profile) -> Match:
        if self._bare in book.authors:
            return Match.AUTHOR
        names = "".join(book.authors)
        if book.author_stems.issuperset(self._stems) and all(run in names for run in self._runs):
            return Match.IN_AUTHORS
        if (book.author_stems | book.stems).issuperset(self._stems) and all(
            run in names or run in book.compact for run in self._runs
        ):
            return Match.TITLE_AND_AUTHOR
        return Match.ELSEWHERE

    def _match_sound(self, book: _Profile) -> Match:
        if not self._ways and not self._initials:
            return Match.ELSEWHERE
        heard = _Heard(book)
        ways = [heard.match(groups) for groups in self._ways]
        return min([*ways, heard.match_initials(self._initials)])


class _Heard:
    """The Chinese characters of a book's titles and authors, to be compared with syllables."""

    def __init__(self, book: _Profile) -> None:
        self._title, self._main = (_han(title) for title in (book.titles[0], book.titles[3]))
        self._names = [_han(author) for author in book.authors]
        self._is_all = self._title == book.titles[0].replace(" ", "")

    def match(self, groups: Sequence[Syllables]) -> Match:
        """Tell how the book answers runs of syllables: they are its title and authors, or its title begins so …"""
        whole_title = [_is_whole(self._title, group) or _is_whole(self._main, group) for group in groups]
        whole_name = [any(_is_whole(name, group) for name in self._names) for group in groups]
        if any(whole_title) and all(map(max, whole_title, whole_name)):
            is_all = self._is_all and any(_is_whole(self._title, group) for group in groups)
            return Match.SOUND_OF_TITLE if is_all else Match.SOUND_OF_MAIN_TITLE
        if all(whole_name):
            return Match.SOUND_OF_AUTHOR
        places = [sounds_like(self._title, group) for group in groups]
        if min(places) >= 0:
            return Match.SOUND_OF_TITLE_BEGINS if min(places) == 0 else Match.SOUND_IN_TITLE
        in_names = [any(sounds_like(name, group) >= 0 for name in self._names) for group in groups]
        heard = all(place >= 0 or in_name for place, in_name in zip(places, in_names, strict=True))
        return Match.SOUND_ELSEWHERE if heard else Match.ELSEWHERE

    def match_initials(self, letters: str) -> Match:
        """Tell how the book answers initials. With a vowel among them they may be an English word, which goes first."""
        in_title = any(has_initials(title, letters) for title in (self._title, self._main))
        if not letters or not (in_title or any(has_initials(name, letters) for name in self._names)):
            return Match.ELSEWHERE
        if _VOWELS.intersection(letters):
            return Match.INITIALS
        if not in_title:
            return Match.SOUND_OF_AUTHOR
        is_all = self._is_all and len(self._title) == len(letters)
        return Match.SOUND_OF_TITLE if is_all else Match.SOUND_OF_MAIN_TITLE


def _han(folded: str) -> str:
    return "".join(filter(readings_of, folded))


def _is_whole(run: str, syllables: Syllables) -> bool:
    return len(run) == len(syllables) and sounds_like(run, syllables) == 0
