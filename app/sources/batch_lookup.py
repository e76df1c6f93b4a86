"""Ask the sources about many books without being a burden: few questions, with pauses between them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from app.domain.book import BookFacts, NoSources, SourcesSilent
from app.sources.port import Source, SourceFailedError

#: Seconds that a source may want to be left alone, at most, for us to wait; a longer rest ends the asking of it.
LONGEST_BATCH_REST = 120.0
QUESTION_TRIES = 3


class BatchLookup:
    """Ask each source for what those before it did not know.

    :param pause: seconds between two questions to the same source.
    :param seconds: how long one answer may take.
    :param asking: is told, before each question, which source it goes to.
    :raises NoSources: when there is nobody to ask.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        *,
        pause: float,
        seconds: float,
        asking: Callable[[str], None] = lambda _name: None,
        wait: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        if not sources:
            raise NoSources
        self._willing = list(sources)
        self._pause = pause
        self._seconds = seconds
        self._asking = asking
        self._wait = wait
        self._now = now
        self._asked_at: dict[str, float] = {}
        self._last_failure = ""

    def find_many(self, isbns: Sequence[str]) -> dict[str, BookFacts]:
        """Return what the sources know of these ISBN-13, by ISBN-13. A source that keeps failing is asked no more.

        :raises SourcesSilent: when none is left that answers.
        """
        found: dict[str, BookFacts] = {}
        answered = False
        for source in list(self._willing):
            missing = [isbn13 for isbn13 in isbns if isbn13 not in found]
            for start in range(0, len(missing), source.batch_size):
                answer = self._ask(source, missing[start : start + source.batch_size])
                if answer is None:
                    self._willing.remove(source)
                    break
                answered = True
                found |= answer
        if isbns and not answered:
            raise SourcesSilent(detail=self._last_failure)
        return found

    def _ask(self, source: Source, isbns: Sequence[str]) -> Mapping[str, BookFacts] | None:
        """Ask one question, again after a rest if it fails; None when the source is to be left alone."""
        for attempt in range(1, QUESTION_TRIES + 1):
            self._asking(source.name)
            self._keep_pace(source)
            try:
                return source.find_many(isbns, seconds=self._seconds)
            except SourceFailedError as failure:
                self._last_failure = f"{source.name}: {failure}"
                rest = failure.retry_after or self._pause * 2**attempt
                if rest > LONGEST_BATCH_REST or attempt == QUESTION_TRIES:
                    return None
                self._wait(rest)
        return None

    def _keep_pace(self, source: Source) -> None:
        last = self._asked_at.get(source.name)
        if last is not None and (early := last + self._pause - self._now()) > 0:
            self._wait(early)
        self._asked_at[source.name] = self._now()
