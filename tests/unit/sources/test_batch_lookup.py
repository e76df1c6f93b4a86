"""Many books are asked about politely: few questions, pauses, rests, and an end when nobody answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from app.domain.book import BookFacts, NoSources, SourcesSilent
from app.sources.batch_lookup import BatchLookup
from app.sources.port import Failure, SourceFailedError


class Clock:
    """Time passes only by waiting and by answers."""

    def __init__(self) -> None:
        self.time = 100.0
        self.waits: list[float] = []

    def now(self) -> float:
        return self.time

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.time += seconds


class Told:
    """A source that knows some books and fails as often as it is told to."""

    def __init__(
        self, name: str, known: set[str], *, batch_size: int = 25, failures: Sequence[float | None] = ()
    ) -> None:
        self.name = name
        self.batch_size = batch_size
        self.asked: list[list[str]] = []
        self._known = known
        self._failures = list(failures)

    def find_many(self, isbns: Sequence[str], *, seconds: float) -> Mapping[str, BookFacts]:
        assert seconds == 30
        self.asked.append(list(isbns))
        if self._failures:
            raise SourceFailedError(Failure.LIMITED, "429", retry_after=self._failures.pop(0))
        return {isbn: BookFacts(isbn13=isbn, title=self.name) for isbn in isbns if isbn in self._known}


def polite(*sources: Told, clock: Clock | None = None) -> BatchLookup:
    clock = clock or Clock()
    return BatchLookup(sources, pause=1.0, seconds=30, wait=clock.wait, now=clock.now)


def test_the_next_source_is_asked_only_for_what_the_one_before_did_not_know() -> None:
    first, second = Told("first", {"1", "2"}), Told("second", {"2", "3"}, batch_size=1)
    found = polite(first, second).find_many(["1", "2", "3", "4"])
    assert {isbn: facts.title for isbn, facts in found.items()} == {"1": "first", "2": "first", "3": "second"}
    assert (first.asked, second.asked) == ([["1", "2", "3", "4"]], [["3"], ["4"]])


def test_questions_to_one_source_are_a_pause_apart() -> None:
    clock, source = Clock(), Told("slow", set(), batch_size=2)
    asker = polite(source, clock=clock)
    asker.find_many(["1", "2", "3", "4", "5"])
    clock.time += 0.4
    asker.find_many(["6"])
    assert clock.waits == [1.0, 1.0, pytest.approx(0.6)]


def test_a_source_that_wants_a_rest_gets_it_and_is_asked_again() -> None:
    clock, source = Clock(), Told("tired", {"1"}, failures=[7.0, None])
    assert set(polite(source, clock=clock).find_many(["1"])) == {"1"}
    assert clock.waits == [7.0, 4.0]


@pytest.mark.parametrize("failures", [[21_600.0], [None, None, None]], ids=["six hours", "three failures"])
def test_a_source_that_keeps_failing_is_left_alone_and_the_others_go_on(failures: list[float | None]) -> None:
    bad, good = Told("bad", {"1"}, failures=failures), Told("good", {"1"})
    asker = polite(bad, good)
    assert asker.find_many(["1"])["1"].title == "good"
    asker.find_many(["2"])
    assert bad.asked == [["1"]] * len(failures)


def test_when_nobody_answers_it_says_so() -> None:
    asker = polite(Told("bad", set(), failures=[21_600.0]))
    for _ in range(2):
        with pytest.raises(SourcesSilent, match="bad: too many requests: 429"):
            asker.find_many(["1"])


def test_without_sources_there_is_nobody_to_ask() -> None:
    with pytest.raises(NoSources):
        polite()
