"""services: can two records of one ISBN be of the same book? Only their titles are asked: publishers have used a number twice."""

from __future__ import annotations

from functools import lru_cache

from app.domain.book import BookFacts
from app.domain.book_entry import is_placeholder
from app.search.pinyin import sound_begins
from app.search.text import fold, is_unspaced, pairs, stem, words_of
from app.services.catalogue.title_matching import LITTLE_WORDS

_LETTERS_THAT_TELL = 4


def may_be_same(known: BookFacts, said: BookFacts) -> bool:
    """Return whether titles, subtitles or original titles share a word or a pair of characters, or one is the other's pinyin."""
    if known.title == said.title or is_placeholder(known.title) or is_placeholder(said.title):
        return True
    ours, theirs = _texts(known), _texts(said)
    return (
        not _words_of_title(ours).isdisjoint(_words_of_title(theirs))
        or _sounds_like(known.title, theirs)
        or _sounds_like(said.title, ours)
    )


def _texts(facts: BookFacts) -> str:
    return f"{facts.title}\n{facts.subtitle}\n{facts.original_title}"


@lru_cache(maxsize=2_000)
def _words_of_title(texts: str) -> frozenset[str]:
    words: set[str] = set()
    for word in words_of(fold(texts)):
        words.update(pairs(word) if is_unspaced(word) else [stem(word)])
    return frozenset(words - LITTLE_WORDS or words)


def _sounds_like(title: str, texts: str) -> bool:
    """Return whether one of the texts is how a Chinese title, read aloud, begins: 三体 and ``San ti``."""
    run = "".join(filter(is_unspaced, words_of(fold(title))))
    written = ("".join(fold(text).split()) for text in texts.split("\n"))
    return bool(run) and any(
        len(letters) >= _LETTERS_THAT_TELL and letters.isascii() and sound_begins(run, letters) for letters in written
    )
