"""Threads and the GIL: what runs together, what does not, and why a lock is still needed."""

import threading
import time
from collections.abc import Callable
from functools import partial


def run_in_threads(work: Callable[[], None], count: int) -> float:
    """Run ``work`` in ``count`` threads at once; give back the seconds until the last is done."""
    threads = [threading.Thread(target=work) for _ in range(count)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - start


def wait() -> None:
    time.sleep(0.1)  # as while the database or another site works: a sleeping thread frees the GIL


def compute() -> None:
    sum(number * number for number in range(1_000_000))


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
    waited = run_in_threads(wait, 8)
    print("8 threads wait 0.1 s each; all done before 8 x 0.1 s have passed:", waited < 0.8)
    assert waited < 0.8

    cpu = time.process_time()
    wall = run_in_threads(compute, 2)
    cores_used = (time.process_time() - cpu) / wall
    print("2 threads compute; they keep two cores busy:", cores_used > 1.5)
    assert cores_used < 1.5, "this Python has no GIL"

    for way in (Beans.take_unguarded, Beans.take_guarded):
        beans = Beans()
        run_in_threads(partial(way, beans), 2)
        print(f"10 beans, two threads, {way.__name__}: {beans.count} left")
        assert beans.count == (9 if way is Beans.take_unguarded else 8)


if __name__ == "__main__":
    main()
