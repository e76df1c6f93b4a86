"""Search: the ways in which a book can answer a query."""

from __future__ import annotations

from enum import IntEnum


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
