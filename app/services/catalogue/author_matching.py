"""services: whether an author that somebody wrote is the author of a book."""

from __future__ import annotations

from rapidfuzz.fuzz import ratio, token_set_ratio

from app.domain.book import BookFacts
from app.search.text import fold, has_han

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
