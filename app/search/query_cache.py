"""Remember answers by question, as long as the catalogue stays the same."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from time import monotonic
from typing import Final, Generic, TypeVar

from app.libs.caches import TwoGenerationCache

SECONDS: Final = 60
"""The longest that an answer is kept, for what no stamp tells: a book deleted by hand."""

ReadStamp = Callable[[], object]
T = TypeVar("T")


def never_the_same() -> object:
    """Return a stamp that never comes again, so that nothing is kept."""
    return object()


class QueryCache(Generic[T]):
    """Remember answers by question, up to about `limit` bytes.

    :param stamp: gives what stays equal while the catalogue does
    :param weigh: gives about how many bytes an answer holds
    """

    def __init__(self, stamp: ReadStamp, weigh: Callable[[T], int], *, limit: int) -> None:
        self._stamp = stamp
        self._weigh = weigh
        self._kept: TwoGenerationCache[Hashable, tuple[object, T]] = TwoGenerationCache(limit)

    def get(self, question: Hashable, ask: Callable[[], T]) -> T:
        """Return the kept answer, or ask and keep what is said."""
        stamp = (self._stamp(), monotonic() // SECONDS)
        kept = self._kept.get(question)
        if kept is not None and kept[0] == stamp:
            return kept[1]
        answer = ask()
        self._kept.put(question, (stamp, answer), self._weigh(answer))
        return answer
