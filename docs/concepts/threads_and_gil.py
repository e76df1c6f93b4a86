"""Threads and the GIL: what runs together, what does not, and why a lock is still needed."""

import sys
import threading
from collections.abc import Callable
from functools import partial

NEVER = 3600.0  # seconds: longer than anything here takes


def run_in_threads(work: Callable[[], None], count: int) -> None:
    """Start `work` in `count` threads, and wait until the last is done."""
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def note(diary: list[str], work: Callable[[], object]) -> None:
    diary.append("begin")
    work()
    diary.append("end")


def compute() -> int:
    return sum(number * number for number in range(100_000))


class Beans:
    """An account from which two threads take one bean each."""

    def __init__(self) -> None:
        self.count = 10
        self.lock = threading.Lock()
        self.both_have_read = threading.Barrier(2)

    def take_unguarded(self) -> None:
        seen = self.count
        self.both_have_read.wait()  # force the bad moment that otherwise comes once in a blue moon
        self.count = seen - 1

    def take_guarded(self) -> None:
        with self.lock:
            self.count = self.count - 1


def main() -> None:
    # The interpreter takes the GIL away from a thread after 5 ms. Without that, only a wait lets go of it.
    interval = sys.getswitchinterval()
    sys.setswitchinterval(NEVER)
    for work in (compute, threading.Barrier(2).wait):
        diary: list[str] = []
        run_in_threads(partial(note, diary, work), 2)
        print(f"two threads that {'compute' if work is compute else 'wait':8}{' '.join(diary)}")
        expected = ["begin", "end"] * 2 if work is compute else ["begin", "begin", "end", "end"]
        assert diary == expected, "this Python has no GIL"
    sys.setswitchinterval(interval)

    for way in (Beans.take_unguarded, Beans.take_guarded):
        beans = Beans()
        run_in_threads(partial(way, beans), 2)
        print(f"10 beans, two threads, {way.__name__}: {beans.count} left")
        assert beans.count == (9 if way is Beans.take_unguarded else 8)


if __name__ == "__main__":
    main()
