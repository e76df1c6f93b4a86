"""What is counted, given back and told, to the second; and what happens while a shared store is away or does not answer."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from time import monotonic
from types import SimpleNamespace
from typing import ClassVar

import pytest
from limits import RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage

from app.libs.rates import REST_SECONDS, Rate, RateExceededError, Rates

ANN = Rate(RateLimitItemPerHour(3), ("page", "ann"))
BOB = Rate(RateLimitItemPerHour(3), ("page", "bob"))
#: When an hour begins.
HOUR = 3600.0 * 490_000


class SharedStorage(MemoryStorage):
    """A store that can be away: for all questions, or for those that count nothing."""

    STORAGE_SCHEME: ClassVar = ["shared-by-tests"]
    base_exceptions = ConnectionError
    asked: ClassVar[int] = 0
    away: ClassVar[str] = ""

    def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        SharedStorage.asked += 1
        if self.away == "for all":
            raise ConnectionError("away")
        return super().acquire_sliding_window_entry(key, limit, expiry, amount)

    def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        if self.away:
            raise ConnectionError("away")
        return super().get_sliding_window(key, expiry)


class Clock:
    """The hour's clock, and the one that only goes forward."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def time(self) -> float:
        return HOUR + self.seconds

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for module in ("limits.storage.memory", "limits.strategies"):
        monkeypatch.setattr(f"{module}.time", SimpleNamespace(time=clock.time))
    monkeypatch.setattr("app.libs.rates.time", clock.time)
    monkeypatch.setattr("app.libs.rates.monotonic", clock.monotonic)
    return clock


@pytest.fixture
def shared(clock: Clock) -> Rates:
    SharedStorage.asked, SharedStorage.away = 0, ""
    return Rates("shared-by-tests://")


@pytest.fixture(params=["memory://", "shared-by-tests://"])
def rates(request: pytest.FixtureRequest, shared: Rates) -> Rates:
    return Rates(request.param)


def room(rates: Rates, rate: Rate = ANN) -> int:
    """Count how many hits a rate still has room for, and take them."""
    for number in range(100):
        try:
            rates.ensure_room([rate])
        except RateExceededError:
            with pytest.raises(RateExceededError):
                rates.take([rate])
            return number
        rates.take([rate])
    raise AssertionError("there is no limit")


def test_a_rate_has_room_for_what_it_says_and_looking_takes_none(rates: Rates) -> None:
    for _ in range(5):
        rates.ensure_room([ANN, BOB])
    assert (room(rates), room(rates, BOB)) == (3, 3)


def test_what_is_given_back_is_what_was_taken_and_only_once(rates: Rates) -> None:
    rates.take([ANN])
    taken = rates.take([ANN, BOB])
    for _ in range(2):
        taken.give_back()
    assert (room(rates), room(rates, BOB)) == (2, 3)


@pytest.mark.parametrize("order", [[ANN, BOB], [BOB, ANN]])
def test_what_has_no_room_for_one_takes_none_of_the_others(rates: Rates, order: list[Rate]) -> None:
    assert room(rates) == 3
    for look in (rates.take, rates.ensure_room):
        with pytest.raises(RateExceededError):
            look(order)
    assert room(rates, BOB) == 3


@pytest.mark.parametrize(("passed", "seconds"), [(0.5, 3600), (10.5, 3590), (3598.0, 2), (3598.9, 2), (3599.5, 1)])
def test_a_refusal_says_in_how_many_seconds_there_may_be_room(
    rates: Rates, clock: Clock, passed: float, seconds: int
) -> None:
    clock.seconds = passed
    room(rates)
    for look in (rates.take, rates.ensure_room):
        with pytest.raises(RateExceededError, match=f"again in {seconds} s") as refused:
            look([ANN])
        assert refused.value.seconds == seconds


def test_a_refusal_whose_time_has_come_meanwhile_says_one_second(rates: Rates, monkeypatch: pytest.MonkeyPatch) -> None:
    room(rates)
    for late in (3600, 3601, 9999):
        monkeypatch.setattr("app.libs.rates.time", lambda late=late: HOUR + late)
        with pytest.raises(RateExceededError) as refused:
            rates.take([ANN])
        assert refused.value.seconds == 1


def test_a_store_that_goes_away_is_left_alone_for_a_while_and_one_process_counts_alone(
    shared: Rates, clock: Clock
) -> None:
    shared.take([ANN])
    assert SharedStorage.asked == 1, "at once, no matter what the machine's clock shows"
    SharedStorage.away = "for all"
    assert room(shared) == 3
    SharedStorage.away = ""
    clock.seconds += REST_SECONDS - 0.1
    assert room(shared) == 0
    assert SharedStorage.asked == 1
    clock.seconds += 0.1
    assert room(shared) == 2, "what it had counted before is not lost"


def test_a_hit_that_cannot_be_given_back_stays_counted(shared: Rates) -> None:
    taken = shared.take([ANN, BOB])
    SharedStorage.away = "for all"
    taken.give_back()
    SharedStorage.away = ""
    taken.give_back()
    assert (room(shared), room(shared, BOB)) == (2, 2)


def test_a_refusal_of_a_store_that_goes_away_names_the_whole_span(shared: Rates) -> None:
    a_minute = Rate(RateLimitItemPerMinute(1), ("page", "ann"))
    shared.take([a_minute])
    SharedStorage.away = "for questions"
    with pytest.raises(RateExceededError) as refused:
        shared.take([a_minute])
    assert refused.value.seconds == 60


@contextmanager
def deaf(*, to: str) -> Iterator[int]:
    """Listen, and never answer: not to what is said, or not even to who calls, since others wait already."""
    with ExitStack() as stack:
        server = stack.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0 if to == "callers" else 9)
        while to == "callers":
            caller = stack.enter_context(socket.socket())
            caller.settimeout(0.2)
            try:
                caller.connect(server.getsockname())
            except TimeoutError:
                break
        yield server.getsockname()[1]


@pytest.mark.parametrize("to", ["callers", "words"])
def test_a_redis_that_does_not_answer_is_given_one_second_once(to: str) -> None:
    with deaf(to=to) as port:
        rates = Rates(f"redis://127.0.0.1:{port}/0")
        began = monotonic()
        rates.take([ANN])
        waited, began = monotonic() - began, monotonic()
        assert 0.9 < waited < 1.9
        assert room(rates) == 2
        assert monotonic() - began < 0.9, "it is not asked again at once"
