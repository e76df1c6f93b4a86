"""What a text that is being typed may become — titles that have these words and a word that begins so, and authors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from app.domain.text import fold_known, is_unspaced, simplified, without_article
from app.queries.book import BookRow
from app.search.analyzer import terms_of_words
from app.search.index.port import Index, TermSet
from app.search.pinyin import has_initials, may_be_initials, readings_of, sound_begins, split_unfinished, syllable_pairs
from app.search.query_parser import parse_query
from app.search.results import Suggestion

_READ: Final = 25
_COMPLETIONS: Final = 6
_MOST_AUTHORS: Final = 3


def suggest(text: str, index: Index, *, limit: int) -> tuple[Suggestion, ...]:
    """Return titles and names for a text that is being typed, those that begin with it first, then by rank."""
    reading = parse_query(text)
    if not reading.words:
        return ()
    plans = list(dict.fromkeys((*(plan.terms for plan in reading.plans), *_unfinished(reading.words, index))))
    books = index.candidates(plans, limit=_READ, first=reading.first).books
    typed = without_article(reading.folded)
    titles = sorted(books, key=_TitleOrder(typed, reading.words))
    found = (
        *(Suggestion(name, "author") for name in _authors(typed, books)),
        *(Suggestion(book.facts.title, "title", book.facts.isbn13) for book in titles),
    )
    return tuple({suggestion.text: suggestion for suggestion in found}.values())[:limit]


def _unfinished(words: Sequence[str], index: Index) -> Iterator[TermSet]:
    """Yield plans for the ways to go on typing the last word: as a word, as pinyin, as initials."""
    *begin, last = words
    if is_unspaced(last):
        return
    fixed = terms_of_words(begin)
    for completion in index.complete("w" + last, limit=_COMPLETIONS):
        yield (*fixed, completion.term)
    letters = "".join(words)
    if not letters.isascii() or not letters.isalpha():
        return
    for whole, begun in split_unfinished(letters):
        sounds = tuple("p" + pair for pair in syllable_pairs(whole))
        for completion in index.complete("p" + "".join(whole[-1:]) + begun, limit=_COMPLETIONS):
            yield (*sounds, completion.term)
    if may_be_initials(letters):
        for completion in index.complete("i" + letters, limit=_COMPLETIONS):
            yield (completion.term,)


def _authors(typed: str, books: Sequence[BookRow]) -> list[str]:
    names = dict.fromkeys(name for book in books for name in book.facts.authors if fold_known(name).startswith(typed))
    return list(names)[:_MOST_AUTHORS]


class _TitleOrder:
    """Puts titles first that begin as typed, then those that sound so, then those with all the words, then the rest."""

    def __init__(self, typed: str, words: Sequence[str]) -> None:
        self._typed = typed
        self._words = words
        self._letters = "".join(words)
        self._is_initials = may_be_initials(self._letters)

    def __call__(self, book: BookRow) -> int:
        title = without_article(fold_known(book.facts.title))
        if title.startswith(self._typed):
            return 0
        if self._letters.isascii() and self._sounds("".join(filter(readings_of, simplified(book.facts.title)))):
            return 1
        parts = title.split()
        has_all = all(
            word in title if is_unspaced(word) else any(part.startswith(word) for part in parts) for word in self._words
        )
        return 2 if has_all else 3

    def _sounds(self, run: str) -> bool:
        begins = self._is_initials and has_initials(run[: len(self._letters)], self._letters)
        return begins or sound_begins(run, self._letters)
