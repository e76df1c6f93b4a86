"""Decide whether a title and an author that somebody wrote are those of a book."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz.fuzz import ratio, token_set_ratio

from app.domain.book import BookFacts
from app.domain.book_entry import is_placeholder
from app.domain.reading_list import bare_title
from app.domain.text import fold, has_han, is_unspaced, pairs, stem, tokens, unspaced_signs, without_article, words_of
from app.domain.volumes import volume_of
from app.search.analyzer import main_part
from app.search.pinyin import sound_begins

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


_INVERTED = re.compile(
    r"(?P<rest>.+), (?P<article>the|an?|l[aeo]s?|el|los|un[ae]?|d(?:er|ie|as)|il|gli|ein[e]?|het|l['’])", re.IGNORECASE
)
_SHORTEST_WORD = 3
#: Words that titles share without being of one book.
LITTLE_WORDS = frozenset(
    {"a", "an", "and", "at", "by", "de", "der", "des", "di", "die", "du", "el", "en", "et", "for", "from", "in", "la", "le", "les",
     "of", "on", "or", "the", "to", "und", "with"}
)  # fmt: skip
_FEWEST_SIGNS = 2
_LITTLE_SIGNS = frozenset("的之和与及或了")


def upright(title: str) -> str:
    """Return a title with its article in front: "Farewell to Arms, A" is "A Farewell to Arms"."""
    inverted = _INVERTED.fullmatch(title)
    if inverted is None:
        return title
    gap = "" if inverted["article"].endswith(("'", "’")) else " "
    return f"{inverted['article']}{gap}{inverted['rest']}"


def said_titles(title: str) -> list[str]:
    """Return the titles to look for, the whole one first, then its main part without a subtitle."""
    whole = upright(bare_title(title))
    return list(dict.fromkeys([whole, upright(main_part(whole))]))


def is_same_title(facts: BookFacts, title: str) -> bool:
    """Return whether a book has this title, with or without its subtitle; an article in front does not count."""
    return _key(title) in {_key(facts.title), _key(main_part(facts.title)), _key(f"{facts.title} {facts.subtitle}")}


def is_other_title(facts: BookFacts, title: str) -> bool:
    """Return whether a title is surely not that of this book: it shares nothing with it, or names another volume.

    Titles in different scripts, and single letters, say nothing of each other.
    """
    title = upright(bare_title(title))
    if is_same_title(facts, title):
        return False
    return _are_strangers(fold(title), facts) or is_other_volume(facts.title, title)


def may_be_other_title(facts: BookFacts, title: str) -> bool:
    """Return whether a title and that of a book have each a word that the other lacks: Dune Messiah, God Emperor of Dune.

    Titles in different scripts, and those that differ only in their subtitles, have none.
    """
    title = upright(bare_title(title))
    said, known = fold(title), fold(facts.title)
    if has_han(said) != has_han(known) or _key(main_part(title)) == _key(main_part(facts.title)):
        return False
    return not _marks(said) <= _marks(_all_titles(facts)) and not _marks(known) <= _marks(said)


def is_other_volume(one: str, other: str) -> bool:
    """Return whether two titles name different volumes; the first volume often has no number."""
    return _key(one) != _key(other) and (volume_of(one) or "1") != (volume_of(other) or "1")


def _key(title: str) -> str:
    """Fold a title for comparing; in Chinese a dot or a space between two parts is often left out."""
    folded = fold(title)
    return folded.replace(" ", "") if has_han(folded) else without_article(folded)


def _all_titles(facts: BookFacts) -> str:
    return " ".join(_titles(facts))


def _titles(facts: BookFacts) -> list[str]:
    return list(map(fold, (f"{facts.title} {facts.subtitle}", facts.original_title, facts.series)))


def _are_strangers(said: str, facts: BookFacts) -> bool:
    """Return whether a folded title has no word in common with those of a book, or of Chinese hardly a character with any of them."""
    known = _all_titles(facts)
    if has_han(said) or has_han(known):
        signs = set(unspaced_signs(said))
        titles = [set(unspaced_signs(each)) for each in _titles(facts)]
        is_telling = len(signs) > 1 and len(titles[0]) > 1
        return is_telling and all(_share_little(signs, each) for each in titles if each)
    words, others = _words(said), _words(known)
    return bool(words and others) and not words & others and said.replace(" ", "") not in known.replace(" ", "")


def _share_little(signs: set[str], others: set[str]) -> bool:
    """Return whether two texts have one character in common or none, or fewer than a third of the shorter one's."""
    common = len(signs & others)
    return common < _FEWEST_SIGNS or common * 3 < min(len(signs), len(others))


def _marks(folded: str) -> set[str]:
    """Return what a folded title is known by: its words, or its Chinese characters."""
    return _words(folded) | {sign for sign in unspaced_signs(folded) if sign not in _LITTLE_SIGNS}


def _words(folded: str) -> set[str]:
    words = {
        word for word in tokens(folded) if len(word) >= _SHORTEST_WORD and word.isalpha() and not is_unspaced(word)
    }
    return {stem(word) for word in words - LITTLE_WORDS}


#: Of a hundred: Dostoevsky and Dostoyevsky have 97, two authors who share their first name about 60.
_SAME_NAME = 88
#: Letters of a family name that is compared alone; shorter ones are too much alike.
_SHORTEST_FAMILY_NAME = 6


def is_by(facts: BookFacts, said: str) -> bool:
    """Return whether a book is by the author that is said; what has no author, and an author who is not said, are no hindrance."""
    folded = fold(said)
    return not folded or not facts.authors or any(_is_same(fold(name), folded) for name in facts.authors)


def has_author_in_other_script(facts: BookFacts, said: str) -> bool:
    """Return whether the author that is said cannot be compared with the book's: Cixin Liu and 刘慈欣."""
    return all(has_han(name) != has_han(said) for name in facts.authors)


def _is_same(name: str, said: str) -> bool:
    """Return whether a name stands in what is said, or the other way round; order and spelling of a Western name may differ."""
    if not name:
        return False
    if has_han(name) and has_han(said):
        name, said = name.replace(" ", ""), said.replace(" ", "")
    is_one_word = " " not in said and len(said) >= _SHORTEST_FAMILY_NAME
    return (
        name in said
        or said in name
        or token_set_ratio(name, said) >= _SAME_NAME
        or (is_one_word and any(ratio(word, said) >= _SAME_NAME for word in name.split()))
    )
