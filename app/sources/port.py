"""What every book source offers, and how one fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Protocol

from app.domain.book import BookFacts

#: So many books of a search are wanted of a source.
MOST_FOUND = 15


class Failure(Enum):
    """Why a source gave no usable answer; the value is what the log and `flask sources check` say."""

    SLOW = "no whole answer in time"
    UNREACHABLE = "cannot be reached"
    HOST_REFUSED = "points to an address that must not be asked"
    TOO_LARGE = "answer too large"
    LIMITED = "too many requests"
    FORBIDDEN = "access refused"
    FAILING = "error at the source"
    MALFORMED = "answer not understood"


class SourceFailedError(Exception):
    """The source gave no usable answer, which says nothing about the book.

    `retry_after`: seconds for which the source wants to be left alone, if it said so.
    """

    def __init__(self, failure: Failure, detail: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(f"{failure.value}: {detail}" if detail else failure.value)
        self.failure = failure
        self.retry_after = retry_after


class Source(Protocol):
    """A book source. `batch_size`: how many books one question may be about."""

    name: str
    batch_size: int

    def find_many(self, isbns: Sequence[str], *, seconds: float) -> Mapping[str, BookFacts]:
        """Return what the source knows of these ISBN-13, by ISBN-13, within `seconds`; unknown ones are left out.

        A book with another ISBN than asked is not in the answer.

        :raises SourceFailedError: if the source gave no usable answer.
        """

    def search(self, words: str, *, seconds: float) -> Sequence[BookFacts]:
        """Return the first books, at most `MOST_FOUND`, that the source finds for words, within `seconds`, best first.

        Each has an ISBN, none comes twice, and they may lack facts that `find_many` gives.

        :raises SourceFailedError: if the source gave no usable answer.
        """
