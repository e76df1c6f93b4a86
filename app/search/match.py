"""The ways in which a book can answer a query: by its words, by pinyin and by initials."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from app.search.pinyin import Syllables, has_initials, is_hardly_a_word, sounds_like


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
    SOUND_OF_NAME = 9
    IN_TITLE = 10
    SOUND_IN_TITLE = 11
    TITLE_AND_AUTHOR = 12
    IN_AUTHORS = 13
    SOUND_ELSEWHERE = 14
    INITIALS = 15
    ELSEWHERE = 16


SCATTERED = frozenset(
    {
        Match.IN_TITLE,
        Match.SOUND_IN_TITLE,
        Match.TITLE_AND_AUTHOR,
        Match.SOUND_ELSEWHERE,
        Match.INITIALS,
        Match.ELSEWHERE,
    }
)
"""Answers that have all words, but not as a title or a name: they may be an accident."""

SOUNDS_WHOLE = frozenset({Match.SOUND_OF_TITLE, Match.SOUND_OF_MAIN_TITLE})
BY_SOUND = SOUNDS_WHOLE | frozenset(
    {
        Match.SOUND_OF_AUTHOR,
        Match.SOUND_OF_NAME,
        Match.SOUND_OF_TITLE_BEGINS,
        Match.SOUND_IN_TITLE,
        Match.SOUND_ELSEWHERE,
        Match.INITIALS,
    }
)


class PhoneticMatcher:
    """The Chinese characters of a book's title, of its main part and of its authors, to be compared with syllables.

    :param is_all: there is nothing else in the title
    """

    def __init__(self, title: str, main: str, names: Sequence[str], *, is_all: bool) -> None:
        self._title, self._main, self._names, self._is_all = title, main, names, is_all

    def match(self, groups: Sequence[Syllables]) -> Match:
        """Return how the book answers runs of syllables: they are its title and authors, or its title begins so …"""
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

    def match_names(self, names: Sequence[Syllables]) -> Match:
        """Return whether one of the authors has one of these whole names."""
        is_author = any(_is_whole(author, name) for author in self._names for name in names)
        return Match.SOUND_OF_NAME if is_author else Match.ELSEWHERE

    def match_initials(self, letters: str) -> Match:
        """Return how the book answers initials. With a vowel among them they may be an English word, which goes first."""
        in_title = any(has_initials(title, letters) for title in (self._title, self._main))
        if not letters or not (in_title or any(has_initials(name, letters) for name in self._names)):
            return Match.ELSEWHERE
        if not is_hardly_a_word(letters):
            return Match.INITIALS
        if not in_title:
            return Match.SOUND_OF_AUTHOR
        is_all = self._is_all and len(self._title) == len(letters)
        return Match.SOUND_OF_TITLE if is_all else Match.SOUND_OF_MAIN_TITLE


def _is_whole(run: str, syllables: Syllables) -> bool:
    return len(run) == len(syllables) and sounds_like(run, syllables) == 0
