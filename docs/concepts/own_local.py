"""Build a Local by hand: one name, a value per thread, and the trap of ``__setattr__``."""

import asyncio
import threading
from threading import get_ident

from werkzeug.local import Local


class TrappedLocal:
    storage: dict[tuple[int, str], str]

    def __init__(self) -> None:
        self.storage = {}  # looks harmless, but it already calls the __setattr__ below

    def __setattr__(self, name: str, value: object) -> None:
        self.storage[get_ident(), name] = str(value)  # no `storage` yet: Python asks __getattr__ …

    def __getattr__(self, name: str) -> str:  # called only when the normal lookup finds nothing
        try:
            return self.storage[get_ident(), name]  # … which asks for `storage`, and so on for ever
        except KeyError:
            raise AttributeError(name) from None


class OwnLocal(TrappedLocal):
    def __init__(self) -> None:
        object.__setattr__(self, "storage", {})  # the way out: pass by our own __setattr__ once


async def write_wait_read(local: OwnLocal | Local, name: str) -> str:
    local.reader = name
    await asyncio.sleep(0)  # let the other task write, in this same thread
    return str(local.reader)


async def two_tasks(local: OwnLocal | Local) -> list[str]:
    return list(await asyncio.gather(*(write_wait_read(local, name) for name in ("Ann", "Bao"))))


def main() -> None:
    try:
        TrappedLocal()
    except RecursionError:
        print("first try: RecursionError")
    else:
        raise AssertionError("the trap did not close")

    local = OwnLocal()
    local.reader = "main"
    worker = threading.Thread(target=lambda: setattr(local, "reader", "worker"))
    worker.start()
    worker.join()
    print("second try, after another thread wrote:", local.reader)
    assert local.reader == "main"

    ours, werkzeugs = asyncio.run(two_tasks(OwnLocal())), asyncio.run(two_tasks(Local()))
    print("two tasks in one thread, keyed by thread:", ours)
    print("two tasks in one thread, werkzeug today: ", werkzeugs)
    assert (ours, werkzeugs) == (["Bao", "Bao"], ["Ann", "Bao"])


if __name__ == "__main__":
    main()
