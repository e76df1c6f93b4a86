"""Process and thread: threads share the house, processes live in houses of their own."""

import multiprocessing
import os
import threading
from multiprocessing.queues import SimpleQueue

shelf = ["三体"]


def add(title: str, told: "SimpleQueue[tuple[bool, list[str]]]", parent: int) -> None:
    """Put a book on *the* shelf, and send back what this worker sees."""
    shelf.append(title)
    told.put((os.getpid() == parent, list(shelf)))


def main() -> None:
    # "spawn" begins an empty interpreter, on every system: this very file is imported again in the child.
    context = multiprocessing.get_context("spawn")
    told: SimpleQueue[tuple[bool, list[str]]] = context.SimpleQueue()

    worker = threading.Thread(target=add, args=("by a thread", told, os.getpid()))
    worker.start()
    worker.join()
    same_process, seen = told.get()
    print("thread:  same process:", same_process, "| it saw", seen, "| we see", shelf)
    assert same_process
    assert shelf == ["三体", "by a thread"]

    child = context.Process(target=add, args=("by a process", told, os.getpid()))
    child.start()
    same_process, seen = told.get()  # what is sent is pickled, written to a pipe and built up again
    child.join()
    print("process: same process:", same_process, "| it saw", seen, "| we see", shelf)
    assert not same_process
    assert seen == ["三体", "by a process"]  # its own shelf, from the file: no trace of the thread's book
    assert shelf == ["三体", "by a thread"]  # and none of its book on ours

    # A thread cannot be killed from outside, a process can; what either ends with is known.
    print("the child ended with", child.exitcode)
    assert child.exitcode == 0


if __name__ == "__main__":
    main()
