"""LocalStack: a pile per thread, so that what is nested inside can come back out in order."""

import contextvars
import threading

from werkzeug.local import LocalStack


class OwnStack:
    """What LocalStack was in Flask 1.1: a list kept on a thread-local."""

    def __init__(self) -> None:
        self._local = threading.local()

    def push(self, thing: str) -> None:
        self._local.__dict__.setdefault("pile", []).append(thing)

    def pop(self) -> str | None:
        pile: list[str] = self._local.__dict__.get("pile", [])
        return pile.pop() if pile else None

    @property
    def top(self) -> str | None:
        pile: list[str] = self._local.__dict__.get("pile", [])
        return pile[-1] if pile else None


def tops_while_nesting(stack: OwnStack | LocalStack[str]) -> list[str | None]:
    """Enter two levels, leave them again, and note what lies on top after each step."""
    seen = [stack.top]
    for thing in ("outer", "inner"):
        stack.push(thing)
        seen.append(stack.top)
    for _ in range(2):
        stack.pop()
        seen.append(stack.top)
    return seen


def main() -> None:
    expected = [None, "outer", "inner", "outer", None]
    for stack in (OwnStack(), LocalStack[str]()):
        seen = tops_while_nesting(stack)
        print(f"{type(stack).__name__}, top at each step:", seen)
        assert seen == expected

        stack.push("main's")
        tops: list[str | None] = []
        worker = threading.Thread(target=lambda s=stack, t=tops: t.append(s.top))
        worker.start()
        worker.join()
        print("  another thread sees:", tops[0])
        assert tops == [None]

        # Each asyncio task runs in a copy of its parent's context, as here. Werkzeug's stack lives in
        # that copy and makes a new list at each push; ours has one list for the whole thread.
        contextvars.copy_context().run(stack.push, "a task's")
        print("  after a task pushed, main sees:", stack.top)
        assert stack.top == ("a task's" if isinstance(stack, OwnStack) else "main's")


if __name__ == "__main__":
    main()
