"""``+=`` on a threading.local in a worker: it reads first, and in a new thread there is nothing to read."""

import threading
from collections.abc import Callable

plain = threading.local()
plain.beans = 10  # this line ran in the main thread, so only the main thread has it


class Account(threading.local):
    """The mend: __init__ of a subclass runs once in *each* thread that touches the object."""

    def __init__(self) -> None:
        self.beans = 10


account = Account()


def take_from_plain() -> None:
    plain.beans += 1  # plain.beans = plain.beans + 1: the right side comes first


def take_from_account() -> None:
    account.beans += 1
    beans_seen.append(account.beans)


beans_seen: list[int] = []


def in_thread(work: Callable[[], None]) -> str:
    """Run work in a thread; return what ended it. An exception in a thread stops that thread, and nothing else."""
    ended: list[str] = []
    before = threading.excepthook
    threading.excepthook = lambda args: ended.append(f"{args.exc_type.__name__}: {args.exc_value}")
    try:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    finally:
        threading.excepthook = before
    return ended[0] if ended else "went well"


def main() -> None:
    take_from_plain()
    print("main thread:         ", plain.beans)
    assert plain.beans == 11

    outcome = in_thread(take_from_plain)
    print("worker, plain local: ", outcome)
    assert outcome.startswith("AttributeError")
    print("  and the program runs on; main still has", plain.beans)

    account.beans = 99
    print("worker, own __init__:", in_thread(take_from_account), beans_seen, "| main has", account.beans)
    assert beans_seen == [11]
    assert account.beans == 99


if __name__ == "__main__":
    main()
