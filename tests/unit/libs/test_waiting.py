"""Waiting: in a row, and for so long in all."""

from __future__ import annotations

import threading
import time

import pytest

from app.db.pool import NoTurnToWriteError, Pool
from app.libs.deadline import time_left, waiting_at_most, whole_seconds_left
from app.libs.locks import FairLock
from tests.support.apps import make_app

LONG = 60.0


def until(condition) -> None:
    """Wait until it holds; pytest's own time limit ends what never does."""
    while not condition():
        time.sleep(0.001)


def test_a_fair_lock_is_handed_on_in_the_order_in_which_it_was_asked_for() -> None:
    lock, served = FairLock(), []
    assert lock.acquire(0)

    def wait(number: int) -> None:
        assert lock.acquire(LONG)
        served.append(number)
        lock.release()

    threads = [threading.Thread(target=wait, args=(number,)) for number in range(20)]
    for place, thread in enumerate(threads):
        thread.start()
        until(lambda place=place: len(lock._waiting) == place + 1)
    lock.release()
    for thread in threads:
        thread.join()
    assert served == list(range(20))


def test_whoever_gave_up_waiting_is_passed_over() -> None:
    lock = FairLock()
    assert lock.acquire(0)
    assert not lock.acquire(0)
    assert not lock.acquire(0.01)
    assert not lock._waiting
    lock.release()
    assert lock.acquire(0)


def test_a_lock_that_came_while_the_time_ran_out_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    lock = FairLock()
    assert lock.acquire(0)
    turn = threading.Lock

    class Late:
        """A turn whose waiter wakes by the clock, just after it was handed over."""

        def __init__(self) -> None:
            self._lock = turn()

        def acquire(self, timeout: float | None = None) -> bool:
            if timeout is None:
                return self._lock.acquire()
            lock.release()
            return False

        def release(self) -> None:
            self._lock.release()

    monkeypatch.setattr("app.libs.locks.Lock", Late)
    assert lock.acquire(0.01)
    monkeypatch.undo()
    assert not lock.acquire(0), "it is held"


def test_the_time_of_a_block_covers_all_waits_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("app.libs.deadline.monotonic", lambda: now[0])
    assert time_left(LONG) == LONG
    with waiting_at_most(30):
        assert time_left(LONG) == 30
        assert time_left(5) == 5
        now[0] += 3.5
        assert time_left(LONG) == 26.5
        assert whole_seconds_left(LONG) == 27
        with waiting_at_most(LONG):
            assert time_left(LONG) == 26.5, "an inner block cannot make it longer"
        with waiting_at_most(0):
            assert time_left(LONG) == whole_seconds_left(LONG) == 0
        with waiting_at_most(30, since=now[0] - 40):
            assert time_left(LONG) == 0
    assert time_left(LONG) == LONG


def test_a_thread_that_waits_for_its_turn_to_write_holds_no_connection(tmp_path) -> None:
    app = make_app(tmp_path)
    pool: Pool = app.extensions["pool"]
    with pool.writing(), waiting_at_most(0), pytest.raises(NoTurnToWriteError), pool.writing():
        pass
    with pool.writing():
        assert pool.leased == 0
