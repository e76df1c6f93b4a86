from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from threading import Event, Thread
from time import sleep

import pytest

from app.domain.book import BookFacts, FoundByWords, Lookup
from app.sources.chain import SourceChain
from app.sources.port import Failure, SourceFailedError

ISBN = "9787536692930"
OTHER = "9787020024759"
SANTI = BookFacts(isbn13=ISBN, title="三体")
NOBODY_KNOWS = Lookup(None, is_certain=True)
NO_ANSWER = Lookup(None, is_certain=False)
NOT_SEARCHED = FoundByWords((), has_answered=False)
#: Seconds: what waits so long in these tests waits for something that does not happen.
HELD = 60.0


class FakeSource:
    name = "fake"
    batch_size = 1

    def __init__(self, *, knows: bool = False, fails: SourceFailedError | None = None) -> None:
        self.knows = knows
        self.fails = fails
        self.gate: Event | None = None
        self.asked: list[str] = []
        self.given: list[float] = []
        self.words: list[str] = []
        self.book = SANTI

    def search(self, words: str, *, seconds: float) -> Sequence[BookFacts]:
        self.words.append(words)
        self.given.append(seconds)
        if self.gate:
            self.gate.wait(HELD)
        if self.fails:
            raise self.fails
        return [self.book] if self.knows else []

    def find_many(self, isbns: Sequence[str], *, seconds: float) -> Mapping[str, BookFacts]:
        self.asked += isbns
        self.given.append(seconds)
        if self.gate:
            self.gate.wait(HELD)
        if self.fails:
            raise self.fails
        return {ISBN: SANTI} if self.knows and ISBN in isbns else {}


class Watch:
    """A stopwatch that moves when it is told to."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch() -> Watch:
    return Watch()


def chain_of(*sources: FakeSource, watch: Watch, budget: float = HELD, slots: int = 2) -> SourceChain:
    return SourceChain(sources, budget=budget, slots=slots, now=watch)


@pytest.fixture
def slow() -> Iterator[FakeSource]:
    source = FakeSource(knows=True)
    source.gate = Event()
    yield source
    source.gate.set()


def failing(failure: Failure = Failure.FAILING, **more: float) -> FakeSource:
    return FakeSource(fails=SourceFailedError(failure, **more))


def wait_until(condition: object) -> None:
    """Wait until it holds; pytest's own time limit ends what never does."""
    while not condition():
        sleep(0.01)


def test_without_sources_nobody_knows_and_nobody_waits(watch: Watch) -> None:
    assert chain_of(watch=watch).find(ISBN) == NOBODY_KNOWS


def test_the_first_source_that_knows_ends_the_search(watch: Watch) -> None:
    first, second, third = FakeSource(), FakeSource(knows=True), FakeSource(knows=True)
    assert chain_of(first, second, third, watch=watch).find(ISBN) == Lookup(SANTI, is_certain=True)
    assert (first.asked, second.asked, third.asked) == ([ISBN], [ISBN], [])


def test_each_source_may_take_its_share_of_the_time_that_is_left(watch: Watch) -> None:
    first, second = FakeSource(), FakeSource()
    chain_of(first, second, watch=watch, budget=1000.0).find(ISBN)
    assert first.given[0] == pytest.approx(500, abs=100)
    assert second.given[0] == pytest.approx(1000, abs=100)


def test_a_miss_is_remembered_for_a_day(watch: Watch) -> None:
    source = FakeSource()
    chain = chain_of(source, watch=watch)
    assert chain.find(ISBN) == NOBODY_KNOWS
    watch.seconds += 24 * 3600 - 1
    assert chain.find(ISBN) == NOBODY_KNOWS
    assert source.asked == [ISBN]
    watch.seconds += 1
    source.knows = True
    assert chain.find(ISBN).facts == SANTI


def test_an_error_is_remembered_for_a_minute_and_is_not_a_miss(watch: Watch) -> None:
    source = failing()
    chain = chain_of(source, watch=watch)
    assert chain.find(ISBN) == NO_ANSWER
    watch.seconds += 59
    assert chain.find(ISBN) == NO_ANSWER
    assert source.asked == [ISBN]
    watch.seconds += 1
    source.fails, source.knows = None, True
    assert chain.find(ISBN).facts == SANTI


def test_a_miss_beside_an_error_is_not_certain(watch: Watch) -> None:
    assert chain_of(failing(), FakeSource(), watch=watch).find(ISBN) == NO_ANSWER


def test_a_source_behind_a_failing_one_is_still_asked(watch: Watch) -> None:
    assert chain_of(failing(), FakeSource(knows=True), watch=watch).find(ISBN).facts == SANTI


def test_a_source_that_fails_five_times_in_a_row_is_left_out_for_a_minute(watch: Watch) -> None:
    source = failing()
    chain = chain_of(source, watch=watch)
    for number in range(7):
        chain.find(f"978000000000{number}")
    assert len(source.asked) == 5
    watch.seconds += 60
    chain.find("9780000000010")
    chain.find("9780000000011")
    assert len(source.asked) == 6, "only one question tries whether it is back"
    source.fails = None
    watch.seconds += 60
    chain.find("9780000000012")
    chain.find("9780000000013")
    assert len(source.asked) == 8


def test_a_success_between_failures_starts_the_count_anew(watch: Watch) -> None:
    source = failing()
    chain = chain_of(source, watch=watch)
    for number in range(9):
        source.fails = None if number == 4 else SourceFailedError(Failure.SLOW)
        chain.find(f"978000000000{number}")
    assert len(source.asked) == 9


def test_a_source_that_wants_six_hours_of_rest_gets_ten_minutes_at_once(watch: Watch) -> None:
    source = failing(Failure.LIMITED, retry_after=21600)
    chain = chain_of(source, watch=watch)
    chain.find(ISBN)
    watch.seconds += 599
    chain.find(OTHER)
    assert source.asked == [ISBN]
    watch.seconds += 61
    chain.find(OTHER)
    assert source.asked == [ISBN, OTHER]


def test_words_are_asked_of_the_source_that_is_named_alone_and_remembered_for_an_hour(watch: Watch) -> None:
    first, second = FakeSource(knows=True), FakeSource(knows=True)
    second.name = "second"
    chain = chain_of(first, second, watch=watch)
    assert chain.names == ("fake", "second")
    for _ in range(2):
        assert chain.search("second", "三体") == FoundByWords((SANTI,), has_answered=True)
    assert (first.words, second.words) == ([], ["三体"])
    watch.seconds += 3600
    chain.search("second", "三体")
    assert second.words == ["三体", "三体"]


def test_words_that_a_source_does_not_answer_are_asked_again_after_a_minute(watch: Watch) -> None:
    source = failing()
    chain = chain_of(source, watch=watch)
    for _ in range(2):
        assert chain.search("fake", "三体") == NOT_SEARCHED
    watch.seconds += 60
    source.fails = None
    assert chain.search("fake", "三体") == FoundByWords((), has_answered=True)
    assert source.words == ["三体", "三体"]


def test_failures_at_words_and_at_books_count_together(watch: Watch) -> None:
    source = failing()
    chain = chain_of(source, watch=watch)
    for number in range(3):
        chain.find(f"978000000000{number}")
        chain.search("fake", f"字{number}")
        watch.seconds += 1
    assert (len(source.asked), len(source.words)) == (3, 2)
    assert chain.find("9780000000009") == NO_ANSWER
    assert len(source.asked) == 3


def test_a_second_lies_between_two_searches_of_a_source(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("chain", "request_coalescing"):
        monkeypatch.setattr(f"app.sources.{module}.monotonic", watch)
    source, waited = FakeSource(), []
    chain = SourceChain([source], budget=3.0, slots=2, now=watch, wait=waited.append)
    for word in ("一", "二", "三"):
        chain.search("fake", word)
    assert waited == [0.0, 1.0, 2.0]
    assert source.given == [3.0, 2.0, 1.0]
    assert chain.search("fake", "四") == NOT_SEARCHED, "its turn would come behind the budget"
    watch.seconds += 2
    chain.search("fake", "五")
    assert waited == [0.0, 1.0, 2.0, 1.0]


def test_searches_that_hang_take_no_place_of_who_asks_for_a_book(watch: Watch, slow: FakeSource) -> None:
    quick = FakeSource(knows=True)
    slow.name = "slow"
    chain = chain_of(quick, slow, watch=watch, slots=1)
    waiting = Thread(target=chain.search, args=("slow", "三体"))
    waiting.start()
    wait_until(lambda: slow.words)
    assert chain.find(ISBN).facts == SANTI
    assert chain.search("fake", "三体") == NOT_SEARCHED, "of searches, only so many wait at a time"
    slow.gate.set()
    waiting.join()


def test_what_is_remembered_of_a_search_is_small(watch: Watch) -> None:
    source = FakeSource(knows=True)
    source.book = replace(SANTI, summary="长" * 16_000, subjects=("科幻",))
    assert chain_of(source, watch=watch).search("fake", "三体").books == (SANTI,)


def test_nobody_waits_longer_than_the_budget(watch: Watch, slow: FakeSource) -> None:
    assert chain_of(slow, watch=watch, budget=0.2).find(ISBN) == NO_ANSWER, (
        "the source, which knows it, still holds it back"
    )


def test_who_found_no_free_thread_in_time_has_learned_nothing_about_the_book(watch: Watch, slow: FakeSource) -> None:
    chain = chain_of(slow, watch=watch, budget=0.1, slots=1)
    assert chain.find(OTHER) == NO_ANSWER
    assert chain.find(ISBN) == NO_ANSWER, "the thread still asks for the other book"
    slow.gate.set()
    wait_until(lambda: chain.find(ISBN).facts == SANTI)


def test_an_answer_that_comes_too_late_is_there_for_the_next_who_asks(watch: Watch, slow: FakeSource) -> None:
    chain = chain_of(slow, watch=watch, budget=0.1)
    assert chain.find(ISBN) == NO_ANSWER
    slow.gate.set()
    wait_until(lambda: chain.find(ISBN).facts == SANTI)
    assert slow.asked == [ISBN]


def test_when_all_places_are_taken_the_next_is_told_at_once(watch: Watch, slow: FakeSource) -> None:
    chain = chain_of(slow, watch=watch, slots=2)
    waiting = [Thread(target=chain.find, args=(isbn,)) for isbn in (ISBN, OTHER)]
    for thread in waiting:
        thread.start()
    wait_until(lambda: len(slow.asked) == 2)
    assert chain.find("9780141439518") == NO_ANSWER
    assert all(thread.is_alive() for thread in waiting), "they began before, and wait as long as anybody may"
    slow.gate.set()
    for thread in waiting:
        thread.join()
    assert chain.find("9780141439518") == NOBODY_KNOWS, "being busy is not remembered"


def test_two_who_ask_for_one_book_at_once_put_one_question(watch: Watch, slow: FakeSource) -> None:
    chain = chain_of(slow, watch=watch)
    answers: list[Lookup] = []
    waiting = [Thread(target=lambda: answers.append(chain.find(ISBN))) for _ in range(2)]
    for thread in waiting:
        thread.start()
    wait_until(lambda: slow.asked)
    slow.gate.set()
    for thread in waiting:
        thread.join()
    assert slow.asked == [ISBN]
    assert answers == [Lookup(SANTI, is_certain=True)] * 2
