"""``with``: what ``__enter__`` and ``__exit__`` are told, and what the answer of ``__exit__`` does."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType


class Door:
    """Write down its own opening and closing; swallow what goes wrong inside, if told so."""

    def __init__(self, *, swallows: bool) -> None:
        self.swallows, self.diary = swallows, list[str]()

    def __enter__(self) -> str:
        self.diary.append("enter")
        return "what `as` gets"  # not the Door, but whatever __enter__ returns

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> bool:
        self.diary.append(f"exit({kind.__name__ if kind else None})")
        return self.swallows  # true: the error ends here. False or None: it travels on


def leave_by_return(door: Door) -> str:
    with door as value:
        return f"{value}, and out"  # __exit__ still runs, before the caller gets the value
    return "a swallowed error would go on here"


@contextmanager
def saving(log: list[str]) -> Iterator[None]:
    """Commit when all went well, else roll back: the shape of this program's auto_commit."""
    try:
        yield  # the body of the `with` runs here
    except Exception:
        log.append("rollback")
        raise  # without this line the error would be swallowed, as by `return True`
    log.append("commit")


def enter_and_fail(door: Door) -> str:
    try:
        with door:
            int("not a number")
    except ValueError:
        return "the error travelled on"
    return "went on as if nothing had happened"


def main() -> None:
    door = Door(swallows=False)
    print("left by return:  ", leave_by_return(door), door.diary)
    assert door.diary == ["enter", "exit(None)"]

    for swallows, outcome in (
        (True, "went on as if nothing had happened"),
        (False, "the error travelled on"),
    ):
        door = Door(swallows=swallows)
        assert enter_and_fail(door) == outcome
        print(f"__exit__ gave {swallows!s:5}:", outcome)
        assert door.diary == ["enter", "exit(ValueError)"]

    log: list[str] = []
    with saving(log):
        pass
    with suppress(ValueError), saving(log):
        int("not a number")
    print("saving:", log)
    assert log == ["commit", "rollback"]


if __name__ == "__main__":
    main()
